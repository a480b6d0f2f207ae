package httpsup

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/supgen/supgen/runtime"
)

// paths are the children of an answer.
func paths(t *testing.T, body []byte) (paths []string) {
	t.Helper()
	var s struct{ Children []runtime.ChildState }
	if err := json.Unmarshal(body, &s); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	for _, c := range s.Children {
		paths = append(paths, c.Path)
	}
	return paths
}

func TestState(t *testing.T) {
	var a *app
	run(t, func() *runtime.Tree { a = newApp(); return a.Tree }, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, ReadOpen())
		a.ready <- struct{}{}
		tree.Start(t.Context(), conns, runtime.Key("a.b"), nil)
		time.Sleep(time.Second)
		synctest.Wait()
		all := []string{"Shop", "Shop.DB", "Shop.HTTP[0]", "Shop.HTTP[1]", "Shop.Migrate", "Shop.Mail", `Shop.Conn["a.b"]`}
		for query, want := range map[string][]string{
			"":                              all,
			"?under=Shop":                   all,
			"?depth=0":                      {"Shop"},
			"?under=Shop&depth=0":           {"Shop"},
			"?under=Shop&depth=1":           all,
			"?under=Shop.HTTP":              {"Shop.HTTP[0]", "Shop.HTTP[1]"},
			"?under=Shop.HTTP[1]":           {"Shop.HTTP[1]"},
			"?under=Shop.HTTP&depth=0":      {"Shop.HTTP[0]", "Shop.HTTP[1]"},
			`?under=Shop.Conn[%22a.b%22]`:   {`Shop.Conn["a.b"]`},
			"?under=Shop.Conn&depth=0":      {`Shop.Conn["a.b"]`},
			"?under=Shop.DB&depth=1000&x=y": {"Shop.DB"},
			"?under=Shop.Conn[%22gone%22]":  nil, // there could be one
		} {
			w := get(h, "/state"+query)
			if got := paths(t, w.Body.Bytes()); w.Code != 200 || !slices.Equal(got, want) {
				t.Errorf("%q is answered %d with %q, not %q", query, w.Code, got, want)
			}
		}
		for _, query := range []string{"?under=Shop.X", "?under=hop", "?under=Shop.D", "?under=[", "?under=%00"} {
			want(t, get(h, "/state"+query), 404, "there is no child")
		}
		for _, query := range []string{"?depth=-1", "?depth=1001", "?depth=x", "?depth=99999999999999999999", "?depth=01", "?depth=+1"} {
			want(t, get(h, "/state"+query), 400, "depth")
		}
		want(t, get(h, "/state?under=%zz"), 400, "cannot be read")
		want(t, get(h, "/state?"+strings.Repeat("x", maxQuery+1)), 414, "a query")
	})
}

// The time of an answer is that of the question, however long nothing has happened: a client reckons with it how long a child is as it is.
func TestStateHasItsTime(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, ReadOpen())
		for range 3 {
			var s struct{ Tree runtime.TreeState }
			if err := json.Unmarshal(get(h, "/state").Body.Bytes(), &s); err != nil {
				t.Fatal(err)
			}
			if late := time.Since(s.Tree.Time); late > often {
				t.Errorf("the state is of %s ago", late)
			}
			time.Sleep(8 * time.Second)
		}
	})
}

// An answer has a tag, by which a client that has it already is given nothing; it is made once, and five times a second.
func TestStateIsShared(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, ReadOpen()).(*handler)
		w := get(h, "/state")
		now := tree.Snapshot().Tree()
		tag := w.Header().Get("ETag")
		if tag != `W/"`+(position{now.Incarnation, now.Sequence}).String()+`"` {
			t.Errorf("the tag is %s", tag)
		}
		for _, header := range []string{tag, `"x", ` + tag, strings.TrimPrefix(tag, "W/"), "*"} {
			if w := get(h, "/state", "If-None-Match", header); w.Code != 304 || w.Body.Len() > 0 {
				t.Errorf("with %s it is answered %d", header, w.Code)
			}
		}
		bodies := map[*byte]bool{}
		for range 999 {
			tree.Handle("Shop.HTTP").Restart("ada", "a test")
			time.Sleep(time.Millisecond)
			bodies[&h.current.get().encoded().blocks[0][0]] = true
		}
		if len(bodies) != 5 {
			t.Errorf("in a second, the state was encoded %d times", len(bodies))
		}
		time.Sleep(time.Second)
		if w := get(h, "/state", "If-None-Match", tag); w.Code != 200 {
			t.Errorf("after something happened, it is answered %d", w.Code)
		}
	})
}

// While the tree stops, the state says who has not.
func TestStateOfStop(t *testing.T) {
	table := []runtime.Child{{Name: "Shop", Role: runtime.Supervisor}, {Name: "HTTP", Role: runtime.Service, Start: until},
		{Name: "Slow", Role: runtime.Service, Shutdown: runtime.Shutdown{Drain: time.Minute}, Start: func(l runtime.Launch) error {
			<-l.Context().Done()
			time.Sleep(time.Second)
			return nil
		}}}
	run(t, func() *runtime.Tree { return runtime.New(table) }, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, ReadOpen())
		if w := get(h, "/state"); strings.Contains(w.Body.String(), `"report"`) {
			t.Errorf("before it stops, it is %s", w.Body)
		}
		tree.Shutdown("ada", "a test")
		synctest.Wait()
		time.Sleep(often)
		want(t, get(h, "/state"), 200, `"report":{"phase":"draining","children":[{"path":"Shop.Slow","generation":1,"outcome":"running"`)
	})
}

// An answer has to be taken within a time.
func TestSlowReader(t *testing.T) {
	run(t, quiet, func(t *testing.T, tree *runtime.Tree) {
		c := &client{header: make(http.Header)}
		r := httptest.NewRequest("GET", "/state", nil)
		r.Host = "localhost"
		Handler(tree, ReadOpen()).ServeHTTP(c, r)
		if got := time.Until(c.until); got != maxWrite || c.read() == "" {
			t.Errorf("it has to be taken within %s", got)
		}
	})
}

func TestDeclarations(t *testing.T) {
	run(t, func() *runtime.Tree { return newApp().Tree }, func(t *testing.T, tree *runtime.Tree) {
		w := get(Handler(tree, ReadOpen()), "/declarations")
		want(t, w, 200, `"operate":false`)
		want(t, w, 200, `{"id":2,"path":"Shop.HTTP","parent":"Shop","name":"HTTP","role":"service","replicas":2,"needs":["Shop.DB"],"tags":["serving"],`)
		want(t, w, 200, `"counts_ready":true`)
		var answer struct {
			Declarations []struct{ Limit, Intensity *limit }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		if root := answer.Declarations[0]; root.Limit != nil || root.Intensity == nil || answer.Declarations[1].Limit == nil {
			t.Errorf("the root is not restarted, and has the limit %v, the intensity %v", root.Limit, root.Intensity)
		}
		want(t, get(Handler(tree, Authorise(nobody)), "/declarations"), 403, "may not")
		want(t, get(Handler(tree, Authorise(anybody)), "/declarations"), 200, `"operate":true`)
	})
}

// The statements of a decision.
func TestStatements(t *testing.T) {
	run(t, func() *runtime.Tree { return newApp().Tree }, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, ReadOpen())
		time.Sleep(10 * time.Millisecond)
		want(t, get(h, "/statements?path=Shop.Mail"), 200, `"statements":[{"of":"Shop.Mail","text":"on error restart","source":"default of a service"}]`)
		want(t, get(h, "/statements?path=Shop.DB"), 200, `"statements":[]`)
		want(t, get(h, "/statements?path=Shop.X"), 404, "there is no child")
		want(t, get(h, "/statements"), 404, "there is no child")
	})
}

// A child that has not changed is not encoded again; one that has, if only because time went by, is.
func TestTexts(t *testing.T) {
	var fails atomic.Bool
	run(t, func() *runtime.Tree {
		return runtime.New([]runtime.Child{
			{Name: "Shop", Role: runtime.Supervisor, Intensity: runtime.Limit{N: 1000, In: time.Second}},
			{Name: "DB", Role: runtime.Service, Limit: runtime.Limit{N: 100, In: time.Second}, Backoff: runtime.Backoff{Min: 70 * time.Millisecond, Max: time.Second, Factor: 1.5, Reset: time.Second}, Start: func(l runtime.Launch) error {
				if fails.Load() {
					time.Sleep(30 * time.Millisecond)
					return errLost
				}
				return until(l)
			}},
			{Name: "HTTP", Role: runtime.Service, Needs: []runtime.ID{1}, Replicas: 3, Start: until},
			{Name: "Conn", Role: runtime.Worker, Dynamic: true, Max: 10, Start: until},
		})
	}, func(t *testing.T, tree *runtime.Tree) {
		var memo texts
		kept := 0
		for step := range 400 {
			fails.Store(step/50%2 == 1)
			switch {
			case step%40 == 20:
				tree.Handle("Shop.DB").Restart("ada", "a test")
			case step%7 == 0:
				tree.Start(t.Context(), 3, runtime.Key(step%5), nil)
			case step%11 == 0:
				tree.Handle(fmt.Sprintf("Shop.Conn[%d]", step%5)).Remove("ada", "a test")
			}
			synctest.Wait()
			before := memo.of["Shop.HTTP[1]"]
			whole := func(s *snapshot) string {
				pieces, _ := s.part("", -1, true)
				return string(bytes.Join(slices.Collect(pieces), nil))
			}
			if got, want := whole(look(tree, &memo)), whole(look(tree, new(texts))); got != want {
				t.Fatalf("step %d: %s\nis not\n%s", step, got, want)
			}
			if after := memo.of["Shop.HTTP[1]"]; before.json != nil && &before.json[0] == &after.json[0] {
				kept++
			}
			time.Sleep(23 * time.Millisecond)
		}
		if kept < 100 {
			t.Errorf("a child was encoded again in all but %d of 400 looks", kept)
		}
	})
}

// What counts within a time counts less as that goes by, though nothing happens.
func TestStateOfWindow(t *testing.T) {
	fails := true
	run(t, func() *runtime.Tree {
		return runtime.New([]runtime.Child{
			{Name: "Shop", Role: runtime.Supervisor},
			{Name: "DB", Role: runtime.Service, Limit: runtime.Limit{N: 5, In: 30 * time.Second}, Backoff: runtime.Backoff{None: true, Reset: time.Second}, Start: func(l runtime.Launch) error {
				if fails {
					fails = false
					return errors.New("a fault")
				}
				return until(l)
			}},
		})
	}, func(t *testing.T, tree *runtime.Tree) {
		h := Handler(tree, ReadOpen())
		time.Sleep(time.Second)
		before := get(h, "/state?under=Shop.DB")
		want(t, before, 200, `"restarts":1,"left":4`)
		time.Sleep(time.Minute)
		want(t, get(h, "/state?under=Shop.DB", "If-None-Match", before.Header().Get("ETag")), 200, `"restarts":0,"left":5`)
		want(t, get(h, "/metrics"), 200, `supgen_limit_remaining{supgen_child_path="Shop.DB",supgen_child_role="service"} 5`)
	})
}
