// Hub reads what feeds say and serves the last of it: a program as one writes it with suture.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/supgen/supgen/examples/howto/from/suture/hub"
	"github.com/thejerf/suture/v4"
)

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

// The API serves what is known, and adds and removes feeds.
type API struct {
	hub    *hub.Hub
	feeds  *suture.Supervisor
	listen string

	mu     sync.Mutex
	tokens map[string]suture.ServiceToken // by address
}

func (a *API) Serve(ctx context.Context) error {
	l, err := net.Listen("tcp", a.listen)
	if err != nil {
		return err
	}
	slog.Info("listening", "address", l.Addr().String())
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sensors", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, a.hub) })
	mux.HandleFunc("POST /sensors", a.read)
	mux.HandleFunc("PUT /feeds/{addr}", a.follow)
	mux.HandleFunc("DELETE /feeds/{addr}", a.unfollow)
	server := &http.Server{Handler: mux}

	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(stopping); err != nil {
		slog.Error("requests were cut off", "error", err)
		server.Close()
	}
	return ctx.Err()
}

func (a *API) String() string { return "api " + a.listen }

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

func main() {
	listen := flag.String("listen", "localhost:8080", "where to listen")
	file := flag.String("data", "hub.data", "where the values are kept")
	age := flag.Duration("age", time.Hour, "after which a sensor is forgotten")
	flag.Parse()

	h := hub.New()
	root := suture.New("hub", suture.Spec{
		EventHook: func(e suture.Event) { slog.Warn(e.String(), "event", e.Map()) },
		Timeout:   15 * time.Second,
	})
	storage := suture.NewSimple("storage")
	storage.Add(&Saver{h, *file})
	storage.Add(&Sweeper{h, *age})
	root.Add(storage)
	feeds := suture.New("feeds", suture.Spec{
		FailureThreshold: 20,
		FailureBackoff:   time.Second,
	})
	root.Add(feeds)
	root.Add(&API{hub: h, feeds: feeds, listen: *listen, tokens: map[string]suture.ServiceToken{}})

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := root.Serve(ctx)
	if unstopped, _ := root.UnstoppedServiceReport(); len(unstopped) > 0 {
		slog.Error("services did not stop", "services", unstopped)
		os.Exit(1)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		slog.Error("hub failed", "error", err)
		os.Exit(1)
	}
}
