//go:build unix

// Package pgtest has a Postgres for tests, which they stop and start.
package pgtest

import (
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// A Server is Debian's Postgres, with a database in a directory of its own.
type Server struct {
	DSN string // of the database, as its owner

	bin, dir, port string
	as             *syscall.SysProcAttr // Postgres does not run as root
	process        *exec.Cmd
}

// New makes a database for t, whose server is not running yet. It skips t where Postgres is not installed.
func New(t *testing.T) *Server {
	bins, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(bins) == 0 {
		if os.Getenv("SUPGEN_CI") != "" {
			t.Fatal("Postgres is not installed")
		}
		t.Skip("Postgres is not installed: apt install postgresql")
	}
	dir, err := os.MkdirTemp("", "postgres") // not t.TempDir, which is for its owner alone
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	port := freePort(t)
	p := &Server{DSN: "postgres://shop@127.0.0.1:" + port + "/postgres", bin: bins[len(bins)-1], dir: dir, port: port}
	if os.Getuid() == 0 {
		nobody, err := user.Lookup("nobody")
		if err != nil {
			t.Fatal(err)
		}
		uid, _ := strconv.Atoi(nobody.Uid)
		gid, _ := strconv.Atoi(nobody.Gid)
		if err := os.Chown(dir, uid, gid); err != nil {
			t.Fatal(err)
		}
		p.as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
	if out, err := p.command("initdb", "--username=shop", "--auth=trust", "--no-sync", "--locale=C").CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	return p
}

func (p *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(p.bin, name), append([]string{"-D", filepath.Join(p.dir, "data")}, args...)...)
	cmd.Dir, cmd.SysProcAttr = p.dir, p.as
	return cmd
}

// Start starts the server, and does not wait until it takes connections.
func (p *Server) Start(t *testing.T) {
	p.process = p.command("postgres", "-p", p.port, "-k", p.dir, "-c", "listen_addresses=127.0.0.1", "-F")
	if err := p.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.process.Process.Kill() }) // if the test has failed
}

// Stop is Postgres' fast shutdown: it ends all connections.
func (p *Server) Stop(t *testing.T) {
	if err := p.process.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	p.process.Wait()
}

// freePort is a port on which nothing listens.
func freePort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
