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
		return err
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = run.Do(func() error { // so that HTTP has not stopped before its requests are answered
			_, err := fmt.Fprintf(w, "%d seconds\n", tally.seconds.Load())
			return err
		})
	})}
	run.Go(func(context.Context) error { return server.Serve(listener) }) // never a bare "go": a panic in it ends the process
	run.Ready()
	slog.Info("listening on http://" + listener.Addr().String())
	<-ctx.Done()
	defer server.Close() // cuts off what was not answered in time, so that its requests' contexts end
	return server.Shutdown(run.Grace())
}
