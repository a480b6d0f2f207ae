// Scout scrapes targets and serves what they said: half of it is a tree, and half of it still a group of oklog/run.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/oklog/run"
	"github.com/supgen/supgen/examples/howto/from/run/scout"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
	kitrun "github.com/supgen/supgen/runtime/kit/run"
)

//go:generate go tool supgen generate

type App struct {
	listen, config string
	store          *scout.Store
	ready          atomic.Bool        // the configuration is loaded
	configs        chan *scout.Config // from the reloader to the scraper
	reloads        chan chan<- error  // from the web handler to the reloader
}

func main() {
	listen := flag.String("listen", "localhost:8080", "where to listen")
	config := flag.String("config", "scout.json", "what to scrape")
	data := flag.String("data", "scout.data", "where the numbers are kept")
	flag.Parse()

	store, err := scout.Open(*data)
	if err != nil {
		slog.Error("scout failed", "error", err)
		os.Exit(1)
	}
	a := &App{
		listen:  *listen,
		config:  *config,
		store:   store,
		configs: make(chan *scout.Config),
		reloads: make(chan chan<- error),
	}
	status := runtime.MainStatus(NewScout(a))
	if err := store.Save(); err != nil {
		slog.Error("not saved", "error", err)
		status = 1
	}
	os.Exit(status)
}

// Group is the group without its signal handler, which Main has, and without its web server.
func (a *App) Group(ctx context.Context, _ ScoutGroupRun) error {
	var g run.Group
	g.Add(reloader(a.config, &a.ready, a.configs, a.reloads))
	g.Add(scraper(a.store, a.configs))
	g.Add(saver(a.store))
	return kitrun.Group(ctx, &g)
}

func (a *App) Web(ctx context.Context, run ScoutWebRun) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, a.store)
	})
	mux.HandleFunc("POST /push/{name}", func(w http.ResponseWriter, r *http.Request) {
		number, err := io.ReadAll(r.Body)
		if err == nil {
			err = a.store.Set(r.PathValue("name"), string(number))
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	})
	mux.HandleFunc("GET /-/ready", func(w http.ResponseWriter, r *http.Request) {
		if !a.ready.Load() {
			http.Error(w, "not ready", http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("POST /-/reload", func(w http.ResponseWriter, r *http.Request) {
		result := make(chan error, 1)
		select {
		case a.reloads <- result:
		case <-r.Context().Done():
			return
		}
		if err := <-result; err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	return kit.HTTP(ctx, run, &http.Server{Addr: a.listen, Handler: mux})
}

// reloader loads the configuration at once, on SIGHUP, and when it is asked to.
func reloader(file string, ready *atomic.Bool, configs chan<- *scout.Config, reloads <-chan chan<- error) (execute func() error, interrupt func(error)) {
	ctx, cancel := context.WithCancel(context.Background())
	execute = func() error {
		hup := make(chan os.Signal, 1)
		signal.Notify(hup, syscall.SIGHUP)
		defer signal.Stop(hup)

		load := func() error {
			c, err := scout.Load(file)
			if err != nil {
				return err
			}
			select {
			case configs <- c:
			case <-ctx.Done():
			}
			return nil
		}
		if err := load(); err != nil {
			return fmt.Errorf("loading the configuration: %w", err)
		}
		ready.Store(true)
		for {
			select {
			case <-hup:
				if err := load(); err != nil {
					slog.Error("not reloaded", "error", err)
				}
			case result := <-reloads:
				result <- load()
			case <-ctx.Done():
				return nil
			}
		}
	}
	return execute, func(error) { cancel() }
}

// scraper scrapes what the configuration says.
func scraper(store *scout.Store, configs <-chan *scout.Config) (execute func() error, interrupt func(error)) {
	ctx, cancel := context.WithCancel(context.Background())
	execute = func() error {
		var c *scout.Config
		select {
		case c = <-configs:
		case <-ctx.Done():
			return nil
		}
		tick := time.NewTicker(c.Every())
		defer tick.Stop()
		for {
			scout.Scrape(ctx, c, store)
			select {
			case <-tick.C:
			case c = <-configs:
				tick.Reset(c.Every())
			case <-ctx.Done():
				return nil
			}
		}
	}
	return execute, func(error) { cancel() }
}

// saver saves the numbers every so often.
func saver(store *scout.Store) (execute func() error, interrupt func(error)) {
	ctx, cancel := context.WithCancel(context.Background())
	execute = func() error {
		tick := time.NewTicker(10 * time.Second)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				if err := store.Save(); err != nil {
					return fmt.Errorf("saving: %w", err)
				}
			case <-ctx.Done():
				return nil
			}
		}
	}
	return execute, func(error) { cancel() }
}
