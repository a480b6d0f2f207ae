package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/runtime/policy"
)

// docs/runtime.md, "Stopping": Run with a context that has ended launches nothing.
func TestRunThatWasAskedToStopBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		launched := false
		tree := New(plain(
			Child{Name: "C", Role: Service, Start: func(Launch) error { launched = true; return nil }},
			Child{Name: "J", Role: Job, Start: func(Launch) error { launched = true; return nil }},
		))
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errors.New("SIGTERM"))
		if err := tree.Run(ctx); err != nil || launched {
			t.Errorf("Run returned %v, something was launched: %t", err, launched)
		}
		for _, c := range tree.Report().Children {
			if c.Outcome != StopNotRunning {
				t.Errorf("%s came down as %s", c.Path, c.Outcome)
			}
		}
		var told []string
		for e := range tree.EventsFrom(t.Context(), 0) {
			if e.Path == "Root" {
				told = append(told, fmt.Sprint(e.Kind, " ", e.Phase))
			}
			if e.Audit != nil && *e.Audit != (Audit{VerbShutdown, "context", "SIGTERM"}) {
				t.Errorf("it was stopped by %+v", *e.Audit)
			}
		}
		if diff := cmp.Diff([]string{"phase running", "command running", "phase stopping", "transition stopping", "phase reconciling", "phase ended"}, told); diff != "" {
			t.Error(diff)
		}
		want(t, tree, "Root.C", "stopped#0")
		if err := tree.Run(t.Context()); !errors.Is(err, ErrState) {
			t.Errorf("a second Run returned %v", err)
		}
	})
}

// docs/runtime.md, "Events": a reader may begin at the first one, and hears how many are not kept any more.
func TestEventsFromTheFirst(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service, Start: until})
	read := func(t *testing.T, tree *Tree, from uint64) (first Event) {
		for e := range tree.EventsFrom(t.Context(), from) {
			return e
		}
		return first
	}
	supervise(t, table, func(t *testing.T, tree *Tree) {
		if e := read(t, tree, 1); e.Sequence != 1 || e.Kind != EventPhase {
			t.Errorf("the first event is %d, %s", e.Sequence, e.Kind)
		}
		if e := read(t, tree, 3); e.Sequence != 3 {
			t.Errorf("the third event is %d", e.Sequence)
		}
		var next Event
		go func() { next = read(t, tree, tree.Snapshot().Tree().Sequence+2) }()
		synctest.Wait()
		before := tree.Snapshot().Tree().Sequence
		tree.Handle("Root.C").Pause("ada", "a test")
		synctest.Wait()
		if next.Sequence != before+2 {
			t.Errorf("after %d, the next but one is %d", before, next.Sequence)
		}
	})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		last := tree.Snapshot().Tree().Sequence
		if e := read(t, tree, 1); e.Kind != EventLost || e.Lost != last-2 {
			t.Errorf("of %d events, %s says that %d are lost", last, e.Kind, e.Lost)
		}
	}, WithEvents(2))
}

// docs/runtime.md, "Events": that a run was asked to stop, and that it was aborted, is an event with who wants it and why.
func TestEventsOfStops(t *testing.T) {
	told := func(t *testing.T, tree *Tree, since uint64) (told []string) {
		for e := range tree.EventsFrom(t.Context(), since) {
			if e.Kind == EventAsked || e.Kind == EventAborted {
				s := fmt.Sprintf("%s %s#%d with %s", e.Kind, e.Path, e.Run, e.With)
				if e.Audit != nil {
					s += fmt.Sprintf(", %s by %s", e.Audit.Verb, e.Audit.Who)
				}
				if e.Failure != nil {
					s += ", " + e.Failure.Message
				}
				told = append(told, s)
			}
			if e.Sequence == tree.Snapshot().Tree().Sequence {
				break
			}
		}
		return told
	}
	fail := make(map[string]chan error)
	child := func(name string, c Child) Child {
		c.Name, c.Role = name, Service
		c.Backoff = Backoff{None: true}
		c.Start = func(l Launch) error {
			select {
			case err := <-fail[name]:
				return err
			case <-l.Context().Done():
			}
			if name == "Slow" {
				<-l.Run().Aborted()
			}
			return nil
		}
		return c
	}
	table := plain(child("DB", Child{}), child("HTTP", Child{Needs: []ID{one}}), child("Slow", Child{Shutdown: Shutdown{Drain: time.Second, Abort: time.Second}}))
	err := supervise(t, table, func(t *testing.T, tree *Tree) {
		fail["DB"] = make(chan error) // made in the bubble
		tree.Handle("Root.DB").Restart("ada", "a test")
		synctest.Wait()
		since := tree.Snapshot().Tree().Sequence
		fail["DB"] <- errLost
		synctest.Wait()
		if diff := cmp.Diff([]string{"asked Root.HTTP#2 with Root.DB, lost"}, told(t, tree, since)); diff != "" {
			t.Error(diff)
		}
		tree.Handle("Root.Slow").Stop("bob", "it is slow")
		time.Sleep(2 * time.Second)
		if diff := cmp.Diff([]string{
			"asked Root.HTTP#1 with Root.DB, restart by ada", "asked Root.DB#1 with Root.DB, restart by ada",
			"asked Root.HTTP#2 with Root.DB, lost",
			"asked Root.Slow#1 with Root.Slow, stop by bob", "aborted Root.Slow#1 with Root.Slow, stop by bob",
		}, told(t, tree, 1)); diff != "" {
			t.Error(diff)
		}
	})
	if err != nil {
		t.Error(err)
	}
}

// One step may ask a run to stop, give it up, and launch the next one: who is told of is the one that was asked.
func TestEventOfARunThatIsGivenUpAtOnce(t *testing.T) {
	var release chan struct{}
	table := plain(Child{Name: "C", Role: Service, Shutdown: Shutdown{None: true}, On: Table{OutcomeStuck: ActionRestart}, Start: stubborn(&release)})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		release = make(chan struct{})
		defer close(release)
		since := tree.Snapshot().Tree().Sequence
		tree.Handle("Root.C").Restart("ada", "a test")
		var asked []string
		for e := range tree.EventsFrom(t.Context(), since) {
			if e.Kind == EventAsked || e.Kind == EventAborted {
				asked = append(asked, fmt.Sprintf("%s %d with %s by %s", e.Kind, e.Run, e.With, e.Audit.Who))
			}
			if e.Sequence == tree.Snapshot().Tree().Sequence {
				break
			}
		}
		if diff := cmp.Diff([]string{"asked 1 with Root.C by ada", "aborted 1 with Root.C by ada"}, asked); diff != "" {
			t.Error(diff)
		}
	})
}

// docs/runtime.md, "Events": the end of a run that was asked to stop is decided by nobody, and carries no older decision.
func TestEndedCarriesItsOwnDecision(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service, Backoff: Backoff{None: true}, Start: func(l Launch) error {
		if l.Run().Generation() == 1 {
			return errLost
		}
		return until(l)
	}})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		tree.Handle("Root.C").Stop("ada", "a test")
		synctest.Wait()
		for e := range tree.EventsFrom(t.Context(), 1) {
			if e.Kind == EventEnded {
				if e.Decision != nil {
					t.Errorf("the end of run %d carries %+v", e.Run, *e.Decision)
				}
				return
			}
		}
	})
}

// docs/runtime.md, "State": Restarts and Left are those of now, though nothing happened since.
func TestRestartsOfNow(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service, Limit: Limit{N: 3, In: 10 * time.Second}, Backoff: Backoff{None: true}, Start: func(l Launch) error {
		if l.Run().Generation() == 1 {
			return errLost
		}
		return until(l)
	}})
	var tree *Tree
	supervise(t, table, func(t *testing.T, running *Tree) {
		tree = running
		for _, restarts := range []int{1, 0} {
			s, err := tree.Handle("Root.C").State()
			if err != nil || s.Restarts != restarts || s.Left != 3-restarts {
				t.Errorf("after %s it has %d restarts, and %d are left (%v), want %d", time.Since(tree.began), s.Restarts, s.Left, err, restarts)
			}
			if s := tree.Snapshot().Child(one); s.Restarts != restarts || s.Left != 3-restarts {
				t.Errorf("after %s the snapshot has %d restarts, and %d are left, want %d", time.Since(tree.began), s.Restarts, s.Left, restarts)
			}
			time.Sleep(10*time.Second + 1)
		}
		tree.Handle("Root.C").Restart("ada", "a test")
	})
	if s := tree.Snapshot().Child(one); s.Restarts != 0 {
		t.Errorf("after the end it has %d restarts", s.Restarts)
	}
}

// docs/runtime.md, "State": whose child it is, and its key.
func TestParentAndKey(t *testing.T) {
	table := plain(
		Child{Name: "In", Role: Supervisor},
		Child{Name: "P", Parent: one, Role: Service, Replicas: 2, Start: until},
		Child{Name: "D", Parent: one, Role: Service, Dynamic: true, Max: 2, Start: until},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) {
		tree.Start(t.Context(), three, Key("a"), nil)
		tree.Start(t.Context(), three, NoKey, nil)
		for path, want := range map[string][2]string{
			"Root": {"", ""}, "Root.In": {"Root", ""}, "Root.In.P[1]": {"Root.In", ""},
			`Root.In.D["a"]`: {"Root.In", "a"}, "Root.In.D[#2]": {"Root.In", "2"},
		} {
			s, err := tree.Handle(path).State()
			if got := [2]string{s.Parent, s.Key}; err != nil || got != want {
				t.Errorf("%s has parent and key %q, want %q (%v)", path, got, want, err)
			}
		}
	})
}

// docs/runtime.md, "State": the policy in force is the row with what Override changed and the role's defaults.
func TestPolicyInForce(t *testing.T) {
	table := plain(
		Child{Name: "P", Role: Service, Replicas: 2, Start: until, Needs: []ID{2}, Backoff: Backoff{Min: 1, Max: 1, Factor: 1}, From: "backoff, limit: policy flaky"},
		Child{Name: "DB", Role: Service, Start: func(l Launch) error { l.Signal().Ready(); return until(l) }, Ready: Ready{Explicit: true},
			On: Table{OutcomePanic: ActionStop}, AtStart: &AtStart{On: Table{OutcomeError: ActionShutdown}}, From: "shutdown: defaults of Root"},
		Child{Name: "G", Role: Group},
		Child{Name: "D", Role: Worker, Dynamic: true, Max: 2, Start: until},
		Child{Name: "In", Role: Supervisor, Strategy: RestForOne, Intensity: Limit{N: 1, In: time.Hour}},
	)
	limit := Limit{N: 7, In: time.Hour}
	supervise(t, table, func(t *testing.T, tree *Tree) {
		tree.Start(t.Context(), four, Key("a"), nil)
		for _, path := range []string{"Root.P", "Root.P[1]", `Root.D["a"]`, "Root.D", "Root"} {
			c, err := tree.Policy(path)
			if d := policy.Defaults(c.spec()); err != nil || c.Shutdown != d.Shutdown || c.On[OutcomeError] != d.On[OutcomeError] || c.Intensity == (Limit{}) && c.Role == Supervisor {
				t.Errorf("the policy of %s is %+v (%v)", path, c, err)
			}
		}
		c, _ := tree.Policy("Root.P[1]")
		if c.Limit != limit {
			t.Errorf("its limit is %+v, want %+v", c.Limit, limit)
		}
		for path, from := range map[string]string{
			"Root.P":      "limit: Override; backoff: policy flaky",
			"Root.DB":     "ready, on error at start, on panic: its own; shutdown: defaults of Root",
			`Root.D["a"]`: "max: its own",
			"Root":        "",
			"Root.In":     "strategy, intensity: its own",
		} {
			if c, _ := tree.Policy(path); c.From != from {
				t.Errorf("the policy of %s is from %q, want %q", path, c.From, from)
			}
		}
		c.Needs[0] = 0
		if c, _ := tree.Policy("Root.P"); c.Needs[0] != 2 {
			t.Error("what a policy says can be changed")
		}
		for _, path := range []string{"", "Root.G", "Root.P[2]", `Root.D["b"]`, "Shop"} {
			if _, err := tree.Policy(path); !errors.Is(err, ErrUnknown) {
				t.Errorf("the policy of %q is %v", path, err)
			}
		}
	}, Override("Root.P", func(c *Child) { c.Limit = limit }))
}

// A deadline that is due when a child is started may end another of its row: each keeps its place, its key and its events.
func TestStartInTheStepOfAnEnd(t *testing.T) {
	var release chan struct{}
	table := plain(Child{Name: "D", Role: Service, Dynamic: true, Max: 1, On: Table{OutcomeStuck: ActionRestart},
		Shutdown: Shutdown{Drain: time.Second, Abort: time.Second}, Start: func(l Launch) error {
			if l.Run().Generation() == 1 {
				<-release
				return nil
			}
			return until(l)
		}})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		release = make(chan struct{})
		tree.Start(t.Context(), one, Key("a"), nil)
		time.Sleep(time.Second)
		DynamicOf(tree, one, Key("a")).Remove("ada", "a test")
		time.Sleep(time.Second) // it is aborted
		synctest.Wait()
		tree.mu.Lock()
		tree.timer.Stop() // the timer is late
		tree.armed = 0
		tree.mu.Unlock()
		time.Sleep(time.Second)
		since := tree.Snapshot().Tree().Sequence
		b, err := tree.Start(t.Context(), one, Key("b"), nil)
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		want(t, tree, b.Path(), "ready#2")
		if got := len(tree.Snapshot().Dynamic(one)); got != 1 {
			t.Errorf("there are %d children", got)
		}
		close(release)
		synctest.Wait()
		var told []string
		for e := range tree.EventsFrom(t.Context(), since+1) {
			if e.Path != "Root" && e.Kind != EventStacks {
				told = append(told, fmt.Sprintf("%s %s", e.Path, e.Kind))
			}
			if e.Sequence == tree.Snapshot().Tree().Sequence {
				break
			}
		}
		if diff := cmp.Diff([]string{
			`Root.D["a"] stuck`, `Root.D["a"] removed`, `Root.D["b"] added`, `Root.D["b"] transition`, `Root.D["b"] transition`, "Root.D returned",
		}, told); diff != "" {
			t.Error(diff)
		}
	})
}

// docs/runtime.md, "Dynamic children": what a run says whose child is gone is told of its row, whoever has its place.
func TestLateWordsOfAGoneChild(t *testing.T) {
	var first Signal
	table := plain(Child{Name: "D", Role: Worker, Dynamic: true, Max: 1, Ready: Ready{Explicit: true}, Start: func(l Launch) error {
		if l.Run().Generation() == 1 {
			first = l.Signal()
			return nil
		}
		l.Signal().Ready()
		return until(l)
	}})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		tree.Start(t.Context(), one, Key("a"), nil)
		synctest.Wait()
		late := func() (told []string) {
			since := tree.Snapshot().Tree().Sequence
			first.Ready()
			first.NotReady()
			for e := range tree.EventsFrom(t.Context(), since+1) {
				told = append(told, fmt.Sprintf("%s %s %d", e.Path, e.Kind, e.Run))
				if e.Sequence == tree.Snapshot().Tree().Sequence {
					break
				}
			}
			return told
		}
		want := []string{"Root.D stale 1", "Root.D stale 1"}
		if told := late(); !slices.Equal(told, want) {
			t.Errorf("when its place is free, it is told as %q", told)
		}
		b, _ := tree.Start(t.Context(), one, Key("b"), nil)
		synctest.Wait()
		before, _ := b.State()
		if told := late(); !slices.Equal(told, want) {
			t.Errorf("when its place is another's, it is told as %q", told)
		}
		if after, _ := b.State(); after.Sequence != before.Sequence || after.Lifecycle != LifecycleReady {
			t.Errorf("another's late words made it %+v", after)
		}
	})
}

// docs/runtime.md, "State": a dynamic child that waits does so since it was started, as its events tell.
func TestSinceOfADynamicChild(t *testing.T) {
	table := plain(
		Child{Name: "DB", Role: Service, Ready: Ready{Explicit: true, Within: time.Hour}, Start: until},
		Child{Name: "D", Role: Service, Dynamic: true, Max: 1, Needs: []ID{one}, Start: until},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) {
		time.Sleep(5 * time.Second)
		since := tree.Snapshot().Tree().Sequence
		h, err := tree.Start(t.Context(), two, Key("a"), nil)
		if err != nil {
			t.Fatal(err)
		}
		is, _ := h.State()
		told := NewChildState(h.Path(), two, "D", true)
		for e := range tree.EventsFrom(t.Context(), since+1) {
			told.Apply(e)
			break
		}
		if want := tree.began.Add(5 * time.Second); !is.Since.Equal(want) || !told.Since.Equal(want) {
			t.Errorf("it is declared since %s, and told to be since %s, want %s", is.Since, told.Since, want)
		}
		if s := tree.Snapshot().Child(one); s.Lifecycle != LifecycleRunning || s.Since.IsZero() {
			t.Errorf("DB is %s since %s", s.Lifecycle, s.Since)
		}
	})
}
