package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/supgen/supgen/runtime"
)

// HTTP serves the shop. It says that it is ready when it listens, and that it is alive as long as it answers its own requests.
// A port that is taken will be free some day: the shop waits for it.
func (a *App) HTTP(ctx context.Context, run ShopHTTPRun, db *sql.DB) error {
	listener, err := net.Listen("tcp", a.addr)
	if err != nil {
		return runtime.ExternalDependency(err)
	}
	server := &http.Server{Handler: within(run.Run, a.routes(db)), ReadHeaderTimeout: 5 * time.Second}
	run.Go(func(context.Context) error { return server.Serve(listener) }) // if it fails, HTTP fails
	run.Ready()
	url := "http://" + listener.Addr().String()
	run.Logger().Info("the shop is open", "url", url)

	alive := time.NewTicker(time.Second)
	defer alive.Stop()
	for {
		select {
		case <-ctx.Done():
			// New connections are refused at once, those that are served have until the shutdown budget ends. Then they are
			// closed, which ends their requests' contexts, and what still serves one is waited for: see within.
			err := server.Shutdown(run.Grace())
			if err != nil {
				server.Close()
			}
			return err
		case <-alive.C:
			if answers(ctx, url+"/alive") {
				run.Heartbeat()
			}
		}
	}
}

// answers reports whether a server answers within a second. A beat is worth what it proves: a goroutine that does nothing but
// beat goes on when nobody is served any more.
func answers(ctx context.Context, url string) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// within serves requests as part of a run, which has not ended before they are: else a handler would be left behind when the
// drain runs out, and use a database that is closed. A handler that panics fails its request, and not the run.
func within(run runtime.Run, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := run.Do(func() error {
			defer func() {
				if p := recover(); p == http.ErrAbortHandler {
					panic(p)
				} else if p != nil {
					run.Logger().Error("a handler panicked", "url", r.URL.String(), "panic", p, "stack", string(debug.Stack()))
					http.Error(w, "internal error", http.StatusInternalServerError)
				}
			}()
			next.ServeHTTP(w, r)
			return nil
		})
		if err != nil { // the run has ended
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	})
}

func (a *App) routes(db *sql.DB) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		select {
		case a.visits <- r.Method + " " + r.URL.Path:
		default: // counting visits is not worth waiting for
		}
		a.products(w, r, db)
	})
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, _ *http.Request) { write(w, a.shop.State()) })
	mux.HandleFunc("GET /state/{path}", func(w http.ResponseWriter, r *http.Request) {
		state, err := a.shop.Tree().Handle(r.PathValue("path")).State()
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		write(w, state)
	})
	mux.HandleFunc("GET /alive", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /ready", func(w http.ResponseWriter, _ *http.Request) {
		if !a.shop.State().Tree.Ready {
			http.Error(w, "not ready", http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("POST /session/{id}", func(w http.ResponseWriter, r *http.Request) {
		handle, err := a.shop.StartSession(r.Context(), r.PathValue("id"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
			return
		}
		write(w, handle.Path())
	})
	mux.HandleFunc("POST /operate/{verb}/{path}", a.operate)
	mux.HandleFunc("POST /break/{child}", a.fail)
	return mux
}

func (a *App) products(w http.ResponseWriter, r *http.Request, db *sql.DB) {
	rows, err := db.QueryContext(r.Context(), `select name, price from products order by name`)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer rows.Close()
	prices := make(map[string]int)
	for rows.Next() {
		var name string
		var price int
		if err := rows.Scan(&name, &price); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		prices[name] = price
	}
	write(w, prices)
}

// operate is what an operator may do: POST /operate/restart/Shop.DB?who=ada&why=new+certificate
func (a *App) operate(w http.ResponseWriter, r *http.Request) {
	var verb runtime.Verb
	if err := verb.UnmarshalText([]byte(r.PathValue("verb"))); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer, err := a.shop.Tree().Command(r.PathValue("path"), verb, r.FormValue("who"), r.FormValue("why"))
	switch {
	case errors.Is(err, runtime.ErrUnknown):
		http.Error(w, err.Error(), http.StatusNotFound)
	case errors.Is(err, runtime.ErrAudit):
		http.Error(w, err.Error(), http.StatusBadRequest)
	case err != nil:
		http.Error(w, err.Error(), http.StatusConflict)
	default:
		write(w, answer)
	}
}

// fail makes a child fail, each in its own way: POST /break/db
func (a *App) fail(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Second)
	defer cancel()
	done := false
	switch child := r.PathValue("child"); child {
	case "db":
		done = broke(ctx, a.failDB, errors.New("the disk is gone"))
	case "reader":
		done = broke(ctx, a.failReader, errors.New("out of ink"))
	case "parser":
		done = broke(ctx, a.failParser, any("no such grammar"))
	case "writer":
		done = broke(ctx, a.failWriter, struct{}{})
	default:
		http.Error(w, fmt.Sprintf("%q is none of db, reader, parser, writer", child), http.StatusNotFound)
		return
	}
	if !done {
		http.Error(w, "it does not run at this moment", http.StatusConflict)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

func broke[T any](ctx context.Context, child chan<- T, how T) bool {
	select {
	case child <- how:
		return true
	case <-ctx.Done():
		return false
	}
}

func write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	_ = enc.Encode(v) // the client went away
}
