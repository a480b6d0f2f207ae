// Scout scrapes targets and serves what they said: the program of oklog/run, as a tree.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/supgen/supgen/examples/howto/from/run/scout"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
)

//go:generate go tool supgen generate

type App struct {
	listen, config, data string
	tree                 *Scout
}

func main() {
	a := &App{}
	flag.StringVar(&a.listen, "listen", "localhost:8080", "where to listen")
	flag.StringVar(&a.config, "config", "scout.json", "what to scrape")
	flag.StringVar(&a.data, "data", "scout.data", "where the numbers are kept")
	flag.Parse()
	a.tree = NewScout(a)
	runtime.Main(a.tree)
}

func (a *App) Config(ctx context.Context, run ScoutConfigRun) error {
	return kit.Config(ctx, run, func(context.Context) (*scout.Config, error) { return scout.Load(a.config) }, a.config)
}

func (a *App) Store(ctx context.Context, run ScoutStoreRun) error {
	store, err := scout.Open(a.data)
	if err != nil {
		return runtime.FatalConfig(err)
	}
	save := func(context.Context) error { return store.Save() }
	run.Cleanup(save)
	run.Ready(store)
	return kit.Tick(ctx, run, 10*time.Second, save)
}

func (a *App) Scraper(ctx context.Context, run ScoutScraperRun, config *scout.Config, store *scout.Store) error {
	return kit.Tick(ctx, run, config.Every(), func(ctx context.Context) error {
		scout.Scrape(ctx, config, store)
		return nil
	})
}

func (a *App) Web(ctx context.Context, run ScoutWebRun, store *scout.Store) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, store)
	})
	mux.HandleFunc("POST /push/{name}", func(w http.ResponseWriter, r *http.Request) {
		number, err := io.ReadAll(r.Body)
		if err == nil {
			err = store.Set(r.PathValue("name"), string(number))
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	})
	mux.HandleFunc("GET /-/ready", func(w http.ResponseWriter, r *http.Request) {
		if !a.tree.State().Tree.Ready {
			http.Error(w, "not ready", http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("POST /-/reload", func(w http.ResponseWriter, r *http.Request) {
		_, err := scout.Load(a.config)
		if err == nil {
			_, err = a.tree.Config().Restart("web", "POST /-/reload")
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	return kit.HTTP(ctx, run, &http.Server{Addr: a.listen, Handler: mux})
}
