// Buffer empties a queue last: what puts orders into it stops first, and what takes them out delivers the rest.
package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
)

//go:generate go tool supgen generate

func main() {
	deliver := func(_ context.Context, order string) error {
		fmt.Println("delivered", order)
		return nil
	}
	runtime.Main(NewOrders(&App{addr: "localhost:8080", deliver: deliver, queue: make(chan string, 1000)}))
}

type App struct {
	addr    string
	deliver func(ctx context.Context, order string) error
	queue   chan string // older than any run: what is in it survives the restart of either side
}

// API takes orders as long as there is room for them.
func (a *App) API(ctx context.Context, run OrdersAPIRun) error {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders/{order}", func(w http.ResponseWriter, r *http.Request) {
		select {
		case a.queue <- r.PathValue("order"):
			w.WriteHeader(http.StatusAccepted)
		default:
			http.Error(w, "too many orders", http.StatusServiceUnavailable)
		}
	})
	return kit.HTTP(ctx, run, &http.Server{Addr: a.addr, Handler: mux})
}

// Outbox delivers order by order until it is asked to stop and there is none left. It tries again by itself: while the tree stops, nothing is
// started again.
func (a *App) Outbox(ctx context.Context, run OrdersOutboxRun) error {
	for {
		order, ok := a.next(ctx)
		if !ok {
			return nil
		}
		for {
			err := a.deliver(run.Grace(), order)
			if err == nil {
				break
			}
			run.Logger().Warn("not delivered yet", "order", order, "error", err)
			select {
			case <-time.After(time.Second):
			case <-run.Grace().Done():
				return fmt.Errorf("%d orders are not delivered: %w", 1+len(a.queue), err)
			}
		}
	}
}

// next takes an order out of the queue. It reports false when ctx has ended and the queue is empty.
func (a *App) next(ctx context.Context) (order string, ok bool) {
	select {
	case order = <-a.queue:
		return order, true
	default:
	}
	select {
	case order = <-a.queue:
		return order, true
	case <-ctx.Done():
		return "", false
	}
}
