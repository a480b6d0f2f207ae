// Command app runs the tree in app.sup: what runs, when, and what happens when it fails is said there, and
// what it does, here.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/supgen/supgen/runtime"
)

//go:generate go tool supgen generate

// Main stops the tree when ctrl-C or SIGTERM comes, and exits with a status that says how it ended.
func main() {
	runtime.Main(NewApp(&children{addr: cmp.Or(os.Getenv("ADDR"), "localhost:8080")}, runtime.WithLogger(slog.Default())))
}

// children has a method for each child in app.sup. Without one of them, it does not compile.
type children struct{ addr string }

// A Tally counts the seconds that were ticked.
type Tally struct{ seconds atomic.Int64 }

// Tally returns when its context ends; until then the others use what it was ready with. What is to be closed is closed in a
// Cleanup: that is called when none of them uses it any more.
func (*children) Tally(ctx context.Context, run AppTallyRun) error {
	tally := &Tally{}
	run.Cleanup(func(context.Context) error {
		slog.Info("counted", "seconds", tally.seconds.Load())
		return nil
	})
	run.Ready(tally)
	<-ctx.Done()
	return nil
}

// Ticker is handed the Tally because app.sup says that it needs it.
func (*children) Ticker(ctx context.Context, _ AppTickerRun, tally *Tally) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if tally.seconds.Add(1)%10 == 0 {
				return errors.New("lost count")
			}
		}
	}
}

// HTTP is ready when it listens, and stops when its requests are answered or its shutdown budget is used up.
func (c *children) HTTP(ctx context.Context, run AppHTTPRun, tally *Tally) error {
	listener, err := net.Listen("tcp", c.addr)
	if err != nil {
		return runtime.ExternalDependency(err) // a port that is taken will be free again: tried until then
	}
	server := &http.Server{Handler: within(run.Run, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "%d seconds\n", tally.seconds.Load())
	})}
	run.Go(func(context.Context) error { return server.Serve(listener) }) // never a bare "go": a panic in it ends the process
	run.Ready()
	slog.Info("listening on http://" + listener.Addr().String())
	<-ctx.Done()
	defer server.Close() // cuts off what was not answered in time, so that its requests' contexts end
	return server.Shutdown(run.Grace())
}

// within has requests be part of the run: HTTP has not ended before they are answered. A handler that panics fails its
// request, and not the run.
func within(run runtime.Run, handle http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := run.Do(func() error {
			defer func() {
				if p := recover(); p == http.ErrAbortHandler {
					panic(p)
				} else if p != nil {
					run.Logger().Error("a handler panicked", "url", r.URL.String(), "panic", p, "stack", string(debug.Stack()))
					http.Error(w, "internal error", http.StatusInternalServerError)
				}
			}()
			handle(w, r)
			return nil
		})
		if err != nil { // the run has ended
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	})
}
