package runtime

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	stdruntime "runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fates tells how runs failed and ended.
func fates(e Event) string {
	switch {
	case e.Kind == EventFailed:
		return fmt.Sprintf("%s %s: %s (%s)", e.Path, e.Failure.Kind, e.Decision.Action, e.Failure.Message)
	case e.Kind == EventEnded && e.Failure != nil:
		return fmt.Sprintf("%s %s, unclean: %s", e.Path, e.Outcome, e.Failure.Message)
	case e.Kind == EventEnded, e.Kind == EventStale, e.Kind == EventStuck:
		return fmt.Sprintf("%s#%d %s", e.Path, e.Run, e.Kind)
	}
	return ""
}

// design.md, "What a run may do": the order, from the failure to the next launch: what is handed over is closed when
// nothing holds it, and what that needs stays until then.
func TestCleanupAfterWhatHoldsTheValue(t *testing.T) {
	var got notes
	db := Port[*atomic.Bool]{Of: two}
	start := time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC) // of the bubble
	tell := func(format string, args ...any) { got.tell("%s "+format, append([]any{time.Since(start)}, args...)...) }
	table := plain(
		Child{Name: "Disk", Role: Service, Start: func(l Launch) error {
			<-l.Context().Done()
			tell("disk is asked")
			return nil
		}},
		Child{Name: "DB", Role: Service, Provides: true, Ready: Ready{Explicit: true}, Needs: []ID{one},
			Backoff: Backoff{None: true}, Shutdown: Shutdown{Drain: 5 * time.Second, Abort: time.Second}, Start: func(l Launch) error {
				run, closed := l.Run(), new(atomic.Bool)
				run.Cleanup(func(ctx context.Context) error {
					until, _ := ctx.Deadline()
					closed.Store(true)
					tell("DB#%d is closed, and has %s", run.Generation(), time.Until(until))
					return nil
				})
				run.Cleanup(func(context.Context) error { tell("last in, first out"); return nil })
				db.Provider(l).Ready(closed)
				if run.Generation() == 1 {
					time.Sleep(time.Second)
					return errLost
				}
				<-l.Context().Done()
				tell("DB#%d is asked", run.Generation())
				time.Sleep(time.Second)
				return nil
			}},
		Child{Name: "HTTP", Role: Service, Needs: []ID{two}, Start: func(l Launch) error {
			closed := db.From(l)
			<-l.Context().Done()
			tell("HTTP is asked")
			time.Sleep(2 * time.Second)
			if closed.Load() {
				t.Error("HTTP drains with a closed handle")
			}
			tell("HTTP returns")
			return nil
		}},
	)
	err := supervise(t, table, func(t *testing.T, tree *Tree) {
		time.Sleep(2 * time.Second)
		want(t, tree, "Root.DB", "shutting_down#1")
		time.Sleep(8 * time.Second)
	})
	if err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{
		"1s HTTP is asked", "3s HTTP returns", "3s last in, first out", "3s DB#1 is closed, and has 5s",
		"10s HTTP is asked", "12s HTTP returns", "12s DB#2 is asked", "13s last in, first out", "13s DB#2 is closed, and has 4s",
		"13s disk is asked",
	}, got.take()); diff != "" {
		t.Error(diff)
	}
}

// "run.Fail(err) fails the run while it lives. The first counts; nil, after being asked, or after the end it does nothing
// (told as stale)"; "Fail(FatalConfig) is classified where it is called; Fail(Skip) is a FatalBug. What the function returns
// after it is unclean only if it is another error."
func TestFail(t *testing.T) {
	lost := errors.New("lost")
	for name, c := range map[string]struct {
		say     []error
		returns error
		want    []string
	}{
		"the first":       {[]error{nil, lost, errors.New("more")}, nil, []string{"Root.C#1 stale", "Root.C error: stop (lost)", "Root.C#1 stale", "Root.C#1 ended"}},
		"returned too":    {[]error{lost}, fmt.Errorf("serve: %w", lost), []string{"Root.C error: stop (lost)", "Root.C#1 ended"}},
		"another one":     {[]error{lost}, errors.New("no flush"), []string{"Root.C error: stop (lost)", "Root.C error, unclean: no flush"}},
		"by its mark":     {[]error{FatalConfig(lost)}, nil, []string{"Root.C fatal_config: stop (lost)", "Root.C#1 ended"}},
		"from outside":    {[]error{context.DeadlineExceeded}, nil, []string{"Root.C external: stop (context deadline exceeded)", "Root.C#1 ended"}},
		"never with Skip": {[]error{Skip("off")}, nil, []string{"Root.C fatal_bug: stop (a run that is up cannot be skipped: off)", "Root.C#1 ended"}},
	} {
		t.Run(name, func(t *testing.T) {
			all := Table{OutcomeError: ActionStop, OutcomeExternal: ActionStop, OutcomeFatalConfig: ActionStop, OutcomeFatalBug: ActionStop}
			var run Run
			table := plain(Child{Name: "C", Role: Service, On: all, Start: func(l Launch) error {
				run = l.Run()
				time.Sleep(time.Second)
				for _, err := range c.say {
					run.Fail(err)
				}
				<-l.Context().Done()
				return c.returns
			}})
			if err := supervise(t, table, func(t *testing.T, tree *Tree) {
				got := told(t, tree, fates)
				time.Sleep(2 * time.Second)
				want := c.want
				for i := range want {
					want[i] = "1s " + want[i]
				}
				if diff := cmp.Diff(want, got.take()); diff != "" {
					t.Error(diff)
				}
				run.Fail(lost)
				synctest.Wait()
				if diff := cmp.Diff([]string{"2s Root.C#1 stale"}, got.take()); diff != "" {
					t.Errorf("after the end: %s", diff)
				}
			}); err != nil {
				t.Error(err)
			}
		})
	}
}

// "after being asked ... it does nothing".
func TestFailOfWhoWasAsked(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service, Start: func(l Launch) error {
		<-l.Context().Done()
		l.Run().Fail(errLost)
		return nil
	}})
	if err := supervise(t, table, func(t *testing.T, tree *Tree) {
		got := told(t, tree, fates)
		if _, err := tree.Handle("Root.C").Pause("ada", "a test"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if diff := cmp.Diff([]string{"0s Root.C#1 stale", "0s Root.C#1 ended"}, got.take()); diff != "" {
			t.Error(diff)
		}
		want(t, tree, "Root.C", "paused#1")
	}); err != nil {
		t.Error(err)
	}
}

// "run.Go(func(ctx) error): a goroutine that is part of the run": its error, panic or Goexit is the run's, once; the context
// ends with it; the function and all Gos have returned before there is another run.
func TestGo(t *testing.T) {
	for name, c := range map[string]struct {
		f    func(context.Context) error
		want string
	}{
		"an error": {func(context.Context) error { return errLost }, "error: restart (lost)"},
		"a panic":  {func(context.Context) error { panic("nil map") }, "panic: restart (nil map)"},
		"Goexit":   {func(context.Context) error { stdruntime.Goexit(); return nil }, "goexit: restart (called runtime.Goexit)"},
		"a mark":   {func(context.Context) error { return FatalBug(errLost) }, "fatal_bug: stop (lost)"},
	} {
		t.Run(name, func(t *testing.T) {
			var alive atomic.Int32
			table := plain(Child{Name: "C", Role: Service, Backoff: Backoff{None: true}, On: Table{OutcomeFatalBug: ActionStop}, Start: func(l Launch) error {
				if alive.Add(1) != 1 {
					t.Error("something of the last run is alive")
				}
				defer alive.Add(-1)
				if l.Run().Generation() > 1 {
					return until(l)
				}
				l.Run().Go(func(ctx context.Context) error {
					time.Sleep(time.Second)
					return c.f(ctx)
				})
				l.Run().Go(func(ctx context.Context) error {
					alive.Add(1)
					defer alive.Add(-1)
					<-ctx.Done()
					time.Sleep(time.Second)
					return context.Cause(ctx)
				})
				return until(l)
			}})
			if err := supervise(t, table, func(t *testing.T, tree *Tree) {
				got := told(t, tree, fates)
				time.Sleep(3 * time.Second)
				if diff := cmp.Diff([]string{"1s Root.C " + c.want, "2s Root.C#1 ended"}, got.take()); diff != "" {
					t.Error(diff)
				}
			}); err != nil {
				t.Error(err)
			}
		})
	}
}

// "A function that returned nil while Gos run leaves the run going; its success is decided when the last returns." What it
// returns else fails the run while they live.
func TestGoOutlivesTheFunction(t *testing.T) {
	for name, c := range map[string]struct {
		returns error
		want    []string
	}{
		"nil":      {nil, []string{"3s Root.C#1 ended", "3s stopped"}},
		"an error": {errLost, []string{"1s Root.C error: stop (lost)", "1s asked", "3s Root.C#1 ended", "3s stopped"}},
	} {
		t.Run(name, func(t *testing.T) {
			var run Run
			table := plain(Child{Name: "C", Role: Worker, On: Table{OutcomeError: ActionStop}, Start: func(l Launch) error {
				run = l.Run()
				if !run.Go(func(ctx context.Context) error { time.Sleep(3 * time.Second); return nil }) {
					t.Error("Go says that the run has ended")
				}
				time.Sleep(time.Second)
				return c.returns
			}})
			if err := supervise(t, table, func(t *testing.T, tree *Tree) {
				got := told(t, tree, func(e Event) string {
					switch {
					case e.Kind == EventAsked:
						return "asked"
					case e.Kind == EventTransition && e.To == LifecycleStopped:
						return "stopped"
					}
					return fates(e)
				})
				time.Sleep(2 * time.Second)
				if s, err := tree.Handle("Root.C").State(); err != nil || s.Generation != 1 || s.Lifecycle == LifecycleStopped {
					t.Errorf("while it goes on, it is %+v", s)
				}
				time.Sleep(2 * time.Second)
				if diff := cmp.Diff(c.want, got.take()); diff != "" {
					t.Error(diff)
				}
				if run.Go(func(context.Context) error { t.Error("it is called after the end"); return nil }) {
					t.Error("Go says that the run goes on")
				}
			}); err != nil {
				t.Error(err)
			}
		})
	}
}

// "run.Do(f) error: f on the caller's goroutine as part of the run (ErrEnded, and f is not called, once it has ended); a panic
// is the run's failure and goes on to the caller".
func TestDo(t *testing.T) {
	var run Run
	busy := 0 * time.Second
	table := plain(Child{Name: "C", Role: Service, Backoff: Backoff{None: true}, Start: func(l Launch) error {
		if l.Run().Generation() == 1 {
			run = l.Run()
		}
		return until(l)
	}})
	if err := supervise(t, table, func(t *testing.T, tree *Tree) {
		got := told(t, tree, fates)
		first := run
		if err := first.Do(func() error { return errLost }); err != errLost {
			t.Errorf("Do returns %v, and not what the function did", err)
		}
		func() {
			defer func() {
				if p := recover(); p != http.ErrAbortHandler {
					t.Errorf("it panics with %v", p)
				}
			}()
			first.Do(func() error { panic(http.ErrAbortHandler) })
		}()
		go first.Do(func() error { time.Sleep(2 * time.Second); busy = time.Since(tree.began); return nil })
		time.Sleep(time.Second)
		if diff := cmp.Diff([]string(nil), got.take()); diff != "" {
			t.Errorf("an error and an aborted handler: %s", diff)
		}
		func() {
			defer func() {
				if p := recover(); p != "nil map" {
					t.Errorf("it panics with %v", p)
				}
			}()
			first.Do(func() error { panic("nil map") })
		}()
		want(t, tree, "Root.C", "shutting_down#1") // another Do is in flight
		if s, _ := tree.Handle("Root.C").State(); s.Failure == nil || !strings.Contains(s.Failure.Stack(), "TestDo") {
			t.Errorf("its failure has no stack: %+v", s.Failure)
		}
		time.Sleep(2 * time.Second)
		want(t, tree, "Root.C", "ready#2")
		if diff := cmp.Diff([]string{"1s Root.C panic: restart (nil map)", "2s Root.C#1 ended"}, got.take()); diff != "" || busy != 2*time.Second {
			t.Error(busy, diff)
		}
		if err := first.Do(func() error { t.Error("it is called after the end"); return nil }); err != ErrEnded {
			t.Errorf("after the end, Do returns %v", err)
		}
	}); err != nil {
		t.Error(err)
	}
}

// "last in first out; an error, panic or Goexit in it is unclean, and the next one runs", and Run returns it.
func TestCleanupsThatFail(t *testing.T) {
	var got notes
	table := plain(Child{Name: "C", Role: Service, Start: func(l Launch) error {
		run := l.Run()
		run.Cleanup(func(context.Context) error { got.tell("first"); return nil })
		run.Cleanup(func(context.Context) error { return errLost })
		run.Cleanup(func(context.Context) error { stdruntime.Goexit(); return nil })
		run.Cleanup(func(context.Context) error { panic("nil map") })
		run.Cleanup(func(context.Context) error { got.tell("last"); return nil })
		return until(l)
	}})
	err := supervise(t, table, func(*testing.T, *Tree) {})
	if !errors.Is(err, ErrUnclean) || !errors.Is(err, errLost) {
		t.Errorf("Run returned %v", err)
	}
	for _, text := range []string{"nil map", "Goexit", "lost"} {
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("Run returned %v, without %q", err, text)
		}
	}
	if diff := cmp.Diff([]string{"last", "first"}, got.take()); diff != "" {
		t.Error(diff)
	}
}

// "past the abort the run is stuck", and what was stuck and returns is cleaned up.
func TestCleanupsThatHang(t *testing.T) {
	release := make(chan struct{})
	var cleaned notes
	for name, f := range map[string]func(l Launch) error{
		"in a cleanup": func(l Launch) error {
			l.Run().Cleanup(func(ctx context.Context) error { cleaned.tell("the rest"); return nil })
			l.Run().Cleanup(func(ctx context.Context) error {
				<-ctx.Done()
				cleaned.tell("%v", ctx.Err())
				<-release
				return nil
			})
			return until(l)
		},
		"in its function": func(l Launch) error {
			l.Run().Cleanup(func(ctx context.Context) error { cleaned.tell("the rest"); return nil })
			<-l.Run().Aborted()
			cleaned.tell("%v", l.Run().Grace().Err())
			<-release
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			table := plain(Child{Name: "C", Role: Service, Shutdown: Shutdown{Drain: 2 * time.Second, Abort: time.Second}, Start: f})
			synctest.Test(t, func(t *testing.T) {
				release = make(chan struct{})
				tree := New(table)
				time.AfterFunc(time.Second, func() { tree.Shutdown("ada", "a test") })
				began := time.Now()
				if err := tree.Run(t.Context()); !errors.Is(err, ErrStuck) || time.Since(began) != 4*time.Second {
					t.Errorf("Run returned %v after %s", err, time.Since(began))
				}
				close(release)
				synctest.Wait()
				if leaked := tree.Snapshot().Tree().Leaked; len(leaked) > 0 {
					t.Errorf("%v is leaked", leaked)
				}
				if diff := cmp.Diff([]string{"context deadline exceeded", "the rest"}, cleaned.take()); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// "Of a completed job that provides, the end of its context and its cleanups come when its value is withdrawn: holders down,
// context ends (cause: StopError), cleanups, and only then what it needs."
func TestCleanupOfAJobsValue(t *testing.T) {
	var got notes
	value := Port[context.Context]{Of: two}
	table := plain(
		Child{Name: "Disk", Role: Service, Start: func(l Launch) error {
			<-l.Context().Done()
			got.tell("disk is asked")
			return nil
		}},
		Child{Name: "Open", Role: Job, Provides: true, Needs: []ID{one}, Start: func(l Launch) error {
			run := l.Run()
			run.Cleanup(func(context.Context) error {
				got.tell("Open#%d is closed: %v", run.Generation(), context.Cause(l.Context()))
				return nil
			})
			return value.Return(l, l.Context(), nil)
		}},
		Child{Name: "Uses", Role: Service, Needs: []ID{two}, Start: func(l Launch) error {
			<-l.Context().Done()
			time.Sleep(time.Second)
			got.tell("its context: %v", value.From(l).Err())
			return nil
		}},
	)
	err := supervise(t, table, func(t *testing.T, tree *Tree) {
		time.Sleep(time.Second)
		want(t, tree, "Root.Open", "stopped#1")
		if _, err := tree.Handle("Root.Open").Restart("ada", "a test"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		want(t, tree, "Root.Open", "shutting_down#1")
		time.Sleep(2 * time.Second)
		want(t, tree, "Root.Open", "stopped#2")
	})
	if diff := cmp.Diff([]string{
		"its context: <nil>", "Open#1 is closed: Root.Open is asked to stop with Root.Open (restart by ada: a test)",
		"its context: <nil>", "Open#2 is closed: Root.Open is asked to stop with Root (shutdown by context: the test is over)",
		"disk is asked",
	}, got.take()); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

// A job that completes while the tree stops, before it is asked, hands over nothing: what it left is cleaned up in its turn.
func TestCleanupOfAJobThatCompletesAsTheTreeStops(t *testing.T) {
	var got notes
	table := plain(
		Child{Name: "S", Role: Supervisor},
		Child{Name: "Open", Parent: one, Role: Job, Provides: true, Optional: true, Start: func(l Launch) error {
			l.Run().Cleanup(func(context.Context) error { got.tell("closed"); return nil })
			time.Sleep(time.Second)
			got.tell("completed")
			return nil
		}},
		Child{Name: "Uses", Role: Service, Needs: []ID{one}, Start: func(l Launch) error {
			<-l.Context().Done()
			time.Sleep(2 * time.Second)
			got.tell("down")
			return nil
		}},
	)
	err := supervise(t, table, func(t *testing.T, tree *Tree) {})
	if diff := cmp.Diff([]string{"completed", "down", "closed"}, got.take()); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

// A cleanup that comes too late is called at once, and so is nothing lost. One that comes before is called once.
func TestCleanupTooLate(t *testing.T) {
	var got notes
	var run Run
	table := plain(Child{Name: "C", Role: Worker, Start: func(l Launch) error {
		run = l.Run()
		return nil
	}})
	if err := supervise(t, table, func(t *testing.T, tree *Tree) {
		events := told(t, tree, fates)
		run.Cleanup(func(ctx context.Context) error { got.tell("%v", ctx.Err()); return errLost })
		if diff := cmp.Diff([]string{"context canceled"}, got.take()); diff != "" {
			t.Error(diff)
		}
		synctest.Wait()
		if diff := cmp.Diff([]string{"0s Root.C error, unclean: lost"}, events.take()); diff != "" {
			t.Error(diff)
		}
	}); err != nil {
		t.Error(err)
	}
}

// Of the zero Run, Do and Go call their functions, and the rest does nothing.
func TestZeroRunsParts(t *testing.T) {
	var run Run
	called := make(chan struct{})
	run.Fail(errLost)
	run.Cleanup(func(context.Context) error { t.Error("a cleanup is called"); return nil })
	if !run.Go(func(ctx context.Context) error { close(called); return ctx.Err() }) {
		t.Error("Go says that the run has ended")
	}
	<-called
	if err := run.Do(func() error { return errLost }); err != errLost {
		t.Errorf("Do returns %v", err)
	}
}

// "Traps of the shell": the user's code is never called under the lock: what a run does beside returning asks the tree.
func TestPartsAreNotUnderTheLock(t *testing.T) {
	watchdog(t, "the user's code is called under the lock")
	var tree *Tree
	var calls notes
	who := func(name string) nosy {
		return func(method string) { calls.tell("%s.%s", name, method); tree.Snapshot() }
	}
	table := plain(Child{Name: "C", Role: Service, Backoff: Backoff{None: true}, Start: func(l Launch) error {
		run := l.Run()
		if run.Generation() > 1 {
			return until(l)
		}
		run.Cleanup(func(context.Context) error { tree.Snapshot(); calls.tell("cleanup"); return who("a cleanup's error") })
		run.Go(func(ctx context.Context) error {
			<-ctx.Done()
			tree.Snapshot()
			return who("a goroutine's error")
		})
		run.Do(func() error { tree.Snapshot(); return nil })
		run.Fail(who("what is given to Fail"))
		<-l.Context().Done()
		return who("what is returned")
	}})
	synctest.Test(t, func(t *testing.T) {
		tree = New(table)
		time.AfterFunc(time.Second, func() { tree.Shutdown("ada", "a test") })
		_ = tree.Run(t.Context())
	})
	all := calls.take()
	for _, call := range []string{"cleanup", "a cleanup's error.Error", "a goroutine's error.Error", "what is given to Fail.Error", "what is returned.Error"} {
		if !slices.Contains(all, call) {
			t.Errorf("%s was not called", call)
		}
	}
}

// After the kernel panicked nobody says when; what is to be cleaned up is.
func TestCleanupOfAPoisonedTree(t *testing.T) {
	var got notes
	table := plain(Child{Name: "C", Role: Service, Start: func(l Launch) error {
		l.Run().Cleanup(func(context.Context) error { got.tell("cleaned up"); return nil })
		return until(l)
	}})
	synctest.Test(t, func(t *testing.T) {
		tree := New(table)
		time.AfterFunc(time.Second, func() { empty(tree, "rows"); tree.Shutdown("ada", "a test") })
		if err := tree.Run(t.Context()); err == nil {
			t.Error("Run returned nil")
		}
		synctest.Wait()
	})
	if diff := cmp.Diff([]string{"cleaned up"}, got.take()); diff != "" {
		t.Error(diff)
	}
}

// What a run returns after it was asked to stop is told whole, whichever part of it returns first: a listener that says in the
// first moment that it is closed does not hide that the drain ran out.
func TestPartsThatStopUncleanly(t *testing.T) {
	closed, full := errors.New("http: Server closed"), errors.New("the disk is full")
	for name, test := range map[string]struct {
		first, last error
		want        string
	}{
		"clean, clean":     {closed, nil, ""},
		"clean, unclean":   {closed, context.DeadlineExceeded, "supgen: did not stop cleanly: Root.C (external: context deadline exceeded)"},
		"unclean, clean":   {full, closed, "supgen: did not stop cleanly: Root.C (error: the disk is full)"},
		"unclean, unclean": {full, errLost, "supgen: did not stop cleanly: Root.C (error: the disk is full; lost)"},
	} {
		t.Run(name, func(t *testing.T) {
			table := plain(Child{Name: "C", Role: Service, Start: func(l Launch) error {
				l.Run().Go(func(ctx context.Context) error { <-ctx.Done(); return test.first })
				l.Run().Go(func(ctx context.Context) error { <-ctx.Done(); time.Sleep(2 * time.Second); return nil })
				<-l.Context().Done()
				time.Sleep(time.Second)
				return test.last
			}})
			err := supervise(t, table, func(*testing.T, *Tree) {})
			if got := fmt.Sprint(err); test.want == "" && err != nil || test.want != "" && got != test.want {
				t.Errorf("Run returned %s, want %s", got, test.want)
			}
			for _, of := range []error{test.first, test.last} {
				if of != nil && of != closed && !errors.Is(err, of) {
					t.Errorf("%v does not tell of %v", err, of)
				}
			}
		})
	}
}
