// Orders takes orders and packs them: the program of errgroup, as a tree.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"time"

	"github.com/supgen/supgen/examples/howto/from/errgroup/orders"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
)

//go:generate go tool supgen generate

type App struct {
	listen  string
	packers int
	report  time.Duration
	queue   orders.Queue
	packer  orders.Packer
}

func main() {
	a := &App{queue: make(orders.Queue, 100)}
	flag.StringVar(&a.listen, "listen", "localhost:8080", "where to listen")
	flag.IntVar(&a.packers, "packers", 4, "how many orders are packed at a time")
	flag.DurationVar(&a.report, "report", 10*time.Second, "how often to say how many are packed")
	flag.StringVar(&a.packer.File, "data", "orders.data", "where packed orders are noted")
	flag.Parse()
	runtime.Main(NewOrders(a))
}

func (a *App) Packers(ctx context.Context, run OrdersPackersRun) error {
	for range a.packers {
		run.Go(func(ctx context.Context) error {
			for order, more := a.next(ctx); more; order, more = a.next(ctx) {
				if err := a.packer.Pack(order); err != nil {
					return fmt.Errorf("packing %q: %w", order, err)
				}
			}
			return nil
		})
	}
	return nil // the run goes on until all have returned
}

// next is the next order. When ctx has ended, Web has stopped: next returns what is still queued, and then false.
func (a *App) next(ctx context.Context) (order string, more bool) {
	select {
	case order = <-a.queue:
		return order, true
	case <-ctx.Done():
	}
	select {
	case order = <-a.queue:
		return order, true
	default:
		return "", false
	}
}

func (a *App) Reporter(ctx context.Context, run OrdersReporterRun) error {
	return kit.Tick(ctx, run, a.report, func(context.Context) error {
		run.Logger().Info("packed", "orders", a.packer.Count(), "waiting", len(a.queue))
		return nil
	})
}

func (a *App) Web(ctx context.Context, run OrdersWebRun) error {
	mux := http.NewServeMux()
	mux.Handle("POST /orders", a.queue)
	mux.HandleFunc("GET /packed", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, a.packer.Count()) })
	return kit.HTTP(ctx, run, &http.Server{Addr: a.listen, Handler: mux})
}
