package main

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
	"github.com/supgen/supgen/runtime/runtimetest"
)

// One child alone: DB hands over a pool that works, and closes it when it is asked to stop.
func TestDB(t *testing.T) {
	app := newApp("", filepath.Join(t.TempDir(), "shop.db"))
	r := runtimetest.Start(t, app.DB, runtimetest.Path("Shop.DB"))
	if err := r.AwaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	db := r.Value().(*sql.DB)
	if err := db.Ping(); err != nil {
		t.Error(err)
	}
	r.Stop()
	if err := r.Wait(); err != nil || db.Ping() == nil {
		t.Errorf("it returned %v, and the pool is open: %t", err, db.Ping() == nil)
	}
}

// What a failure of it means to its table.
func TestDBFails(t *testing.T) {
	app := newApp("", filepath.Join(t.TempDir(), "nowhere", "shop.db"))
	err := runtimetest.Start(t, app.DB).Wait()
	if runtime.OutcomeOf(err) != runtime.OutcomeExternal {
		t.Errorf("it returned %v", err)
	}
}

// A function that is called by the test itself.
func TestMigrate(t *testing.T) {
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "shop.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	run, r := runtimetest.NewRun[ShopMigrateRun](t)
	app := newApp("", "")
	for range 2 { // it may run again
		if err := app.Migrate(r.Context(), run, db); err != nil {
			t.Error(err)
		}
	}
}

// justHTTP is a shop in which all but HTTP are stand-ins: the methods of the embedded interface, which is nil, are not called.
type justHTTP struct {
	ShopChildren
	app *App
}

func (j justHTTP) HTTP(ctx context.Context, run ShopHTTPRun, db *sql.DB) error {
	return j.app.HTTP(ctx, run, db)
}

// Ingest is called by NewShop.
func (justHTTP) Ingest() ShopIngestChildren { return nil }

// HTTP in its tree, and nothing else of it.
func TestHTTP(t *testing.T) {
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "shop.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(schema); err != nil {
		t.Fatal(err)
	}
	app := newApp(freeAddr(t), "")
	app.shop = NewShop(justHTTP{app: app}, atOnce,
		runtimetest.Provide("Shop.DB", db), runtimetest.Stub("Shop.Migrate"), runtimetest.Stub("Shop.Ingest"), runtimetest.Stub("Shop.Session"))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- app.shop.Run(ctx) }()
	if err := app.shop.Tree().AwaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text := get(t, "http://"+app.addr); !strings.Contains(text, "cake") {
		t.Errorf("it sells %s", text)
	}
	if state := app.shop.State(); state.Ingest.Parser[3].Lifecycle != runtime.LifecycleReady || state.Migrate.Stopped != runtime.StopCompleted {
		t.Errorf("the stand-ins are %+v", state)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// slowHTTP is a shop whose HTTP serves a request that is not answered when its drain runs out.
type slowHTTP struct {
	*App
	serve    func(db *sql.DB)
	returned chan struct{} // closed when HTTP has
}

func (s slowHTTP) HTTP(ctx context.Context, run ShopHTTPRun, db *sql.DB) error {
	defer close(s.returned)
	h := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { s.serve(db) })
	return kit.HTTP(ctx, run, &http.Server{Addr: s.addr, Handler: h})
}

// What is left of a request when the drain runs out does not use a closed database: HTTP has not ended before it, and DB
// closes the pool after that.
func TestDrainRunsOut(t *testing.T) {
	app := newApp(freeAddr(t), filepath.Join(t.TempDir(), "shop.db"))
	served, begun := make(chan error, 1), make(chan *sql.DB)
	slow := slowHTTP{App: app, returned: make(chan struct{})}
	slow.serve = func(db *sql.DB) {
		begun <- db
		<-slow.returned
		var err error
		for range 1000 {
			err = errors.Join(err, db.Ping())
		}
		served <- err
	}
	app.shop = NewShop(slow, atOnce, runtimetest.Stub("Shop.Ingest"), runtime.Override("Shop.HTTP", func(c *runtime.Child) {
		c.Shutdown = runtime.Shutdown{Drain: time.Millisecond, Abort: 20 * time.Second}
	}))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- app.shop.Run(ctx) }()
	if err := app.shop.Tree().AwaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	go http.Get("http://" + app.addr)
	db := <-begun
	cancel()
	if err := <-served; err != nil {
		t.Errorf("the request was served with %v", err)
	}
	if err := <-ended; !errors.Is(err, runtime.ErrUnclean) || !strings.Contains(err.Error(), `"GET /"`) || db.Ping() == nil {
		t.Errorf("Run returned %v, and the pool is open: %t", err, db.Ping() == nil)
	}
}
