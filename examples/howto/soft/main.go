// Soft uses a cache while there is one, and works without it.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/rpc"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
	"github.com/supgen/supgen/runtime/kit"
)

//go:generate go tool supgen generate

func main() {
	app := &App{addr: "localhost:8080", cacheAddr: "localhost:9001", patience: 100 * time.Millisecond}
	runtime.Main(NewShop(app), httpsup.Serve("localhost:8081", httpsup.ReadOpen()))
}

type App struct {
	addr, cacheAddr string
	patience        time.Duration // with the cache
}

// Cache connects to the cache, and fails when that does not answer.
func (a *App) Cache(ctx context.Context, run ShopCacheRun) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", a.cacheAddr)
	if err != nil {
		return err
	}
	cache := rpc.NewClient(conn)
	run.Cleanup(func(context.Context) error { // when nobody uses it any more
		_ = cache.Close() // which fails if the cache was faster
		return nil
	})
	return kit.Tick(ctx, run, time.Second, func(ctx context.Context) error {
		if _, err := a.get(ctx, cache, "ping"); err != nil {
			return runtime.ExternalDependency(err) // try again, however often
		}
		run.Ready(cache)
		return nil
	})
}

// price asks the cache, and if there is none or it has no answer, works it out.
func (a *App) price(ctx context.Context, cache runtime.Wanted[*rpc.Client], of string) (price string) {
	err := cache.Use(ctx, func(ctx context.Context, cache *rpc.Client) (err error) {
		price, err = a.get(ctx, cache, of)
		return err
	})
	if err != nil {
		return fmt.Sprint(len(of), ", worked out")
	}
	return price + ", says the cache"
}

// get asks a cache, and does not wait long for it: without it there is an answer, too.
func (a *App) get(ctx context.Context, cache *rpc.Client, key string) (value string, err error) {
	ctx, cancel := context.WithTimeout(ctx, a.patience)
	defer cancel()
	answer := new(string)
	select {
	case call := <-cache.Go("Cache.Get", key, answer, make(chan *rpc.Call, 1)).Done:
		return *answer, call.Error
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// HTTP serves prices.
func (a *App) HTTP(ctx context.Context, run ShopHTTPRun, cache runtime.Wanted[*rpc.Client]) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{product}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, a.price(r.Context(), cache, r.PathValue("product")))
	})
	return kit.HTTP(ctx, run, &http.Server{Addr: a.addr, Handler: mux})
}
