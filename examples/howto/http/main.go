// Http serves HTTP behind a load balancer, and loses no request when it is asked to stop.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
	"github.com/supgen/supgen/runtime/kit"
)

//go:generate go tool supgen generate

func main() {
	runtime.Main(NewWeb(&App{addr: "localhost:8080"}), httpsup.Serve("localhost:8081", httpsup.ReadOpen()))
}

type App struct{ addr string }

// HTTP serves orders.
func (a *App) HTTP(ctx context.Context, run WebHTTPRun) error {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders", order)
	return kit.HTTP(ctx, run, &http.Server{Addr: a.addr, Handler: mux})
}

// order takes as long as its client needs to send it.
func order(w http.ResponseWriter, r *http.Request) {
	n, err := io.Copy(io.Discard, r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintf(w, "an order of %d bytes\n", n)
}
