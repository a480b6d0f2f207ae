package httpsup

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime"
)

// hang is stuck until the channel is closed.
func hang(l runtime.Launch, until <-chan struct{}) error {
	<-l.Context().Done()
	<-until
	return nil
}

// hanging stops a tree in which Shop.DB and Shop.Opt.Mail hang, and runs f while they do.
func hanging(t *testing.T, f func(t *testing.T, tree *runtime.Tree)) {
	var release chan struct{}
	run(t, func() *runtime.Tree {
		release = make(chan struct{})
		stuck := runtime.Child{Role: runtime.Service, Shutdown: runtime.Shutdown{Drain: time.Second, Abort: time.Second}, Start: func(l runtime.Launch) error { return hang(l, release) }}
		db, mail := stuck, stuck
		db.Name, mail.Name, mail.Parent = "DB", "Mail", 2
		return runtime.New([]runtime.Child{{Name: "Shop", Role: runtime.Supervisor}, db, {Name: "Opt", Role: runtime.Supervisor}, mail})
	}, func(t *testing.T, tree *runtime.Tree) {
		defer close(release)
		f(t, tree)
	})
}

// The stacks of what is stuck are for those who were authorised, wherever they are told: in the state, in streams, in the past.
func TestStacksOfStuck(t *testing.T) {
	for name, choice := range map[string]Choice{"authorised": Authorise(anybody), "everybody": ReadOpen()} {
		hanging(t, func(t *testing.T, tree *runtime.Tree) {
			h := Handler(tree, choice).(*handler)
			sse, lines := connect(h), connect(h, "Accept", "application/x-ndjson")
			tree.Shutdown("ada", "a test")
			<-tree.Done()
			<-sse.ended
			<-lines.ended
			answers := map[string]string{"sse": sse.read(), "lines": lines.read(), "state": get(h, "/state").Body.String(), "under": get(h, "/state?under=Shop.Opt").Body.String()}
			answers["past"] = get(h, "/history?from=0").Body.String()
			h.feed.mu.Lock()
			last := h.feed.past.chunks[len(h.feed.past.chunks)-1]
			h.feed.past.chunks = append(h.feed.past.chunks, &chunk{after: h.feed.recent.Load().last()})
			h.feed.mu.Unlock()
			h.feed.pack(last)
			answers["packed past"] = get(h, "/history?from=0").Body.String()
			for where, text := range answers {
				if !strings.Contains(text, "Shop.Opt.Mail") {
					t.Errorf("%s: %.300q says nothing of what is stuck", where, text)
				}
				if got := strings.Contains(text, "httpsup.hang"); got != (name == "authorised") {
					t.Errorf("in %s, stacks for %s: %t", where, name, got)
				}
			}
			if answers["past"] != answers["packed past"] {
				t.Errorf("for %s, the past is\n%s\nand when it is packed\n%s", name, answers["past"], answers["packed past"])
			}
		})
	}
}

// Who may read about a part of the tree learns from its state nothing about the children of other parts.
func TestStateOfPart(t *testing.T) {
	hanging(t, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, Authorise(func(r *http.Request, a Access) (string, error) {
			if a.Path != "Shop.Opt" && a.Path != "Shop" {
				return "", errForbidden
			}
			return "ada", nil
		}))
		type state struct {
			Tree   runtime.TreeState
			Report *runtime.Report
		}
		ask := func(under string) (s state) {
			w := get(h, "/state?under="+under)
			want(t, w, 200, `"children"`)
			valid(t, "state", w.Body.Bytes())
			if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil {
				t.Fatal(err)
			}
			return s
		}
		check := func(under, leaked, reported string, s state) {
			t.Helper()
			var children []string
			if s.Report != nil {
				for _, c := range s.Report.Children {
					children = append(children, c.Path)
				}
			}
			if fmt.Sprint(s.Tree.Leaked) != leaked || fmt.Sprint(children) != reported {
				t.Errorf("under %s, the state has %q and %q, not %s and %s", under, s.Tree.Leaked, children, leaked, reported)
			}
		}
		check("Shop.Opt", "[]", "[]", ask("Shop.Opt"))
		tree.Shutdown("ada", "a test")
		<-tree.Done()
		time.Sleep(time.Second)
		check("Shop", "[Shop.DB#1 Shop.Opt.Mail#1]", "[Shop.DB Shop.Opt.Mail]", ask("Shop"))
		part := ask("Shop.Opt")
		check("Shop.Opt", "[Shop.Opt.Mail#1]", "[Shop.Opt.Mail]", part)
		whole := tree.Snapshot().Tree().Root
		if root := part.Tree.Root; root.Path != "Shop" || root.Lifecycle != whole.Lifecycle || root.Starts != 0 || !root.Since.IsZero() || whole.Since.IsZero() {
			t.Errorf("of the root, it has %+v of %+v", root, whole)
		}
		want(t, get(h, "/state?under=Shop.DB"), 403, "may not")
		want(t, get(h, "/state"), 403, "may not")
	})
}
