// Hub reads what feeds say and serves the last of it: the program of suture, as a tree.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"time"

	"github.com/supgen/supgen/examples/howto/from/suture/hub"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
)

//go:generate go tool supgen generate

type App struct {
	listen, file string
	age          time.Duration
	hub          *hub.Hub
	tree         *Hub
}

func main() {
	a := &App{hub: hub.New()}
	flag.StringVar(&a.listen, "listen", "localhost:8080", "where to listen")
	flag.StringVar(&a.file, "data", "hub.data", "where the values are kept")
	flag.DurationVar(&a.age, "age", time.Hour, "after which a sensor is forgotten")
	flag.Parse()
	a.tree = NewHub(a)
	runtime.Main(a.tree)
}

func (a *App) Storage() HubStorageChildren { return a }
func (a *App) Feeds() HubFeedsChildren     { return a }

func (a *App) Saver(ctx context.Context, run HubStorageSaverRun) error {
	save := func(context.Context) error { return a.hub.Save(a.file) }
	run.Cleanup(save)
	return kit.Tick(ctx, run, 10*time.Second, save)
}

func (a *App) Sweeper(ctx context.Context, run HubStorageSweeperRun) error {
	return kit.Tick(ctx, run, a.age/10, func(context.Context) error {
		a.hub.Forget(a.age)
		return nil
	})
}

func (a *App) Feed(ctx context.Context, run HubFeedsFeedRun, addr string) error {
	return a.hub.Follow(ctx, addr)
}

func (a *App) API(ctx context.Context, run HubAPIRun) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sensors", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, a.hub) })
	mux.HandleFunc("POST /sensors", a.read)
	mux.HandleFunc("PUT /feeds/{addr}", a.follow)
	mux.HandleFunc("DELETE /feeds/{addr}", a.unfollow)
	return kit.HTTP(ctx, run, &http.Server{Addr: a.listen, Handler: mux})
}

func (a *App) read(w http.ResponseWriter, r *http.Request) {
	for lines := bufio.NewScanner(r.Body); lines.Scan(); {
		a.hub.Read(lines.Text())
	}
}

func (a *App) follow(w http.ResponseWriter, r *http.Request) {
	_, err := a.tree.Feeds().StartFeed(r.Context(), r.PathValue("addr"))
	switch {
	case errors.Is(err, runtime.ErrDuplicateKey):
		http.Error(w, "it is followed already", http.StatusConflict)
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func (a *App) unfollow(w http.ResponseWriter, r *http.Request) {
	feed := a.tree.Feeds().Feed(r.PathValue("addr"))
	_, err := feed.Remove("api", "DELETE")
	switch {
	case errors.Is(err, runtime.ErrUnknown):
		http.Error(w, "it is not followed", http.StatusNotFound)
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	default:
		feed.AwaitEnd(r.Context()) // the error says that it was removed
	}
}
