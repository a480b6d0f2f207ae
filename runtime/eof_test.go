//go:build !plan9 && !wasip1

package runtime

import (
	"bufio"
	"context"
	"crypto/tls"
	"database/sql"
	"database/sql/driver"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/rpc"
	"net/textproto"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// upstream is the address of a server that does with each connection what answer does, and ends it.
func upstream(t *testing.T, answer func(net.Conn)) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for conn, err := listener.Accept(); err == nil; conn, err = listener.Accept() {
			go func() {
				defer conn.Close()
				answer(conn)
				conn.(*net.TCPConn).CloseWrite()
				io.Copy(io.Discard, conn) // what is closed with something unread is reset
			}()
		}
	}()
	return listener.Addr().String()
}

// reply reads what a client of HTTP asks, and sends an answer.
func reply(answer string) func(net.Conn) {
	return func(conn net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			io.WriteString(conn, answer)
		}
	}
}

// hello reads what a client says first, whatever that is.
func hello(conn net.Conn) { conn.Read(make([]byte, 4096)) }

// A greeted database is one whose driver reads a greeting when it connects.
type greeted struct{ address string }

func (g greeted) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", g.address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	_, err = bufio.NewReader(conn).ReadString('\n')
	return nil, err
}
func (greeted) Driver() driver.Driver { return nil }

// docs/runtime.md, "How a run ends": what comes out of the standard library when the other side closes a connection, and
// what a file does that is too short. The former is external of whatever lives as long as the program or needs something, and
// of a job that needs nothing where the error says that it is a connection's.
func TestEndsForReal(t *testing.T) {
	watchdog(t, "a server that closes its connections keeps its clients")
	get := func(address string) error {
		client := http.Client{Transport: new(http.Transport)}
		answer, err := client.Get(address)
		if err == nil {
			_, err = io.ReadAll(answer.Body)
		}
		return err
	}
	dial := func(answer func(net.Conn)) net.Conn {
		conn, err := net.Dial("tcp", upstream(t, answer))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	say := func(text string) func(net.Conn) { return func(conn net.Conn) { io.WriteString(conn, text) } }
	closes := func(net.Conn) {}
	short := filepath.Join(t.TempDir(), "short")
	if err := os.WriteFile(short, []byte(`{"a":`), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(short)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unverified := &tls.Config{InsecureSkipVerify: true}

	for name, test := range map[string]struct {
		err  func() error
		says string // what is in its text
		job  Outcome
	}{
		"a request":          {func() error { return get("http://" + upstream(t, hello)) }, `": EOF`, OutcomeExternal},
		"a request over TLS": {func() error { return get("https://" + upstream(t, hello)) }, `": EOF`, OutcomeExternal},
		"half a head":        {func() error { return get("http://" + upstream(t, reply("HTTP/1.1 200 OK\r\nA:"))) }, "unexpected EOF", OutcomeExternal},
		"half a body": {func() error {
			return get("http://" + upstream(t, reply("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")))
		},
			"unexpected EOF", OutcomeError},
		"half a chunk": {func() error {
			return get("http://" + upstream(t, reply("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf")))
		},
			"unexpected EOF", OutcomeError},
		"an idle connection":    {func() error { return idle(t) }, "http: server closed idle connection", OutcomeExternal},
		"HTTP/2 that goes away": {func() error { return goesAway(t) }, "http2: server sent GOAWAY and closed the connection", OutcomeExternal},
		"a handshake that hangs": {func() error {
			hangs := upstream(t, func(conn net.Conn) { io.Copy(io.Discard, conn) })
			client := http.Client{Transport: &http.Transport{TLSHandshakeTimeout: 1}}
			_, err := client.Get("https://" + hangs)
			return err
		}, "TLS handshake timeout", OutcomeExternal},
		"a head that never comes": {func() error {
			hangs := upstream(t, func(conn net.Conn) { io.Copy(io.Discard, conn) })
			client := http.Client{Transport: &http.Transport{ResponseHeaderTimeout: 1}}
			_, err := client.Get("http://" + hangs)
			return err
		}, "timeout awaiting response headers", OutcomeExternal},
		"TLS": {func() error {
			_, err := tls.Dial("tcp", upstream(t, hello), unverified)
			return err
		}, "EOF", OutcomeError},
		"a database": {func() error { return sql.OpenDB(greeted{upstream(t, closes)}).Ping() }, "EOF", OutcomeError},
		"a call":     {func() error { return rpc.NewClient(dial(hello)).Call("A.B", 1, new(int)) }, "unexpected EOF", OutcomeError},
		"the call after it": {func() error {
			client := rpc.NewClient(dial(hello))
			return errors.Join(client.Call("A.B", 1, new(int)), client.Call("A.B", 1, new(int)))
		}, "connection is shut down", OutcomeExternal},
		"a line of text": {func() error {
			_, err := textproto.NewConn(dial(closes)).ReadLine()
			return err
		}, "EOF", OutcomeError},
		"a line of bufio": {func() error {
			_, err := bufio.NewReader(dial(say("hal"))).ReadString('\n')
			return err
		}, "EOF", OutcomeError},
		"a frame": {func() error {
			_, err := io.ReadFull(dial(say("hal")), make([]byte, 4))
			return err
		}, "unexpected EOF", OutcomeError},
		"a message":      {func() error { return json.NewDecoder(dial(closes)).Decode(new(any)) }, "EOF", OutcomeError},
		"half a message": {func() error { return json.NewDecoder(dial(say(`{"a":`))).Decode(new(any)) }, "unexpected EOF", OutcomeError},
		"a value":        {func() error { return gob.NewDecoder(dial(closes)).Decode(new(int)) }, "EOF", OutcomeError},
		"half a file":    {func() error { return json.NewDecoder(file).Decode(new(any)) }, "unexpected EOF", OutcomeError},
	} {
		err := test.err()
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, and not %q", name, err, test.says)
			continue
		}
		for remote, want := range map[bool]Outcome{true: OutcomeExternal, false: test.job} {
			if o, _ := judge(err, remote, nil); o != want {
				t.Errorf("%s, %v, is %s (remote: %t), want %s", name, err, o, remote, want)
			}
		}
	}
}

// idle is what a request says that is not sent twice, when the server closes the connection as it is taken from among the
// idle ones.
func idle(t *testing.T) (err error) {
	synctest.Test(t, func(t *testing.T) {
		var theirs net.Conn
		transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			ours, other := net.Pipe()
			theirs = other
			go func() {
				if _, err := http.ReadRequest(bufio.NewReader(other)); err == nil {
					io.WriteString(other, "HTTP/1.1 204 No Content\r\n\r\n")
				}
			}()
			return ours, nil
		}}
		defer transport.CloseIdleConnections()
		client := http.Client{Transport: transport}
		if _, err = client.Get("http://a"); err != nil {
			return
		}
		synctest.Wait()
		taken := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
			theirs.Close()
			synctest.Wait()
		}})
		request, _ := http.NewRequestWithContext(taken, "POST", "http://a", strings.NewReader("x"))
		_, err = client.Do(request)
	})
	return err
}

// goesAway is what a request over HTTP/2 says, whose server goes away before it answers.
func goesAway(t *testing.T) error {
	address := upstream(t, func(conn net.Conn) {
		settings, goAway := []byte{0, 0, 0, 4, 0, 0, 0, 0, 0}, []byte{0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0}
		conn.Write(settings)
		in := bufio.NewReader(conn)
		in.Discard(len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
		for head := make([]byte, 9); ; {
			if _, err := io.ReadFull(in, head); err != nil {
				return
			}
			in.Discard(int(head[0])<<16 | int(head[1])<<8 | int(head[2]))
			if head[3] == 1 { // HEADERS
				conn.Write(goAway) // which says that the request's stream was seen
				return
			}
		}
	})
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	_, err := (&http.Client{Transport: transport}).Get("http://" + address)
	return err
}

// An OpError is not the one of package net.
type OpError struct{ error }

func (e *OpError) Unwrap() error { return e.error }

// An EOF is told by where it stands in the chain, and by who returns it; a mark wins.
func TestEnds(t *testing.T) {
	request := &url.Error{Op: "Get", URL: "http://a", Err: io.EOF}
	for name, test := range map[string]struct {
		err          error
		service, job Outcome
	}{
		"end":                        {io.EOF, OutcomeExternal, OutcomeError},
		"too early":                  {io.ErrUnexpectedEOF, OutcomeExternal, OutcomeError},
		"wrapped":                    {errors.Join(errLost, &os.PathError{Op: "read", Err: io.EOF}), OutcomeExternal, OutcomeError},
		"by Is":                      {alike{io.ErrUnexpectedEOF}, OutcomeExternal, OutcomeError},
		"of a request":               {errors.Join(errLost, request), OutcomeExternal, OutcomeExternal},
		"of a connection":            {&net.OpError{Op: "read", Err: errors.Join(errLost, io.ErrUnexpectedEOF)}, OutcomeExternal, OutcomeExternal},
		"beside one":                 {errors.Join(&net.OpError{Op: "read", Err: errLost}, io.EOF), OutcomeExternal, OutcomeError},
		"of no network":              {&OpError{io.EOF}, OutcomeExternal, OutcomeError},
		"marked":                     {FatalBug(request), OutcomeFatalBug, OutcomeFatalBug},
		"its text":                   {errors.New("EOF"), OutcomeError, OutcomeError},
		"of a request that is wrong": {&url.Error{Op: "parse", URL: ":", Err: errors.New("missing protocol scheme")}, OutcomeError, OutcomeError},
	} {
		for remote, want := range map[bool]Outcome{true: test.service, false: test.job} {
			if o, _ := judge(test.err, remote, nil); o != want {
				t.Errorf("%s is %s (remote: %t), want %s", name, o, remote, want)
			}
		}
	}
}

// It is external but of a job that needs nothing: also if it is given to Fail, comes from a goroutine of Go, or from a check. Of
// a dynamic child, its row says what it is.
func TestEndsByChild(t *testing.T) {
	ends := func(l Launch) error {
		if time.Sleep(time.Second); l.Run().Generation() == 1 {
			return io.EOF
		}
		return until(l)
	}
	fails := func(l Launch) error {
		l.Run().Go(func(context.Context) error {
			l.Run().Fail(ends(l))
			return nil
		})
		return until(l)
	}
	goes := func(l Launch) error {
		l.Run().Go(func(context.Context) error { return ends(l) })
		return until(l)
	}
	table := plain(
		Child{Name: "S", Role: Service, Start: ends},
		Child{Name: "D", Role: Worker, Dynamic: true, Max: 1, Start: ends},
		Child{Name: "E", Role: Job, Dynamic: true, Max: 1, Start: ends},
		Child{Name: "W", Role: Worker, Start: ends},
		Child{Name: "P", Role: Sidecar, Of: one, Start: ends},
		Child{Name: "J", Role: Job, Start: ends},
		Child{Name: "F", Role: Worker, Start: fails},
		Child{Name: "G", Role: Job, Start: goes},
		Child{Name: "N", Role: Job, Needs: []ID{10}, Start: ends},
		Child{Name: "C", Role: Service, Health: Health{Check: Check{Every: 2 * time.Second, Timeout: time.Second}, Fail: 1}, Start: until,
			HealthCheck: func(l Launch) error {
				if l.Run().Generation() == 1 {
					return io.ErrUnexpectedEOF
				}
				return nil
			}},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) {
		got := told(t, tree, func(e Event) string {
			if e.Kind != EventFailed {
				return ""
			}
			return fmt.Sprintf("%s %s %s", e.Path, e.Failure.Kind, e.Decision.Action)
		})
		for _, row := range []ID{two, three} {
			if _, err := tree.Start(t.Context(), row, Key("k"), nil); err != nil {
				t.Error(err)
			}
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		lines := slices.Sorted(slices.Values(got.take()))
		if diff := cmp.Diff([]string{
			`1s Root.D["k"] external retry`,
			`1s Root.E["k"] error restart`,
			"1s Root.F external retry",
			"1s Root.G error restart",
			"1s Root.J error restart",
			"1s Root.N external retry",
			"1s Root.P external retry",
			"1s Root.S external retry",
			"1s Root.W external retry",
			"2s Root.C external retry",
		}, lines); diff != "" {
			t.Error(diff)
		}
	})
}
