package runtime

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// design.md, "Operators": each accepted command is one event with its audit data, also when it changes nothing; one that
// is refused is none, and changes nothing. Each answer has the generation before.
func TestEachCommandIsOneEvent(t *testing.T) {
	supervise(t, plain(Child{Name: "C", Role: Service, Start: until}), func(t *testing.T, tree *Tree) {
		var got notes
		go func() {
			for e := range tree.Events(t.Context()) {
				if e.Kind == EventCommand {
					got.tell("%s %+v at #%d", e.Path, *e.Audit, e.Generation)
				}
			}
		}()
		synctest.Wait()
		h := tree.Handle("Root.C")
		for _, test := range []struct {
			do     func(who, why string) (Answer, error)
			answer string
		}{
			{h.Resume, "Root.C resume #1 false <nil>"},
			{h.Restart, "Root.C restart #1 true <nil>"},
			{h.Pause, "Root.C pause #2 true <nil>"},
			{h.Pause, "Root.C pause #2 false <nil>"},
			{h.Quarantine, "  #0 false supgen: quarantine Root.C: it cannot be done in its state"},
			{h.Remove, "  #0 false supgen: remove Root.C: it cannot be done in its state"},
			{h.Resume, "Root.C resume #2 true <nil>"},
			{func(who, why string) (Answer, error) { return tree.Command("Root", VerbRestart, who, why) }, "Root restart #1 true <nil>"},
			{func(who, why string) (Answer, error) { return tree.Command("Root", VerbPause, who, why) }, "  #0 false supgen: pause Root: it cannot be done in its state"},
			{tree.Shutdown, "Root shutdown #2 true <nil>"},
		} {
			before := tree.Snapshot().Tree().Sequence
			a, err := test.do("ada", "a test")
			if line := fmt.Sprint(a.Path, " ", label(a), " #", a.Generation, " ", a.Changed, " ", err); line != test.answer {
				t.Errorf("the answer is %q, want %q", line, test.answer)
			}
			if after := tree.Snapshot().Tree().Sequence; err != nil && after != before {
				t.Errorf("refused with %v, it makes %d events", err, after-before)
			}
			synctest.Wait()
		}
		<-tree.Done()
		synctest.Wait()
		if diff := cmp.Diff([]string{
			"Root.C {Verb:resume Who:ada Why:a test} at #1", "Root.C {Verb:restart Who:ada Why:a test} at #1", "Root.C {Verb:pause Who:ada Why:a test} at #2",
			"Root.C {Verb:pause Who:ada Why:a test} at #2", "Root.C {Verb:resume Who:ada Why:a test} at #2", "Root {Verb:restart Who:ada Why:a test} at #1",
			"Root {Verb:shutdown Who:ada Why:a test} at #2",
		}, got.take()); diff != "" {
			t.Error(diff)
		}
	})
}

// label is the verb of an answer; of none, nothing.
func label(a Answer) string {
	if a == (Answer{}) {
		return ""
	}
	return a.Verb.String()
}

// The whole tree is shut down by its own path alone: a path that is another's, or nobody's, does not end it.
func TestShutdownOfAChild(t *testing.T) {
	supervise(t, plain(Child{Name: "C", Role: Service, Start: until}), func(t *testing.T, tree *Tree) {
		for path, want := range map[string]error{"Root.C": ErrState, "Root.X": ErrUnknown, "": ErrUnknown} {
			if a, err := tree.Command(path, VerbShutdown, "ada", "a test"); !errors.Is(err, want) {
				t.Errorf("shutdown of %q answers %+v, %v", path, a, err)
			}
		}
		synctest.Wait()
		want(t, tree, "Root.C", "ready#1")
	})
}

// design.md, "Operators": Wait after a command waits for the new run, also if the old one still has to wait for others.
func TestWaitIsForTheNewRun(t *testing.T) {
	table := plain(
		Child{Name: "A", Role: Service, Ready: Ready{Explicit: true}, Start: func(l Launch) error {
			time.Sleep(time.Second)
			l.Signal().Ready()
			return until(l)
		}},
		Child{Name: "B", Role: Service, Needs: []ID{one}, Start: late(3*time.Second, nil)},
		Child{Name: "J", Role: Job, Start: after(2*time.Second, nil)},
		Child{Name: "F", Role: Service, On: Table{OutcomeError: ActionQuarantine}, Start: after(4*time.Second, errLost)},
		Child{Name: "S", Role: Service, Dynamic: true, Max: 1, Ready: Ready{Explicit: true}, Start: until},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) {
		time.Sleep(1500 * time.Millisecond)
		for _, test := range []struct {
			path  string
			verb  Verb
			state string
			took  time.Duration
			err   error
		}{
			{"Root.A", VerbRestart, "ready#2", 4 * time.Second, nil},
			{"Root.B", VerbRestart, "ready#3", 3 * time.Second, nil},
			{"Root.A", VerbPause, "paused#2", 3 * time.Second, ErrState},
			{"Root.A", VerbResume, "ready#3", time.Second, nil},
			{"Root.J", VerbRestart, "stopped#2", 2 * time.Second, nil},
			{"Root.F", VerbRestart, "ready#2", 0, nil},
			{"Root.F", VerbResume, "ready#2", 0, nil},
		} {
			began := time.Now()
			if _, err := tree.Command(test.path, test.verb, "ada", "a test"); err != nil {
				t.Error(err)
			}
			err := tree.Handle(test.path).Wait(t.Context())
			if took := time.Since(began); !errors.Is(err, test.err) || took != test.took || lifecycle(t, tree, test.path) != test.state {
				t.Errorf("after %s of %s, Wait answers %v after %s, and it is %s", test.verb, test.path, err, took, lifecycle(t, tree, test.path))
			}
		}
		h, _ := tree.Start(t.Context(), 5, Key("a"), nil)
		time.AfterFunc(time.Second, func() { h.Remove("ada", "a test") })
		if err := h.Wait(t.Context()); !errors.Is(err, ErrRemoved) {
			t.Errorf("waiting for who is removed answers %v", err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(errLost) })
		h, _ = tree.Start(t.Context(), 5, Key("a"), nil)
		if err := h.Wait(ctx); !errors.Is(err, errLost) || err.Error() != `supgen: wait for Root.S["a"]: lost` {
			t.Errorf("a wait that is given up answers %v", err)
		}
	})
}

// design.md, "Operators": Wait refuses to be called from inside the run that it waits for: also from its check, from its
// drain, and from a tree that runs inside of it; but not from another tree, where the path is the same.
func TestWaitInside(t *testing.T) {
	var got notes
	var outer *Tree
	say := func(from string, ctx context.Context, tree *Tree, path string) {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		got.tell("%s: %t", from, errors.Is(tree.Handle(path).Wait(ctx), ErrInside))
	}
	inner := plain(Child{Name: "C", Role: Service, Start: func(l Launch) error {
		say("inside, for itself", l.Context(), l.run.tree, "Root.C")
		say("inside, for what it runs in", l.Context(), outer, "Root.A")
		say("inside, for another of the same path", l.Context(), outer, "Root.C")
		return until(l)
	}})
	table := plain(
		Child{Name: "A", Role: Service, Start: func(l Launch) error {
			say("from a run, for itself", context.WithoutCancel(l.Context()), outer, "Root.A")
			say("from its grace", l.Run().Grace(), outer, "Root.A")
			say("from a run, for another", l.Context(), outer, "Root.B")
			return New(inner).Run(l.Context())
		}},
		Child{Name: "B", Role: Service, Ready: Ready{Check: Check{Every: time.Hour, Timeout: time.Minute}}, Start: until, ReadyCheck: func(l Launch) error {
			say("from a check", l.Context(), outer, "Root.B")
			return nil
		}},
		Child{Name: "C", Role: Service, Start: until},
	)
	synctest.Test(t, func(t *testing.T) {
		outer = New(table)
		time.AfterFunc(time.Minute, func() { outer.Shutdown("ada", "a test") })
		if err := outer.Run(t.Context()); err != nil {
			t.Error(err)
		}
	})
	if diff := cmp.Diff(map[string]int{
		"from a run, for itself: true": 1, "from its grace: true": 1, "from a run, for another: false": 1, "from a check: true": 1,
		"inside, for itself: true": 1, "inside, for what it runs in: true": 1, "inside, for another of the same path: false": 1,
	}, count(got.take())); diff != "" {
		t.Error(diff)
	}
}

// runtime.md, "Operators": the reason of a Skip is in the answer of who waits for the child to be ready; that it ended is
// no error.
func TestWaitForWhoIsSkipped(t *testing.T) {
	skip := func(Launch) error { return Skip("no mail server") }
	supervise(t, plain(Child{Name: "Mail", Role: Service, Ready: Ready{Explicit: true}, Start: skip}), func(t *testing.T, tree *Tree) {
		mail := tree.Handle("Root.Mail")
		if err := mail.AwaitEnd(t.Context()); err != nil {
			t.Errorf("it ended with %v", err)
		}
		err := mail.Wait(t.Context())
		if want := "supgen: wait for Root.Mail, which is stopped (on skip: no mail server): it cannot be done in its state"; !errors.Is(err, ErrState) || err.Error() != want {
			t.Errorf("it is not ready: %v, want %s", err, want)
		}
	})
}
