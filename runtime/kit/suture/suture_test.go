package kitsuture_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/supgen/supgen/runtime"
	kitsuture "github.com/supgen/supgen/runtime/kit/suture"
	"github.com/supgen/supgen/runtime/runtimetest"
	"github.com/thejerf/suture/v4"
)

// A service is what a function does.
type service func(context.Context) error

func (s service) Serve(ctx context.Context) error { return s(ctx) }

// shop is a tree of one child.
type shop struct{ tree *runtime.Tree }

func (s shop) Run(ctx context.Context) error { return s.tree.Run(ctx) }
func (s shop) Tree() *runtime.Tree           { return s.tree }

func newShop(child func(context.Context) error) shop {
	return shop{runtime.New([]runtime.Child{
		{Name: "Shop", Role: runtime.Supervisor, Finish: runtime.Finish{Of: []runtime.ID{1}}},
		{Name: "Child", Role: runtime.Worker,
			On:       runtime.Table{runtime.OutcomeError: runtime.ActionEscalate, runtime.OutcomeStuck: runtime.ActionEscalate},
			Shutdown: runtime.Shutdown{Drain: time.Second, Abort: time.Second},
			Start:    func(l runtime.Launch) error { return child(l.Context()) }},
	})}
}

// What a service returns, and what that is of a child.
func TestServe(t *testing.T) {
	lost := errors.New("lost")
	for _, c := range []struct {
		returns error
		want    runtime.Outcome
	}{
		{nil, runtime.OutcomeError},
		{lost, runtime.OutcomeError},
		{suture.ErrDoNotRestart, runtime.OutcomeSuccess},
		{fmt.Errorf("no work: %w", suture.ErrDoNotRestart), runtime.OutcomeSuccess},
		{suture.ErrTerminateSupervisorTree, runtime.OutcomeFatalBug},
	} {
		r := runtimetest.Start(t, func(ctx context.Context, run runtime.Run) error {
			return kitsuture.Serve(ctx, service(func(context.Context) error { return c.returns }))
		})
		if err := r.Wait(); runtime.OutcomeOf(err) != c.want {
			t.Errorf("%v: it returned %v", c.returns, err)
		}
	}
}

// A service that returns when it is asked to stop has not failed, whatever that would be otherwise.
func TestServeStops(t *testing.T) {
	r := runtimetest.Start(t, func(ctx context.Context, run runtime.Run) error {
		return kitsuture.Serve(ctx, service(func(ctx context.Context) error { <-ctx.Done(); return nil }))
	})
	r.Stop()
	if err := r.Wait(); err != nil {
		t.Errorf("it returned %v", err)
	}
}

// A supervisor of suture is a child that stops cleanly, and with it what is below it.
func TestServeSupervisor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun, ended := make(chan bool, 1), make(chan bool, 1)
		supervisor := suture.NewSimple("old")
		supervisor.Add(service(func(ctx context.Context) error {
			begun <- true
			<-ctx.Done()
			ended <- true
			return ctx.Err()
		}))
		r := runtimetest.Start(t, func(ctx context.Context, run runtime.Run) error { return kitsuture.Serve(ctx, supervisor) })
		<-begun
		r.Stop()
		<-ended
		if r.Wait(); r.State().Unclean != nil {
			t.Errorf("its stop was %v", r.State().Unclean)
		}
	})
}

// What a tree's end is to suture.
func TestService(t *testing.T) {
	lost := errors.New("lost")
	for _, c := range []struct {
		name  string
		child func(context.Context) error
		want  error
		not   error
	}{
		{"finished", func(context.Context) error { return nil }, suture.ErrDoNotRestart, nil},
		{"gave up", func(context.Context) error { return lost }, lost, suture.ErrTerminateSupervisorTree},
		{"configured wrong", func(context.Context) error { return runtime.FatalConfig(lost) }, suture.ErrTerminateSupervisorTree, nil},
	} {
		err := kitsuture.Service("Shop", func() runtime.Program { return newShop(c.child) }).Serve(t.Context())
		if !errors.Is(err, c.want) || c.not != nil && errors.Is(err, c.not) {
			t.Errorf("%s: it returned %v", c.name, err)
		}
	}
}

// A tree of which something is stuck is not run a second time beside it.
func TestServiceStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		goes := make(chan bool)
		tree := newShop(func(context.Context) error { <-goes; return nil })
		go func() {
			time.Sleep(time.Second)
			tree.Tree().Shutdown("ada", "it is over")
		}()
		err := kitsuture.Service("Shop", func() runtime.Program { return tree }).Serve(t.Context())
		if !errors.Is(err, suture.ErrTerminateSupervisorTree) || !errors.Is(err, runtime.ErrStuck) {
			t.Errorf("it returned %v", err)
		}
		close(goes)
	})
}

// A supervisor of suture runs a new tree when one has given up, and stops the last.
func ExampleService() {
	failed := errors.New("lost")
	runs := 0
	supervisor := suture.New("old", suture.Spec{EventHook: func(suture.Event) {}, FailureBackoff: time.Millisecond})
	ctx, stop := context.WithCancel(context.Background())
	supervisor.Add(kitsuture.Service("Shop", func() runtime.Program { // with generated code: NewShop(&App{})
		runs++
		return newShop(func(ctx context.Context) error {
			if runs < 3 {
				return failed
			}
			stop()
			<-ctx.Done()
			return nil
		})
	}))
	fmt.Println(supervisor.Serve(ctx), runs)
	// Output: context canceled 3
}
