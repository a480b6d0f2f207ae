package main

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/runtimetest"
)

func tea(price int) map[string]int { return map[string]int{"tea": price} }

// A child alone, in the time of a bubble: an hour takes no time.
func TestPrices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := &App{load: func(context.Context) (map[string]int, error) { return tea(4), nil }}
		child := runtimetest.Start(t, app.Prices)
		if err := child.AwaitReady(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := child.Value().(map[string]int)["tea"]; got != 4 {
			t.Errorf("tea is %d", got)
		}
		begin := time.Now()
		if err := child.Wait(); runtime.OutcomeOf(err) != runtime.OutcomeAgain || time.Since(begin) != time.Hour {
			t.Errorf("after %v it returned %v", time.Since(begin), err)
		}
	})
}

// How a child fails is what its tree decides by.
func TestPricesFail(t *testing.T) {
	app := &App{load: func(context.Context) (map[string]int, error) { return nil, errors.New("the supplier is closed") }}
	if err := runtimetest.Start(t, app.Prices).Wait(); runtime.OutcomeOf(err) != runtime.OutcomeExternal {
		t.Errorf("it returned %v", err)
	}
}

// Some children in their tree: Prices has a stand-in.
func TestSign(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var shown []string
		app := &App{show: func(s string) { shown = append(shown, s) }}
		run(t, NewShop(app, runtimetest.Provide("Shop.Prices", tea(5))))
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if want := []string{"tea 5", "tea 5", "tea 5"}; !slices.Equal(shown, want) {
			t.Errorf("it shows %q", shown)
		}
	})
}

// The whole tree: the sign waits for a supplier that is closed, and has its new price an hour later.
func TestShop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var shown []string
		calls := 0
		app := &App{show: func(s string) { shown = append(shown, s) }}
		app.load = func(context.Context) (map[string]int, error) {
			if calls++; calls == 1 {
				return nil, errors.New("the supplier is closed")
			}
			return tea(calls), nil
		}
		shop := NewShop(app)
		run(t, shop)
		synctest.Wait()
		if len(shown) > 0 {
			t.Errorf("it shows %q before there are prices", shown)
		}
		if err := shop.Sign().Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour + time.Minute)
		synctest.Wait()
		if shown[0] != "tea 2" || shown[len(shown)-1] != "tea 3" {
			t.Errorf("it shows %q", shown)
		}
	})
}

// run runs a tree until the end of the test.
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
}
