package httpsup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/supgen/supgen/runtime"
)

// probes is a handler of probes alone.
func probes(t *testing.T, tree *runtime.Tree, opts ...Option) *handler {
	t.Helper()
	h, err := newHandler(tree, configOf(opts))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// The probes through the life of a program: before Run, start, a blip of what others need, a pause by an operator, the stop, the end.
func TestProbes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newApp()
		h := probes(t, a.Tree)
		expect := func(live, ready, started int) {
			t.Helper()
			time.Sleep(time.Second)
			synctest.Wait()
			for path, status := range map[string]int{"/livez": live, "/readyz": ready, "/startupz": started} {
				if w := get(h, path, "Host", "10.0.0.7:9090"); w.Code != status {
					t.Errorf("%s answers %d %s, not %d", path, w.Code, w.Body, status)
				}
			}
		}
		expect(200, 503, 503) // before Run
		ctx, stop := context.WithCancel(t.Context())
		ended := startRun(ctx, a.Tree)
		expect(200, 503, 503) // it starts
		a.ready <- struct{}{}
		expect(200, 200, 200)
		a.fail <- errLost
		expect(200, 503, 200) // a blip
		a.ready <- struct{}{}
		expect(200, 200, 200)
		a.Handle("Shop.HTTP[1]").Pause("ada", "out of the balancer")
		expect(200, 503, 200)
		a.Handle("Shop.HTTP[1]").Resume("ada", "back")
		expect(200, 200, 200)
		a.Handle("Shop.HTTP[0]").Stop("ada", "not now")
		expect(200, 503, 200)
		a.Handle("Shop.HTTP[0]").Start("ada", "now")
		expect(200, 200, 200)
		a.Handle("Shop.Mail").Quarantine("ada", "it is optional")
		expect(200, 200, 200)
		stop()
		<-ended
		expect(503, 503, 200)
	})
}

// While the tree stops it lives, and is not ready.
func TestProbesWhileStopping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tree := runtime.New([]runtime.Child{
			{Name: "Shop", Role: runtime.Supervisor},
			{Name: "Slow", Role: runtime.Service, Shutdown: runtime.Shutdown{Drain: time.Minute}, Start: func(l runtime.Launch) error {
				<-l.Context().Done()
				time.Sleep(30 * time.Second)
				return nil
			}},
			{Name: "First", Role: runtime.Service, Start: until},
		})
		h := probes(t, tree)
		ctx, stop := context.WithCancel(t.Context())
		ended := startRun(ctx, tree)
		time.Sleep(time.Second)
		want(t, get(h, "/readyz"), 200, "ready")
		stop()
		synctest.Wait()
		want(t, get(h, "/readyz"), 503, "draining")
		want(t, get(h, "/livez"), 200, "alive")
		time.Sleep(20 * time.Second)
		want(t, get(h, "/livez"), 200, "alive")
		<-ended
		want(t, get(h, "/livez"), 503, "ended")
	})
}

// While the tree leaves it lives, serves, and is not ready.
func TestProbesWhileLeaving(t *testing.T) {
	table := []runtime.Child{
		{Name: "Shop", Role: runtime.Supervisor, LameDuck: time.Minute},
		{Name: "HTTP", Role: runtime.Service, Tags: []string{"serving"}, Start: until},
	}
	run(t, func() *runtime.Tree { return runtime.New(table) }, func(t *testing.T, tree *runtime.Tree) {
		h, tagged := probes(t, tree), probes(t, tree, ReadyTags("serving"))
		time.Sleep(time.Second)
		want(t, get(h, "/readyz"), 200, "ready")
		tree.Shutdown("ada", "deploy")
		want(t, get(h, "/readyz"), 503, "leaving")
		want(t, get(h, "/readyz?child=Shop.HTTP"), 503, "leaving")
		want(t, get(tagged, "/readyz"), 503, "leaving")
		want(t, get(h, "/livez"), 200, "alive")
		want(t, get(h, "/startupz"), 200, "started")
		tree.Shutdown("ada", "now")
	})
}

// With tags, the tree may serve before its root was ever ready. Then its start is over when what counts was ready once, and since a
// balancer has sent requests, a stop has its lame duck.
func TestTaggedProbesOfATreeThatWasNeverReady(t *testing.T) {
	table := []runtime.Child{
		{Name: "Shop", Role: runtime.Supervisor, LameDuck: time.Minute},
		{Name: "Tables", Role: runtime.Job, Tags: []string{"serving"}, Start: func(runtime.Launch) error { return nil }},
		{Name: "HTTP", Role: runtime.Service, Tags: []string{"serving"}, Ready: runtime.Ready{Explicit: true}, Start: func(l runtime.Launch) error {
			time.Sleep(time.Second)
			l.Signal().Ready()
			return until(l)
		}},
		{Name: "NATS", Role: runtime.Service, Ready: runtime.Ready{Explicit: true}, Start: until},
	}
	for name, test := range map[string]struct {
		opts  []Option
		asked string // of the probe, before the stop
		stops string // what /readyz says then
	}{
		"served":          {[]Option{ReadyTags("serving")}, "/readyz", "leaving"},
		"a child":         {nil, "/readyz?child=Shop.HTTP", "leaving"},
		"nobody asked":    {[]Option{ReadyTags("serving")}, "/startupz", "draining"},
		"it is not ready": {nil, "/readyz", "draining"},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func() *runtime.Tree { return runtime.New(table) }, func(t *testing.T, tree *runtime.Tree) {
				whole, h := probes(t, tree), probes(t, tree, test.opts...)
				tagged := probes(t, tree, ReadyTags("serving"))
				synctest.Wait()
				want(t, get(tagged, "/startupz"), 503, "starting")
				want(t, get(h, "/readyz"), 503, "not ready")
				time.Sleep(2 * time.Second)
				want(t, get(tagged, "/startupz"), 200, "started")
				want(t, get(whole, "/startupz"), 503, "starting")
				get(h, test.asked)
				tree.Handle("Shop.HTTP").Pause("ada", "a look")
				time.Sleep(time.Second)
				want(t, get(tagged, "/startupz"), 200, "started")
				tree.Shutdown("ada", "deploy")
				want(t, get(tagged, "/readyz"), 503, test.stops)
				tree.Shutdown("ada", "now")
			})
		})
	}
}

// What has done its work has begun, though it was never ready; what failed has not.
func TestTaggedStartOfWhatEnded(t *testing.T) {
	for name, test := range map[string]struct {
		ends   error
		status int
	}{
		"well":    {nil, 200},
		"skipped": {runtime.Skip("off"), 200},
		"failed":  {errLost, 503},
	} {
		t.Run(name, func(t *testing.T) {
			table := []runtime.Child{
				{Name: "Shop", Role: runtime.Supervisor},
				{Name: "NATS", Role: runtime.Service, Ready: runtime.Ready{Explicit: true}, Start: until},
				{Name: "Seed", Role: runtime.Worker, Tags: []string{"serving"}, Ready: runtime.Ready{Explicit: true},
					On: runtime.Table{runtime.OutcomeError: runtime.ActionStop}, Start: func(runtime.Launch) error { return test.ends }},
			}
			run(t, func() *runtime.Tree { return runtime.New(table) }, func(t *testing.T, tree *runtime.Tree) {
				h := probes(t, tree, ReadyTags("serving"))
				time.Sleep(time.Second)
				want(t, get(h, "/startupz"), test.status, "start")
				want(t, get(h, "/readyz"), test.status, "ready")
			})
		})
	}
}

// How a child ended says whether the tree is ready without it.
func TestReadyAfterEnd(t *testing.T) {
	for name, test := range map[string]struct {
		child  runtime.Child
		status int
	}{
		"completed":       {runtime.Child{Role: runtime.Job, Start: func(runtime.Launch) error { return nil }}, 200},
		"ended well":      {runtime.Child{Role: runtime.Worker, Start: func(runtime.Launch) error { return nil }}, 200},
		"skipped":         {runtime.Child{Role: runtime.Service, Start: func(runtime.Launch) error { return runtime.Skip("off") }}, 200},
		"stopped, failed": {runtime.Child{Role: runtime.Service, On: runtime.Table{runtime.OutcomeError: runtime.ActionStop}, Start: func(runtime.Launch) error { return errLost }}, 503},
		"quarantined":     {runtime.Child{Role: runtime.Service, On: runtime.Table{runtime.OutcomeError: runtime.ActionQuarantine}, Start: func(runtime.Launch) error { return errLost }}, 503},
		"a sidecar":       {runtime.Child{Role: runtime.Sidecar, Of: 1, On: runtime.Table{runtime.OutcomeError: runtime.ActionQuarantine}, Start: func(runtime.Launch) error { return errLost }}, 200},
		"optional":        {runtime.Child{Role: runtime.Service, Optional: true, On: runtime.Table{runtime.OutcomeError: runtime.ActionQuarantine}, Start: func(runtime.Launch) error { return errLost }}, 200},
	} {
		t.Run(name, func(t *testing.T) {
			test.child.Name = "C"
			table := []runtime.Child{{Name: "Shop", Role: runtime.Supervisor}, {Name: "A", Role: runtime.Service, Start: until}, test.child}
			run(t, func() *runtime.Tree { return runtime.New(table) }, func(t *testing.T, tree *runtime.Tree) {
				h := probes(t, tree)
				time.Sleep(time.Second)
				want(t, get(h, "/readyz"), test.status, "ready")
			})
		})
	}
}

// A probe may ask about less, by a tag or by a path; what it may not know, what there is not, and what does not count it
// cannot tell apart.
func TestReadyOfSome(t *testing.T) {
	a := (*app)(nil)
	run(t, func() *runtime.Tree { a = newApp(); return a.Tree }, func(t *testing.T, tree *runtime.Tree) {
		h, tagged := probes(t, tree), probes(t, tree, ReadyTags("serving"))
		closed := probes(t, tree, Authorise(func(*http.Request, Access) (string, error) { return "", errors.New("no") }))
		tree.Start(t.Context(), conns, runtime.Key("k"), nil)
		time.Sleep(time.Second)
		want(t, get(h, "/readyz?child=Shop.Migrate"), 200, "ready")
		want(t, get(h, "/readyz?child=Shop.HTTP"), 503, "not ready")
		a.ready <- struct{}{}
		time.Sleep(time.Second)
		tree.Handle("Shop.HTTP[0]").Pause("ada", "a test")
		time.Sleep(time.Second)
		want(t, get(h, "/readyz?child=Shop.DB"), 200, "ready")
		want(t, get(h, "/readyz?child=Shop.HTTP"), 503, "not ready")
		want(t, get(h, "/readyz?child=Shop.HTTP[0]"), 503, "not ready")
		want(t, get(h, "/readyz?child=Shop.HTTP[1]"), 200, "ready")
		want(t, get(h, "/readyz?child=Shop.HTTP[1]&child=Shop.HTTP[0]"), 503, "not ready")
		want(t, get(h, "/readyz?child=Shop"), 503, "not ready")
		want(t, get(tagged, "/readyz"), 503, "not ready")
		want(t, get(tagged, "/readyz?child=Shop"), 503, "not ready")
		tree.Handle("Shop.HTTP[0]").Resume("ada", "a test")
		tree.Handle("Shop.DB").Pause("ada", "a test")
		time.Sleep(time.Second)
		for _, path := range []string{"Shop.Mail", "Shop.X", "Shop.HTTP[2]", "Shop.Conn", `Shop.Conn["k"]`, "", "[", "Shop.HT"} {
			want(t, get(h, "/readyz?child="+path), 404, "there is no child with that path that counts")
		}
		want(t, get(tagged, "/readyz?child=Shop.DB"), 404, "there is no child with that path that counts")
		want(t, get(closed, "/readyz?child=Shop.DB"), 404, "there is no child with that path that counts")
		want(t, get(closed, "/readyz"), 503, "not ready")
		want(t, get(h, "/readyz?"+strings.Repeat("child=Shop&", 17)), 400, "at the most")
	})
}

// ?verbose says what keeps the tree, and what a failure said to those alone who may read.
func TestVerbose(t *testing.T) {
	a := (*app)(nil)
	run(t, func() *runtime.Tree { a = newApp(); return a.Tree }, func(t *testing.T, tree *runtime.Tree) {
		h, open := probes(t, tree), probes(t, tree, ReadOpen())
		a.fail <- errLost
		time.Sleep(time.Second)
		w := get(open, "/readyz?verbose")
		want(t, w, 503, "Shop.HTTP[0] is declared: waits for Shop.DB\n")
		want(t, w, 503, "onerror")
		if w := get(h, "/readyz?verbose"); strings.Contains(w.Body.String(), "onerror") {
			t.Errorf("what a failure says is shown to everybody: %s", w.Body)
		}
		var v verdict
		w = get(h, "/readyz?verbose", "Accept", "application/json")
		if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || v.OK || len(v.Children) != 4 || v.Children[1].Path != "Shop.DB" {
			t.Errorf("as JSON it is %s (%v)", w.Body, err)
		}
		want(t, get(h, "/readyz?verbose", "Host", "evil.example"), 421, "Hosts")
	})
}

// A child that was ready again and is not any more shows what it says, and not how it failed before.
func TestVerboseNotReady(t *testing.T) {
	table := []runtime.Child{{Name: "Shop", Role: runtime.Supervisor}, {Name: "DB", Role: runtime.Service, Ready: runtime.Ready{Explicit: true}, Start: func(l runtime.Launch) error {
		if l.Run().Attempt() == 1 {
			return errors.New("before")
		}
		l.Signal().Ready()
		l.Signal().NotReadyCause(runtime.ExternalDependency(errLost))
		return until(l)
	}}}
	run(t, func() *runtime.Tree { return runtime.New(table) }, func(t *testing.T, tree *runtime.Tree) {
		time.Sleep(time.Minute)
		w := get(probes(t, tree, ReadOpen()), "/readyz?verbose")
		want(t, w, 503, fmt.Sprintf("Shop.DB is running (%q)", "external: "+errLost.Error()))
	})
}

// However much is not ready, an answer has bounds.
func TestVerboseIsBounded(t *testing.T) {
	table := []runtime.Child{{Name: "Shop", Role: runtime.Supervisor}, {Name: "C", Role: runtime.Service, Replicas: 500, Ready: runtime.Ready{Explicit: true, Within: time.Hour}, Start: until}}
	run(t, func() *runtime.Tree { return runtime.New(table) }, func(t *testing.T, tree *runtime.Tree) {
		w := get(probes(t, tree), "/readyz?verbose")
		want(t, w, 503, "and 451 more")
		if n := strings.Count(w.Body.String(), "\n"); n != 52 {
			t.Errorf("it has %d lines", n)
		}
	})
}

// However many ask, the tree is looked at five times a second.
func TestReadyIsShared(t *testing.T) {
	table := []runtime.Child{{Name: "Shop", Role: runtime.Supervisor}, {Name: "HTTP", Role: runtime.Service, Start: until}}
	run(t, func() *runtime.Tree { return runtime.New(table) }, func(t *testing.T, tree *runtime.Tree) {
		h := probes(t, tree)
		seen := map[*snapshot]bool{}
		for range 1000 {
			tree.Handle("Shop.HTTP").Restart("ada", "a test")
			get(h, "/readyz")
			seen[h.current.last.Load()] = true
			time.Sleep(time.Millisecond)
		}
		if len(seen) != 5 {
			t.Errorf("in a second, %d snapshots were taken", len(seen))
		}
		time.Sleep(time.Hour)
		get(h, "/readyz")
		last := h.current.last.Load()
		time.Sleep(time.Hour)
		if get(h, "/readyz"); h.current.last.Load().taken != last.taken {
			t.Error("a snapshot was taken though nothing had happened")
		}
	})
}

// A tag that nothing has would make a program ready from the start.
func TestUnknownTag(t *testing.T) {
	if _, err := newHandler(newApp().Tree, configOf([]Option{ReadyTags("servign")})); err == nil {
		t.Error("a handler is ready when nothing with the tag servign is not, and nothing has it")
	}
}
