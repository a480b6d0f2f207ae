package main

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/runtimetest"
)

// want has an order answered as said.
func want(t *testing.T, app *App, name, of, answer string) {
	t.Helper()
	if got, err := app.Send(t.Context(), name, of); err != nil || got != answer {
		t.Errorf("%s to %s: %q, %v", of, name, got, err)
	}
}

// run runs the shop until the end of the test.
func run(t *testing.T, shop *Shop) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- shop.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	if err := shop.Tree().AwaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// One tenant fails and comes back, and the others do not notice.
func TestRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := &App{}
		app.shop = NewShop(app, runtimetest.Stub("Shop.HTTP"))
		run(t, app.shop)
		want(t, app, "ada", "tea", "ada: tea is order 1")
		want(t, app, "ada", "tea", "ada: tea is order 2")
		want(t, app, "ben", "tea", "ben: tea is order 1")

		stopped := new(runtime.StopError)
		if _, err := app.Send(t.Context(), "ada", "poison"); !errors.As(err, &stopped) || stopped.Failure.Kind != runtime.OutcomePanic {
			t.Errorf("who has sent what it has failed on hears %v", err)
		}
		synctest.Wait()
		if state, err := app.shop.Tenants().Tenant("ada").State(); err != nil || state.Lifecycle != runtime.LifecycleRestarting {
			t.Errorf("ada is %v, %v", state.Lifecycle, err)
		}
		want(t, app, "ada", "tea", "ada: tea is order 1") // it waits for the next run
		want(t, app, "ben", "tea", "ben: tea is order 2")
	})
}

func TestRemove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := &App{}
		app.shop = NewShop(app, runtimetest.Stub("Shop.HTTP"))
		run(t, app.shop)
		want(t, app, "ada", "tea", "ada: tea is order 1")
		ada := app.shop.Tenants().Tenant("ada")
		if _, err := ada.Remove("ada", "moves away"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if _, err := ada.State(); !errors.Is(err, runtime.ErrUnknown) {
			t.Errorf("it is still there: %v", err)
		}
		want(t, app, "ada", "tea", "ada: tea is order 1") // another one
	})
}

// slowHTTP serves a last request when it is asked to stop.
type slowHTTP struct {
	*App
	t *testing.T
}

func (s slowHTTP) HTTP(ctx context.Context, run ShopHTTPRun) error {
	run.Ready()
	<-ctx.Done()
	want(s.t, s.App, "ada", "tea", "ada: tea is order 2")
	if _, err := s.Send(s.t.Context(), "ben", "tea"); !errors.Is(err, runtime.ErrStopping) {
		s.t.Errorf("ben is started while the tree stops: %v", err)
	}
	return nil
}

func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := &App{}
		app.shop = NewShop(slowHTTP{app, t})
		ended := make(chan error, 1)
		go func() { ended <- app.shop.Run(context.Background()) }()
		if err := app.shop.Tree().AwaitReady(t.Context()); err != nil {
			t.Fatal(err)
		}
		want(t, app, "ada", "tea", "ada: tea is order 1")
		app.shop.Tree().Shutdown("ada", "deploy")
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
