package main

import (
	"context"
	"database/sql"
	"net/http"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
)

// App has a method for each child of the shop.
type App struct {
	dsn  string // "postgres://shop@localhost:5432/shop"
	addr string // where HTTP listens
}

func (a *App) DB(ctx context.Context, run ShopDBRun) error {
	config, err := pgx.ParseConfig(a.dsn)
	if err != nil {
		return runtime.FatalConfig(err) // no restart fixes it: the program ends with status 78
	}
	return kit.SQL(ctx, run, stdlib.OpenDB(*config))
}

func (a *App) HTTP(ctx context.Context, run ShopHTTPRun, db *sql.DB) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /version", func(w http.ResponseWriter, r *http.Request) {
		var version string
		if err := db.QueryRowContext(r.Context(), "show server_version").Scan(&version); err != nil {
			http.Error(w, "try again later", http.StatusServiceUnavailable)
			return
		}
		w.Write([]byte(version + "\n"))
	})
	return kit.HTTP(ctx, run, &http.Server{Addr: a.addr, Handler: mux})
}
