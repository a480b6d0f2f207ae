package httpsup

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/supgen/supgen/runtime"
)

var errLost = errors.New("connection lost <img src=x onerror=alert(1)>")

// until runs until it is asked to stop.
func until(l runtime.Launch) error {
	<-l.Context().Done()
	return nil
}

// An app is the tree of most tests: Shop.DB is ready when the test says so, Shop.HTTP needs it, Shop.Migrate is a job, Shop.Mail is
// optional and fails, and there are connections.
type app struct {
	*runtime.Tree
	ready chan struct{}
	fail  chan error // fails Shop.DB
}

const conns runtime.ID = 5

func newApp(opts ...runtime.Option) *app {
	a := &app{ready: make(chan struct{}, 1), fail: make(chan error)}
	a.Tree = runtime.New([]runtime.Child{
		{Name: "Shop", Role: runtime.Supervisor},
		{Name: "DB", Role: runtime.Service, Ready: runtime.Ready{Explicit: true, Within: time.Hour}, Start: func(l runtime.Launch) error {
			for {
				select {
				case <-a.ready:
					l.Signal().Ready()
				case err := <-a.fail:
					return err
				case <-l.Context().Done():
					return nil
				}
			}
		}},
		{Name: "HTTP", Role: runtime.Service, Needs: []runtime.ID{1}, Replicas: 2, Tags: []string{"serving"}, Start: until},
		{Name: "Migrate", Role: runtime.Job, Start: func(runtime.Launch) error { return nil }},
		{Name: "Mail", Role: runtime.Service, Optional: true, Start: func(runtime.Launch) error { return errLost }},
		conns: {Name: "Conn", Role: runtime.Worker, Dynamic: true, Max: 10, Start: until},
	}, opts...)
	return a
}

// run runs a tree in a bubble, and f beside it.
func run(t *testing.T, make func() *runtime.Tree, f func(t *testing.T, tree *runtime.Tree)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		tree := make()
		ctx, stop := context.WithCancel(context.Background())
		ended := startRun(ctx, tree)
		synctest.Wait()
		f(t, tree)
		stop()
		<-ended
		time.Sleep(time.Minute) // all that follows the tree has ended
	})
}

func startRun(ctx context.Context, tree *runtime.Tree) <-chan error {
	ended := make(chan error, 1)
	go func() { ended <- tree.Run(ctx) }()
	return ended
}

// get asks a handler as a browser on the same machine would.
func get(h http.Handler, target string, header ...string) *httptest.ResponseRecorder {
	return ask(h, http.MethodGet, target, "", header...)
}

func ask(h http.Handler, method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "localhost:9090"
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// want holds an answer to a status, and to a text in it.
func want(t *testing.T, w *httptest.ResponseRecorder, status int, text string) {
	t.Helper()
	if w.Code != status || !strings.Contains(w.Body.String(), text) {
		t.Errorf("the answer is %d %q, not %d with %q", w.Code, w.Body, status, text)
	}
}
