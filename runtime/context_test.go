package runtime

import (
	"context"
	"errors"
	stdruntime "runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// design.md, "Request": a run's context is one like any other: what is derived from it, in whatever way, ends with it
// and knows the cause; Run's deadline and cancellation are not its own, Run's values are.
func TestRunContext(t *testing.T) {
	type key struct{}
	var got notes
	table := plain(Child{Name: "C", Role: Service, Start: func(l Launch) error {
		ctx := l.Context()
		_, has := ctx.Deadline()
		got.tell("before: deadline %t, err %v, cause %v, value %v, other %v", has, ctx.Err(), context.Cause(ctx), ctx.Value(key{}), ctx.Value("other"))
		plain, cancel := context.WithCancel(ctx)
		defer cancel()
		timed, stop := context.WithTimeout(context.WithValue(plain, key{}, "mine"), time.Hour)
		defer stop()
		free := context.WithoutCancel(timed)
		gone, leave := context.WithCancelCause(ctx)
		leave(errLost)
		after := make(chan error, 1)
		context.AfterFunc(timed, func() { after <- context.Cause(timed) })
		never := context.AfterFunc(ctx, func() { got.tell("a function that was called off is called") })
		got.tell("called off: %t", never())
		<-timed.Done()
		<-plain.Done()
		<-ctx.Done()
		got.tell("asked: err %v, %v, %v", ctx.Err(), plain.Err(), timed.Err())
		got.tell("cause: %s", why(ctx))
		got.tell("derived: %s", why(timed))
		cause := context.Cause(timed)
		if after := <-after; after != cause || cause != context.Cause(ctx) {
			got.tell("one has the cause %v, another %v", after, cause)
		}
		got.tell("free: err %v, value %v; left: %v", free.Err(), free.Value(key{}), context.Cause(gone))
		return nil
	}})
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "carried"), time.Minute)
		defer cancel()
		if err := New(table).Run(ctx); err != nil {
			t.Error(err)
		}
	})
	if diff := cmp.Diff([]string{
		"before: deadline false, err <nil>, cause <nil>, value carried, other <nil>",
		"called off: true",
		"asked: err context canceled, context canceled, context canceled",
		"cause: Root.C with Root, shutdown by context: context deadline exceeded",
		"derived: Root.C with Root, shutdown by context: context deadline exceeded",
		"free: err <nil>, value mine; left: lost",
	}, got.take()); diff != "" {
		t.Error(diff)
	}
}

// What a run leaves behind that hangs on its context, or on its grace, ends when the run does, asked or not; before that,
// neither does.
func TestContextsEndWithTheRun(t *testing.T) {
	for name, end := range map[string]func(){"returns": func() {}, "panics": func() { panic("lost") }} {
		t.Run(name, func(t *testing.T) {
			var got notes
			table := plain(Child{Name: "C", Role: Service, Backoff: Backoff{Min: time.Hour, Max: time.Hour, Factor: 1}, Start: func(l Launch) error {
				ctx, cancel := context.WithCancel(l.Context())
				_ = cancel // it is for the run's end to cancel it
				grace := l.Run().Grace()
				go func() {
					<-ctx.Done()
					got.tell("context: %v, %v", ctx.Err(), context.Cause(ctx))
				}()
				go func() {
					<-grace.Done()
					<-l.Run().Aborted()
				}()
				time.Sleep(time.Second)
				got.tell("%v, %v", ctx.Err(), grace.Err())
				end()
				return errLost
			}})
			supervise(t, table, func(t *testing.T, tree *Tree) {
				time.Sleep(2 * time.Second)
				if diff := cmp.Diff([]string{"<nil>, <nil>", "context: context canceled, the run has ended"}, got.take()); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// design.md, "Drain": a drain that is already running keeps its deadline, and its cause, when the tree stops meanwhile;
// what the stop takes is counted from when the run was asked.
func TestDrainKeepsItsDeadline(t *testing.T) {
	var got notes
	var asked time.Time
	table := plain(Child{Name: "C", Role: Service, Shutdown: Shutdown{Drain: 10 * time.Second, Abort: time.Second}, Start: func(l Launch) error {
		<-l.Context().Done()
		time.Sleep(9 * time.Second)
		deadline, _ := l.Run().Grace().Deadline()
		got.tell("deadline %s, %s", deadline.Sub(asked), why(l.Context()))
		<-l.Run().Aborted()
		got.tell("aborted %s", time.Since(asked))
		return errLost
	}})
	var tree *Tree
	err := supervise(t, table, func(t *testing.T, running *Tree) {
		tree, asked = running, time.Now()
		tree.Handle("Root.C").Restart("ada", "a test")
		time.Sleep(5 * time.Second)
	})
	if stopped(err) != nil || !errors.Is(err, errLost) {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"deadline 10s, Root.C with Root.C, restart by ada: a test", "aborted 10s"}, got.take()); diff != "" {
		t.Error(diff)
	}
	c := tree.Report().Children[0]
	c.Unclean = nil
	if diff := cmp.Diff(ChildReport{Path: "Root.C", Generation: 1, Outcome: StopAborted, Err: errLost, Took: 10 * time.Second}, c, cmp.Comparer(func(a, b error) bool { return errors.Is(a, b) })); diff != "" {
		t.Error(diff)
	}
}

// design.md, "Abort": a second wait for something already known to be stuck is not spent: the tree ends at once, and
// says that it is stuck.
func TestKnownStuckIsNotWaitedFor(t *testing.T) {
	var release chan struct{} // made in the bubble
	table := plain(
		Child{Name: "C", Role: Service, Shutdown: Shutdown{Drain: 20 * time.Second, Abort: time.Second}, On: Table{OutcomeStuck: ActionQuarantine}, Start: stubborn(&release)},
		Child{Name: "D", Role: Service, Start: until},
	)
	err := supervise(t, table, func(t *testing.T, tree *Tree) {
		release = make(chan struct{})
		tree.Handle("Root.C").Stop("ada", "a test")
		time.Sleep(21 * time.Second)
		began := time.Now()
		tree.Shutdown("ada", "a test")
		<-tree.Done()
		if took := time.Since(began); took != 0 {
			t.Errorf("the stop took %s", took)
		}
		close(release)
	})
	if !errors.Is(err, ErrStuck) {
		t.Errorf("Run returned %v", err)
	}
}

// design.md, "Abort": with "shutdown 0s", whoever is told that its time is over was told to stop, also when hundreds are
// told in the same step.
func TestAskedBeforeAborted(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service, Replicas: 400, Shutdown: Shutdown{Abort: time.Minute}, Start: func(l Launch) error {
		<-l.Run().Aborted()
		if l.Context().Err() == nil {
			t.Errorf("%s was aborted before it was asked", l.Run().Path())
		}
		return nil
	}})
	if err := supervise(t, table, func(*testing.T, *Tree) {}); err != nil {
		t.Error(err)
	}
}

// A check's context is its run's, with the run's values and cause.
func TestCheckContext(t *testing.T) {
	type key struct{}
	var got notes
	table := plain(Child{Name: "C", Role: Service, Health: Health{Check: Check{Every: 10 * time.Second, Timeout: 5 * time.Second}}, Start: until,
		HealthCheck: func(l Launch) error {
			got.tell("value %v, path %s#%d, err %v", l.Context().Value(key{}), l.Run().Path(), l.Run().Generation(), l.Context().Err())
			began := time.Now()
			<-l.Context().Done()
			got.tell("after %s: %v", time.Since(began), context.Cause(l.Context()))
			return nil
		}})
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "carried"), 22*time.Second)
		defer cancel()
		if err := New(table).Run(ctx); err != nil {
			t.Error(err)
		}
	})
	if diff := cmp.Diff([]string{
		"value carried, path Root.C#1, err <nil>", "after 5s: context deadline exceeded",
		"value carried, path Root.C#1, err <nil>", "after 2s: Root.C is asked to stop with Root (shutdown by context: context deadline exceeded)",
	}, got.take()); diff != "" {
		t.Error(diff)
	}
}

// Grace and Aborted may be asked from anywhere and at once: it is one drain, that goes on until it is over.
func TestGraceFromEverywhere(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service, Replicas: 20, Start: func(l Launch) error {
		ready, done := make(chan struct{}), make(chan time.Time)
		for range 20 {
			go func() {
				<-ready
				grace := l.Run().Grace()
				if grace.Err() != nil {
					t.Error("a drain is over before it began")
				}
				<-grace.Done()
				<-l.Run().Aborted()
				done <- time.Now()
			}()
		}
		close(ready)
		<-l.Context().Done()
		asked := time.Now()
		for range 20 {
			if took := (<-done).Sub(asked); took != 5*time.Second {
				t.Errorf("a drain took %s", took)
			}
		}
		return nil
	}})
	if err := supervise(t, table, func(*testing.T, *Tree) {}); err != nil {
		t.Error(err)
	}
}

// What is to be called when a run's context ends is called once, on a goroutine of its own, unless it was called off in
// time: the first, the last or one in between.
func TestAfterFunc(t *testing.T) {
	const n = 5
	for off := range 1 << n {
		var got notes
		table := plain(Child{Name: "C", Role: Service, Start: func(l Launch) error {
			var stop [n]func() bool
			for i := range n {
				stop[i] = context.AfterFunc(l.Context(), func() { got.tell("%d", i) })
			}
			for _, i := range []int{2, 0, 4, 1, 3} {
				if off>>i&1 == 1 && (!stop[i]() || stop[i]()) {
					t.Errorf("%d is not called off once", i)
				}
			}
			<-l.Context().Done()
			synctest.Wait()
			for i := range n {
				if stop[i]() {
					t.Errorf("%d is called off too late", i)
				}
			}
			called := false
			late := context.AfterFunc(l.Context(), func() { called = true })
			if synctest.Wait(); !called || late() {
				t.Error("what is asked for after the end is not called")
			}
			return nil
		}})
		supervise(t, table, func(*testing.T, *Tree) {})
		called := count(got.take())
		for i := range n {
			if want := 1 - off>>i&1; called[string(rune('0'+i))] != want {
				t.Errorf("with %05b called off, %d was called %d times", off, i, called[string(rune('0'+i))])
			}
		}
	}
}

// "It starts no goroutine": nor does what is derived from a run's context, whatever stands in between.
func TestDerivedContextsStartNoGoroutine(t *testing.T) {
	type key struct{}
	var before, after int
	supervise(t, plain(Child{Name: "C", Role: Service, Start: func(l Launch) error {
		before = stdruntime.NumGoroutine()
		for i := range 50 {
			ctx, cancel := context.WithTimeout(context.WithValue(l.Context(), key{}, i), time.Hour)
			defer cancel()
			if ctx.Value(key{}) != i {
				t.Error("the value is lost")
			}
		}
		after = stdruntime.NumGoroutine()
		return until(l)
	}}), func(t *testing.T, tree *Tree) { synctest.Wait() })
	if after > before+10 { // others may start some meanwhile
		t.Errorf("there were %d goroutines, and %d after 50 contexts were derived", before, after)
	}
}

// A run is found by any context that comes from its own, and none by another.
func TestRunOf(t *testing.T) {
	if tree, r := RunOf(context.Background()); tree != nil || r != (Run{}) {
		t.Errorf("the background has the run %v", r)
	}
	table := plain(Child{Name: "C", Role: Service, Replicas: 2, Start: func(l Launch) error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(l.Context()), time.Hour)
		defer cancel()
		if tree, r := RunOf(ctx); tree != l.run.tree || r != l.Run() {
			t.Errorf("%s has the run %s", l.Run().Path(), r.Path())
		}
		return until(l)
	}})
	supervise(t, table, func(*testing.T, *Tree) {})
}
