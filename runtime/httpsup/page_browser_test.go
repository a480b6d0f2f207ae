package httpsup

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime"
)

// In a browser, and behind a proxy, the page tells what fails, why, and what follows from it; it is used by keyboard, gives commands,
// and shows the past.
func TestPageInBrowser(t *testing.T) {
	chromium := browser(t)
	fail := make(chan error)
	const db, conn runtime.ID = 1, 3
	hour := runtime.Backoff{Min: time.Hour, Max: time.Hour, Factor: 1}
	tree := runtime.New([]runtime.Child{
		{Name: "Shop", Role: runtime.Supervisor},
		{Name: "DB", Role: runtime.Service, Backoff: hour, Start: func(l runtime.Launch) error {
			select {
			case err := <-fail:
				return err
			case <-l.Context().Done():
				return nil
			}
		}},
		{Name: "HTTP", Role: runtime.Service, Needs: []runtime.ID{db}, Start: until},
		{Name: "Conn", Role: runtime.Worker, Dynamic: true, Max: 10, Tags: []string{"<img src=x onerror=alert(4)>"}, Start: until},
		{Name: "Mail", Role: runtime.Service, Optional: true, Backoff: hour, Start: func(runtime.Launch) error {
			panic("mail: <img src=x onerror=alert(5)>")
		}},
	})
	h := Handler(tree, Authorise(func(_ *http.Request, a Access) (string, error) {
		if a.Verb == runtime.VerbQuarantine {
			return "", errors.New("not this one")
		}
		return "ada <img src=x onerror=alert(2)>", nil
	}))
	var streams atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/events" {
			streams.Add(1)
			defer streams.Add(-1)
		}
		h.ServeHTTP(w, r)
	}))
	behind, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	const base = "/admin/shop/"
	mux := http.NewServeMux()
	proxy := httptest.NewServer(mux)
	mux.Handle(base, http.StripPrefix("/admin/shop", httputil.NewSingleHostReverseProxy(behind)))
	mux.HandleFunc("POST "+base+"fail", func(http.ResponseWriter, *http.Request) { fail <- errLost })
	mux.HandleFunc("POST "+base+"recover", func(http.ResponseWriter, *http.Request) {
		tree.Handle("Shop.DB").Restart("ada", "it is back")
	})
	mux.HandleFunc("GET "+base+"streams", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, streams.Load()) })
	mux.HandleFunc("POST "+base+"away", func(http.ResponseWriter, *http.Request) {
		go proxy.Listener.Close()
		go proxy.CloseClientConnections()
	})

	ctx, stop := context.WithCancel(t.Context())
	ended := startRun(ctx, tree)
	defer func() {
		stop()
		<-ended
		for _, s := range []*httptest.Server{proxy, server} {
			s.CloseClientConnections()
			s.Close()
		}
	}()
	for e := range tree.EventsFrom(ctx, 1) {
		if e.Path == "Shop" && e.To == runtime.LifecycleReady {
			break
		}
	}
	for _, key := range []string{"a", "b.c", "<img src=x onerror=alert(1)>"} {
		if _, err := tree.Start(ctx, conn, runtime.Key(key), nil); err != nil {
			t.Fatal(err)
		}
	}
	drive(t, "testdata/page.cjs", proxy.URL+base, chromium)
}

// The page shows a bad minute of a program of 3, 40 and 2,000 children, dynamic ones, a stop in progress and the past, in light and
// dark, on a phone and at 200 %. With -update, the manual's pictures are taken anew.
func TestPageScenes(t *testing.T) {
	args := []string{browser(t), ""}
	if *update {
		args[1] = "../../docs/screenshots"
	}
	demo := filepath.Join(t.TempDir(), "demo")
	if out, err := exec.Command("go", "build", "-o", demo, "./testdata/demo").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ctx, stop := context.WithCancel(t.Context())
	var demos sync.WaitGroup
	defer demos.Wait()
	defer stop()
	for _, flags := range [][]string{{"-clients=120"}, {"-children=3"}, {"-children=40"}, {"-children=2000"}, {"-stuck", "-after=1h"}, {"-pool"}} {
		l, err := net.Listen("tcp", "localhost:0")
		if err != nil {
			t.Fatal(err)
		}
		addr := l.Addr().String()
		l.Close()
		cmd := exec.CommandContext(ctx, demo, append([]string{"-addr", addr, "-every=2h", "-after=12s", "-away=1h"}, flags...)...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		demos.Go(func() { cmd.Wait() })
		args = append(args, addr)
		for { // it listens
			if c, err := net.Dial("tcp", addr); err == nil {
				c.Close()
				break
			}
		}
	}
	drive(t, "testdata/scenes.cjs", args...)
}

// drive has a script drive the browser.
func drive(t *testing.T, script string, args ...string) {
	t.Helper()
	limit, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(limit, "node", append([]string{script}, args...)...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// browser returns the path of chromium, and skips the test where that or what drives it (testdata/package.json, found by NODE_PATH)
// is not installed. .ci/run installs both: there a skip is a failure.
func browser(t *testing.T) string {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	skip := t.Skipf
	if os.Getenv("SUPGEN_CI") != "" {
		skip = t.Fatalf
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		skip("%v", err)
	}
	if out, err := exec.Command("node", "-e", "require('playwright-core'); require('axe-core')").CombinedOutput(); err != nil {
		skip("node, playwright-core and axe-core: %v %.100s", err, out)
	}
	return chromium
}
