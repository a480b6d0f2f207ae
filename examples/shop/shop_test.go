package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime"
)

// freeAddr is an address on which nobody listens.
func freeAddr(t *testing.T) string {
	t.Helper()
	probe, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer probe.Close()
	return probe.Addr().String()
}

// atOnce has the tree stop without its lame duck.
var atOnce = runtime.Override("Shop", func(c *runtime.Child) { c.LameDuck = 0 })

// A port that is taken ends nothing: the shop opens when it is free.
func TestBusyPort(t *testing.T) {
	taken, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	app := newApp(taken.Addr().String(), filepath.Join(t.TempDir(), "shop.db"))
	app.shop = NewShop(app, atOnce)
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- app.shop.Run(ctx) }()
	for e := range app.shop.Tree().EventsFrom(ctx, 1) {
		if e.Path == "Shop.HTTP" && e.Kind == runtime.EventFailed {
			if e.Decision.Action != runtime.ActionRetry {
				t.Errorf("%s is answered with %s", e.Failure.Message, e.Decision.Action)
			}
			taken.Close()
			break
		}
	}
	if err := app.shop.HTTP().Wait(ctx); err != nil {
		t.Error(err)
	}
	cancel()
	if err := <-result; err != nil {
		t.Errorf("Run returned %v", err)
	}
}

// open runs the shop on a free port, and closes it at the end of the test.
func open(t *testing.T) (app *App, url string, closed func() error) {
	t.Helper()
	addr := freeAddr(t)
	app = newApp(addr, filepath.Join(t.TempDir(), "shop.db"))
	app.shop = NewShop(app, atOnce, runtime.Override("Shop.Session", func(c *runtime.Child) {
		c.Shutdown = runtime.Shutdown{Drain: time.Millisecond, Abort: time.Millisecond}
	}))
	ctx, cancel := context.WithCancel(context.Background())
	result := make(chan error, 1)
	go func() { result <- app.shop.Run(ctx) }()
	closed = func() error {
		cancel()
		return <-result
	}
	ready, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	if err := app.shop.Tree().AwaitReady(ready); err != nil {
		t.Fatal(err)
	}
	return app, "http://" + addr, closed
}

func get(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %s %v", url, resp.Status, body, err)
	}
	return string(body)
}

func post(t *testing.T, url string) {
	t.Helper()
	resp, err := http.Post(url, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode >= 300 {
		t.Fatalf("%s: %s", url, resp.Status)
	}
}

// eventually looks again and again until it sees what it waits for.
func eventually(t *testing.T, see func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !see() {
		if time.Now().After(deadline) {
			t.Fatal("it does not happen")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// What its README says: the database fails, HTTP stops, both come back, and HTTP has the new handle.
func TestDatabaseFails(t *testing.T) {
	app, url, closed := open(t)
	if body := get(t, url+"/"); !strings.Contains(body, `"tea": 4`) {
		t.Errorf("the shop sells %s", body)
	}
	before := app.shop.State()
	post(t, url+"/break/db")
	eventually(t, func() bool {
		http := app.shop.State().HTTP
		return http.Generation > 1 && http.Lifecycle == runtime.LifecycleReady
	})
	after := app.shop.State()
	if before.DB.Generation != 1 || after.DB.Generation != 2 || after.HTTP.Generation != 2 || after.Migrate.Generation != 1 {
		t.Errorf("DB went from generation %d to %d, HTTP is %d, Migrate %d", before.DB.Generation, after.DB.Generation, after.HTTP.Generation, after.Migrate.Generation)
	}
	if f := after.DB.Failure; f == nil || f.Message != "the disk is gone" {
		t.Errorf("DB failed with %v", f)
	}
	get(t, url+"/") // with the new handle
	if err := closed(); err != nil {
		t.Error(err)
	}
}

// An error, a panic and a Goexit are restarted; who is stubborn is named when the program ends.
func TestFailures(t *testing.T) {
	app, url, closed := open(t)
	for child, want := range map[string]runtime.Outcome{"Reader": runtime.OutcomeError, "Parser": runtime.OutcomePanic, "Writer": runtime.OutcomeGoexit} {
		post(t, url+"/break/"+strings.ToLower(child))
		eventually(t, func() bool {
			for _, s := range app.shop.Tree().Snapshot().All() {
				if s.Name == child && s.Failure != nil && s.Failure.Kind == want {
					return app.shop.State().Tree.Ready
				}
			}
			return false
		})
	}
	post(t, url+"/session/stubborn")
	err := closed()
	if err == nil || !strings.Contains(err.Error(), `did not stop: Shop.Session["stubborn"]`) {
		t.Errorf("the shop closed with %v", err)
	}
}
