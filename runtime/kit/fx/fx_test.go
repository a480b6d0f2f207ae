package kitfx_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime"
	kitfx "github.com/supgen/supgen/runtime/kit/fx"
	"github.com/supgen/supgen/runtime/runtimetest"
	"go.uber.org/fx"
)

type fxRun = struct {
	runtime.Run
	runtime.Signal
}

func start(t *testing.T, app fx.Option, options ...runtimetest.Option) *runtimetest.Recorder {
	return runtimetest.Start(t, func(ctx context.Context, run fxRun) error { return kitfx.Run(ctx, run, app) }, options...)
}

// It is ready when its start hooks have returned, and its stop hooks have the budget of the child.
func TestRun(t *testing.T) {
	goes, stopped := make(chan bool), make(chan time.Duration, 1)
	r := start(t, fx.Invoke(func(l fx.Lifecycle) {
		l.Append(fx.StartStopHook(func() { <-goes }, func(ctx context.Context) {
			deadline, _ := ctx.Deadline()
			stopped <- time.Until(deadline)
		}))
	}), runtimetest.Shutdown(time.Hour, time.Hour))
	if l := r.State().Lifecycle; l != runtime.LifecycleRunning {
		t.Errorf("before its hooks have returned, it is %s", l)
	}
	close(goes)
	if err := r.AwaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.Stop()
	if left := <-stopped; left < 50*time.Minute {
		t.Errorf("its stop hook has %s", left)
	}
	if err := r.Wait(); err != nil {
		t.Errorf("it returned %v", err)
	}
}

var errLost = errors.New("lost")

// What cannot be made, and what does not start, fails; and what had been started by then is stopped.
func TestRunFails(t *testing.T) {
	stopped := false
	for name, app := range map[string]fx.Option{
		"a constructor": fx.Invoke(func() error { return errLost }),
		"a hook": fx.Invoke(func(l fx.Lifecycle) {
			l.Append(fx.StopHook(func() { stopped = true }))
			l.Append(fx.StartHook(func() error { return errLost }))
		}),
	} {
		if err := start(t, app).Wait(); !errors.Is(err, errLost) {
			t.Errorf("%s: it returned %v", name, err)
		}
	}
	if !stopped {
		t.Error("what had been started is not stopped")
	}
	if err := start(t, fx.Invoke(func(*strings.Builder) {})).Wait(); err == nil {
		t.Error("an app that misses something runs")
	}
}

// A constructor that panics fails the child.
func TestRunPanics(t *testing.T) {
	r := start(t, fx.Invoke(func() { panic("nil map") }))
	if _, panicked := errors.AsType[*runtime.PanicError](r.Wait()); !panicked {
		t.Errorf("it failed with %v", r.State().Failure)
	}
}

// An app that asks for its end is stopped, and ends the run, as its exit code says.
func TestRunShutdown(t *testing.T) {
	for code, want := range map[int]runtime.Outcome{0: runtime.OutcomeSuccess, 3: runtime.OutcomeError} {
		stopped := false
		r := start(t, fx.Invoke(func(l fx.Lifecycle, s fx.Shutdowner) {
			l.Append(fx.StartStopHook(func() error { return s.Shutdown(fx.ExitCode(code)) }, func() { stopped = true }))
		}))
		if err := r.Wait(); runtime.OutcomeOf(err) != want || !stopped {
			t.Errorf("exit code %d: it returned %v, stopped: %t", code, err, stopped)
		}
	}
}

// An app runs as a part of a tree, as the modules of a program do that are not moved yet.
func ExampleRun() {
	billing := fx.Module("billing", fx.Invoke(func(l fx.Lifecycle) {
		l.Append(fx.StartStopHook(
			func() { fmt.Println("billing starts") },
			func() { fmt.Println("billing stops") },
		))
	}))
	tree := runtime.New([]runtime.Child{ // with generated code: NewShop(&App{})
		{Name: "Shop", Role: runtime.Supervisor},
		{Name: "Billing", Role: runtime.Worker, Ready: runtime.Ready{Explicit: true}, Start: func(l runtime.Launch) error {
			return kitfx.Run(l.Context(), fxRun{l.Run(), l.Signal()}, billing)
		}},
	}, runtime.WithLogger(slog.New(slog.DiscardHandler)))
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- tree.Run(ctx) }()
	tree.AwaitReady(ctx)
	stop()
	fmt.Println(<-ended)
	// Output:
	// billing starts
	// billing stops
	// <nil>
}
