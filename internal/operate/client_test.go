package operate

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
)

// shop is a handler of a tree that runs, whose database is away, and who reads its API.
func shop(t *testing.T) (*runtime.Tree, http.Handler) {
	t.Helper()
	wait := func(l runtime.Launch) error { <-l.Context().Done(); return nil }
	tree := runtime.New([]runtime.Child{
		{Name: "Shop", Role: runtime.Supervisor},
		{Name: "DB", Role: runtime.Service, Ready: runtime.Ready{Explicit: true}, Backoff: runtime.Backoff{Min: time.Hour, Max: time.Hour, Factor: 1},
			Start: func(runtime.Launch) error {
				return runtime.ExternalDependency(errors.New("connection \x1b[31mrefused\x1b[0m\nby 10.0.0.7"))
			}},
		{Name: "HTTP", Role: runtime.Service, Needs: []runtime.ID{1}, Start: wait},
		{Name: "Mail", Role: runtime.Service, Start: wait},
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); tree.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-ended })
	failed := false
	for e := range tree.EventsFrom(ctx, 1) {
		failed = failed || e.Kind == runtime.EventFailed
		if s, _ := tree.Handle("Shop.Mail").State(); failed && s.Lifecycle == runtime.LifecycleReady {
			break
		}
	}
	return tree, httpsup.Handler(tree, httpsup.Authorise(func(r *http.Request, a httpsup.Access) (string, error) {
		switch {
		case r.Header.Get("Authorization") != "Bearer sesame":
			return "", httpsup.Unauthenticated("Bearer")
		case a.Verb == runtime.VerbQuarantine:
			return "", errors.New("never")
		}
		return "ada", nil
	}))
}

// dial is a client of a handler, under a path.
func dial(t *testing.T, h http.Handler, token string) *Client {
	t.Helper()
	server := httptest.NewServer(http.StripPrefix("/ops", h))
	t.Cleanup(server.Close)
	c, err := Dial(server.URL+"/ops", token)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestView(t *testing.T) {
	_, h := shop(t)
	c := dial(t, h, "sesame")
	v, err := c.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	causes := v.Causes()
	if len(causes) != 1 || causes[0].Path != "Shop.DB" {
		t.Fatalf("causes: %v", causes)
	}
	if why := v.Why(causes[0]); why != "external: connection refused" {
		t.Errorf("why of the cause: %q", why)
	}
	if why := v.Why(v.Child("Shop.HTTP")); why != "because of Shop.DB" {
		t.Errorf("why of what waits: %q", why)
	}
	if w := v.Waiting(causes[0]); len(w) != 1 || w[0].Path != "Shop.HTTP" {
		t.Errorf("waiting: %v", w)
	}
	statements, err := c.Statements(t.Context(), "Shop.DB")
	if err != nil || len(statements) != 1 || statements[0].Text != "on external retry" {
		t.Errorf("statements: %v, %v", statements, err)
	}
	if !v.Operate {
		t.Error("there are commands")
	}
}

func TestCommand(t *testing.T) {
	_, h := shop(t)
	c := dial(t, h, "sesame")
	a, err := Decode[Answer](c.Command(t.Context(), "Shop.Mail", "pause", "new templates"))
	if err != nil || !a.Changed || a.Before != "ready" {
		t.Fatalf("answer: %+v, %v", a, err)
	}
	v, err := c.View(t.Context())
	for err == nil && v.Child("Shop.Mail").Lifecycle != "paused" { // a state may be some moments old
		v, err = c.View(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	if why := v.Why(v.Child("Shop.Mail")); why != "pause by ada: new templates" {
		t.Errorf("why: %q", why)
	}
	again, err := Decode[Answer](c.Command(t.Context(), "Shop.Mail", "pause", "new templates"))
	if err != nil || again.Text() != "Shop.Mail: nothing changed, it is paused" {
		t.Errorf("again: %+v, %v", again, err)
	}
	for _, test := range []struct {
		path, verb, token string
		status            int
	}{
		{"Shop.None", "restart", "sesame", 404},
		{"Shop.Mail", "release", "sesame", 409},
		{"Shop.Mail", "quarantine", "sesame", 403},
		{"Shop.Mail", "restart", "wrong", 401},
		{"Shop.Mail", "restart", "", 401},
		{"Shop.Mail", "explode", "sesame", 400},
	} {
		_, err := dial(t, h, test.token).Command(t.Context(), test.path, test.verb, "a test")
		if refused, ok := errors.AsType[*RefusedError](err); !ok || refused.Status != test.status || refused.Words == "" {
			t.Errorf("%s %s by %q: %v", test.verb, test.path, test.token, err)
		}
	}
}

// A stream that breaks goes on where it was: no event is missed, and none comes twice.
func TestFollowResumes(t *testing.T) {
	tree, h := shop(t)
	cut := make(chan context.CancelFunc, 100)
	c := dial(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/events" {
			ctx, cancel := context.WithCancel(r.Context())
			defer cancel()
			r, cut := r.WithContext(ctx), cut
			cut <- cancel
			h.ServeHTTP(w, r)
			return
		}
		h.ServeHTTP(w, r)
	}), "sesame")
	restart := func() {
		if _, err := tree.Handle("Shop.Mail").Restart("ada", "a test"); err != nil {
			t.Error(err)
		}
	}
	commands, breaks := 0, 0
	var at uint64
	for m := range c.Follow(t.Context(), Position{}) {
		switch {
		case m.Reset != nil:
			if at != 0 {
				t.Fatal("a reset, though nothing was lost")
			}
			at = m.Reset.Sequence
			restart()
		case m.Live:
		case m.Err != nil:
			breaks++
			restart() // while nobody listens
		case m.Event.Sequence != at+1:
			t.Fatalf("event %d came after %d", m.Event.Sequence, at)
		default:
			at++
			if m.Event.Kind == "command" {
				commands++
				(<-cut)()
			}
		}
		if commands == 3 && breaks >= 2 {
			return
		}
	}
}

// A refusal, and a server that is away, are said by each try.
func TestFollowRefused(t *testing.T) {
	_, h := shop(t)
	for m := range dial(t, h, "wrong").Follow(t.Context(), Position{}) {
		if refused, ok := errors.AsType[*RefusedError](m.Err); !ok || refused.Status != 401 {
			t.Errorf("%+v", m)
		}
		break
	}
	c, err := Dial("localhost:1", "")
	if err != nil {
		t.Fatal(err)
	}
	var retries []time.Duration
	for m := range c.Follow(t.Context(), Position{}) {
		if m.Err == nil {
			t.Fatalf("%+v", m)
		}
		if retries = append(retries, m.Retry); len(retries) == 2 {
			break
		}
	}
	if !slices.Equal(retries, []time.Duration{firstRetry, 2 * firstRetry}) {
		t.Errorf("retries after %v", retries)
	}
}

func TestUnixSocket(t *testing.T) {
	_, h := shop(t)
	dir, err := os.MkdirTemp("", "supgen") // a path of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "s.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Skip(err)
	}
	server := &http.Server{Handler: h}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	for _, addr := range []string{path, "unix:" + path} {
		c, err := Dial(addr, "sesame")
		if err != nil {
			t.Fatal(err)
		}
		if v, err := c.View(t.Context()); err != nil || v.Tree.Path != "Shop" {
			t.Errorf("%s: %v", addr, err)
		}
	}
}

func TestAddress(t *testing.T) {
	for _, test := range []struct{ addr, token, base, err string }{
		{"localhost:9091", "t", "http://localhost:9091/", ""},
		{"127.0.0.1:9091", "t", "http://127.0.0.1:9091/", ""},
		{"[::1]:9091", "t", "http://[::1]:9091/", ""},
		{"http://localhost:9091/ops/", "t", "http://localhost:9091/ops/", ""},
		{"https://ops.example.com/shop", "t", "https://ops.example.com/shop/", ""},
		{"ops.example.com:80", "", "http://ops.example.com:80/", ""},
		{"ops.example.com:80", "t", "", "without TLS"},
		{"http://10.0.0.7", "t", "", "without TLS"},
		{"http://localhost.example.com", "t", "", "without TLS"},
		{"http://ada:secret@localhost:9091", "", "", "no password"},
		{"http://localhost:9091/?x=1", "", "", "query"},
		{"ftp://localhost", "", "", "not an address"},
		{"http://", "", "", "not an address"},
		{":9091", "", "", "not an address"},
		{"", "", "", "not an address"},
		{"a b", "", "", "not an address"},
	} {
		c, err := Dial(test.addr, test.token)
		switch {
		case test.err == "" && err == nil:
			if c.base != test.base {
				t.Errorf("%s: %s", test.addr, c.base)
			}
		case test.err == "" || err == nil || !strings.Contains(err.Error(), test.err):
			t.Errorf("%s: %v", test.addr, err)
		case strings.Contains(err.Error(), "secret"):
			t.Errorf("%s: the error has the password", test.addr)
		}
	}
}

// A token stays with the server that it is for.
func TestRedirect(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	t.Cleanup(other.Close)
	c := dial(t, http.RedirectHandler(other.URL, http.StatusTemporaryRedirect), "sesame")
	for _, ask := range []func() error{
		func() error { _, err := c.Get(t.Context(), "state", nil); return err },
		func() error { _, err := c.Command(t.Context(), "Shop.DB", "restart", "why"); return err },
	} {
		if err := ask(); err == nil || !strings.Contains(err.Error(), "redirects to "+other.URL) {
			t.Error(err)
		}
	}
}

func TestToken(t *testing.T) {
	name := filepath.Join(t.TempDir(), "token")
	for _, test := range []struct{ text, token, err string }{
		{"sesame\n", "sesame", ""},
		{"\n", "", "empty"},
		{"two words", "", "one word"},
		{"caf\u00e9", "", "one word"},
		{strings.Repeat("x", maxToken+1), "", "at most"},
	} {
		if err := os.WriteFile(name, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		token, exposed, err := ReadToken(name)
		if exposed || (err == nil) != (test.err == "") || err == nil && token != test.token || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%.20q: %q, %t, %v", test.text, token, exposed, err)
		}
	}
}

// A server that says too much, or nonsense, gets an error.
func TestNonsense(t *testing.T) {
	for name, test := range map[string]struct {
		answer string
		err    string
	}{
		"a page":      {"<!doctype html>", "does not answer as supgen's API does"},
		"nothing":     {"", "does not answer as supgen's API does"},
		"a number":    {"1", "cannot be read"},
		"other types": {`{"children": [{"path": 7}]}`, "cannot be read"},
		"too much":    {`"` + strings.Repeat("x", 2<<10) + `"`, "longer than"},
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, test.answer) }), "")
			c.most = 1 << 10
			if _, err := Decode[State](c.Get(t.Context(), "state", nil)); err == nil || !strings.Contains(err.Error(), test.err) {
				t.Error(err)
			}
		})
	}
	endless := strings.NewReader(strings.Repeat("x", maxLine+1))
	if err := readLines(endless, func(Message) bool { return true }); err == nil {
		t.Error("a line without an end was read")
	}
}

// Words and fields of a later version are shown, and do no harm.
func TestLaterVersion(t *testing.T) {
	s, err := Decode[State]([]byte(`{"tree": {"path": "Shop", "phase": "dreaming", "new": 1}, "children": [
		{"path": "Shop", "role": "orchestra", "lifecycle": "half_asleep", "stopped": "nobody_knows"}, null]}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	v := NewView(s, &Declarations{})
	var b strings.Builder
	if err := v.Table(&b, "Shop", time.Time{}); err != nil || !strings.Contains(b.String(), "half asleep") {
		t.Errorf("%v: %s", err, b.String())
	}
}

// The end of the tree is told, with what happened before it.
func TestFollowEnd(t *testing.T) {
	tree, h := shop(t)
	ended := false
	for m := range dial(t, h, "sesame").Follow(t.Context(), Position{}) {
		switch {
		case m.Live:
		case m.Reset != nil:
			if _, err := tree.Command("Shop", runtime.VerbShutdown, "ada", "a test"); err != nil {
				t.Fatal(err)
			}
		case m.Err != nil:
			t.Fatal(m.Err)
		case m.End != "":
			if !ended {
				t.Errorf("%q came before the last event", m.End)
			}
			return
		default:
			ended = m.Event.Kind == "phase" && m.Event.Phase == "ended"
		}
	}
}
