package runtimetest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/runtimetest"
)

// The kinds of types that are generated for runs.
type (
	plainRun    = runtime.Run
	providerRun = struct {
		runtime.Run
		runtime.Provider[*int]
		runtime.Heart
		runtime.Replica
	}
	signalRun struct {
		runtime.Run
		runtime.Signal
	}
)

var errLost = errors.New("lost")

// A run is a real one: what is said on it is known, its stop is ordered as a tree's is, in the time of a bubble.
func TestStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, value := time.Now(), new(int)
		var said []string
		r := runtimetest.Start(t, func(ctx context.Context, run providerRun) error {
			said = append(said, fmt.Sprintf("%s#%d, attempt %d, index %d", run.Path(), run.Generation(), run.Attempt(), run.Index()))
			time.Sleep(500 * time.Millisecond)
			run.Progress()
			time.Sleep(500 * time.Millisecond)
			run.Ready(value)
			time.Sleep(time.Second)
			run.NotReady()
			run.Heartbeat()
			time.Sleep(time.Second)
			run.Ready(value)
			<-ctx.Done()
			deadline, _ := run.Grace().Deadline()
			said = append(said, context.Cause(ctx).Error(), "grace for "+time.Until(deadline).String())
			<-run.Aborted()
			said = append(said, "aborted after "+time.Since(began).String(), run.Grace().Err().Error())
			return errLost
		}, runtimetest.Path("Shop.Ingest.Parser[2]"), runtimetest.Shutdown(10*time.Second, time.Second))
		if r.Value() != nil || !r.Heartbeat().IsZero() || r.State().Lifecycle != runtime.LifecycleRunning {
			t.Errorf("before it said anything, it has %v, at %v, and is %s", r.Value(), r.Heartbeat(), r.State().Lifecycle)
		}
		time.Sleep(750 * time.Millisecond)
		if r.Heartbeat().Sub(began) != 500*time.Millisecond {
			t.Errorf("it made progress at %v", r.Heartbeat())
		}
		if err := r.AwaitReady(t.Context()); err != nil || r.Value() != value || time.Since(began) != time.Second || r.Heartbeat().Sub(began) != time.Second {
			t.Errorf("it is ready with %v, %v, and beat at %v", r.Value(), err, r.Heartbeat())
		}
		time.Sleep(1500 * time.Millisecond)
		if r.State().Lifecycle != runtime.LifecycleRunning || r.Heartbeat().Sub(began) != 2*time.Second {
			t.Errorf("it is %s, and beat at %v", r.State().Lifecycle, r.Heartbeat())
		}
		time.Sleep(time.Second)
		if r.State().Lifecycle != runtime.LifecycleReady || r.Value() != value {
			t.Errorf("it is %s, with another value: %v", r.State().Lifecycle, r.Value())
		}
		r.Stop()
		if err := r.Wait(); err != errLost {
			t.Errorf("it returned %v", err)
		}
		if r.Value() != value {
			t.Error("what it was ready with is forgotten")
		}
		if diff := cmp.Diff([]string{
			"Shop.Ingest.Parser[2]#1, attempt 1, index 2",
			"Shop.Ingest.Parser[2] is asked to stop with Shop (shutdown by runtimetest: the test stops it)", "grace for 10s",
			"aborted after 13.5s", "context deadline exceeded",
		}, said); diff != "" {
			t.Error(diff)
		}
	})
}

// A function that ends by itself, or is aborted, or panics, is waited for; a failure is known and nobody restarts it.
func TestWait(t *testing.T) {
	runs := 0
	for name, test := range map[string]struct {
		f    func(ctx context.Context, run signalRun) error
		want error
		kind runtime.Outcome
	}{
		"nil":      {func(context.Context, signalRun) error { return nil }, nil, runtime.OutcomeNone},
		"error":    {func(_ context.Context, run signalRun) error { run.Ready(); runs++; return errLost }, errLost, runtime.OutcomeError},
		"panic":    {func(context.Context, signalRun) error { panic(errLost) }, errLost, runtime.OutcomePanic},
		"external": {func(context.Context, signalRun) error { return runtime.ExternalDependency(errLost) }, errLost, runtime.OutcomeExternal},
	} {
		t.Run(name, func(t *testing.T) {
			r := runtimetest.Start(t, test.f)
			err := r.Wait()
			kind := runtime.OutcomeNone
			if f := r.State().Failure; f != nil {
				kind = f.Kind
			}
			if !errors.Is(err, test.want) || kind != test.kind {
				t.Errorf("it returned %v, and failed with %s", err, kind)
			}
		})
	}
	if runs != 1 {
		t.Errorf("it ran %d times", runs)
	}
	r := runtimetest.Start(t, func(_ context.Context, run runtime.Run) error { <-run.Aborted(); return run.Grace().Err() })
	r.Abort()
	if err := r.Wait(); err != context.DeadlineExceeded {
		t.Errorf("aborted, it returned %v", err)
	}
}

// A run for a function that the test calls itself.
func TestNewRun(t *testing.T) {
	value := new(int)
	run, r := runtimetest.NewRun[providerRun](t)
	if run.Ready(value); r.Value() != value || r.State().Lifecycle != runtime.LifecycleReady {
		t.Errorf("it is %s, with %v", r.State().Lifecycle, r.Value())
	}
	if run.NotReady(); r.State().Lifecycle != runtime.LifecycleRunning {
		t.Errorf("it is %s", r.State().Lifecycle)
	}
	full := errors.New("full")
	if run.NotReadyCause(full); r.State().NotReady == nil || r.State().NotReady.Err != full {
		t.Errorf("it is not ready because of %v", r.State().NotReady)
	}
	if run.Heartbeat(); r.Heartbeat().IsZero() {
		t.Error("it has no heartbeat")
	}
	if r.Context().Err() != nil {
		t.Error("its context has ended")
	}
	r.Stop()
	var stop *runtime.StopError
	if <-r.Context().Done(); !errors.As(context.Cause(r.Context()), &stop) || stop.Path != "Test.Child" {
		t.Errorf("its context ended with %v", context.Cause(r.Context()))
	}
	if err := r.Wait(); err != nil || r.Value() != value {
		t.Errorf("it ended with %v, %v", err, r.Value())
	}
	other, _ := runtimetest.NewRun[plainRun](t) // which nobody ends
	if other.Path() != "Test.Child" {
		t.Errorf("it is %s", other.Path())
	}
	third, _ := runtimetest.NewRun[signalRun](t, runtimetest.Path("A.B"))
	third.Ready()
}

// A heartbeat at the very beginning is one, by a clock that has not moved yet.
func TestHeartbeatAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		run, r := runtimetest.NewRun[providerRun](t)
		if run.Heartbeat(); r.Heartbeat().Truncate(time.Microsecond) != began {
			t.Errorf("its heartbeat is %v", r.Heartbeat())
		}
	})
}

// What a run says is logged by the test.
func TestLogger(t *testing.T) {
	var said text
	r := runtimetest.Start(output{t, &said}, func(_ context.Context, run runtime.Run) error {
		run.Logger().Info("hello")
		return nil
	}, runtimetest.Path("Shop.DB"))
	r.Wait()
	if text := said.String(); !strings.Contains(text, `msg=hello path=Shop.DB generation=1 attempt=1`) {
		t.Errorf("it logged %s", text)
	}
}

// spoken is what was said, one after the other.
type spoken struct {
	mu  sync.Mutex
	all []string
}

func (s *spoken) add(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, what)
}

// What a run may do beside returning it may do here, too: a failure is known while it lives, a goroutine and its cleanups are
// waited for, and how they ended is known.
func TestParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said spoken
		r := runtimetest.Start(t, func(ctx context.Context, run signalRun) error {
			run.Cleanup(func(context.Context) error { said.add("first added"); return errLost })
			run.Cleanup(func(context.Context) error { said.add("last added"); return nil })
			run.Go(func(ctx context.Context) error {
				<-ctx.Done()
				time.Sleep(time.Second)
				said.add("goroutine")
				return nil
			})
			run.Ready()
			time.Sleep(time.Second)
			if err := run.Do(func() error { said.add("done"); return nil }); err != nil {
				t.Error(err)
			}
			run.Fail(runtime.FatalConfig(errLost))
			<-ctx.Done()
			said.add("function")
			return nil
		})
		if err := r.AwaitReady(t.Context()); err != nil || r.State().Failure != nil {
			t.Errorf("it is ready: %v, %+v", err, r.State().Failure)
		}
		time.Sleep(1500 * time.Millisecond)
		if f := r.State().Failure; f == nil || f.Kind != runtime.OutcomeFatalConfig || !errors.Is(f.Err, errLost) || r.State().Lifecycle != runtime.LifecycleShuttingDown {
			t.Errorf("it is %s, and failed with %+v", r.State().Lifecycle, f)
		}
		if err := r.Wait(); err != nil {
			t.Errorf("it returned %v", err)
		}
		if u := r.State().Unclean; u == nil || u.Err != errLost {
			t.Errorf("its cleanups ended with %+v", u)
		}
		if diff := cmp.Diff([]string{"done", "function", "goroutine", "last added", "first added"}, said.all); diff != "" {
			t.Error(diff)
		}
	})
}

// The same of a run of NewRun, whose function is the test's.
func TestPartsOfNewRun(t *testing.T) {
	run, r := runtimetest.NewRun[signalRun](t)
	var said spoken
	run.Cleanup(func(context.Context) error { said.add("cleanup"); return nil })
	if !run.Go(func(ctx context.Context) error { <-ctx.Done(); said.add("goroutine"); return nil }) {
		t.Error("its goroutine was not started")
	}
	run.Fail(errLost)
	if f := r.State().Failure; f == nil || f.Kind != runtime.OutcomeError || f.Err != errLost {
		t.Errorf("it failed with %+v", f)
	}
	if err := r.Wait(); err != nil {
		t.Errorf("it returned %v", err)
	}
	if diff := cmp.Diff([]string{"goroutine", "cleanup"}, said.all); diff != "" {
		t.Error(diff)
	}
	if run.Go(func(context.Context) error { return nil }) || !errors.Is(run.Do(func() error { return nil }), runtime.ErrEnded) {
		t.Error("it goes on after its end")
	}
}
