package kit_test

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime"
)

// What is generated for runs.
type (
	plainRun  = runtime.Run
	signalRun = struct {
		runtime.Run
		runtime.Signal
	}
	beatingRun = struct {
		runtime.Run
		runtime.Heart
	}
)

// A signal is waited for on one goroutine of the process, which no bubble may start.
func TestMain(m *testing.M) {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	os.Exit(m.Run())
}

// run runs a tree of one child, Test.Child, until the test ends.
func run(t *testing.T, child runtime.Child, start func(runtime.Launch) error) *runtime.Tree {
	t.Helper()
	child.Name, child.Start = "Child", start
	tree := runtime.New([]runtime.Child{{Name: "Test", Role: runtime.Supervisor}, child},
		runtime.WithLogger(slog.New(slog.NewTextHandler(t.Output(), nil))))
	ended := make(chan error, 1)
	go func() { ended <- tree.Run(context.WithoutCancel(t.Context())) }()
	t.Cleanup(func() {
		tree.Shutdown("test", "it is over")
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return tree
}

// a watch is a health that is dead when a second passes without a beat.
var watch = runtime.Health{Heartbeat: 100 * time.Millisecond, Stale: 500 * time.Millisecond, Dead: time.Second}
