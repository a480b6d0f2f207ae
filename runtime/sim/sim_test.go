package sim_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/sim"
)

// simulate is the timeline of a script, as lines without alignment, but for its beginning.
func simulate(t *testing.T, tree *runtime.Tree, text string, from time.Duration) []string {
	t.Helper()
	result, err := sim.Run(tree, sim.MustParse(text))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, l := range result.Timeline.From(from) {
		lines = append(lines, l.String())
	}
	return lines
}

// one is a tree with one child.
func one(c runtime.Child, options ...runtime.Option) *runtime.Tree {
	if c.Backoff == (runtime.Backoff{}) {
		c.Backoff = runtime.Backoff{Min: time.Second, Max: time.Second, Factor: 2, Reset: time.Minute}
	}
	c.Name = "C"
	return sim.Tree([]runtime.Child{{Name: "Root", Role: runtime.Supervisor}, c}, options...)
}

func TestDeeds(t *testing.T) {
	explicit := runtime.Ready{Explicit: true, Within: 3 * time.Second}
	for name, test := range map[string]struct {
		child  runtime.Child
		script string
		want   []string
	}{
		"a child does well": {runtime.Child{Role: runtime.Service}, "", []string{"0s Root starting #1", "0s Root.C launched #1, ready", "0s Root ready"}},
		"so does a job":     {runtime.Child{Role: runtime.Job}, "", []string{"0s Root starting #1", "0s Root.C launched #1", "0s Root.C completed", "0s Root ready"}},
		"the later rule holds": {runtime.Child{Role: runtime.Job}, "Root.C success after 9s\nRoot.C#1 success after 1s\nRoot.C#2 success after 2s",
			[]string{"0s Root starting #1", "0s Root.C launched #1", "1s Root.C completed", "1s Root ready"}},
		"a job that is interrupted did not complete": {runtime.Child{Role: runtime.Job}, "Root.C success after 5s\nat 2s restart Root.C by ada why",
			[]string{"0s Root starting #1", "0s Root.C launched #1", "2s Root.C restart by ada (why): running > restarting", "2s Root.C asked to stop", "2s Root.C down", "2s Root.C launched #2", "7s Root.C completed", "7s Root ready"}},
		"unless it says so": {runtime.Child{Role: runtime.Job}, "Root.C success after 5s, stops with success\nat 2s restart Root.C by ada why",
			[]string{"0s Root starting #1", "0s Root.C launched #1", "2s Root.C restart by ada (why): running > restarting", "2s Root.C asked to stop", "2s Root.C down", "2s Root.C launched #2", "7s Root.C completed", "7s Root ready"}},
		"unready, from its launch on": {runtime.Child{Role: runtime.Service, Ready: explicit}, "until 5s\nRoot.C ready after 1s, unready after 2s",
			[]string{"0s Root starting #1", "0s Root.C launched #1", "1s Root.C ready", "1s Root ready", "2s Root.C not ready", "2s Root not ready"}},
		"what is no failure says why, too": {runtime.Child{Role: runtime.Service}, "until 5s\nRoot.C#1 again \"rebalanced\" after 1s\nRoot.C#2 skip \"switched off\" after 1s",
			[]string{"0s Root starting #1", "0s Root.C launched #1, ready", "0s Root ready", "1s Root.C again (rebalanced): retry in 1s", "1s Root not ready",
				"2s Root.C launched #2, ready", "2s Root ready", "3s Root.C skip (switched off): stop"}},
		"aborts, with an error": {runtime.Child{Role: runtime.Service, Ready: explicit}, "Root.C never ready, never stops, aborts after 500ms with error\nRoot.C#2 ready",
			[]string{"0s Root starting #1", "0s Root.C launched #1", "3s Root.C not ready in time", "3s Root.C asked to stop",
				"8s Root.C aborted", "8.5s Root.C returned error", "8.5s Root.C timeout: retry in 1s", "9.5s Root.C launched #2, attempt 2", "9.5s Root.C ready", "9.5s Root ready"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, simulate(t, one(test.child), test.script, 0)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestActs(t *testing.T) {
	beats := runtime.Health{Heartbeat: time.Second, Stale: 3 * time.Second}
	checks := runtime.Health{Check: runtime.Check{Every: 10 * time.Second, Timeout: time.Second}}
	for name, test := range map[string]struct {
		child  runtime.Child
		script string
		want   []string
	}{
		"it beats again": {runtime.Child{Role: runtime.Service, Health: beats}, "until 30s\nat 10s Root.C silent\nat 14s Root.C never silent",
			[]string{"10s Root.C silent", "13s Root.C stale", "14s Root.C never silent", "16s Root.C healthy"}},
		"a check that is well again fails until then": {runtime.Child{Role: runtime.Service, Health: checks}, "until 35s\nRoot.C checks fail after 15s, checks pass after 25s",
			[]string{"20s Root.C its check fails (1 of 3)"}},
		"it checks well again": {runtime.Child{Role: runtime.Service, Health: checks}, "until 1m\nat 5s Root.C checks hang\nat 25s Root.C checks pass\nat 35s Root.C checks fail\nat 45s Root.C checks pass",
			[]string{"5s Root.C checks hang", "11s Root.C its check hangs", "25s Root.C checks pass", "35s Root.C checks fail", "40s Root.C its check fails (1 of 3)", "45s Root.C checks pass"}},
		"it stops after all": {runtime.Child{Role: runtime.Service, Shutdown: runtime.Shutdown{Unlimited: true}}, "Root.C never stops\nat 5s stop Root.C by ada why\nat 99s Root.C stops after 1s",
			[]string{"5s Root.C stop by ada (why): ready > stopped", "5s Root not ready", "5s Root.C asked to stop", "1m39s Root.C stops after 1s", "1m40s Root.C down, stopped", "1m40s Root ready"}},
		"it ends although it hangs": {runtime.Child{Role: runtime.Worker}, "at 5s Root.C hangs\nat 6s Root.C success",
			[]string{"5s Root.C hangs", "6s Root.C success: stop"}},
		"it does what it is told later": {runtime.Child{Role: runtime.Worker}, "at 5s Root.C success after 2s\nat 6s Root.C success after 2s",
			[]string{"8s Root.C success: stop"}},
		"there is nobody": {runtime.Child{Role: runtime.Worker}, "at 5s Root.C success\nat 6s Root.C error",
			[]string{"5s Root.C success: stop", "6s Root.C error: it has no run"}},
		"a verb is refused": {runtime.Child{Role: runtime.Worker}, "at 5s Root.C success\nat 6s pause Root.C by ada why\nat 6s stop Root.C by ada why",
			[]string{"5s Root.C success: stop", "6s Root.C pause by ada (why): refused, it cannot be done in its state", "6s Root.C stop by ada (why): nothing to do, it is stopped"}},
		"what is said of a row is said to each": {runtime.Child{Role: runtime.Worker, Replicas: 3}, "at 5s Root.C success\nat 4s Root.C[1] success",
			[]string{"4s Root.C[1] success: stop", "5s Root.C[0] success: stop", "5s Root.C[2] success: stop"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, simulate(t, one(test.child), test.script, time.Second)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A script that wants what the tree cannot do is refused whole.
func TestCheck(t *testing.T) {
	_, err := sim.Run(one(runtime.Child{Role: runtime.Service, Replicas: 2}), sim.MustParse(`
Root.X ready
Root.C[2] error
Root error
Root.C ready
Root.C unready
Root.C silent
Root.C checks fail
at 5s Root.C silent
at 5s pause Root.Y by ada "why"`))
	want := `script:2: there is no child "Root.X" in Root
script:3: there is no "Root.C[2]": Root.C has 2 replicas
script:4: Root cannot be told "error": it is a supervisor, and does what its children do
script:5: Root.C cannot be told "ready": it is ready as soon as it is launched
script:6: Root.C cannot be told "unready": it does not say when it is ready
script:7: Root.C cannot be told "silent": it has no heartbeat
script:8: Root.C cannot be told "checks fail": it has no health check
script:9: Root.C cannot be told "silent": it has no heartbeat
script:10: there is no child "Root.Y" in Root`
	if err == nil || err.Error() != want {
		t.Errorf("Run answers\n%v\nwant\n%s", err, want)
	}
	_, err = sim.Run(one(runtime.Child{Role: runtime.Service}), sim.Script{Rules: []sim.Rule{
		{Path: "Root.C", Does: 99}, {Path: "Root.C", Does: sim.Ends, Outcome: runtime.OutcomeTimeout},
	}})
	want = `script: what Root.C does is no Deed
script: a run of Root.C does not end with timeout; it may with success, error, panic, goexit, external, again, fatal_config, fatal_bug, skip`
	if err == nil || err.Error() != want {
		t.Errorf("Run answers\n%v\nwant\n%s", err, want)
	}
}

// The same seed gives the same timeline, another one another. The script's is stronger than the tree's.
func TestSeed(t *testing.T) {
	script := "Root.C#1..3 error after 1s"
	jitter := runtime.Backoff{Min: time.Second, Max: time.Minute, Factor: 2, Jitter: runtime.FullJitter, Reset: time.Hour}
	of := func(text string, options ...runtime.Option) string {
		return strings.Join(simulate(t, one(runtime.Child{Role: runtime.Service, Backoff: jitter}, options...), text, 0), "\n")
	}
	if unseeded := of(script); unseeded != of(script) {
		t.Error("without a seed, timelines differ")
	}
	if of(script, runtime.WithSeed(7)) == of(script) || of("seed 7\n"+script) != of(script, runtime.WithSeed(7)) {
		t.Error("the seed does not count")
	}
	if of("seed 7\n"+script, runtime.WithSeed(8)) != of("seed 7\n"+script) {
		t.Error("the script's seed does not count")
	}
}

// TestShell holds a simulation to a real run of the same tree, in a bubble: they have the same events, and the same
// state and error at the end.
func TestShell(t *testing.T) {
	const db, http, session runtime.ID = 1, 2, 3
	wait := func(l runtime.Launch, d time.Duration) bool {
		select {
		case <-time.After(d):
			return true
		case <-l.Context().Done():
			return false
		}
	}
	table := []runtime.Child{
		{Name: "Shop", Role: runtime.Supervisor},
		db: {Name: "DB", Role: runtime.Service, Ready: runtime.Ready{Explicit: true}, Start: func(l runtime.Launch) error {
			if wait(l, 200*time.Millisecond) {
				l.Signal().Ready()
			}
			if l.Run().Generation() <= 2 && wait(l, 3*time.Second-200*time.Millisecond) {
				return runtime.ExternalDependency(errors.New("lost"))
			}
			<-l.Context().Done()
			return nil
		}},
		http: {Name: "HTTP", Role: runtime.Service, Needs: []runtime.ID{db}, Start: func(l runtime.Launch) error {
			<-l.Context().Done()
			if l.Run().Generation() == 3 {
				<-l.Run().Aborted()
				time.Sleep(time.Hour)
			}
			time.Sleep(time.Second)
			return errors.New("late")
		}},
		session: {Name: "Session", Role: runtime.Worker, Dynamic: true, Max: 1, Needs: []runtime.ID{db}, Start: func(l runtime.Launch) error {
			<-l.Context().Done()
			return nil
		}},
	}
	tree := runtime.New(table, runtime.WithSeed(3))
	result, err := sim.Run(tree, sim.MustParse(`
		Shop.DB ready after 200ms
		Shop.DB#1..2 external "lost" after 3s
		Shop.HTTP stops after 1s with error "late"
		Shop.HTTP#3 never stops
		at 1s start Shop.Session["a"]
		at 1500ms pause Shop.DB by ada "lunch"
		at 4s resume Shop.DB by ada "lunch"
		at 20s restart Shop.HTTP by ada "new certificate"
	`))
	if err != nil {
		t.Fatal(err)
	}
	var events []runtime.Event
	var states []runtime.ChildState
	synctest.Test(t, func(t *testing.T) {
		go func() {
			for e := range tree.Events(t.Context()) {
				events = append(events, e)
			}
		}()
		synctest.Wait()
		go func() {
			time.Sleep(time.Second)
			tree.Start(t.Context(), session, runtime.Key("a"), nil)
			time.Sleep(500 * time.Millisecond)
			tree.Handle("Shop.DB").Pause("ada", "lunch")
			time.Sleep(2500 * time.Millisecond)
			tree.Handle("Shop.DB").Resume("ada", "lunch")
			time.Sleep(16 * time.Second)
			tree.Handle("Shop.HTTP").Restart("ada", "new certificate")
		}()
		err = tree.Run(context.Background())
		synctest.Wait()
		states = tree.Snapshot().All()
		time.Sleep(2 * time.Hour) // HTTP returns
	})
	// There are no stacks in virtual time, and the tree has them when they are there.
	events = slices.DeleteFunc(events, func(e runtime.Event) bool { return e.Kind == runtime.EventStacks })
	for i := range events {
		events[i].Sequence = uint64(i + 1)
	}
	told := 0
	for _, l := range result.Timeline {
		if l.Event == nil {
			continue
		}
		told++
		real := events[l.Event.Sequence-1]
		for _, e := range []*runtime.Event{l.Event, &real} {
			e.Time = time.Time{}
			if e.Failure != nil {
				e.Failure.Err = nil
			}
		}
		if diff := cmp.Diff(real, *l.Event, cmp.Comparer(func(a, b runtime.Failure) bool {
			return a.Kind == b.Kind && a.Message == b.Message && a.Final == b.Final
		})); diff != "" {
			t.Errorf("%s\n%s", l, diff)
		}
	}
	if last := result.Timeline[len(result.Timeline)-1]; told < 30 || last.Event.Sequence != uint64(len(events)) {
		t.Errorf("%d events were told, the last %s, and there are %d", told, last, len(events))
	}
	if err == nil || result.Err == nil || err.Error() != result.Err.Error() || !errors.Is(result.Err, runtime.ErrStuck) {
		t.Errorf("Run returned %v, simulated %v", err, result.Err)
	}
	for i := range states {
		if a, b := states[i], result.Children[i]; a.Lifecycle != b.Lifecycle || a.Generation != b.Generation || !a.Since.Equal(b.Since) {
			t.Errorf("a child is %+v, simulated %+v", a, b)
		}
	}
	if _, err := sim.Run(tree, sim.Script{}); !errors.Is(err, runtime.ErrState) {
		t.Errorf("simulating a tree that was run answers %v", err)
	}
}

func TestTimeline(t *testing.T) {
	timeline := sim.Timeline{
		{At: 0, Path: "A", Text: "x"}, {At: 1500 * time.Microsecond, Path: "A.B", Text: "y"},
		{At: time.Minute, Path: "A", Text: "z"}, {At: time.Hour, Path: "A.B", Text: "z"},
	}
	if got, want := timeline.String(), "0s   A    x\n2ms  A.B  y\n1m   A    z\n1h   A.B  z\n"; got != want {
		t.Errorf("it is printed as\n%s", got)
	}
	if got, want := timeline.From(time.Minute).Of("A.B").String(), "1h  A.B  z\n"; got != want {
		t.Errorf("of A.B from 1m on it is\n%s", got)
	}
	if timeline.From(2*time.Hour) != nil {
		t.Error("there is nothing after two hours")
	}
}

func TestWatch(t *testing.T) {
	tree := one(runtime.Child{Role: runtime.Service})
	script := sim.MustParse("at 5s Root.C error\nat 9s shutdown by ada why")
	told, err := sim.Run(tree, script)
	if err != nil {
		t.Fatal(err)
	}
	var events []runtime.Event
	all, err := sim.Watch(tree, script, func(e runtime.Event) bool { events = append(events, e); return true })
	if err != nil || !all.Ended || len(events) == 0 || events[len(events)-1].Phase != runtime.TreePhase(runtime.TreeEnded) {
		t.Errorf("it came to %+v, %v", all, err)
	}
	for i, e := range events {
		if e.Sequence != uint64(i)+1 {
			t.Fatalf("event %d is #%d", i, e.Sequence)
		}
	}
	for _, l := range told.Timeline {
		if l.Event != nil && !slices.ContainsFunc(events, func(e runtime.Event) bool { return e.Sequence == l.Event.Sequence && e.Kind == l.Event.Kind }) {
			t.Errorf("it misses %v", l)
		}
	}
	seen := 0
	part, err := sim.Watch(tree, script, func(e runtime.Event) bool { seen++; return e.Kind != runtime.EventFailed })
	if err != nil || part.Ended || seen >= len(events) || events[seen-1].Kind != runtime.EventFailed {
		t.Errorf("after %d events it came to %+v, %v", seen, part, err)
	}
}
