//go:build unix

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
)

// Postgres is away when the shop starts, comes, goes, and comes back. The shop goes on, and its server starts once.
func TestPostgresComesAndGoes(t *testing.T) {
	postgres := newPostgres(t)
	app := &App{
		dsn:  fmt.Sprintf("postgres://shop@127.0.0.1:%d/postgres", postgres.port),
		addr: fmt.Sprintf("127.0.0.1:%d", freePort(t)),
	}
	shop := NewShop(app)
	probes := httptest.NewServer(httpsup.Handler(shop.Tree(), httpsup.ReadOpen()))
	defer probes.Close()
	// answers asks until it gets an answer: Postgres takes its time, the pool asks it every two seconds, and a probe may be a moment late.
	answers := func(url string, status int, text string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for got := ""; ; {
			request, _ := http.NewRequestWithContext(ctx, "GET", url, nil)
			response, err := http.DefaultClient.Do(request)
			if ctx.Err() != nil {
				t.Fatalf("GET %s answers %s, want %d and %q", url, got, status, text)
			}
			if err != nil {
				got = err.Error()
				continue
			}
			body, _ := io.ReadAll(response.Body)
			response.Body.Close()
			if response.StatusCode == status && strings.Contains(string(body), text) {
				return
			}
			got = fmt.Sprintf("%d and %q", response.StatusCode, body)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- shop.Run(ctx) }()
	answers(probes.URL+"/readyz?verbose", 503, "Shop.HTTP is declared: waits for Shop.DB")

	postgres.start(t)
	answers(probes.URL+"/readyz", 200, "ready")
	answers("http://"+app.addr+"/version", 200, "")

	postgres.stop(t)
	answers("http://"+app.addr+"/version", 503, "try again later")
	answers(probes.URL+"/readyz?verbose", 503, "Shop.DB is running")

	postgres.start(t)
	answers("http://"+app.addr+"/version", 200, "")
	answers(probes.URL+"/readyz", 200, "ready")
	if s := shop.State(); s.HTTP.Generation != 1 || s.DB.Restarts != 0 {
		t.Errorf("HTTP was launched %d times, and %d restarts of DB count", s.HTTP.Generation, s.DB.Restarts)
	}
	cancel()
	if err := <-result; err != nil {
		t.Error(err)
	}
}

// A data source that makes no sense ends the program.
func TestWrongConfiguration(t *testing.T) {
	err := NewShop(&App{dsn: "postgres://localhost:port/shop"}).Run(t.Context())
	if runtime.OutcomeOf(err) != runtime.OutcomeFatalConfig {
		t.Errorf("Run returned %v", err)
	}
}

// postgresServer is Debian's Postgres, with a database in a directory of its own.
type postgresServer struct {
	bin, dir string
	port     int
	as       *syscall.SysProcAttr // Postgres does not run as root
	process  *exec.Cmd
}

func newPostgres(t *testing.T) *postgresServer {
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
	p := &postgresServer{bin: bins[len(bins)-1], dir: dir, port: freePort(t)}
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

func (p *postgresServer) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(p.bin, name), append([]string{"-D", filepath.Join(p.dir, "data")}, args...)...)
	cmd.Dir, cmd.SysProcAttr = p.dir, p.as
	return cmd
}

func (p *postgresServer) start(t *testing.T) {
	p.process = p.command("postgres", "-p", strconv.Itoa(p.port), "-k", p.dir, "-c", "listen_addresses=127.0.0.1", "-F")
	if err := p.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.process.Process.Kill() }) // if the test has failed
}

// stop is Postgres' fast shutdown: it ends all connections.
func (p *postgresServer) stop(t *testing.T) {
	if err := p.process.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	p.process.Wait()
}

// freePort is a port on which nothing listens.
func freePort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
