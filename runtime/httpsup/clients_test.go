package httpsup

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/supgen/supgen/runtime"
)

// A pipes listens on pipes, so that a server is in a bubble, and a minute takes no time.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
	ended chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.ended:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.ended) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9090} }

// dial is a client's end of a connection.
func (p *pipes) dial(t *testing.T) net.Conn {
	client, server := net.Pipe()
	p.conns <- server
	t.Cleanup(func() { client.Close() })
	return client
}

// served runs a tree with a listener on pipes, in a bubble.
func served(t *testing.T, f func(t *testing.T, tree *runtime.Tree, p *pipes), opts ...Option) {
	t.Helper()
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		p := &pipes{conns: make(chan net.Conn), ended: make(chan struct{})}
		end, err := serve(tree, configOf(opts), func() (net.Listener, error) { return p, nil })
		if err != nil {
			t.Fatal(err)
		}
		f(t, tree, p)
		tree.Shutdown("ada", "a test")
		<-tree.Done()
		end()
	})
}

// closed is when a connection is closed, and what came before.
func closed(c net.Conn) (after time.Duration, answer string) {
	began := time.Now()
	text, _ := io.ReadAll(c)
	return time.Since(began), string(text)
}

// A client that is slow, says nothing, says too much or nonsense is cut, and harms nobody.
func TestBadClients(t *testing.T) {
	for name, test := range map[string]struct {
		sends  string
		after  time.Duration
		answer string
	}{
		"nothing":             {"", 5 * time.Second, ""},
		"half a header":       {"GET /state HTTP/1.1\r\nHost: localh", 5 * time.Second, ""},
		"half a body":         {"POST /command HTTP/1.1\r\nHost: localhost\r\nSupgen-Command: 1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{", 10 * time.Second, "400 Bad Request"},
		"no next request":     {"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n", time.Minute, "200 OK"},
		"a header of 40 kB":   {"GET /livez HTTP/1.1\r\nHost: localhost\r\nX: " + strings.Repeat("x", 40<<10) + "\r\n\r\n", 500 * time.Millisecond, "431 Request Header Fields Too Large"},
		"nonsense":            {"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 500 * time.Millisecond, "400 Bad Request"},
		"two hosts":           {"GET /state HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", 500 * time.Millisecond, "400 Bad Request"},
		"a gigabyte":          {"POST /command HTTP/1.1\r\nHost: localhost\r\nSupgen-Command: 1\r\nContent-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n{\"why\":\"" + strings.Repeat("x", 300<<10), 500 * time.Millisecond, "413 Request Entity Too Large"},
		"a body for the page": {"GET /state HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1073741824\r\n\r\nx", 500 * time.Millisecond, "200 OK"},
	} {
		t.Run(name, func(t *testing.T) {
			served(t, func(t *testing.T, tree *runtime.Tree, p *pipes) {
				c := p.dial(t)
				go io.WriteString(c, test.sends)
				after, answer := closed(c)
				status, _, _ := strings.Cut(answer, "\r\n")
				if after > test.after || after < test.after-500*time.Millisecond || !strings.HasSuffix(status, test.answer) || (status == "") != (test.answer == "") {
					t.Errorf("it is cut after %s with %q", after, status)
				}
				if strings.Contains(answer, `"changed"`) {
					t.Errorf("it is answered %q", answer)
				}
			}, Authorise(anybody))
		})
	}
}

// A stream goes on for longer than a request may take.
func TestLongStream(t *testing.T) {
	served(t, func(t *testing.T, tree *runtime.Tree, p *pipes) {
		c := p.dial(t)
		io.WriteString(c, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
		began := time.Now()
		ended := time.Duration(0)
		go func() {
			for lines := bufio.NewScanner(c); lines.Scan(); {
			}
			ended = time.Since(began)
		}()
		time.Sleep(time.Hour)
		if ended != 0 {
			t.Errorf("it ended after %s", ended)
		}
	}, ReadOpen())
}

// There is an end to how many connections there are. Another one takes the place of one that asks for nothing, or of the one that
// asked for something first, so that there are always probes.
func TestTooManyConnections(t *testing.T) {
	served(t, func(t *testing.T, tree *runtime.Tree, p *pipes) {
		busy := func() net.Conn { // with half a request: one that is served would take two goroutines, and the race detector knows 8,128
			c := p.dial(t)
			io.WriteString(c, "POST /command HTTP/1.1\r\nHost: localhost\r\nSupgen-Command: 1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
			return c
		}
		all := []net.Conn{p.dial(t), busy()}
		synctest.Wait() // the others come later
		for range maxConns - len(all) {
			busy()
		}
		synctest.Wait()
		for _, longest := range all {
			c := p.dial(t)
			go io.WriteString(c, "GET /livez HTTP/1.0\r\n\r\n")
			if _, answer := closed(c); !strings.Contains(answer, "alive") {
				t.Errorf("with as many connections as there may be, a probe is answered %q", answer)
			}
			if after, _ := closed(longest); after > 0 {
				t.Errorf("the one that had to go is closed after %s", after)
			}
			busy() // in the place of the probe, which is gone
			synctest.Wait()
		}
	}, Authorise(anybody))
}

// Clients that ask and do not read are in nobody's way, least of all in that of the probes.
func TestStalledReaders(t *testing.T) {
	for _, path := range []string{"/state", "/metrics", "/history?from=1", "/history?at=1", "/statements?path=Shop.HTTP", "/readyz?verbose"} {
		t.Run(path, func(t *testing.T) {
			run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
				h := Handler(tree, ReadOpen())
				for range maxRequests + 1 {
					r := httptest.NewRequest("GET", path, nil)
					r.Host = "localhost"
					go h.ServeHTTP(&client{header: make(http.Header), stalled: true}, r)
				}
				synctest.Wait()
				for _, path := range []string{"/readyz", path} {
					if w := get(h, path); w.Code != http.StatusOK {
						t.Errorf("%s answers %d %s", path, w.Code, w.Body)
					}
				}
			})
		})
	}
}
