package main

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/supgen/supgen/runtime/runtimetest"
)

// The ticker fails and comes back for a minute, which is over at once in the bubble of a synctest. What listens is left out.
func TestApp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := NewApp(&children{}, runtimetest.Stub("App.HTTP"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := app.Run(ctx); err != nil {
			t.Error(err)
		}
		if ticker := app.State().Ticker; ticker.Failures < 5 {
			t.Errorf("it failed %d times", ticker.Failures)
		}
	})
}
