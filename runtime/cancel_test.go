package runtime

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// notes are what the children of a test have to tell.
type notes struct {
	mu    sync.Mutex
	lines []string
}

func (n *notes) tell(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, fmt.Sprintf(format, args...))
}

// take answers with what was told since the last time.
func (n *notes) take() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	lines := n.lines
	n.lines = nil
	return lines
}

// why is what the cause of a run's context says, field by field.
func why(ctx context.Context) string {
	var e *StopError
	if !errors.As(context.Cause(ctx), &e) {
		return fmt.Sprint("no StopError: ", context.Cause(ctx))
	}
	s := fmt.Sprintf("%s with %s", e.Path, e.With)
	if e.Audit != nil {
		s += fmt.Sprintf(", %s by %s: %s", e.Audit.Verb, e.Audit.Who, e.Audit.Why)
	}
	if e.Failure != nil {
		s += fmt.Sprintf(", %s: %s", e.Failure.Kind, e.Failure.Message)
	}
	return s
}

// design.md, "Request": the cause of the cancellation says who and why. It is a context.Canceled.
func TestStopErrors(t *testing.T) {
	lost := errors.New("lost")
	var fail chan error // made in the bubble; ends the child that reads it
	var told notes
	tells := func(l Launch) error {
		select {
		case err := <-fail:
			return err
		case <-l.Context().Done():
			if err := context.Cause(l.Context()); !errors.Is(err, context.Canceled) {
				t.Errorf("%v is no context.Canceled", err)
			}
			told.tell("%s", why(l.Context()))
			return nil
		}
	}
	stays := func(l Launch) error {
		<-l.Context().Done()
		told.tell("%s", why(l.Context()))
		return nil
	}
	failing := Child{Name: "A", Role: Service, Backoff: Backoff{None: true}, Start: tells}
	needing := Child{Name: "B", Role: Service, Needs: []ID{one}, Start: stays}
	say := func(path string, verb Verb) func(*Tree) {
		return func(tree *Tree) { tree.Command(path, verb, "ada", "a test") }
	}
	ends := func(err error) func(*Tree) { return func(*Tree) { fail <- err } }

	for name, test := range map[string]struct {
		table []Child
		do    []func(*Tree)
		told  []string
	}{
		"its own command": {plain(Child{Name: "A", Role: Service, Start: stays}), []func(*Tree){say("Root.A", VerbPause)},
			[]string{"Root.A with Root.A, pause by ada: a test"}},
		"a command to what it needs": {plain(failing, needing), []func(*Tree){say("Root.A", VerbQuarantine)},
			[]string{"Root.B with Root.A, quarantine by ada: a test", "Root.A with Root.A, quarantine by ada: a test"}},
		"a command to its supervisor": {[]Child{{Name: "Root", Role: Supervisor}, {Name: "In", Role: Supervisor},
			{Name: "C", Parent: one, Role: Service, Start: stays}}, []func(*Tree){say("Root.In", VerbRestart)},
			[]string{"Root.In.C with Root.In, restart by ada: a test"}},
		"a failure of what it needs": {plain(failing, needing), []func(*Tree){ends(lost)},
			[]string{"Root.B with Root.A, error: lost"}},
		"a failure of a sibling": {[]Child{{Name: "Root", Role: Supervisor, Strategy: OneForAll}, failing,
			{Name: "B", Role: Service, Start: stays}}, []func(*Tree){ends(lost)},
			[]string{"Root.B with Root.A, error: lost"}},
		"a failure that ends the tree": {plain(failing, Child{Name: "B", Role: Service, Start: stays}), []func(*Tree){ends(FatalConfig(lost))},
			[]string{"Root.B with Root.A, fatal_config: lost"}},
		"its own slowness": {plain(Child{Name: "A", Role: Job, Timeout: time.Second, On: Table{OutcomeTimeout: ActionStop}, Start: stays}), nil,
			[]string{"Root.A with Root.A, timeout: was not ready, or not done, in time"}},
		"a failure after a command that is carried out": {plain(failing, needing), []func(*Tree){say("Root.A", VerbRestart), ends(lost)},
			[]string{"Root.B with Root.A, restart by ada: a test", "Root.A with Root.A, restart by ada: a test", "Root.B with Root.A, error: lost"}},
		"a failure after a command that changed nothing": {plain(failing, needing), []func(*Tree){say("Root.A", VerbResume), ends(lost)},
			[]string{"Root.B with Root.A, error: lost"}},
		"a good end after a failure": {[]Child{{Name: "Root", Role: Supervisor},
			{Name: "In", Role: Supervisor, Finish: Finish{Of: []ID{two}}, Backoff: Backoff{None: true}},
			{Name: "W", Parent: one, Role: Worker, On: Table{OutcomeError: ActionEscalate}, Start: tells},
			{Name: "C", Parent: one, Role: Service, Start: stays}}, []func(*Tree){ends(lost), ends(nil)},
			[]string{"Root.In.C with Root.In, error: gave up", "Root.In.C with Root.In"}},
	} {
		t.Run(name, func(t *testing.T) {
			fail = nil
			var got []string
			supervise(t, test.table, func(t *testing.T, tree *Tree) {
				fail = make(chan error)
				tree.Command("Root", VerbRestart, "eve", "to have the channel seen")
				synctest.Wait()
				told.take()
				for _, do := range test.do {
					do(tree)
					synctest.Wait()
				}
				time.Sleep(2 * time.Second)
				got = told.take()
			})
			if diff := cmp.Diff(test.told, got[:min(len(got), len(test.told))]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// design.md, "Drain", "Abort": Grace ends with the shutdown budget and has its deadline, as http.Server.Shutdown wants
// it; it carries the caller's values, before and after.
func TestGrace(t *testing.T) {
	type key struct{}
	var got notes
	tell := got.tell
	table := plain(Child{Name: "C", Role: Service, Shutdown: Shutdown{Drain: 3 * time.Second, Abort: time.Second}, Start: func(l Launch) error {
		grace := l.Run().Grace()
		_, has := grace.Deadline()
		tell("before: deadline %t, err %v, value %v", has, grace.Err(), grace.Value(key{}))
		<-l.Context().Done()
		deadline, _ := grace.Deadline()
		tell("asked: %s left, err %v", time.Until(deadline), grace.Err())
		shorter, cancel := context.WithTimeout(grace, time.Hour) // as Shutdown might make one
		defer cancel()
		began := time.Now()
		<-shorter.Done()
		<-l.Run().Aborted()
		tell("over after %s: err %v, value %v", time.Since(began), l.Run().Grace().Err(), l.Run().Grace().Value(key{}))
		return nil
	}},
		Child{Name: "Late", Role: Service, Shutdown: Shutdown{Drain: time.Second, Abort: time.Second}, Start: func(l Launch) error {
			<-l.Context().Done()
			time.Sleep(1500 * time.Millisecond) // and asks for it when it is over
			<-l.Run().Aborted()
			tell("late: err %v, value %v", l.Run().Grace().Err(), l.Run().Grace().Value(key{}))
			return nil
		}})
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "carried"))
		time.AfterFunc(time.Second, cancel)
		if err := New(table).Run(ctx); err != nil {
			t.Error(err)
		}
	})
	if diff := cmp.Diff([]string{
		"before: deadline false, err <nil>, value carried",
		"asked: 3s left, err <nil>",
		"late: err context deadline exceeded, value carried",
		"over after 3s: err context deadline exceeded, value carried",
	}, got.take()); diff != "" {
		t.Error(diff)
	}
}

// design.md, "Drain": an unlimited one has no deadline and no abort.
func TestGraceUnlimited(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service, Shutdown: Shutdown{Unlimited: true}, Start: func(l Launch) error {
		<-l.Context().Done()
		if d, ok := l.Run().Grace().Deadline(); ok {
			t.Errorf("the drain ends at %s", d)
		}
		select {
		case <-time.After(1000 * time.Hour):
		case <-l.Run().Aborted():
			t.Error("it was aborted")
		}
		return nil
	}})
	if err := supervise(t, table, func(*testing.T, *Tree) {}); err != nil {
		t.Error(err)
	}
}

// design.md, "Abort": "shutdown 0s" aborts in the same step as it asks.
func TestNoDrain(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service, Shutdown: Shutdown{Abort: time.Second}, Start: func(l Launch) error {
		<-l.Context().Done()
		asked := time.Now()
		<-l.Run().Aborted()
		if took := time.Since(asked); took != 0 {
			t.Errorf("it was aborted %s after it was asked", took)
		}
		return nil
	}})
	var tree *Tree
	if err := supervise(t, table, func(_ *testing.T, running *Tree) { tree = running }); err != nil {
		t.Error(err)
	}
	if o := tree.Report().Children[0].Outcome; o != StopAborted {
		t.Errorf("it was %s", o)
	}
}

// design.md, "Stopping": a tree can be stopped while it starts, and then nothing more starts (I7).
func TestStoppedBeforeReady(t *testing.T) {
	started := 0
	table := plain(
		Child{Name: "Slow", Role: Service, Ready: Ready{Explicit: true}, Start: until},
		Child{Name: "Next", Role: Service, Needs: []ID{one}, Start: func(l Launch) error { started++; return until(l) }},
	)
	var tree *Tree
	err := supervise(t, table, func(t *testing.T, running *Tree) {
		tree = running
		if err := tree.Handle("Root.Next").Wait(expired(t)); err == nil {
			t.Error("Next is ready")
		}
	})
	if err != nil || started != 0 {
		t.Errorf("Run returned %v, and Next was started %d times", err, started)
	}
	if diff := cmp.Diff([]string{"Root.Slow drained", "Root.Next not_running"}, outcomes(tree)); diff != "" {
		t.Error(diff)
	}
}

// expired is a context whose time is over in a second.
func expired(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	t.Cleanup(cancel)
	return ctx
}

// outcomes is a tree's report, short.
func outcomes(tree *Tree) (got []string) {
	for _, c := range tree.Report().Children {
		got = append(got, fmt.Sprint(c.Path, " ", c.Outcome))
	}
	return got
}

// design.md, "Stopping": a second request changes nothing, whoever's it is; a child may ask for the stop of its own tree.
func TestTwoRequests(t *testing.T) {
	var told string
	table := plain(
		Child{Name: "A", Role: Service, Start: func(l Launch) error {
			time.Sleep(time.Second)
			a, err := l.run.tree.Shutdown("A", "it is enough")
			if err != nil || !a.Changed || a.Before != LifecycleReady || a.Next != LifecycleStopped {
				t.Errorf("the first request answers %+v, %v", a, err)
			}
			a, err = l.run.tree.Command("Root", VerbShutdown, "A", "again")
			if err != nil || a.Changed {
				t.Errorf("the second request answers %+v, %v", a, err)
			}
			return until(l)
		}},
		Child{Name: "B", Role: Service, Start: func(l Launch) error {
			<-l.Context().Done()
			time.Sleep(time.Second)
			told = why(l.Context())
			return nil
		}},
	)
	var tree *Tree
	err := supervise(t, table, func(t *testing.T, running *Tree) {
		tree = running
		time.Sleep(1500 * time.Millisecond)
		if _, err := tree.Handle("Root.A").Restart("ada", "a test"); !errors.Is(err, ErrStopping) {
			t.Errorf("while it stops, restart answers %v", err)
		}
		if p := tree.Snapshot().Tree().Phase; p != TreeDraining {
			t.Errorf("the tree is %s", p)
		}
	})
	if err != nil || told != "Root.B with Root, shutdown by A: it is enough" {
		t.Errorf("Run returned %v, and B was told %q", err, told)
	}
	if _, err := tree.Shutdown("ada", "once more"); !errors.Is(err, ErrNotRunning) {
		t.Errorf("after its end, Shutdown answers %v", err)
	}
	if _, err := tree.Shutdown(" ", "why"); !errors.Is(err, ErrAudit) {
		t.Errorf("a stop by nobody answers %v", err)
	}
}

// The cause of Run's context is the user's code too.
func TestEvilCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told string
		tree := New(plain(Child{Name: "C", Role: Service, Start: func(l Launch) error {
			<-l.Context().Done()
			told = why(l.Context())
			return nil
		}}))
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(evil{}) })
		if err := tree.Run(ctx); err != nil || told != "Root.C with Root, shutdown by context: runtime.evil, whose methods panic: evil" {
			t.Errorf("Run returned %v, and the child was told %q", err, told)
		}
	})
}

// A nil context is a bug of the program, and says so without holding whoever comes next.
func TestNilContext(t *testing.T) {
	tree := New(plain(Child{Name: "C", Role: Service, Start: until}))
	func() {
		defer func() {
			if recover() == nil {
				t.Error("Run takes a nil context")
			}
		}()
		var none context.Context
		tree.Run(none)
	}()
	done := make(chan struct{})
	go func() {
		defer close(done)
		want(t, tree, "Root.C", "declared#0")
	}()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Error("and keeps the lock")
	}
}
