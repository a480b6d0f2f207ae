// Orders takes orders and packs them: a program as one writes it with errgroup.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/supgen/supgen/examples/howto/from/errgroup/orders"
	"golang.org/x/sync/errgroup"
)

type config struct {
	listen  string
	packers int
	report  time.Duration
}

func main() {
	var c config
	packer := &orders.Packer{}
	flag.StringVar(&c.listen, "listen", "localhost:8080", "where to listen")
	flag.IntVar(&c.packers, "packers", 4, "how many orders are packed at a time")
	flag.DurationVar(&c.report, "report", 10*time.Second, "how often to say how many are packed")
	flag.StringVar(&packer.File, "data", "orders.data", "where packed orders are noted")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, c, packer); err != nil {
		slog.Error("orders failed", "error", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, c config, packer *orders.Packer) error {
	queue := make(orders.Queue, 100)
	mux := http.NewServeMux()
	mux.Handle("POST /orders", queue)
	mux.HandleFunc("GET /packed", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, packer.Count()) })
	server := &http.Server{Handler: mux}

	l, err := net.Listen("tcp", c.listen)
	if err != nil {
		return err
	}
	slog.Info("listening", "address", l.Addr().String())

	g, ctx := errgroup.WithContext(ctx)

	// The server.
	g.Go(func() error {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		defer close(queue) // no handler sends any more
		<-ctx.Done()
		stopping, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := server.Shutdown(stopping); err != nil {
			return errors.Join(err, server.Close())
		}
		return nil
	})

	// The packers, which pack what is queued before they return.
	for range c.packers {
		g.Go(func() error {
			for order := range queue {
				if err := packer.Pack(order); err != nil {
					return fmt.Errorf("packing %q: %w", order, err)
				}
			}
			return nil
		})
	}

	// The reporter.
	g.Go(func() error {
		tick := time.NewTicker(c.report)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				slog.Info("packed", "orders", packer.Count(), "waiting", len(queue))
			case <-ctx.Done():
				return nil
			}
		}
	})

	return g.Wait()
}
