// Scout scrapes targets and serves what they said: a program as one writes it with oklog/run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/oklog/run"
	"github.com/supgen/supgen/examples/howto/from/run/scout"
)

func main() {
	listen := flag.String("listen", "localhost:8080", "where to listen")
	config := flag.String("config", "scout.json", "what to scrape")
	data := flag.String("data", "scout.data", "where the numbers are kept")
	flag.Parse()

	if err := serve(*listen, *config, *data); err != nil {
		slog.Error("scout failed", "error", err)
		os.Exit(1)
	}
}

func serve(listen, file, data string) error {
	store, err := scout.Open(data)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}

	var ready atomic.Bool               // the configuration is loaded
	configs := make(chan *scout.Config) // from the reloader to the scraper
	reloads := make(chan chan<- error)  // from the web handler to the reloader

	var g run.Group
	g.Add(run.SignalHandler(context.Background(), os.Interrupt, syscall.SIGTERM))
	g.Add(reloader(file, &ready, configs, reloads))
	g.Add(scraper(store, configs))
	g.Add(saver(store))
	g.Add(web(l, store, &ready, reloads))
	err = g.Run()
	if err := store.Save(); err != nil {
		return err
	}
	if errors.Is(err, run.ErrSignal) {
		slog.Info("stopped", "signal", err)
		return nil
	}
	return err
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

// web serves the numbers.
func web(l net.Listener, store *scout.Store, ready *atomic.Bool, reloads chan<- chan<- error) (execute func() error, interrupt func(error)) {
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
		if !ready.Load() {
			http.Error(w, "not ready", http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("POST /-/reload", func(w http.ResponseWriter, r *http.Request) {
		result := make(chan error, 1)
		select {
		case reloads <- result:
		case <-r.Context().Done():
			return
		}
		if err := <-result; err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	server := &http.Server{Handler: mux}
	execute = func() error {
		slog.Info("listening", "address", l.Addr().String())
		return server.Serve(l)
	}
	interrupt = func(error) {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			slog.Error("requests were cut off", "error", err)
			server.Close()
		}
	}
	return execute, interrupt
}
