package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	stdruntime "runtime"
	"strings"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
	_ "modernc.org/sqlite"
)

// App is the user's half of the shop: one method a child, each with what it needs as arguments.
type App struct {
	addr string // where HTTP listens
	dsn  string // of the database

	shop   *Shop
	visits chan string // from HTTP to Reader
	lines  chan string // from Reader to Parser
	pages  chan string // from Parser to Writer

	failDB     chan error // what makes each of them fail, for the reader of the README
	failReader chan error
	failParser chan any
	failWriter chan struct{}
}

func newApp(addr, dsn string) *App {
	return &App{
		addr: addr, dsn: dsn,
		visits: make(chan string, 64), lines: make(chan string), pages: make(chan string),
		failDB: make(chan error), failReader: make(chan error), failParser: make(chan any), failWriter: make(chan struct{}),
	}
}

// DB hands over a pool that works.
func (a *App) DB(ctx context.Context, run ShopDBRun) error {
	db, err := sql.Open("sqlite", a.dsn)
	if err != nil {
		return runtime.FatalConfig(err)
	}
	db.SetMaxOpenConns(1) // SQLite has one writer
	run.Go(func(ctx context.Context) error {
		select {
		case <-ctx.Done():
			return nil
		case err := <-a.failDB:
			return err
		}
	})
	return kit.SQL(ctx, run, db)
}

const schema = `
create table if not exists products (name text primary key, price integer not null);
create table if not exists visits (page text primary key, count integer not null);
insert or ignore into products values ('tea', 4), ('coffee', 5), ('cake', 6);
`

// Migrate brings the schema up to date.
func (a *App) Migrate(ctx context.Context, run ShopMigrateRun, db *sql.DB) error {
	_, err := db.ExecContext(ctx, schema)
	return err
}

// Ingest is what counts the visits.
func (a *App) Ingest() ShopIngestChildren { return ingest{a} }

type ingest struct{ *App }

// Reader takes visits from HTTP.
func (a ingest) Reader(ctx context.Context, run ShopIngestReaderRun) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-a.failReader:
			return err
		case v := <-a.visits:
			if !send(ctx, a.lines, v) {
				return nil
			}
		}
	}
}

// Parser finds the page in "GET /page".
func (a ingest) Parser(ctx context.Context, run ShopIngestParserRun) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case v := <-a.failParser:
			panic(v)
		case line := <-a.lines:
			_, page, found := strings.Cut(line, " ")
			if !found {
				return fmt.Errorf("parser %d: %q is no visit", run.Index(), line)
			}
			if !send(ctx, a.pages, page) {
				return nil
			}
		}
	}
}

// Writer counts the visits of each page.
func (a ingest) Writer(ctx context.Context, run ShopIngestWriterRun, db *sql.DB) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-a.failWriter:
			stdruntime.Goexit() // as t.FailNow does, called on the wrong goroutine
		case page := <-a.pages:
			const count = `insert into visits values (?, 1) on conflict do update set count = count + 1`
			if _, err := db.ExecContext(ctx, count, page); err != nil && ctx.Err() == nil {
				return runtime.ExternalDependency(err)
			}
		}
	}
}

func send(ctx context.Context, to chan<- string, v string) bool {
	select {
	case to <- v:
		return true
	case <-ctx.Done():
		return false
	}
}

// Session is one customer's visit: it ends when it was idle for a while. A customer called "stubborn" does not hear
// that the shop closes.
func (a *App) Session(ctx context.Context, run ShopSessionRun, id string, db *sql.DB) error {
	idle := time.NewTimer(10 * time.Minute)
	defer idle.Stop()
	if id == "stubborn" {
		<-idle.C
		return errors.New("still there")
	}
	select {
	case <-ctx.Done():
	case <-idle.C:
	}
	return nil
}
