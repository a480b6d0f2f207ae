// Hub reads what feeds say and serves the last of it: half of it is a tree, and half of it still a supervisor of suture.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/supgen/supgen/examples/howto/from/suture/hub"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
	kitsuture "github.com/supgen/supgen/runtime/kit/suture"
	"github.com/thejerf/suture/v4"
)

//go:generate go tool supgen generate

type App struct {
	listen, file string
	age          time.Duration
	hub          *hub.Hub
}

func main() {
	a := &App{hub: hub.New()}
	flag.StringVar(&a.listen, "listen", "localhost:8080", "where to listen")
	flag.StringVar(&a.file, "data", "hub.data", "where the values are kept")
	flag.DurationVar(&a.age, "age", time.Hour, "after which a sensor is forgotten")
	flag.Parse()
	runtime.Main(NewHub(a))
}

// Services is what is still suture's. A supervisor of it is not used again after it has stopped, so each run makes one.
func (a *App) Services(ctx context.Context, run HubServicesRun) error {
	root := suture.New("hub", suture.Spec{
		EventHook: func(e suture.Event) { slog.Warn(e.String(), "event", e.Map()) },
		Timeout:   14 * time.Second, // within the budget of the child
	})
	storage := suture.NewSimple("storage")
	storage.Add(&Saver{a.hub, a.file})
	storage.Add(&Sweeper{a.hub, a.age})
	root.Add(storage)
	feeds := suture.New("feeds", suture.Spec{
		FailureThreshold: 20,
		FailureBackoff:   time.Second,
	})
	root.Add(feeds)
	run.Ready(feeds)
	return kitsuture.Serve(ctx, root)
}

func (a *App) API(ctx context.Context, run HubAPIRun, feeds *suture.Supervisor) error {
	api := &API{hub: a.hub, feeds: feeds, tokens: map[string]suture.ServiceToken{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sensors", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, a.hub) })
	mux.HandleFunc("POST /sensors", api.read)
	mux.HandleFunc("PUT /feeds/{addr}", api.follow)
	mux.HandleFunc("DELETE /feeds/{addr}", api.unfollow)
	return kit.HTTP(ctx, run, &http.Server{Addr: a.listen, Handler: mux})
}

// A Feed is followed, and followed again when it breaks.
type Feed struct {
	hub  *hub.Hub
	addr string
}

func (f *Feed) Serve(ctx context.Context) error { return f.hub.Follow(ctx, f.addr) }

func (f *Feed) String() string { return "feed " + f.addr }

// The Saver writes what is known to a file, the last time when it is asked to stop.
type Saver struct {
	hub  *hub.Hub
	file string
}

func (s *Saver) Serve(ctx context.Context) error {
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := s.hub.Save(s.file); err != nil {
				return err
			}
		case <-ctx.Done():
			return s.hub.Save(s.file)
		}
	}
}

func (s *Saver) String() string { return "saver" }

// The Sweeper forgets sensors of which nothing is heard.
type Sweeper struct {
	hub *hub.Hub
	age time.Duration
}

func (s *Sweeper) Serve(ctx context.Context) error {
	tick := time.NewTicker(s.age / 10)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.hub.Forget(s.age)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *Sweeper) String() string { return "sweeper" }

// The API adds and removes feeds.
type API struct {
	hub   *hub.Hub
	feeds *suture.Supervisor

	mu     sync.Mutex
	tokens map[string]suture.ServiceToken // by address
}

func (a *API) read(w http.ResponseWriter, r *http.Request) {
	for lines := bufio.NewScanner(r.Body); lines.Scan(); {
		a.hub.Read(lines.Text())
	}
}

func (a *API) follow(w http.ResponseWriter, r *http.Request) {
	addr := r.PathValue("addr")
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, there := a.tokens[addr]; there {
		http.Error(w, "it is followed already", http.StatusConflict)
		return
	}
	a.tokens[addr] = a.feeds.Add(&Feed{a.hub, addr})
}

func (a *API) unfollow(w http.ResponseWriter, r *http.Request) {
	addr := r.PathValue("addr")
	a.mu.Lock()
	token, there := a.tokens[addr]
	delete(a.tokens, addr)
	a.mu.Unlock()
	if !there {
		http.Error(w, "it is not followed", http.StatusNotFound)
		return
	}
	if err := a.feeds.RemoveAndWait(token, 5*time.Second); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}
