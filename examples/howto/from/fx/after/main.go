// Journal writes notes down and counts their words: the program of fx, as a tree.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/supgen/supgen/examples/howto/from/fx/journal"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
)

//go:generate go tool supgen generate

type App struct {
	listen, file string
	every        time.Duration
	index        journal.Index
}

func main() {
	a := &App{}
	flag.StringVar(&a.listen, "listen", "localhost:8080", "where to listen")
	flag.StringVar(&a.file, "data", "journal.data", "where notes are kept")
	flag.DurationVar(&a.every, "every", time.Second, "how often to count words")
	flag.Parse()
	runtime.Main(NewNotes(a))
}

func (a *App) Journal(ctx context.Context, run NotesJournalRun) error {
	j := journal.New(a.file)
	if err := j.Open(); err != nil {
		return err
	}
	return kit.Provide(ctx, run, j, j.Close)
}

func (a *App) Indexer(ctx context.Context, run NotesIndexerRun, j *journal.Journal) error {
	return kit.Tick(ctx, run, a.every, func(context.Context) error { return a.index.Update(j) })
}

func (a *App) Web(ctx context.Context, run NotesWebRun, j *journal.Journal) error {
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
		fmt.Fprintln(w, a.index.Count(r.PathValue("word")))
	})
	return kit.HTTP(ctx, run, &http.Server{Addr: a.listen, Handler: mux})
}
