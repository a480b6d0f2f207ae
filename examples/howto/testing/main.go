// Testing is a program that is tested at three levels: its children alone, in their tree, and what the tree does when they fail.
package main

import (
	"context"
	"fmt"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
)

//go:generate go tool supgen generate

func main() {
	supplier := func(context.Context) (map[string]int, error) { return map[string]int{"tea": 4}, nil }
	runtime.Main(NewShop(&App{load: supplier, show: func(s string) { fmt.Println(s) }}))
}

// App has what its children talk to in fields, so that a test can put something else there.
type App struct {
	load func(context.Context) (map[string]int, error)
	show func(string)
}

// Prices asks the supplier, and again when an hour has passed.
func (a *App) Prices(ctx context.Context, run ShopPricesRun) error {
	prices, err := a.load(ctx)
	if err != nil {
		return runtime.ExternalDependency(err)
	}
	run.Ready(prices)
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(time.Hour):
		return runtime.Again("the prices are an hour old")
	}
}

// Sign shows a price every minute.
func (a *App) Sign(ctx context.Context, run ShopSignRun, prices map[string]int) error {
	return kit.Tick(ctx, run, time.Minute, func(context.Context) error {
		a.show(fmt.Sprintf("tea %d", prices["tea"]))
		return nil
	})
}
