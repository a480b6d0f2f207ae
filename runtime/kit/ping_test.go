package kit_test

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
	"github.com/supgen/supgen/runtime/runtimetest"
)

// A child that provides nothing can follow a broker too: it is not ready while that fails or hangs, and is not restarted.
func TestPing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s server
		r := pinging(t, &s)
		for _, away := range []error{errors.New("connection refused"), errHangs} {
			s.set(away)
			time.Sleep(20 * time.Second)
			wantNotReady(t, r, away)
			s.set(nil)
			time.Sleep(10 * time.Second)
			if s := r.State(); s.Lifecycle != runtime.LifecycleReady || s.NotReady != nil {
				t.Errorf("after %v, it is %s, because of %v", away, s.Lifecycle, s.NotReady)
			}
		}
		r.Stop()
		if err := r.Wait(); err != nil {
			t.Errorf("it returned %v", err)
		}
	})
}

// pinging is a child that pings a server, and is ready.
func pinging(t *testing.T, s *server) *runtimetest.Recorder {
	t.Helper()
	r := runtimetest.Start(t, func(ctx context.Context, run struct {
		runtime.Run
		runtime.Signal
	}) error {
		return kit.Ping(ctx, run, run.Ready, conn{server: s}.Ping)
	})
	if err := r.AwaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

// wantNotReady is a child that is not ready because of something outside, which says so.
func wantNotReady(t *testing.T, r *runtimetest.Recorder, cause error) {
	t.Helper()
	if cause == errHangs {
		cause = context.DeadlineExceeded
	}
	s := r.State()
	if s.Lifecycle != runtime.LifecycleRunning || s.NotReady == nil || s.NotReady.Kind != runtime.OutcomeExternal || !errors.Is(s.NotReady.Err, cause) {
		t.Errorf("while %v, it is %s, because of %+v", cause, s.Lifecycle, s.NotReady)
	}
}

// The cause is the one of now: a connection that breaks is followed by a server that refuses.
func TestPingCauseChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s server
		r := pinging(t, &s)
		for _, away := range []error{io.EOF, errors.New("connection refused")} {
			s.set(away)
			time.Sleep(20 * time.Second)
			wantNotReady(t, r, away)
		}
	})
}

// What does not answer at first is an external failure, and ready is not called.
func TestPingFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var readies atomic.Int64
		r := runtimetest.Start(t, func(ctx context.Context, run struct {
			runtime.Run
			runtime.Signal
		}) error {
			return kit.Ping(ctx, run, func() { readies.Add(1) }, func(context.Context) error { return errors.New("no route") })
		})
		if err := r.Wait(); runtime.OutcomeOf(err) != runtime.OutcomeExternal || readies.Load() != 0 {
			t.Errorf("it returned %v, and was ready %d times", err, readies.Load())
		}
	})
}
