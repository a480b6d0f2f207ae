package runtime

import (
	"context"
	"errors"
	"fmt"
	stdruntime "runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// told collects what a tree's events say, one line each, as long as the bubble's test runs.
func told(t *testing.T, tree *Tree, tell func(Event) string) *notes {
	t.Helper()
	got := new(notes)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	go func() {
		for e := range tree.Events(ctx) {
			if line := tell(e); line != "" {
				got.tell("%s %s", e.At, line)
			}
		}
	}()
	synctest.Wait()
	return got
}

// fitness is what an event says about somebody's health.
func fitness(e Event) string {
	switch e.Kind {
	case EventHealth:
		return e.Path + " " + e.Health.String()
	case EventCheckHung:
		return fmt.Sprintf("%s#%d hung", e.Path, e.Run)
	case EventFailed:
		return fmt.Sprintf("%s %s: %s", e.Path, e.Failure.Kind, e.Decision.Action)
	}
	return ""
}

// design.md, "State of a child": ready when its check passed, which is asked each period; a check that panics, exits or
// fails only asks for another; one that does not return in time is cancelled and no second one runs beside it.
func TestReadyByCheck(t *testing.T) {
	var calls int
	var first time.Time
	table := plain(Child{Name: "C", Role: Service, Ready: Ready{Check: Check{Every: 10 * time.Second, Timeout: 2 * time.Second}, Within: time.Hour},
		Start: until,
		ReadyCheck: func(l Launch) error {
			calls++
			switch calls {
			case 1:
				first = time.Now()
				return errors.New("not yet")
			case 2:
				panic("not yet")
			case 3:
				stdruntime.Goexit()
			case 4:
				<-l.Context().Done() // at 32s
				time.Sleep(25 * time.Second)
				return nil // at 57s, which counts no more
			}
			return nil
		}})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		if err := tree.AwaitReady(t.Context()); err != nil {
			t.Error(err)
		}
		if took := time.Since(first); took != time.Minute || calls != 5 {
			t.Errorf("it was ready after %s and %d checks", took, calls)
		}
	})
}

// design.md, "Starting": not ready within its time is a failure of kind timeout, with the check cancelled by the end of
// its run.
func TestReadyCheckWithin(t *testing.T) {
	var cause notes
	table := plain(Child{Name: "C", Role: Service, Ready: Ready{Check: Check{Every: time.Minute, Timeout: 30 * time.Second}, Within: 5 * time.Second},
		On: Table{OutcomeTimeout: ActionQuarantine}, Start: until,
		ReadyCheck: func(l Launch) error {
			<-l.Context().Done()
			cause.tell("%s", why(l.Context()))
			return nil
		}})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		got := told(t, tree, fitness)
		time.Sleep(time.Minute)
		if diff := cmp.Diff([]string{"5s Root.C unhealthy", "5s Root.C timeout: quarantine"}, got.take()); diff != "" {
			t.Error(diff)
		}
		want(t, tree, "Root.C", "quarantined#1")
	})
	if diff := cmp.Diff([]string{"Root.C with Root.C, timeout: was not ready, or not done, in time"}, cause.take()); diff != "" {
		t.Error(diff)
	}
}

// docs/runtime.md, "Ready and not ready": Progress, and a heartbeat before the child is ready, begin its time to be ready
// anew, from when they were called.
func TestProgress(t *testing.T) {
	start := func(progress func(Launch)) func(Launch) error {
		return func(l Launch) error {
			if l.Run().Generation() > 1 {
				l.Signal().Ready()
				return until(l)
			}
			for range 3 {
				select {
				case <-time.After(8 * time.Second):
					progress(l)
				case <-l.Context().Done():
					return nil
				}
			}
			l.Signal().Ready()
			return until(l)
		}
	}
	table := plain(
		Child{Name: "Moves", Role: Service, Ready: Ready{Explicit: true, Within: 10 * time.Second}, Start: start(func(l Launch) { l.Run().Progress() })},
		Child{Name: "Beats", Role: Service, Ready: Ready{Explicit: true, Within: 10 * time.Second},
			Health: Health{Heartbeat: time.Second, Stale: 3 * time.Second, Dead: time.Hour}, Start: start(func(l Launch) { l.Heart().Heartbeat() })},
		Child{Name: "Hangs", Role: Service, Ready: Ready{Explicit: true, Within: 10 * time.Second}, Start: start(func(Launch) {})},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) {
		time.Sleep(25 * time.Second)
		for id, runs := range []uint64{1: 1, 2: 1, 3: 2} {
			if s := tree.Snapshot().Child(ID(id)); id > 0 && (s.Generation != runs || s.Lifecycle != LifecycleReady) {
				t.Errorf("%s is %s in run %d, want %d", s.Name, s.Lifecycle, s.Generation, runs)
			}
		}
	})
}

// design.md, "Health": older than stale is an event, older than dead a failure, at the exact time; a beat mends it.
func TestHeartbeat(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service, Backoff: Backoff{None: true},
		Health: Health{Heartbeat: time.Second, Stale: 3 * time.Second, Dead: 7 * time.Second}, Start: func(l Launch) error {
			if l.Run().Generation() > 1 {
				return until(l)
			}
			time.Sleep(2 * time.Second)
			l.Heart().Heartbeat() // at 2s
			time.Sleep(4 * time.Second)
			l.Heart().Heartbeat() // at 6s, stale by then
			<-l.Context().Done()  // at 13s
			for range 3 {         // which helps nobody
				time.Sleep(100 * time.Millisecond)
				l.Heart().Heartbeat()
			}
			return nil
		}})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		got := told(t, tree, fitness)
		time.Sleep(16 * time.Second)
		if diff := cmp.Diff([]string{
			"3.000000001s Root.C healthy", // when it was looked at
			"5.000000001s Root.C stale",
			"9.000000001s Root.C healthy", // it has beaten since, but
			"9.000000001s Root.C stale",
			"13.000000001s Root.C unhealthy",
			"13.300000001s Root.C unhealthy: restart", // when it has stopped
		}, got.take()); diff != "" {
			t.Error(diff)
		}
		want(t, tree, "Root.C", "ready#2")
	})
}

// design.md, "Health": heartbeats count from readiness on, and the time before it does not.
func TestHeartbeatFromReadiness(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service, Ready: Ready{Explicit: true},
		Health: Health{Heartbeat: time.Second, Stale: 2 * time.Second, Dead: 4 * time.Second}, Start: func(l Launch) error {
			time.Sleep(20 * time.Second)
			l.Signal().Ready()
			return until(l)
		}})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		got := told(t, tree, fitness)
		time.Sleep(24 * time.Second)
		if diff := cmp.Diff([]string{"22.000000001s Root.C stale"}, got.take()); diff != "" {
			t.Error(diff)
		}
	})
}

// design.md, "Health": failures in a row are counted; a check that hangs is cut off at its timeout, fails each period,
// is reported as leaked until it returns, and holds up no other.
func TestHungCheck(t *testing.T) {
	var release chan struct{} // made in the bubble
	var calls notes
	check := Health{Check: Check{Every: 10 * time.Second, Timeout: time.Second}, Fail: 3}
	table := plain(
		Child{Name: "Hangs", Role: Service, Backoff: Backoff{None: true}, Health: check, Start: until, HealthCheck: func(l Launch) error {
			calls.tell("Hangs#%d", l.Run().Generation())
			if l.Run().Generation() > 1 {
				return nil
			}
			<-release
			return l.Context().Err() // cancelled long ago
		}},
		Child{Name: "Well", Role: Service, Health: check, Start: until, HealthCheck: func(l Launch) error {
			calls.tell("Well#%d", l.Run().Generation())
			return nil
		}},
	)
	supervise(t, table, func(t *testing.T, tree *Tree) {
		release = make(chan struct{})
		got := told(t, tree, fitness)
		time.Sleep(10*time.Second + time.Second/2)
		if leaked := tree.Snapshot().Tree().Leaked; leaked != nil {
			t.Errorf("while it has time, %s is leaked", leaked)
		}
		time.Sleep(25 * time.Second)
		want(t, tree, "Root.Hangs", "ready#2")
		if diff := cmp.Diff([]string{
			"10s Root.Well healthy", "11s Root.Hangs#1 hung", "30s Root.Hangs unhealthy", "30s Root.Hangs unhealthy: restart",
		}, got.take()); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"Root.Hangs#1 check"}, tree.Snapshot().Tree().Leaked); diff != "" {
			t.Error(diff)
		}
		close(release)
		time.Sleep(10 * time.Second) // until 45.5s: what it returned is nobody's business any more
		if diff := cmp.Diff([]string{"40s Root.Hangs healthy"}, got.take()); diff != "" {
			t.Error(diff)
		}
		if leaked := tree.Snapshot().Tree().Leaked; leaked != nil {
			t.Errorf("after it returned, %s is leaked", leaked)
		}
		if diff := cmp.Diff(map[string]int{"Hangs#1": 1, "Hangs#2": 1, "Well#1": 4}, count(calls.take())); diff != "" {
			t.Error(diff)
		}
	})
}

// docs/runtime.md, "Health": a check that returns because it was cut off says that nothing answered in time, which comes
// from outside.
func TestCheckThatIsCutOff(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{nil, "external retry no answer in 2s: context deadline exceeded"},
		{errLost, "unhealthy restart its heartbeat died, or its check failed too often: lost"},
	} {
		table := plain(Child{Name: "C", Role: Service, Health: Health{Check: Check{Every: 10 * time.Second, Timeout: 2 * time.Second}, Fail: 2},
			Start: late(time.Second, nil), HealthCheck: func(l Launch) error {
				ctx, cancel := context.WithCancel(l.Context())
				defer cancel()
				<-ctx.Done()
				if test.err != nil {
					return test.err
				}
				return fmt.Errorf("ping: %w", ctx.Err())
			}})
		supervise(t, table, func(t *testing.T, tree *Tree) {
			got := told(t, tree, func(e Event) string {
				if e.Kind != EventFailed {
					return ""
				}
				return fmt.Sprint(e.Failure.Kind, " ", e.Decision.Action, " ", e.Failure.Message)
			})
			time.Sleep(30 * time.Second)
			if diff := cmp.Diff([]string{"23s " + test.want}, got.take()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func count(lines []string) map[string]int {
	n := make(map[string]int)
	for _, line := range lines {
		n[line]++
	}
	return n
}

// design.md, "Health": a check that returns after it was cut off has failed, and the next one is asked at its time; a
// good one ends a row of bad ones.
func TestLateCheck(t *testing.T) {
	n := 0
	table := plain(Child{Name: "C", Role: Service, Health: Health{Check: Check{Every: 10 * time.Second, Timeout: 2 * time.Second}, Fail: 2},
		Start: until, HealthCheck: func(l Launch) error {
			switch n++; n {
			case 1, 3: // at 10s, 30s: too late by one second, and cancelled
				<-l.Context().Done()
				time.Sleep(time.Second)
				return nil
			case 2: // at 20s: in the last moment
				time.Sleep(2*time.Second - 1)
				return nil
			}
			return errors.New("bad") // at 40s
		}})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		got := told(t, tree, fitness)
		time.Sleep(45 * time.Second)
		if diff := cmp.Diff([]string{
			"12s Root.C#1 hung", "21.999999999s Root.C healthy", "32s Root.C#1 hung", "40s Root.C unhealthy", "40s Root.C unhealthy: restart",
		}, got.take()); diff != "" {
			t.Error(diff)
		}
	})
}

// A check of a run that ends has its context cancelled, even if it has time left; if it goes on for longer than it
// may, it is leaked, although its run is over and the tree has ended.
func TestCheckOfAnEndedRun(t *testing.T) {
	var causes notes
	lost := errors.New("lost")
	table := plain(Child{Name: "C", Role: Service, Backoff: Backoff{None: true}, Health: Health{Check: Check{Every: 10 * time.Second, Timeout: 5 * time.Second}},
		Start: func(l Launch) error {
			if l.Run().Generation() == 1 {
				time.Sleep(12 * time.Second)
				return lost
			}
			return until(l)
		},
		HealthCheck: func(l Launch) error {
			<-l.Context().Done()
			causes.tell("#%d: %v", l.Run().Generation(), context.Cause(l.Context()))
			if l.Run().Generation() == 1 {
				time.Sleep(time.Hour)
			}
			return nil
		}})
	synctest.Test(t, func(t *testing.T) {
		tree := New(table)
		ctx, cancel := context.WithTimeoutCause(t.Context(), 23*time.Second, errors.New("the test is over"))
		defer cancel()
		time.AfterFunc(14*time.Second, func() {
			if leaked := tree.Snapshot().Tree().Leaked; leaked != nil {
				t.Errorf("before its time, %s is leaked", leaked)
			}
		})
		if err := tree.Run(ctx); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if diff := cmp.Diff([]string{"Root.C#1 check"}, tree.Snapshot().Tree().Leaked); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"#1: the run has ended", "#2: Root.C is asked to stop with Root (shutdown by context: the test is over)"}, causes.take()); diff != "" {
			t.Error(diff)
		}
		time.Sleep(time.Hour)
		if leaked := tree.Snapshot().Tree().Leaked; leaked != nil {
			t.Errorf("after it returned, %s is leaked", leaked)
		}
	})
}

// docs/runtime.md, "Health": the failure of a check says why: its last error, of which errors.Is knows, or its panic, with
// the stack; also if the run is stuck then.
func TestFailureSaysWhyOfACheck(t *testing.T) {
	const sentence, late, stuck = "its heartbeat died, or its check failed too often: ", "was not ready, or not done, in time: ", "did not stop within its budget: "
	for name, test := range map[string]struct {
		check   func(Launch) error
		message string
		is      error
		stack   bool
	}{
		"error":  {func(Launch) error { return fmt.Errorf("ping: %w", errLost) }, "ping: lost", errLost, false},
		"panic":  {func(Launch) error { panic(errLost) }, "lost", errLost, true},
		"evil":   {func(Launch) error { return evil{} }, "runtime.evil, whose methods panic: evil", nil, false},
		"goexit": {func(Launch) error { stdruntime.Goexit(); return nil }, "called runtime.Goexit", nil, false},
		"hangs":  {until, "its check did not return in time", nil, false},
	} {
		check := Check{Every: 10 * time.Second, Timeout: time.Second}
		table := plain(
			Child{Name: "Health", Role: Service, On: Table{OutcomeUnhealthy: ActionQuarantine}, Health: Health{Check: check, Fail: 2}, Start: until, HealthCheck: test.check},
			Child{Name: "Ready", Role: Service, On: Table{OutcomeTimeout: ActionQuarantine}, Ready: Ready{Check: check, Within: 25 * time.Second}, Start: until, ReadyCheck: test.check},
			Child{Name: "Deaf", Role: Service, On: Table{OutcomeStuck: ActionQuarantine}, Health: Health{Check: check, Fail: 2}, HealthCheck: test.check,
				Start: func(Launch) error { time.Sleep(time.Hour); return nil }},
		)
		supervise(t, table, func(t *testing.T, tree *Tree) {
			time.Sleep(time.Minute)
			for path, message := range map[string]string{"Root.Health": sentence + test.message, "Root.Ready": late + test.message, "Root.Deaf": stuck + test.message} {
				s, err := tree.Handle(path).State()
				if err != nil || s.Failure == nil {
					t.Fatal(s, err)
				}
				f := s.Failure
				if f.Message != message || test.is != nil && !errors.Is(f.Err, test.is) || strings.Contains(f.Stack(), "TestFailureSaysWhyOfACheck") != test.stack {
					t.Errorf("%s of %s is %+v\n%s", name, path, f, f.Stack())
				}
				if category := categoryOf(f.Kind); f.Category != category {
					t.Errorf("%s of %s is %s, want %s", name, path, f.Category, category)
				}
			}
			time.Sleep(time.Hour) // until the deaf one returns
		})
	}
}

// docs/runtime.md, "Ready and not ready": why a child's check of its readiness fails is why it is not ready, told once.
func TestWhyReadinessCheckFails(t *testing.T) {
	checks := 0
	table := plain(Child{Name: "C", Role: Service, Ready: Ready{Check: Check{Every: 10 * time.Second, Timeout: 5 * time.Second}, Within: time.Hour}, Start: until,
		ReadyCheck: func(l Launch) error {
			switch checks++; {
			case checks <= 3:
				return ExternalDependency(fmt.Errorf("refused"))
			case checks == 4:
				time.Sleep(8 * time.Second)
			}
			return nil
		}})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		got := told(t, tree, func(e Event) string {
			if e.Kind != EventNotReady {
				return ""
			}
			return fmt.Sprint(e.Failure.Kind, ": ", e.Failure.Message)
		})
		for _, want := range []string{"refused", "refused", "refused", "its check did not return in time", ""} {
			time.Sleep(9 * time.Second)
			s, _ := tree.Handle("Root.C").State()
			switch is := s.NotReady; {
			case is == nil && want != "", is != nil && is.Message != want:
				t.Errorf("it is %s because of %v, not of %s", s.Lifecycle, is, want)
			}
			time.Sleep(time.Second)
		}
		if diff := cmp.Diff([]string{"35s timeout: its check did not return in time"}, got.take()); diff != "" { // the first was before
			t.Error(diff)
		}
	})
}
