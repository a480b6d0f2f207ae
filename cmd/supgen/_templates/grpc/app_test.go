package main

import (
	"context"
	"testing"
)

// The server comes up, on a port that is free, and stops cleanly.
func TestApp(t *testing.T) {
	app := NewApp(&children{addr: "localhost:0"})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- app.Run(ctx) }()
	if err := app.Tree().AwaitReady(ctx); err != nil {
		t.Error(err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
