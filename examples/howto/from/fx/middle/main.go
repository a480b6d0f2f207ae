// Journal writes notes down and counts their words: half of it is a tree, and half of it still an app of fx.
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
	"time"

	"github.com/supgen/supgen/examples/howto/from/fx/journal"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
	kitfx "github.com/supgen/supgen/runtime/kit/fx"
	"go.uber.org/fx"
)

//go:generate go tool supgen generate

// Config is what the flags say.
type Config struct {
	Listen, File string
	Every        time.Duration
}

type children struct{ *Config }

func main() {
	c := &Config{}
	flag.StringVar(&c.Listen, "listen", "localhost:8080", "where to listen")
	flag.StringVar(&c.File, "data", "journal.data", "where notes are kept")
	flag.DurationVar(&c.Every, "every", time.Second, "how often to count words")
	flag.Parse()
	runtime.Main(NewNotes(children{c}))
}

func (c children) Journal(ctx context.Context, run NotesJournalRun) error {
	j := journal.New(c.File)
	if err := j.Open(); err != nil {
		return err
	}
	return kit.Provide(ctx, run, j, j.Close)
}

// App is what is still fx's: each run of it is an app of its own, given the journal.
func (c children) App(ctx context.Context, run NotesAppRun, j *journal.Journal) error {
	return kitfx.Run(ctx, run,
		fx.Supply(c.Config, j),
		fx.Provide(
			slog.Default,
			NewIndex,
			NewMux,
			NewServer,
		),
		fx.Invoke(
			StartIndexer,
			func(*http.Server) {},
		),
	)
}

func NewIndex() *journal.Index { return &journal.Index{} }

// StartIndexer counts the words of the journal every so often.
func StartIndexer(lc fx.Lifecycle, c *Config, j *journal.Journal, index *journal.Index, logger *slog.Logger) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	lc.Append(fx.Hook{
		OnStart: func(context.Context) error {
			go func() {
				defer close(done)
				tick := time.NewTicker(c.Every)
				defer tick.Stop()
				for {
					if err := index.Update(j); err != nil {
						logger.Error("not counted", "error", err)
					}
					select {
					case <-tick.C:
					case <-ctx.Done():
						return
					}
				}
			}()
			return nil
		},
		OnStop: func(stopping context.Context) error {
			cancel()
			select {
			case <-done:
				return nil
			case <-stopping.Done():
				return stopping.Err()
			}
		},
	})
}

func NewMux(j *journal.Journal, index *journal.Index) *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /notes", func(w http.ResponseWriter, r *http.Request) {
		note, err := io.ReadAll(r.Body)
		if err == nil {
			err = j.Write(string(note))
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("GET /words/{word}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, index.Count(r.PathValue("word")))
	})
	return mux
}

func NewServer(lc fx.Lifecycle, c *Config, mux *http.ServeMux, logger *slog.Logger, shutdowner fx.Shutdowner) *http.Server {
	server := &http.Server{Addr: c.Listen, Handler: mux}
	lc.Append(fx.Hook{
		OnStart: func(ctx context.Context) error {
			l, err := new(net.ListenConfig).Listen(ctx, "tcp", server.Addr)
			if err != nil {
				return err
			}
			logger.Info("listening", "address", l.Addr().String())
			go func() {
				if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
					logger.Error("not served", "error", err)
					shutdowner.Shutdown(fx.ExitCode(1))
				}
			}()
			return nil
		},
		OnStop: server.Shutdown,
	})
	return server
}
