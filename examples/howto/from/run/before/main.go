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

	if err := scoutMain(*listen, *config, *data); err != nil {
		slog.Error("scout failed", "error", err)
		os.Exit(1)
	}
}

func scoutMain(listen, file, data string) error {
	store, err := scout.Open(data)
	if err != nil {
		return err
	}

	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}

	var g run.Group
	var ready atomic.Bool               // the configuration is loaded
	configs := make(chan *scout.Config) // from the reloader to the scraper
	reloads := make(chan chan<- error)  // from the web handler to the reloader
	{
		// Signals.
		g.Add(run.SignalHandler(context.Background(), os.Interrupt, syscall.SIGTERM))
	}
	{
		// The reloader.
		ctx, cancel := context.WithCancel(context.Background())
		g.Add(func() error {
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
		}, func(error) {
			cancel()
		})
	}
	{
		// The scraper.
		ctx, cancel := context.WithCancel(context.Background())
		g.Add(func() error {
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
		}, func(error) {
			cancel()
		})
	}
	{
		// The saver.
		ctx, cancel := context.WithCancel(context.Background())
		g.Add(func() error {
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
		}, func(error) {
			cancel()
		})
	}
	{
		// The web server.
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
		g.Add(func() error {
			slog.Info("listening", "address", l.Addr().String())
			return server.Serve(l)
		}, func(error) {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			if err := server.Shutdown(ctx); err != nil {
				slog.Error("requests were cut off", "error", err)
				server.Close()
			}
		})
	}

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
