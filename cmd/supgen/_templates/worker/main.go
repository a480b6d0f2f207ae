// Command app runs the tree in app.sup: what runs, when, and what happens when it fails is said there, and
// what it does, here. "go run ." runs it, its log shows the jobs, and ctrl-c stops it when those that have begun are done.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
	"github.com/supgen/supgen/runtime/kit"
)

//go:generate go tool supgen generate

// Main stops the tree when ctrl-C or SIGTERM comes, and exits with a status that says how it ended. Meanwhile an address has
// the probes of Kubernetes, metrics, and a page that shows the tree. In a container, let OPS be ":8081".
func main() {
	ops := cmp.Or(os.Getenv("OPS"), "localhost:8081")
	slog.Info("the program's supervisor listens on " + ops)
	runtime.Main(NewApp(&children{work}), httpsup.Serve(ops, httpsup.ReadOpen()))
}

// work is yours to write.
func work(ctx context.Context, job string) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Second):
	}
	if rand.IntN(5) == 0 {
		return errors.New("bad luck")
	}
	return nil
}

// children has a method for each child in app.sup. Without one of them, it does not compile.
type children struct {
	work func(ctx context.Context, job string) error
}

// Source stands in for a client of your broker: it makes up a job every second, and loses its connection at the twentieth. An error
// of a connection is external, so the source is started again until it has a new one; others count in its limit.
func (*children) Source(ctx context.Context, run AppSourceRun) error {
	jobs, n := make(chan string), 0
	run.Ready(jobs)
	return kit.Tick(ctx, run, time.Second, func(ctx context.Context) error {
		if n++; n == 20 {
			return runtime.ExternalDependency(errors.New("the connection is lost"))
		}
		select {
		case <-ctx.Done():
		case jobs <- fmt.Sprintf("order %d.%d", run.Generation(), n):
		}
		return nil
	})
}

// Consumer goes on when a job fails. What it returns is a failure of its own: then it is started again, at most as often as its
// limit says.
func (c *children) Consumer(ctx context.Context, run AppConsumerRun, source <-chan string) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case job := <-source:
			c.do(run, job)
		}
	}
}

// do tries a job three times. Its context is not that of the run, which ends with the request to stop, but ends when the time for
// the stop is over: a job that has begun is finished.
func (c *children) do(run AppConsumerRun, job string) {
	ctx, logger := run.Grace(), run.Logger().With("job", job)
	for attempt := 1; ; attempt++ {
		err := c.work(ctx, job)
		if err == nil {
			logger.Info("job done")
			return // after it was acknowledged, where the broker wants that
		}
		logger.Warn("job failed", "try", attempt, "error", err)
		if attempt == 3 || ctx.Err() != nil {
			logger.Error("job given up")
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(attempt) * time.Second):
		}
	}
}
