package httpsup

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/supgen/supgen/runtime"
)

func nobody(*http.Request, Access) (string, error)  { return "", errors.New("the secret reason") }
func anybody(*http.Request, Access) (string, error) { return "ada", nil }

// order gives a command as the page does.
func order(h http.Handler, body string, header ...string) *httptest.ResponseRecorder {
	return ask(h, "POST", "/command", body, append([]string{"Content-Type", "application/json", commandHeader, "1"}, header...)...)
}

// A command is carried out, in the name that the authoriser gave; what is refused changes nothing.
func TestCommand(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		var asked []Access
		who := "ada"
		h := Handler(tree, Authorise(func(r *http.Request, a Access) (string, error) {
			asked = append(asked, a)
			if a.Path == "Shop.Secret" {
				return "", Unauthenticated(`Basic realm="shop"`)
			}
			if a.Verb == runtime.VerbQuarantine {
				return "", errors.New("the secret reason")
			}
			return who, nil
		}))
		w := order(h, `{"path":"Shop.HTTP","verb":"pause","why":"a test"}`)
		want(t, w, 200, `{"path":"Shop.HTTP","verb":"pause","changed":true,"before":"ready","generation":1,"next":"paused"}`)
		if len(asked) != 1 || asked[0] != (Access{runtime.VerbPause, "Shop.HTTP"}) {
			t.Errorf("the authoriser was asked about %v", asked)
		}
		synctest.Wait()
		refused := func() (sequence uint64) { return tree.Snapshot().Tree().Sequence }
		before := refused()
		for body, answer := range map[string]struct {
			status int
			text   string
		}{
			`{"path":"Shop.HTTP","verb":"resume","why":"a test","who":"root"}`: {400, "a command is"},
			`{"path":"Shop.HTTP","verb":"resume","why":"a test"}{}`:            {400, "behind the command"},
			`{"path":"Shop.HTTP","verb":"resume","why":"a test"} x`:            {400, "behind the command"},
			`{"path":"Shop.HTTP","verb":"resume","why":" \n"}`:                 {400, "path, verb and why"},
			`{"path":"Shop.HTTP","verb":"resume"}`:                             {400, "path, verb and why"},
			`{"path":"Shop.HTTP","verb":"none","why":"a test"}`:                {400, "path, verb and why"},
			`{"verb":"resume","why":"a test"}`:                                 {400, "path, verb and why"},
			`{"path":"Shop.HTTP","verb":"explode","why":"a test"}`:             {400, "a command is"},
			`{"path":"Shop.HTTP","verb":3,"why":"a test"}`:                     {400, "a command is"},
			``:     {400, "a command is"},
			`[]`:   {400, "a command is"},
			`null`: {400, "path, verb and why"},
			"\x00": {400, "a command is"},
			`{"path":"Shop.HTTP","verb":"resume","why":"` + strings.Repeat("x", maxCommand) + `"}`: {413, "at the most"},
			strings.Repeat("[", maxCommand-1):                       {400, "a command is"},
			`{"path":"Shop.X","verb":"resume","why":"a test"}`:      {404, "there is no such child"},
			`{"path":"Shop.HTTP","verb":"release","why":"a test"}`:  {409, "cannot be done in its state"},
			`{"path":"Shop.HTTP","verb":"shutdown","why":"a test"}`: {409, "cannot be done in its state"},
			`{"path":"Shop.HTTP","verb":"remove","why":"a test"}`:   {409, "cannot be done in its state"},
			`{"path":"Shop.HTTP","verb":"quarantine","why":"x"}`:    {403, "you may not do that"},
			`{"path":"Shop.Secret","verb":"resume","why":"x"}`:      {401, "say who you are"},
		} {
			w := order(h, body)
			want(t, w, answer.status, answer.text)
			if strings.Contains(w.Body.String(), "secret") {
				t.Errorf("the answer is %s", w.Body)
			}
			if (w.Header().Get("WWW-Authenticate") == `Basic realm="shop"`) != (w.Code == 401) {
				t.Errorf("with %d, the challenge is %q", w.Code, w.Header().Get("WWW-Authenticate"))
			}
		}
		who = " "
		want(t, order(h, `{"path":"Shop.HTTP","verb":"resume","why":"x"}`), 403, "gave none")
		who = "ada"
		synctest.Wait()
		if after := refused(); after != before {
			t.Errorf("what was refused made %d events", after-before)
		}
		want(t, order(h, `{"path":"Shop","verb":"shutdown","why":"a test"}`), 200, `"verb":"shutdown"`)
		<-tree.Done()
		want(t, order(h, `{"path":"Shop.HTTP","verb":"resume","why":"x"}`), 409, "is not running")
	})
}

// The name and the reason are in the audit of the event.
func TestAudit(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, Authorise(anybody))
		c := connect(h)
		order(h, `{"path":"Shop.HTTP","verb":"restart","why":"new certificate"}`)
		time.Sleep(time.Second)
		if got := c.read(); !strings.Contains(got, `"audit":{"verb":"restart","who":"ada","why":"new certificate"}`) {
			t.Errorf("the events are %s", got)
		}
	})
}

// While the tree stops, a command is refused and changes nothing.
func TestCommandWhileStopping(t *testing.T) {
	table := []runtime.Child{{Name: "Shop", Role: runtime.Supervisor},
		{Name: "Slow", Role: runtime.Service, Shutdown: runtime.Shutdown{Drain: time.Minute}, Start: func(l runtime.Launch) error {
			<-l.Context().Done()
			time.Sleep(time.Second)
			return nil
		}}}
	run(t, func() *runtime.Tree { return runtime.New(table) }, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, Authorise(anybody))
		tree.Shutdown("ada", "a test")
		synctest.Wait()
		want(t, order(h, `{"path":"Shop.Slow","verb":"restart","why":"a test"}`), 409, "the tree is stopping")
	})
}

// Pages of other sites, forms, and all that does not come from the page cannot give commands.
func TestCommandsOfOthers(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		before := tree.Snapshot().Tree().Sequence
		h := Handler(tree, Authorise(anybody), TrustedOrigins("https://ops.example"))
		const body = `{"path":"Shop.HTTP","verb":"restart","why":"a test"}`
		want(t, order(h, body, "Sec-Fetch-Site", "cross-site"), 403, "another site")
		want(t, order(h, body, "Sec-Fetch-Site", "same-site"), 403, "another site")
		want(t, order(h, body, "Origin", "https://evil.example"), 403, "another site")
		want(t, order(h, body, "Origin", "null"), 403, "another site")
		want(t, order(h, body, commandHeader, ""), 403, commandHeader)
		want(t, order(h, body, "Content-Type", "text/plain"), 415, "application/json")
		want(t, order(h, body, "Content-Type", "application/x-www-form-urlencoded"), 415, "application/json")
		want(t, order(h, body, "Content-Type", ""), 415, "application/json")
		want(t, order(h, body, "Host", "evil.example"), 421, "Hosts")
		for _, method := range []string{"GET", "PUT", "DELETE", "OPTIONS", "HEAD", "TRACE"} {
			if w := ask(h, method, "/command", body); w.Code != 405 || w.Header().Get("Allow") != "POST" {
				t.Errorf("%s is answered %d", method, w.Code)
			}
		}
		want(t, order(Handler(tree, ReadOpen()), body), 404, "this address takes no commands")
		want(t, order(Handler(tree, Choice{}), body), 404, "this address takes no commands")
		synctest.Wait()
		if after := tree.Snapshot().Tree().Sequence; after != before {
			t.Errorf("what was refused made %d events", after-before)
		}
		want(t, order(h, body, "Origin", "https://ops.example", "Sec-Fetch-Site", "cross-site"), 200, `"changed":true`)
		want(t, order(h, body, "Sec-Fetch-Site", "same-origin"), 200, `"verb":"restart"`)
	})
}

// Each request is authorised, also those that only read, by the path that they are about.
func TestAuthorised(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		var asked []Access
		h := Handler(tree, Authorise(func(r *http.Request, a Access) (string, error) {
			asked = append(asked, a)
			return nobody(r, a)
		}))
		for path, about := range map[string]string{
			"/": "", "/state": "", "/state?under=Shop.HTTP": "Shop.HTTP", "/events": "", "/history": "", "/history?at=1": "", "/declarations": "",
			"/statements?path=Shop.HTTP": "Shop.HTTP", "/stacks?path=Shop.HTTP": "Shop.HTTP", "/metrics": "", "/schema/state.json": "",
		} {
			asked = nil
			want(t, get(h, path), 403, "you may not do that")
			if len(asked) != 1 || asked[0] != (Access{Path: about}) {
				t.Errorf("for %s the authoriser was asked about %v", path, asked)
			}
		}
		want(t, get(h, "/livez"), 200, "alive")
		want(t, get(Handler(tree, Choice{}), "/state"), 403, "you may not do that")
	})
}

func FuzzCommand(f *testing.F) {
	f.Add(`{"path":"Shop.HTTP","verb":"restart","why":"new certificate"}`)
	f.Add(`{"path":"Shop.HTTP","verb":"restart","why":"x","who":"root"}`)
	f.Add(`{"Path":"\u0000","verb":"none"}[]`)
	f.Fuzz(func(t *testing.T, body string) {
		c, err := readCommand(http.MaxBytesReader(httptest.NewRecorder(), io.NopCloser(strings.NewReader(body)), maxCommand))
		if err == nil && (c.Path == "" || c.Verb == 0 || strings.TrimSpace(c.Why) == "" || len(body) > maxCommand) {
			t.Errorf("%q is a command: %+v", body, c)
		}
		if refused := (*refusal)(nil); err != nil && (!errors.As(err, &refused) || refused.status < 400 || refused.status > 499) {
			t.Errorf("%q is refused with %v", body, err)
		}
	})
}
