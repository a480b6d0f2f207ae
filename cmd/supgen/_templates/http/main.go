// Command app runs the tree in app.sup: what runs, when, and what happens when it fails is said there, and
// what it does, here. "go run ." runs it, "curl localhost:8080" shows what it counts, and ctrl-c stops it in order.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
	"github.com/supgen/supgen/runtime/kit"
)

//go:generate go tool supgen generate

// Main stops the tree when ctrl-C or SIGTERM comes, and exits with a status that says how it ended. Meanwhile another address has
// the probes of Kubernetes, metrics, and a page that shows the tree. In a container, let OPS be ":8081".
func main() {
	addr, ops := cmp.Or(os.Getenv("ADDR"), "localhost:8080"), cmp.Or(os.Getenv("OPS"), "localhost:8081")
	slog.Info("the program listens on " + addr + ", its supervisor on " + ops)
	runtime.Main(NewApp(&children{addr: addr}), httpsup.Serve(ops, httpsup.ReadOpen()))
}

// children has a method for each child in app.sup. Without one of them, it does not compile.
type children struct{ addr string }

// Tally returns when its context ends; until then the others use what it was ready with. What is to be closed is closed in a
// Cleanup: that is called when none of them uses it any more.
func (*children) Tally(ctx context.Context, run AppTallyRun) error {
	seconds := new(atomic.Int64)
	run.Cleanup(func(context.Context) error {
		slog.Info("counted", "seconds", seconds.Load())
		return nil
	})
	run.Ready(seconds)
	<-ctx.Done()
	return nil
}

// Ticker is handed the tally because app.sup says that it needs it.
func (*children) Ticker(ctx context.Context, run AppTickerRun, tally *atomic.Int64) error {
	return kit.Tick(ctx, run, time.Second, func(context.Context) error {
		if tally.Add(1)%10 == 0 {
			return errors.New("lost count")
		}
		return nil
	})
}

// HTTP is ready when it listens, and stops when its requests are answered or its shutdown budget is used up.
func (c *children) HTTP(ctx context.Context, run AppHTTPRun, tally *atomic.Int64) error {
	count := func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, "%d seconds\n", tally.Load()) }
	return kit.HTTP(ctx, run, &http.Server{Addr: c.addr, Handler: http.HandlerFunc(count), ReadHeaderTimeout: 5 * time.Second})
}
