package main

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
)

// App has a method for each child of the shop.
type App struct {
	dsn, nats, addr string
	shop            *Shop // set before it runs: Starter starts children of it
}

// Tenants is called by NewShop.
func (a *App) Tenants() ShopTenantsChildren { return a }

func (a *App) DB(ctx context.Context, run ShopDBRun) error {
	config, err := pgx.ParseConfig(a.dsn)
	if err != nil {
		return runtime.FatalConfig(err)
	}
	return kit.SQL(ctx, run, stdlib.OpenDB(*config))
}

func (a *App) Tables(ctx context.Context, run ShopTablesRun, db *sql.DB) error {
	_, err := db.ExecContext(ctx, `
		create table if not exists orders (tenant text, id text, what text, primary key (tenant, id));
		create table if not exists outbox (n bigserial primary key, tenant text, id text, event text);
		create index if not exists outbox_tenant on outbox (tenant, n);`)
	return err
}

// orders is the stream. It drops an event that comes a second time within a day.
var orders = jetstream.StreamConfig{Name: "ORDERS", Subjects: []string{"orders.>"}, Duplicates: 24 * time.Hour}

func (a *App) NATS(ctx context.Context, run ShopNATSRun) error {
	nc, err := nats.Connect(a.nats, nats.MaxReconnects(-1), nats.ReconnectBufSize(-1), // without a server, Publish fails at once
		nats.NoCallbacksAfterClientClose(), nats.ClosedHandler(func(nc *nats.Conn) { run.Fail(nc.LastError()) })) // the client gave up
	if err != nil {
		return err
	}
	run.Cleanup(func(context.Context) error { nc.Close(); return nil })
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	stream, err := js.CreateOrUpdateStream(ctx, orders)
	if err != nil {
		return err
	}
	return kit.Ping(ctx, run, func() { run.Ready(js) }, func(ctx context.Context) error {
		if !nc.IsConnected() {
			return cmp.Or(nc.LastError(), nats.ErrDisconnected) // and not that there is no buffer
		}
		_, err := stream.Info(ctx)
		return err
	})
}

// HTTP takes orders. The ID of one is the client's, so that it can send an order again that was not answered with 202.
func (a *App) HTTP(ctx context.Context, run ShopHTTPRun, db *sql.DB) error {
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /tenants/{tenant}/orders/{id}", func(w http.ResponseWriter, r *http.Request) {
		what, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if err := store(ctx, db, Order{r.PathValue("tenant"), r.PathValue("id"), string(what)}); err != nil {
			run.Logger().Warn("not stored", "error", err)
			http.Error(w, "send it again", http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	})
	return kit.HTTP(ctx, run, &http.Server{Addr: a.addr, Handler: mux})
}

// An Order is what a tenant orders, and the event of that.
type Order struct{ Tenant, ID, What string }

// store stores an order and its event in one transaction: both, or neither. An order that is there already has its event.
func store(ctx context.Context, db *sql.DB, o Order) error {
	event, err := json.Marshal(o)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after Commit it does nothing
	result, err := tx.ExecContext(ctx, "insert into orders (tenant, id, what) values ($1, $2, $3) on conflict do nothing", o.Tenant, o.ID, o.What)
	if err != nil {
		return err
	}
	if added, err := result.RowsAffected(); err != nil || added == 0 {
		return err
	}
	if _, err := tx.ExecContext(ctx, "insert into outbox (tenant, id, event) values ($1, $2, $3)", o.Tenant, o.ID, event); err != nil {
		return err
	}
	return tx.Commit()
}

// Starter looks for tenants with something in the outbox: at once, and then five times a second.
func (a *App) Starter(ctx context.Context, run ShopTenantsStarterRun, db *sql.DB) error {
	return kit.Tick(ctx, run, 200*time.Millisecond, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second) // a server that hangs answers nothing
		defer cancel()
		rows, err := db.QueryContext(ctx, "select distinct tenant from outbox")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var tenant string
			if err := rows.Scan(&tenant); err != nil {
				return err
			}
			_, err := a.shop.Tenants().StartPublisher(ctx, tenant)
			if err != nil && !errors.Is(err, runtime.ErrDuplicateKey) { // as ErrMax: the tenant has its turn later
				run.Logger().Warn("no publisher", "tenant", tenant, "error", err)
			}
		}
		return rows.Err()
	})
}

// Publisher publishes one event after the other, and takes each out of the outbox when the stream has it.
func (a *App) Publisher(ctx context.Context, run ShopTenantsPublisherRun, tenant string, db *sql.DB, js jetstream.JetStream) error {
	for {
		var n int64
		var id string
		var event []byte
		query, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := db.QueryRowContext(query, "select n, id, event from outbox where tenant = $1 order by n limit 1", tenant).Scan(&n, &id, &event)
		cancel()
		switch {
		case ctx.Err() != nil, errors.Is(err, sql.ErrNoRows):
			return nil
		case err != nil:
			return err
		}
		if _, err := js.Publish(run.Grace(), "orders.new", event, jetstream.WithMsgID(tenant+"/"+id)); err != nil {
			return err
		}
		if _, err := db.ExecContext(run.Grace(), "delete from outbox where n = $1", n); err != nil {
			return err
		}
	}
}
