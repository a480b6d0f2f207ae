package kit_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
	"github.com/supgen/supgen/runtime/runtimetest"
)

// Calls begin a period apart, the first at once; one that takes longer is followed at once, and by one at a time.
func TestTick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		takes := []time.Duration{0, 4 * time.Second, 25 * time.Second, 0, 0}
		var calls []time.Duration
		lost := errors.New("lost")
		r := runtimetest.Start(t, func(ctx context.Context, run signalRun) error {
			return kit.Tick(ctx, run, 10*time.Second, func(context.Context) error {
				calls = append(calls, time.Since(began))
				if len(calls) == len(takes) {
					return lost
				}
				time.Sleep(takes[len(calls)-1])
				return nil
			})
		})
		if err := r.AwaitReady(t.Context()); err != nil {
			t.Error(err)
		}
		if err := r.Wait(); err != lost {
			t.Errorf("it returned %v", err)
		}
		s := time.Second
		if diff := cmp.Diff([]time.Duration{0, 10 * s, 20 * s, 45 * s, 55 * s}, calls); diff != "" {
			t.Error(diff)
		}
	})
}

// It is not ready before the first call has returned, and it returns nil when it is asked to stop.
func TestTickStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := runtimetest.Start(t, func(ctx context.Context, run signalRun) error {
			return kit.Tick(ctx, run, time.Hour, func(context.Context) error {
				time.Sleep(20 * time.Second)
				return nil
			})
		})
		time.Sleep(19 * time.Second)
		if s := r.State(); s.Lifecycle != runtime.LifecycleRunning {
			t.Errorf("it is %s while the first call runs", s.Lifecycle)
		}
		time.Sleep(2 * time.Second)
		if s := r.State(); s.Lifecycle != runtime.LifecycleReady {
			t.Errorf("it is %s after the first call", s.Lifecycle)
		}
		r.Stop()
		if err := r.Wait(); err != nil {
			t.Error(err)
		}
	})
}

// It beats while it waits, however long that is; a call that hangs does not.
func TestTickBeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var hangs atomic.Bool
		tree := run(t, runtime.Child{Role: runtime.Service, Health: watch}, func(l runtime.Launch) error {
			return kit.Tick(l.Context(), beatingRun{l.Run(), l.Heart()}, time.Hour, func(ctx context.Context) error {
				if hangs.Load() {
					<-ctx.Done()
				}
				return nil
			})
		})
		time.Sleep(59 * time.Minute)
		child, err := tree.Handle("Test.Child").State()
		if err != nil || child.Health != runtime.HealthHealthy || child.Generation != 1 {
			t.Errorf("while it waits, it is %s, of generation %d, %v", child.Health, child.Generation, err)
		}
		hangs.Store(true)
		time.Sleep(61 * time.Second)
		hangs.Store(false)
		child, err = tree.Handle("Test.Child").State()
		if err != nil || child.Failure == nil || child.Failure.Kind != runtime.OutcomeUnhealthy {
			t.Errorf("after a call that hangs, it has failed with %v, %v", child.Failure, err)
		}
	})
}

// A period of nothing would never let go of the processor.
func TestTickPeriod(t *testing.T) {
	for _, every := range []time.Duration{0, -time.Second} {
		r := runtimetest.Start(t, func(ctx context.Context, run signalRun) error {
			return kit.Tick(ctx, run, every, func(context.Context) error { return errors.New("it is called") })
		})
		if err := r.Wait(); runtime.OutcomeOf(err) != runtime.OutcomeFatalConfig {
			t.Errorf("%s: it returned %v", every, err)
		}
	}
}
