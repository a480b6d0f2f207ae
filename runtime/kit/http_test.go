package kit_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
	"github.com/supgen/supgen/runtime/runtimetest"
)

func listenLocal(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// serve serves a handler as a child, and returns when it is ready.
func serve(t *testing.T, h http.Handler, options ...runtimetest.Option) (r *runtimetest.Recorder, url string) {
	t.Helper()
	l := listenLocal(t)
	r = runtimetest.Start(t, func(ctx context.Context, run signalRun) error {
		return kit.HTTP(ctx, run, &http.Server{Handler: h}, l)
	}, options...)
	if err := r.AwaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r, "http://" + l.Addr().String()
}

// An answer is what a client got, or why it got nothing.
type answer struct {
	status int
	body   string
	err    error
}

func get(url string) (a answer) {
	client := http.Client{Transport: new(http.Transport)}
	defer client.CloseIdleConnections()
	r, err := client.Get(url)
	if err != nil {
		return answer{err: err}
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	return answer{r.StatusCode, string(body), err}
}

func ask(url string) <-chan answer {
	c := make(chan answer, 1)
	go func() { c <- get(url) }()
	return c
}

// It serves when it is ready, and refuses connections once it is asked to stop; a request that is served by then is answered.
func TestHTTP(t *testing.T) {
	begun, answers := make(chan bool), make(chan bool)
	r, url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			begun <- true
			<-answers
		}
		if r.Context().Err() != nil {
			t.Errorf("the request is called off: %v", context.Cause(r.Context()))
		}
		io.WriteString(w, "tea")
	}), runtimetest.Shutdown(time.Hour, time.Hour))
	if a := get(url); a.body != "tea" {
		t.Errorf("it answers %v", a)
	}
	slow := ask(url + "/slow")
	<-begun
	r.Stop()
	for get(url).err == nil {
	}
	answers <- true
	if a := <-slow; a.body != "tea" {
		t.Errorf("while it stops, it answers %v", a)
	}
	if err := r.Wait(); err != nil || r.State().Unclean != nil {
		t.Errorf("it returned %v", err)
	}
}

// What is not answered in time is called off and named, its client is cut, and the run ends when the handlers have returned.
func TestHTTPDrainRunsOut(t *testing.T) {
	begun, returns := make(chan bool), make(chan bool)
	r, url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun <- true
		<-r.Context().Done()
		<-returns
	}), runtimetest.Shutdown(time.Millisecond, time.Hour))
	body, unsent := io.Pipe() // what is never sent, and never read: the server does not see that such a client has gone
	defer unsent.Close()
	go http.Post(url+"/a", "text/plain", body)
	<-begun
	var clients []<-chan answer
	for _, path := range []string{"/b", "/c", "/d", "/e", "/f", "/g"} {
		clients = append(clients, ask(url+path))
		<-begun
	}
	r.Stop()
	for _, c := range clients {
		if a := <-c; a.err == nil {
			t.Errorf("a client has %v", a)
		}
	}
	if l := r.State().Lifecycle; l != runtime.LifecycleShuttingDown {
		t.Errorf("while handlers run, it is %s", l)
	}
	close(returns)
	want := `requests without an answer: "GET /b", "GET /c", "GET /d", "GET /e", "GET /f", and 2 more: context deadline exceeded`
	if err := r.Wait(); err == nil || err.Error() != want {
		t.Errorf("it returned %v", err)
	}
	if u := r.State().Unclean; u == nil || u.Message != want {
		t.Errorf("its stop was %v", u)
	}
}

// A client that has connected, and asked for nothing, keeps nothing, and neither does one that stands in the way of another's answer.
func TestHTTPIdle(t *testing.T) {
	begun, answers := make(chan bool), make(chan bool)
	for _, drain := range []time.Duration{time.Millisecond, time.Hour} {
		r, url := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { begun <- true; <-answers }), runtimetest.Shutdown(drain, time.Hour))
		conn := dial(t, url)
		slow := (<-chan answer)(nil)
		if drain == time.Hour {
			slow = ask(url)
			<-begun
		}
		r.Stop()
		if drain == time.Hour {
			conn.SetReadDeadline(time.Now().Add(4 * time.Second)) // net/http takes 5
			if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("the client that asks nothing has %v", err)
			}
			answers <- true
			if a := <-slow; a.status != http.StatusOK {
				t.Errorf("it answers %v", a)
			}
		}
		if err := r.Wait(); err != nil {
			t.Errorf("it returned %v", err)
		}
	}
}

// dial connects to a server.
func dial(t *testing.T, url string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// upgrade asks for a connection of its own.
func upgrade(t *testing.T, url string) net.Conn {
	conn := dial(t, url)
	io.WriteString(conn, "GET /socket HTTP/1.1\r\nHost: shop\r\n\r\n")
	return conn
}

// reads hijacks a connection, and reads from it until that fails.
func reads(t *testing.T, begun chan<- bool, last func(net.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		begun <- true
		conn.Read(make([]byte, 1))
		last(conn)
	}
}

// A connection that a handler has hijacked, whom nothing else would wake, is closed when the time for it is over, and named.
func TestHTTPHijack(t *testing.T) {
	begun := make(chan bool)
	r, url := serve(t, reads(t, begun, func(net.Conn) {}), runtimetest.Shutdown(time.Millisecond, time.Hour))
	upgrade(t, url)
	<-begun
	r.Stop()
	if err, want := r.Wait(), `requests without an answer: "GET /socket": context deadline exceeded`; err == nil || err.Error() != want {
		t.Errorf("it returned %v", err)
	}
}

// One that ends by itself has that time.
func TestHTTPHijackEnds(t *testing.T) {
	begun, asked := make(chan bool), make(chan bool)
	r, url := serve(t, reads(t, begun, func(conn net.Conn) { io.WriteString(conn, "bye") }), runtimetest.Shutdown(time.Hour, time.Hour))
	conn := upgrade(t, url)
	<-begun
	go func() {
		r.Stop()
		close(asked)
	}()
	<-asked
	for get(url).err == nil {
	}
	conn.Write([]byte("x"))
	if text, err := io.ReadAll(conn); err != nil || string(text) != "bye" {
		t.Errorf("the client reads %q, %v", text, err)
	}
	if err := r.Wait(); err != nil {
		t.Errorf("it returned %v", err)
	}
}

// A hijacked stream reads no more when the child is asked to stop, and can still say goodbye; if it goes on, it is closed.
func TestStreamHijack(t *testing.T) {
	for name, last := range map[string]func(net.Conn){
		"goodbye": func(conn net.Conn) { io.WriteString(conn, "bye") },
		"goes on": func(conn net.Conn) {
			conn.SetReadDeadline(time.Time{})
			conn.Read(make([]byte, 1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			begun := make(chan bool)
			l := listenLocal(t)
			r := runtimetest.Start(t, func(ctx context.Context, run signalRun) error {
				return kit.HTTP(ctx, run, &http.Server{Handler: kit.Stream(ctx, reads(t, begun, last))}, l)
			}, runtimetest.Shutdown(time.Hour, time.Hour))
			conn := upgrade(t, l.Addr().String())
			<-begun
			r.Stop()
			if text, err := io.ReadAll(conn); name == "goodbye" && (err != nil || string(text) != "bye") {
				t.Errorf("the client reads %q, %v", text, err)
			}
			if err := r.Wait(); err != nil {
				t.Errorf("it returned %v", err)
			}
		})
	}
}

// A handler that has given its connection away has nothing to do with it any more.
func TestHTTPHijackGivenAway(t *testing.T) {
	given := make(chan net.Conn, 1)
	r, url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
		}
		given <- conn
	}), runtimetest.Shutdown(time.Hour, time.Hour))
	client := upgrade(t, url)
	conn := <-given
	defer conn.Close()
	r.Stop()
	if err := r.Wait(); err != nil {
		t.Errorf("it returned %v", err)
	}
	go func() {
		io.WriteString(conn, "tea")
		conn.Close()
	}()
	if text, err := io.ReadAll(client); err != nil || string(text) != "tea" {
		t.Errorf("the client reads %q, %v", text, err)
	}
}

// The program's own hooks are called too.
func TestHTTPHooks(t *testing.T) {
	type key struct{}
	states := make(chan http.ConnState, 10)
	l := listenLocal(t)
	runtimetest.Start(t, func(ctx context.Context, run signalRun) error {
		return kit.HTTP(ctx, run, &http.Server{
			ConnContext: func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, key{}, "tea") },
			ConnState:   func(_ net.Conn, s http.ConnState) { states <- s },
			Handler:     http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Context().Value(key{}).(string)) }),
		}, l)
	})
	if a := get("http://" + l.Addr().String()); a.body != "tea" {
		t.Errorf("it answers %v", a)
	}
	if s := <-states; s != http.StateNew {
		t.Errorf("the first state is %s", s)
	}
}

// What cannot serve says so, and leaves no address in use; without a certificate it is never ready.
func TestHTTPCannotServe(t *testing.T) {
	for name, test := range map[string]struct {
		config *tls.Config
		want   runtime.Outcome
		says   string
	}{
		"no certificate": {new(tls.Config), runtime.OutcomeFatalConfig, "no certificate"},
		"no cipher of HTTP/2": {&tls.Config{Certificates: make([]tls.Certificate, 1), MaxVersion: tls.VersionTLS12,
			CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}}, runtime.OutcomeError, "http2: "},
	} {
		t.Run(name, func(t *testing.T) {
			l, ready := listenLocal(t), 0
			r := runtimetest.Start(t, func(ctx context.Context, run signalRun) error {
				return kit.HTTP(ctx, counting{run, &ready}, &http.Server{TLSConfig: test.config}, l)
			})
			r.Wait()
			if f := r.State().Failure; f == nil || f.Kind != test.want || !strings.Contains(f.Message, test.says) {
				t.Errorf("it failed with %v", f)
			}
			if test.want == runtime.OutcomeFatalConfig && ready > 0 {
				t.Error("it was ready")
			}
			again, err := net.Listen("tcp", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			again.Close()
		})
	}
}

// A counting run counts how often it is ready.
type counting struct {
	signalRun
	ready *int
}

func (c counting) Ready() { *c.ready++; c.signalRun.Ready() }

// A stream ends when the child is asked to stop, and uses up nothing of its budget.
func TestStream(t *testing.T) {
	begun, ended := make(chan bool), make(chan error, 1)
	l := listenLocal(t)
	r := runtimetest.Start(t, func(ctx context.Context, run signalRun) error {
		return kit.HTTP(ctx, run, &http.Server{Handler: kit.Stream(ctx, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			begun <- true
			<-r.Context().Done()
			ended <- context.Cause(r.Context())
		}))}, l)
	}, runtimetest.Shutdown(time.Hour, time.Hour))
	client := ask("http://" + l.Addr().String())
	<-begun
	r.Stop()
	if _, asked := errors.AsType[*runtime.StopError](<-ended); !asked {
		t.Error("the stream does not know why it ends")
	}
	if a := <-client; a.err != nil {
		t.Error(a.err)
	}
	if err := r.Wait(); err != nil {
		t.Errorf("it returned %v", err)
	}
}

// A handler that panics fails its request alone, and its client does not take half an answer for a whole one.
func TestHTTPPanic(t *testing.T) {
	r, url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/fine" {
			return
		}
		io.WriteString(w, "half")
		http.NewResponseController(w).Flush()
		panic("nil map")
	}))
	if a := get(url); a.err == nil {
		t.Errorf("it answers %v", a)
	}
	if a := get(url + "/fine"); a.status != http.StatusOK {
		t.Errorf("after that it answers %v", a)
	}
	if s := r.State(); s.Lifecycle != runtime.LifecycleReady || s.Failures != 0 {
		t.Errorf("it is %s", s.Lifecycle)
	}
}

// What an address that cannot be listened on means.
func TestHTTPAddress(t *testing.T) {
	taken := listenLocal(t)
	defer taken.Close()
	for addr, want := range map[string]runtime.Outcome{
		taken.Addr().String(): runtime.OutcomeExternal,
		"localhost":           runtime.OutcomeFatalConfig,
		"localhost:65536":     runtime.OutcomeFatalConfig,
		"localhost:notaport":  runtime.OutcomeFatalConfig,
	} {
		r := runtimetest.Start(t, func(ctx context.Context, run signalRun) error {
			return kit.HTTP(ctx, run, &http.Server{Addr: addr})
		})
		if err := r.Wait(); runtime.OutcomeOf(err) != want {
			t.Errorf("%s: it returned %v", addr, err)
		}
	}
}

// A restart takes its address again, while clients are connected.
func TestHTTPRestart(t *testing.T) {
	free := listenLocal(t)
	free.Close()
	addr := free.Addr().String()
	tree := run(t, runtime.Child{Role: runtime.Service, Ready: runtime.Ready{Explicit: true}}, func(l runtime.Launch) error {
		return kit.HTTP(l.Context(), signalRun{l.Run(), l.Signal()}, &http.Server{Addr: addr})
	})
	child := tree.Handle("Test.Child")
	for range 3 {
		if err := child.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		response, err := http.Get("http://" + addr)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close() // the connection stays
		if _, err := child.Restart("ada", "new certificate"); err != nil {
			t.Fatal(err)
		}
	}
	if err := child.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s, err := child.State(); err != nil || s.Failures != 0 || s.Generation != 4 {
		t.Errorf("it is of generation %d, and has failed %d times, %v", s.Generation, s.Failures, err)
	}
}

type heartRun = struct {
	runtime.Run
	runtime.Signal
	runtime.Heart
}

// A server that nobody asks for anything beats, and answers TLS too.
func TestHTTPBeats(t *testing.T) {
	tls := httptest.NewUnstartedServer(nil)
	tls.StartTLS()
	defer tls.Close()
	l := listenLocal(t)
	began := time.Now()
	tree := run(t, runtime.Child{Role: runtime.Service, Ready: runtime.Ready{Explicit: true}, Health: watch}, func(launch runtime.Launch) error {
		return kit.HTTP(launch.Context(), heartRun{launch.Run(), launch.Signal(), launch.Heart()}, &http.Server{TLSConfig: tls.TLS.Clone()}, l)
	})
	if err := tree.AwaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	for time.Since(began) < 2*watch.Dead {
		if r, err := tls.Client().Get("https://" + l.Addr().String()); err != nil {
			t.Fatal(err)
		} else {
			r.Body.Close()
		}
		<-time.After(watch.Dead / 2)
	}
	if s, err := tree.Handle("Test.Child").State(); err != nil || s.Generation != 1 || s.Health != runtime.HealthHealthy {
		t.Errorf("it is %s, of generation %d, %v, %v", s.Health, s.Generation, s.Failure, err)
	}
}

// A stuck listener accepts nothing.
type stuck struct {
	*net.TCPListener
	ctx context.Context
}

func (s stuck) Accept() (net.Conn, error) {
	<-s.ctx.Done()
	return nil, net.ErrClosed
}

// A server that accepts nothing does not beat; a listener that cannot say is a mistake of the program.
func TestHTTPDoesNotBeat(t *testing.T) {
	for want, listener := range map[runtime.Outcome]func(context.Context, net.Listener) net.Listener{
		runtime.OutcomeUnhealthy: func(ctx context.Context, l net.Listener) net.Listener { return stuck{l.(*net.TCPListener), ctx} },
		runtime.OutcomeFatalBug:  func(_ context.Context, l net.Listener) net.Listener { return tls.NewListener(l, nil) },
	} {
		child := runtime.Child{Role: runtime.Service, Ready: runtime.Ready{Explicit: true}, Health: watch}
		for o := range child.On {
			child.On[o] = runtime.ActionStop
		}
		child.On[runtime.OutcomeNone], child.On[runtime.OutcomeIntensity] = runtime.ActionNone, runtime.ActionNone
		tree := run(t, child, func(l runtime.Launch) error {
			return kit.HTTP(l.Context(), heartRun{l.Run(), l.Signal(), l.Heart()}, new(http.Server), listener(l.Context(), listenLocal(t)))
		})
		for e := range tree.EventsFrom(t.Context(), 1) {
			if e.Kind != runtime.EventFailed {
				continue
			}
			if e.Failure.Kind != want {
				t.Errorf("want %s, it failed with %s: %s", want, e.Failure.Kind, e.Failure.Message)
			}
			break
		}
	}
}

// It serves on several listeners, of any kind.
func TestHTTPListeners(t *testing.T) {
	unix, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Skip(err)
	}
	tcp := listenLocal(t)
	runtimetest.Start(t, func(ctx context.Context, run signalRun) error { return kit.HTTP(ctx, run, new(http.Server), unix, tcp) })
	for _, l := range []net.Listener{unix, tcp} {
		client := http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			return net.Dial(l.Addr().Network(), l.Addr().String())
		}}}
		r, err := client.Get("http://shop")
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		client.CloseIdleConnections()
	}
}

// A server whose listener breaks fails.
func TestHTTPListenerBreaks(t *testing.T) {
	l := listenLocal(t)
	r := runtimetest.Start(t, func(ctx context.Context, run signalRun) error { return kit.HTTP(ctx, run, new(http.Server), l) })
	if err := r.AwaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.Close()
	r.Wait()
	if f := r.State().Failure; f == nil || !errors.Is(f.Err, net.ErrClosed) {
		t.Errorf("it failed with %v", f)
	}
}
