package kitrun_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/oklog/run"
	"github.com/supgen/supgen/runtime"
	kitrun "github.com/supgen/supgen/runtime/kit/run"
	"github.com/supgen/supgen/runtime/runtimetest"
)

var errLost = errors.New("lost")

// What an actor returns by itself is how the run ends.
func TestActor(t *testing.T) {
	for _, want := range []error{nil, errLost} {
		r := runtimetest.Start(t, func(ctx context.Context, r runtime.Run) error {
			return kitrun.Actor(ctx, r, func() error { return want }, func(error) { t.Error("it is interrupted") })
		})
		if err := r.Wait(); err != want {
			t.Errorf("it returned %v", err)
		}
	}
}

// An actor is interrupted with the reason for the stop, and the run has not ended before it has returned.
func TestActorStops(t *testing.T) {
	begun, interrupted, returned := make(chan bool, 1), make(chan error, 1), false
	r := runtimetest.Start(t, func(ctx context.Context, r runtime.Run) error {
		return kitrun.Actor(ctx, r, func() error {
			begun <- true
			err := <-interrupted
			if _, asked := errors.AsType[*runtime.StopError](err); !asked {
				t.Errorf("it is interrupted with %v", err)
			}
			returned = true
			return errLost
		}, func(err error) { interrupted <- err })
	})
	<-begun
	r.Stop()
	if err := r.Wait(); err != nil || !returned || r.State().Unclean != nil {
		t.Errorf("it returned %v, %v", err, r.State().Unclean)
	}
}

// An actor that panics fails the child.
func TestActorPanics(t *testing.T) {
	r := runtimetest.Start(t, func(ctx context.Context, r runtime.Run) error {
		return kitrun.Actor(ctx, r, func() error { panic("nil map") }, func(error) {})
	})
	if _, panicked := errors.AsType[*runtime.PanicError](r.Wait()); !panicked {
		t.Errorf("it failed with %v", r.State().Failure)
	}
}

// group is a group of two actors: one that returns after what is sent, and one that only an interrupt ends.
func group(sent <-chan error) *run.Group {
	g, over := new(run.Group), make(chan bool)
	g.Add(func() error {
		select {
		case err := <-sent:
			return err
		case <-over:
			return nil
		}
	}, func(error) {})
	g.Add(func() error { <-over; return nil }, func(error) { close(over) })
	return g
}

// A group ends with its first actor.
func TestGroup(t *testing.T) {
	sent := make(chan error, 1)
	sent <- errLost
	r := runtimetest.Start(t, func(ctx context.Context, _ runtime.Run) error { return kitrun.Group(ctx, group(sent)) })
	if err := r.Wait(); err != errLost {
		t.Errorf("it returned %v", err)
	}
}

// A group stops when the child is asked to, cleanly.
func TestGroupStops(t *testing.T) {
	r := runtimetest.Start(t, func(ctx context.Context, _ runtime.Run) error { return kitrun.Group(ctx, group(nil)) })
	r.Stop()
	if r.Wait(); r.State().Unclean != nil {
		t.Errorf("its stop was %v", r.State().Unclean)
	}
}

// An actor of a group becomes a child of a tree.
func ExampleActor() {
	ctx, stop := context.WithCancel(context.Background())
	orders, over := make(chan string, 1), make(chan bool)
	orders <- "tea"
	execute := func() error {
		for {
			select {
			case o := <-orders:
				fmt.Println("mail about", o)
				stop()
			case <-over:
				fmt.Println("closed")
				return nil
			}
		}
	}
	interrupt := func(error) { close(over) }

	tree := runtime.New([]runtime.Child{ // with generated code: NewShop(&App{})
		{Name: "Shop", Role: runtime.Supervisor},
		{Name: "Mailer", Role: runtime.Worker, Start: func(l runtime.Launch) error {
			return kitrun.Actor(l.Context(), l.Run(), execute, interrupt)
		}},
	})
	fmt.Println(tree.Run(ctx))
	// Output:
	// mail about tea
	// closed
	// <nil>
}
