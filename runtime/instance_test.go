package runtime

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// design.md, "Operators": what a start returned means that instance: Wait and AwaitEnd tell how it ended, also when it is
// gone and another has its key.
func TestWaitTellsHowItEnded(t *testing.T) {
	temporary := Table{OutcomeSuccess: ActionStop, OutcomeError: ActionStop, OutcomePanic: ActionStop, OutcomeSkip: ActionStop}
	for name, test := range map[string]struct {
		child Child
		do    func(*Handle) // after a second
		want  []error       // nil is a nil error
		text  string
	}{
		"a job that completes":      {child: Child{Role: Job, Start: after(3*time.Second, nil)}},
		"a worker that ends well":   {child: Child{Role: Worker, On: temporary, Start: after(3*time.Second, nil)}},
		"one that is skipped":       {child: Child{Role: Worker, On: temporary, Start: after(3*time.Second, Skip("no tenant"))}},
		"a job that fails for good": {Child{Role: Job, On: temporary, Start: after(3*time.Second, errLost)}, nil, []error{errLost}, `supgen: Root.S["a"] failed (error: lost)`},
		"one that panics":           {Child{Role: Worker, On: temporary, Start: func(Launch) error { time.Sleep(3 * time.Second); panic(errLost) }}, nil, []error{errLost}, `supgen: Root.S["a"] failed (panic: lost)`},
		"one that is quarantined": {Child{Role: Worker, On: Table{OutcomeError: ActionQuarantine}, Start: after(3*time.Second, errLost)}, nil,
			[]error{errLost, ErrState}, `supgen: Root.S["a"] failed (error: lost)`},
		"one that an operator quarantines": {Child{Role: Worker, Start: until}, func(h *Handle) { h.Quarantine("ada", "a test") },
			[]error{ErrState}, `supgen: wait for Root.S["a"], which is quarantined: it cannot be done in its state`},
		"one that is removed": {Child{Role: Worker, Start: until}, func(h *Handle) { h.Remove("ada", "it is old") },
			[]error{ErrRemoved}, `supgen: Root.S["a"]: it was removed (remove by ada: it is old)`},
		"one that is removed while it ends well": {Child{Role: Job, Start: late(time.Second, nil)}, func(h *Handle) { h.Remove("ada", "it is old") },
			[]error{ErrRemoved}, `supgen: Root.S["a"]: it was removed (remove by ada: it is old)`},
		"one whose supervisor is stopped": {Child{Role: Worker, Start: until}, func(h *Handle) { h.tree.Handle("Root.In").Stop("ada", "no more") },
			[]error{ErrRemoved}, `supgen: Root.S["a"]: it was removed (stop by ada: no more)`},
	} {
		t.Run(name, func(t *testing.T) {
			c := test.child
			c.Name, c.Dynamic, c.Max, c.Parent = "S", true, 1, one
			table := plain(Child{Name: "In", Role: Supervisor}, c)
			supervise(t, table, func(t *testing.T, tree *Tree) {
				h, err := tree.Start(t.Context(), two, Key("a"), nil)
				if err != nil {
					t.Fatal(err)
				}
				ended := make(chan error)
				go func() { ended <- h.AwaitEnd(t.Context()) }()
				time.Sleep(time.Second)
				if test.do != nil {
					test.do(h)
				}
				check := func(what string, err error) {
					text := strings.ReplaceAll(fmt.Sprint(err), "Root.In.", "Root.")
					if test.want == nil && err != nil || test.want != nil && text != test.text {
						t.Errorf("%s answers %v, want %s", what, err, test.text)
					}
					for _, want := range test.want {
						if !errors.Is(err, want) {
							t.Errorf("%s answers %v, which is not %v", what, err, want)
						}
					}
				}
				check("AwaitEnd", <-ended)
				check("Wait", h.Wait(t.Context()))
				if _, err := h.State(); err != nil && errors.Is(err, ErrUnknown) { // it is gone: its key is free
					tree.Handle("Root.In").Start("ada", "if it was stopped")
					if _, err := tree.Start(t.Context(), two, Key("a"), nil); err != nil {
						t.Error(err)
					}
					check("Wait, of a key that is another's", h.Wait(t.Context()))
					if _, err := h.Remove("ada", "a test"); !errors.Is(err, ErrUnknown) {
						t.Errorf("Remove of who is gone answers %v", err)
					}
				}
			})
		})
	}
}

// design.md, "Operators": a handle by key means whoever has the key.
func TestHandleOfAKey(t *testing.T) {
	table := plain(Child{Name: "S", Role: Worker, Dynamic: true, Max: 1, Start: until})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		h := DynamicOf(tree, one, Key("a"))
		if err := h.Wait(t.Context()); !errors.Is(err, ErrUnknown) {
			t.Errorf("before the start, Wait answers %v", err)
		}
		first, _ := tree.Start(t.Context(), one, Key("a"), nil)
		if err := errors.Join(h.Wait(t.Context()), first.Wait(t.Context())); err != nil {
			t.Error(err)
		}
		first.Remove("ada", "a test")
		synctest.Wait()
		tree.Start(t.Context(), one, Key("a"), nil)
		if err := h.Wait(t.Context()); err != nil {
			t.Error(err)
		}
		if err := first.Wait(t.Context()); !errors.Is(err, ErrRemoved) {
			t.Errorf("the first one's Wait answers %v", err)
		}
	})
}

// design.md, "Operators": ErrMax says how many of them are quarantined.
func TestMaxSaysWhoIsQuarantined(t *testing.T) {
	fails := func(l Launch) error {
		if Args[int](l) < 2 {
			return errLost
		}
		return until(l)
	}
	table := plain(Child{Name: "S", Role: Worker, Dynamic: true, Max: 3, On: Table{OutcomeError: ActionQuarantine}, Start: fails})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		start := func(i int) error {
			_, err := tree.Start(t.Context(), one, Key(i), i)
			synctest.Wait()
			return err
		}
		for i := range 3 {
			if err := start(i); err != nil {
				t.Error(err)
			}
		}
		for _, test := range []struct {
			do   func()
			text string
		}{
			{func() {}, "supgen: start Root.S: there are as many as there may be (3, of which 2 are quarantined)"},
			{func() { tree.Handle("Root.S[1]").Remove("ada", "a test"); start(5) }, "supgen: start Root.S: there are as many as there may be (3, of which 1 is quarantined)"},
			{func() { tree.Handle("Root.S[0]").Remove("ada", "a test"); start(6) }, "supgen: start Root.S: there are as many as there may be (3)"},
			{func() { tree.Handle("Root.S[2]").Quarantine("ada", "a test") }, "supgen: start Root.S: there are as many as there may be (3, of which 1 is quarantined)"},
			{func() { tree.Handle("Root.S[2]").Release("ada", "a test") }, "supgen: start Root.S: there are as many as there may be (3)"},
		} {
			test.do()
			synctest.Wait()
			if err := start(9); !errors.Is(err, ErrMax) || err.Error() != test.text {
				t.Errorf("the start answers %v, want %s", err, test.text)
			}
		}
	})
}

// design.md, "Operators": Wait refuses what can never be answered: a job that waits for a supervisor that waits for the
// job. One that its supervisor does not wait for, and a service that is ready or will say so, may wait.
func TestWaitForWhoWaits(t *testing.T) {
	var got notes
	wait := func(path string) func(Launch) error {
		return func(l Launch) error {
			ctx, cancel := context.WithTimeout(l.Context(), time.Minute)
			defer cancel()
			err := l.run.tree.Handle(path).Wait(ctx)
			got.tell("%s for %s: inside %t, %t", l.Run().Path(), path, errors.Is(err, ErrInside), err == nil)
			if l.Row() == 5 {
				return until(l)
			}
			return nil
		}
	}
	table := []Child{
		root:  {Name: "Root", Role: Supervisor},
		one:   {Name: "In", Role: Supervisor},
		two:   {Name: "J", Parent: one, Role: Job, Start: wait("Root.In")},
		three: {Name: "K", Parent: one, Role: Job, Start: wait("Root")},
		four:  {Name: "O", Parent: one, Role: Job, Optional: true, Start: wait("Root")},
		5:     {Name: "S", Parent: one, Role: Service, Start: wait("Root")},
		6:     {Name: "Out", Role: Job, Start: wait("Root.In")},
	}
	supervise(t, table, func(t *testing.T, tree *Tree) { time.Sleep(2 * time.Minute) })
	if diff := cmp.Diff(map[string]int{
		"Root.In.J for Root.In: inside true, false": 1, "Root.In.K for Root: inside true, false": 1, "Root.In.O for Root: inside false, true": 1,
		"Root.In.S for Root: inside false, true": 1, "Root.Out for Root.In: inside false, true": 1,
	}, count(got.take())); diff != "" {
		t.Error(diff)
	}
}

// The channel of Done is made at its first call, in a bubble or outside of it, before Run or after it; it is closed when
// the tree has ended.
func TestDoneBeforeRun(t *testing.T) {
	outside := New(plain(Child{Name: "C", Role: Service, Start: until}))
	done := outside.Done()
	synctest.Test(t, func(t *testing.T) {
		inside := New(plain(Child{Name: "C", Role: Service, Start: until}))
		early := inside.Done()
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			<-early
		}()
		for _, tree := range []*Tree{outside, inside} {
			time.AfterFunc(time.Second, func() {
				select {
				case <-done:
					if tree == outside {
						t.Error("it is done before the end")
					}
				case <-early:
					t.Error("it is done before the end")
				default:
				}
				tree.Shutdown("ada", "a test")
			})
			if err := tree.Run(t.Context()); err != nil {
				t.Error(err)
			}
		}
		<-ended
		<-inside.Done()
		late := New(plain(Child{Name: "C", Role: Service, Start: after(time.Second, FatalConfig(errLost))}))
		late.Run(t.Context())
		<-late.Done()
	})
	<-done
	<-outside.Done()
}

// design.md, "Stopping": Grace ends with context.DeadlineExceeded when the budget is over, and so does what is made of it;
// when the run has ended first, with context.Canceled.
func TestGraceEnds(t *testing.T) {
	var got notes
	late := func(l Launch) error {
		early := l.Run().Grace()
		derived, cancel := context.WithTimeout(early, time.Hour)
		defer cancel()
		<-l.Context().Done()
		if err := early.Err(); err != nil {
			t.Errorf("while it drains, Grace has ended: %v", err)
		}
		<-l.Run().Aborted()
		<-derived.Done()
		for _, ctx := range []context.Context{early, derived, l.Run().Grace()} {
			got.tell("%v, because of %v", ctx.Err(), context.Cause(ctx))
		}
		return nil
	}
	var kept context.Context
	ended := func(l Launch) error {
		kept = l.Run().Grace()
		return until(l)
	}
	supervise(t, plain(Child{Name: "C", Role: Service, Start: late}, Child{Name: "D", Role: Service, Start: ended}), func(t *testing.T, tree *Tree) {})
	if diff := cmp.Diff(map[string]int{"context deadline exceeded, because of context deadline exceeded": 3}, count(got.take())); diff != "" {
		t.Error(diff)
	}
	if <-kept.Done(); kept.Err() != context.Canceled {
		t.Errorf("Grace of a run that has ended in time ends with %v", kept.Err())
	}
}

// design.md, "Operators": who is quarantined for a while has not failed for good; who is until somebody releases it has.
func TestWaitForAQuarantineThatEnds(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service, On: Table{OutcomeError: ActionQuarantine}, Quarantine: &Terms{OutcomeError: time.Minute}, Start: once})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		time.Sleep(2 * time.Second)
		want(t, tree, "Root.C", "quarantined#1")
		if err := tree.Handle("Root.C").Wait(t.Context()); err != nil {
			t.Error(err)
		}
		want(t, tree, "Root.C", "ready#2")
		tree.Handle("Root.C").Quarantine("ada", "a test")
		if err := tree.Handle("Root.C").Wait(t.Context()); !errors.Is(err, ErrState) || errors.Is(err, errLost) {
			t.Errorf("held, it answers %v", err)
		}
	})
}
