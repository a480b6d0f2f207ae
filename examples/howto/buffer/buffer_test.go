package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/supgen/supgen/runtime"
)

// lateAPI has the last requests queue orders when it is asked to stop, as requests do that are served then.
type lateAPI struct{ *App }

func (a lateAPI) API(ctx context.Context, run OrdersAPIRun) error {
	run.Ready()
	<-ctx.Done()
	for n := range 10 {
		time.Sleep(400 * time.Millisecond)
		a.queue <- fmt.Sprint("late ", n)
	}
	return nil
}

// stop runs the tree with some orders in the queue, stops it, and returns what is delivered until then.
func stop(t *testing.T, deliver func(ctx context.Context, order string) error) (delivered []string, err error) {
	app := &App{queue: make(chan string, 100)}
	app.deliver = func(ctx context.Context, order string) error {
		if err := deliver(ctx, order); err != nil {
			return err
		}
		delivered = append(delivered, order)
		return nil
	}
	tree := NewOrders(lateAPI{app})
	ended := make(chan error, 1)
	go func() { ended <- tree.Run(context.Background()) }()
	if err := tree.Tree().AwaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	for n := range 2 {
		app.queue <- fmt.Sprint("early ", n)
	}
	tree.Tree().Shutdown("ada", "deploy")
	err = <-ended
	return delivered, err
}

// wait returns when a delivery is over that takes so long.
func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// All is delivered, also what comes in the last moment.
func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		delivered, err := stop(t, func(ctx context.Context, _ string) error { return wait(ctx, time.Millisecond) })
		if err != nil || len(delivered) != 12 {
			t.Errorf("delivered %q: %v", delivered, err)
		}
	})
}

// What there is no time for is counted.
func TestStopTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		delivered, err := stop(t, func(ctx context.Context, _ string) error { return wait(ctx, 4*time.Second) })
		left := fmt.Sprintf("%d orders are not delivered", 12-len(delivered))
		if !errors.Is(err, runtime.ErrUnclean) || !strings.Contains(err.Error(), left) {
			t.Errorf("want %s, got %v", left, err)
		}
		t.Log(err)
	})
}

// What fails while the tree stops is tried again.
func TestStopFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		delivered, err := stop(t, func(ctx context.Context, order string) error {
			if tries++; tries%2 == 1 {
				return errors.New("nobody at home")
			}
			return nil
		})
		if err != nil || len(delivered) != 12 || delivered[0] != "early 0" {
			t.Errorf("delivered %q: %v", delivered, err)
		}
	})
}
