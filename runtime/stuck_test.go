package runtime

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// stubborn is a child that does not stop before the test says so; its later runs do.
func stubborn(release *chan struct{}) func(Launch) error {
	return func(l Launch) error {
		if l.Run().Generation() > 1 {
			return until(l)
		}
		<-l.Context().Done() // the test has made the channel by now
		<-*release
		return nil
	}
}

// design.md, "Abort": what is stuck is leaked until it really returns: a run by then given up by its table, one that
// the tree did not wait for, and after the tree's end too.
func TestLeakedUntilItReturns(t *testing.T) {
	var early, late chan struct{} // made in the bubble
	short := Shutdown{Drain: time.Second, Abort: time.Second}
	table := plain(
		Child{Name: "Early", Role: Service, Shutdown: short, On: Table{OutcomeStuck: ActionQuarantine}, Start: stubborn(&early)},
		Child{Name: "Late", Role: Service, Shutdown: short, Start: stubborn(&late)},
	)
	var tree *Tree
	synctest.Test(t, func(t *testing.T) {
		early, late = make(chan struct{}), make(chan struct{})
		tree = New(table)
		done := make(chan error)
		go func() { done <- tree.Run(t.Context()) }()
		synctest.Wait()
		tree.Handle("Root.Early").Restart("ada", "a test")
		time.Sleep(3 * time.Second)
		want(t, tree, "Root.Early", "quarantined#1")
		for _, verb := range []Verb{VerbRelease, VerbRestart} {
			if _, err := tree.Command("Root.Early", verb, "ada", "a test"); !errors.Is(err, ErrStuck) {
				t.Errorf("%s of a stuck run answers %v", verb, err)
			}
		}
		tree.Shutdown("ada", "a test")
		err := <-done
		if !errors.Is(err, ErrStuck) || err.Error() != "supgen: did not stop: Root.Early, Root.Late" {
			t.Errorf("Run returned %v", err)
		}
		if diff := cmp.Diff([]string{"Root.Early stuck", "Root.Late stuck"}, outcomes(tree)); diff != "" {
			t.Error(diff)
		}
		for _, step := range []struct {
			release chan struct{}
			leaked  []string
		}{{nil, []string{"Root.Early#1", "Root.Late#1"}}, {early, []string{"Root.Late#1"}}, {late, nil}} {
			if step.release != nil {
				close(step.release)
				synctest.Wait()
			}
			if diff := cmp.Diff(step.leaked, tree.Snapshot().Tree().Leaked); diff != "" {
				t.Error(diff)
			}
		}
	})
	if c := tree.Report().Children[1]; c.Took != 2*time.Second {
		t.Errorf("Late was given up after %s", c.Took)
	}
	if diff := cmp.Diff([]string{"Root.Early", "Root.Late"}, tree.Report().Stuck()); diff != "" {
		t.Errorf("how it came down does not change any more: %s", diff)
	}
}

// design.md, "Abort": no second run is started beside a stuck one unless its table says so; then both are told of.
func TestOnStuckRestart(t *testing.T) {
	var release chan struct{} // made in the bubble
	table := plain(Child{Name: "C", Role: Service, Shutdown: Shutdown{Drain: time.Second, Abort: time.Second},
		On: Table{OutcomeStuck: ActionRestart}, Start: stubborn(&release)})
	var tree *Tree
	err := supervise(t, table, func(t *testing.T, running *Tree) {
		tree, release = running, make(chan struct{})
		got := told(t, tree, func(e Event) string {
			if e.Kind == EventStuck || e.Kind == EventReturned {
				return e.Kind.String()
			}
			return ""
		})
		tree.Handle("Root.C").Restart("ada", "a test")
		time.Sleep(3 * time.Second)
		want(t, tree, "Root.C", "ready#2")
		if diff := cmp.Diff([]string{"Root.C#1"}, tree.Snapshot().Tree().Leaked); diff != "" {
			t.Error(diff)
		}
		close(release)
		synctest.Wait()
		if diff := cmp.Diff([]string{"2s stuck", "3s returned"}, got.take()); diff != "" {
			t.Error(diff)
		}
		want(t, tree, "Root.C", "ready#2")
	})
	if err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"Root.C drained"}, outcomes(tree)); diff != "" {
		t.Error(diff)
	}
}

// design.md, "Abort": a supervisor that holds a stuck run cannot restart, so the tree comes down with an error that
// names it.
func TestStuckEscalates(t *testing.T) {
	var release chan struct{} // made in the bubble
	table := []Child{
		root:  {Name: "Root", Role: Supervisor},
		one:   {Name: "In", Role: Supervisor},
		two:   {Name: "C", Parent: one, Role: Service, Shutdown: Shutdown{Drain: time.Second, Abort: time.Second}, Start: stubborn(&release)},
		three: {Name: "D", Parent: one, Role: Service, Start: until},
	}
	var tree *Tree
	err := supervise(t, table, func(t *testing.T, running *Tree) {
		tree, release = running, make(chan struct{})
		tree.Handle("Root.In.C").Restart("ada", "a test")
		<-tree.Done()
		close(release)
	})
	var e *Error
	if !errors.As(err, &e) || !errors.Is(err, ErrStuck) || e.Path != "Root.In.C" || e.Failure.Kind != OutcomeStuck {
		t.Errorf("Run returned %v", err)
	}
	if diff := cmp.Diff([]string{"Root.In.C: stuck, escalate", "Root.In: a run in it is stuck, so it cannot restart, escalate", "Root: error, escalate"}, e.Chain); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Root.In.C stuck", "Root.In.D drained"}, outcomes(tree)); diff != "" {
		t.Error(diff)
	}
}

// A removed child that is stuck keeps its key until it returns: no second run is started beside it. The report names it.
func TestStuckAndRemoved(t *testing.T) {
	var release chan struct{} // made in the bubble
	table := plain(Child{Name: "S", Role: Service, Dynamic: true, Max: 2, Shutdown: Shutdown{Drain: time.Second, Abort: time.Second},
		On: Table{OutcomeStuck: ActionQuarantine}, Start: stubborn(&release)})
	var tree *Tree
	err := supervise(t, table, func(t *testing.T, running *Tree) {
		tree, release = running, make(chan struct{})
		h, _ := tree.Start(t.Context(), one, Key("a"), nil)
		synctest.Wait()
		h.Remove("ada", "a test")
		time.Sleep(3 * time.Second)
		h.Remove("ada", "a test") // it is in quarantine, as its table says
		if _, err := tree.Start(t.Context(), one, Key("a"), nil); !errors.Is(err, ErrDuplicateKey) {
			t.Errorf("another one with its key: %v", err)
		}
		if _, err := h.Start("ada", "a test"); !errors.Is(err, ErrStuck) {
			t.Errorf("it starts again: %v", err)
		}
		if diff := cmp.Diff([]string{`Root.S["a"]#1`}, tree.Snapshot().Tree().Leaked); diff != "" {
			t.Error(diff)
		}
		tree.Shutdown("ada", "a test")
		<-tree.Done()
		close(release)
	})
	if !errors.Is(err, ErrStuck) {
		t.Errorf("Run returned %v", err)
	}
	if diff := cmp.Diff([]string{`Root.S["a"]`}, tree.Report().Stuck()); diff != "" {
		t.Error(diff)
	}
}

// Its key is free when it has returned.
func TestStuckRemovedAndBack(t *testing.T) {
	var release chan struct{} // made in the bubble
	table := plain(Child{Name: "S", Role: Service, Dynamic: true, Max: 1, Shutdown: Shutdown{Drain: time.Second, Abort: time.Second},
		On: Table{OutcomeStuck: ActionStop}, Start: stubborn(&release)})
	err := supervise(t, table, func(t *testing.T, tree *Tree) {
		release = make(chan struct{})
		h, _ := tree.Start(t.Context(), one, Key("a"), nil)
		synctest.Wait()
		h.Remove("ada", "a test")
		time.Sleep(3 * time.Second)
		if s, err := h.State(); err != nil || s.Lifecycle != LifecycleStopped {
			t.Errorf("it is %s, %v", s.Lifecycle, err)
		}
		close(release)
		synctest.Wait()
		if _, err := h.State(); !errors.Is(err, ErrUnknown) {
			t.Errorf("its state answers %v", err)
		}
		if _, err := tree.Start(t.Context(), one, Key("a"), nil); err != nil {
			t.Errorf("its key is not free: %v", err)
		}
	})
	if err != nil {
		t.Error(err)
	}
}

// The chain of an error is what was decided about it, and ends where the tree's end was decided.
func TestChainEndsAtShutdown(t *testing.T) {
	table := []Child{
		root: {Name: "Root", Role: Supervisor},
		one:  {Name: "In", Role: Supervisor, On: Table{OutcomeError: ActionShutdown}, Backoff: Backoff{None: true}},
		two: {Name: "C", Parent: one, Role: Service, On: Table{OutcomeError: ActionEscalate, OutcomeLimit: ActionEscalate},
			Start: func(Launch) error { return errors.New("lost") }},
	}
	err := supervise(t, table, func(t *testing.T, tree *Tree) { <-tree.Done() })
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("Run returned %v", err)
	}
	if diff := cmp.Diff([]string{"Root.In.C: error, escalate", "Root.In: error, shutdown"}, e.Chain); diff != "" {
		t.Error(diff)
	}
}

// shouts is a key that has methods, which nobody asks.
type shouts string

func (shouts) GoString() string { return `"shouted"` }
func (shouts) String() string   { return "shouted" }

type counts int

func (counts) GoString() string { return "counted" }
func (counts) String() string   { return "counted" }

// A key's own methods do not change which child it means.
func TestKeysWithMethods(t *testing.T) {
	if got := Key(shouts("a")); got != Key("a") {
		t.Errorf("the key is %+v", got)
	}
	if got := Key(counts(7)); got != Key(7) {
		t.Errorf("the key is %+v", got)
	}
}

// The report of a child is of its last run, although a stuck one before it returns later.
func TestReportOfTheLastRun(t *testing.T) {
	var release chan struct{} // made in the bubble
	short := Shutdown{Drain: time.Second, Abort: time.Second}
	table := plain(
		Child{Name: "C", Role: Service, Shutdown: short, On: Table{OutcomeStuck: ActionRestart}, Start: stubborn(&release)},
		Child{Name: "Slow", Role: Service, Start: func(l Launch) error {
			<-l.Context().Done()
			time.Sleep(3 * time.Second)
			return nil
		}},
	)
	var tree *Tree
	err := supervise(t, table, func(t *testing.T, running *Tree) {
		tree, release = running, make(chan struct{})
		tree.Handle("Root.C").Restart("ada", "a test")
		time.Sleep(3 * time.Second)
		time.AfterFunc(time.Second, func() { close(release) })
		tree.Shutdown("ada", "a test")
		<-tree.Done()
	})
	if c := tree.Report().Children[0]; err != nil || c.Generation != 2 || c.Outcome != StopDrained || c.Took != 0 {
		t.Errorf("Run returned %v, and reports %+v", err, c)
	}
}

// docs/runtime.md, "How a run ends": what failed and then does not come down has lost nothing of why it failed.
func TestStuckAfterAFailure(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service, Start: func(l Launch) error {
		l.Run().Fail(ExternalDependency(errLost))
		time.Sleep(time.Hour) // as a call to a server that is frozen
		return nil
	}})
	synctest.Test(t, func(t *testing.T) {
		err := New(table).Run(t.Context())
		var e *Error
		if !errors.As(err, &e) || !errors.Is(err, errLost) || !errors.Is(err, ErrStuck) || !strings.Contains(err.Error(), "stuck: did not stop within its budget: "+errLost.Error()) {
			t.Errorf("Run returned %v", err)
		}
		time.Sleep(2 * time.Hour)
	})
}
