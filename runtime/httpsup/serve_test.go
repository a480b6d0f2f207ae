package httpsup

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime"
)

// begin begins a companion of a tree on a port of its own.
func begin(t *testing.T, tree *runtime.Tree, opts ...Option) (addr string, end func()) {
	t.Helper()
	end, err := serve(tree, configOf(opts), func() (net.Listener, error) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err == nil {
			addr = l.Addr().String()
		}
		return l, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return addr, end
}

// fetch is the answer to a GET over a real connection.
func fetch(t *testing.T, client *http.Client, url string) (status int, body string) {
	t.Helper()
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// Probes answer before Run and until it has returned; then the port is free.
func TestServe(t *testing.T) {
	a := newApp()
	addr, end := begin(t, a.Tree)
	client := &http.Client{}
	defer client.CloseIdleConnections()
	if status, body := fetch(t, client, "http://"+addr+"/livez"); status != 200 || body != "alive\n" {
		t.Errorf("before Run, /livez answers %d %q", status, body)
	}
	if status, _ := fetch(t, client, "http://"+addr+"/state"); status != 404 {
		t.Errorf("a listener for probes answers %d to /state", status)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := startRun(ctx, a.Tree)
	a.ready <- struct{}{}
	if err := a.AwaitReady(ctx); err != nil {
		t.Fatal(err)
	}
	if status, _ := fetch(t, client, "http://"+addr+"/startupz"); status != 200 {
		t.Errorf("when all is ready, /startupz answers %d", status)
	}
	stop()
	<-ended
	if status, body := fetch(t, client, "http://"+addr+"/livez"); status != 503 || body != "ended\n" {
		t.Errorf("after Run, /livez answers %d %q", status, body)
	}
	end()
	if conn, err := net.Dial("tcp", addr); err == nil {
		conn.Close()
		t.Error("it listens after its end")
	}
}

// The end takes no longer than a second, whatever clients do: one that sent half a request is cut.
func TestServeEnds(t *testing.T) {
	addr, end := begin(t, newApp().Tree)
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "GET /livez HTT")
	began := time.Now()
	end()
	if took := time.Since(began); took > 3*time.Second { // a second, on a machine with nothing else to do
		t.Errorf("the end took %s", took)
	}
	conn.SetReadDeadline(began.Add(3 * time.Second))
	if _, err := io.ReadAll(conn); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the connection is still open")
	}
}

// The hosts in the manual can be asked for.
func TestManualHosts(t *testing.T) {
	manual, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	hosts := regexp.MustCompile(`httpsup\.Hosts\("([^"]*)"\)`).FindAllStringSubmatch(string(manual), -1)
	if len(hosts) == 0 {
		t.Error("there are none")
	}
	for _, host := range hosts {
		if err := configOf([]Option{Hosts(host[1])}).err; err != nil {
			t.Error(err)
		}
	}
}

// An address that is taken, and options that make no sense, keep the program from being run.
func TestServeRefuses(t *testing.T) {
	addr, end := begin(t, newApp().Tree)
	defer end()
	for name, companion := range map[string]runtime.Companion{
		"a port that is taken": Serve(addr),
		"a tag of nothing":     Serve("127.0.0.1:0", ReadyTags("x")),
		"a host with a port":   Serve("127.0.0.1:0", Hosts("ops.example:80")),
		"an origin of nothing": Serve("127.0.0.1:0", TrustedOrigins("nonsense")),
	} {
		if end, err := companion(newApp().Tree); err == nil {
			end()
			t.Errorf("%s is served", name)
		} else if !strings.HasPrefix(err.Error(), "httpsup: ") {
			t.Errorf("%s is refused with %v", name, err)
		}
	}
}
