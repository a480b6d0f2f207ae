package from_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	// What the programs are made of: with these, go test does not take a result from its cache when one of them has changed.
	_ "github.com/supgen/supgen/examples/howto/from/errgroup/orders"
	_ "github.com/supgen/supgen/examples/howto/from/fx/journal"
	_ "github.com/supgen/supgen/examples/howto/from/run/scout"
	_ "github.com/supgen/supgen/examples/howto/from/suture/hub"
	_ "github.com/supgen/supgen/runtime/kit/fx"
	_ "github.com/supgen/supgen/runtime/kit/run"
	_ "github.com/supgen/supgen/runtime/kit/suture"
)

// each runs a test with each step of a move from a library.
func each(t *testing.T, library string, test func(t *testing.T, binary string)) {
	if runtime.GOOS == "windows" {
		t.Skip("the programs are asked to stop by SIGTERM, which Windows does not have")
	}
	if testing.Short() {
		t.Skip("it builds three programs")
	}
	for _, step := range []string{"before", "middle", "after"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			lines(t, library+"/"+step) // which go test notes as read, for the same reason
			binary := filepath.Join(t.TempDir(), step)
			if out, err := exec.Command("go", "build", "-o", binary, "./"+library+"/"+step).CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			test(t, binary)
		})
	}
}

// A program is one that serves HTTP.
type program struct {
	t    *testing.T
	cmd  *exec.Cmd
	log  *bufio.Scanner
	said strings.Builder
	addr string
}

// launch starts a program in a directory of its own, on a port of its own.
func launch(t *testing.T, binary string, args ...string) *program {
	t.Helper()
	p := &program{t: t, cmd: exec.Command(binary, append([]string{"-listen", "localhost:0"}, args...)...)}
	p.cmd.Dir = t.TempDir()
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.log = bufio.NewScanner(stderr)
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		p.wait()
		if t.Failed() {
			t.Logf("it said:\n%s", p.said.String())
		}
	})
	return p
}

// start launches a program, and returns when it listens.
func start(t *testing.T, binary string, args ...string) *program {
	t.Helper()
	p := launch(t, binary, args...)
	listening := regexp.MustCompile(`msg=listening.* address=(\S+)|INFO listening.* address=(\S+)`)
	for p.log.Scan() {
		p.said.WriteString(p.log.Text() + "\n")
		if m := listening.FindStringSubmatch(p.log.Text()); m != nil {
			p.addr = m[1] + m[2]
			return p
		}
	}
	t.Fatal("it does not listen")
	return nil
}

// wait waits for the end of the program, and returns its status.
func (p *program) wait() int {
	for p.log.Scan() {
		p.said.WriteString(p.log.Text() + "\n")
	}
	p.cmd.Wait() // an error is in the status
	return p.cmd.ProcessState.ExitCode()
}

func (p *program) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// do makes a request, and returns the status and the text of the answer.
func (p *program) do(method, path, body string) (int, string) {
	p.t.Helper()
	request, err := http.NewRequest(method, "http://"+p.addr+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// stopWhileServing asks the program to stop while it serves a request, and holds it to an answer and to a good end.
func (p *program) stopWhileServing(path, body string) {
	p.t.Helper()
	reader, writer := io.Pipe()
	request, err := http.NewRequest(http.MethodPost, "http://"+p.addr+path, reader)
	if err != nil {
		p.t.Fatal(err)
	}
	request.Header.Set("Expect", "100-continue") // so that the body is sent when the handler reads it
	client := http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Hour, DisableKeepAlives: true}}
	answered := make(chan any, 1)
	go func() {
		response, err := client.Do(request)
		if err != nil {
			answered <- err
			return
		}
		response.Body.Close()
		answered <- response.StatusCode
	}()
	io.WriteString(writer, body[:1])
	p.signal(syscall.SIGTERM)
	for {
		c, err := net.Dial("tcp", p.addr)
		if err != nil {
			break // it does not listen any more
		}
		c.Close()
	}
	io.WriteString(writer, body[1:])
	writer.Close()
	if got := <-answered; got != http.StatusOK {
		p.t.Errorf("the request that it served when it was asked to stop was answered by %v", got)
	}
	if status := p.wait(); status != 0 {
		p.t.Errorf("its status is %d", status)
	}
}

// file is what a file of the program says.
func (p *program) file(name string) string {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join(p.cmd.Dir, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}
