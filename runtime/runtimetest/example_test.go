package runtimetest_test

import (
	"context"
	"fmt"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/runtimetest"
)

// Two of three children have stand-ins. With generated code, runtime.New is what NewShop calls.
func ExampleProvide() {
	dsn := runtime.Port[string]{Of: 1}
	shop := runtime.New([]runtime.Child{
		{Name: "Shop", Role: runtime.Supervisor},
		{Name: "DB", Role: runtime.Service, Provides: true, Ready: runtime.Ready{Explicit: true, Within: time.Second}},
		{Name: "Migrate", Role: runtime.Job, Needs: []runtime.ID{1}},
		{Name: "HTTP", Role: runtime.Job, Needs: []runtime.ID{1}, After: []runtime.ID{2}, Start: func(l runtime.Launch) error {
			fmt.Println("HTTP has", dsn.From(l))
			return nil
		}},
	}, runtimetest.Provide("Shop.DB", "file:test.db"), runtimetest.Stub("Shop.Migrate"))
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		shop.AwaitReady(ctx)
		cancel()
	}()
	fmt.Println(shop.Run(ctx))
	// Output:
	// HTTP has file:test.db
	// <nil>
}
