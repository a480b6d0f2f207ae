package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/supgen/supgen/runtime/kit"
)

// HTTP serves the shop.
func (a *App) HTTP(ctx context.Context, run ShopHTTPRun, db *sql.DB) error {
	return kit.HTTP(ctx, run, &http.Server{Addr: a.addr, Handler: a.routes(db), ReadHeaderTimeout: 5 * time.Second})
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
	mux.HandleFunc("POST /session/{id}", func(w http.ResponseWriter, r *http.Request) {
		handle, err := a.shop.StartSession(r.Context(), r.PathValue("id"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
			return
		}
		write(w, handle.Path())
	})
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
