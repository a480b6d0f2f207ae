package main

import (
	"context"
	"encoding/json"
	"iter"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/supgen/supgen/runtime"
)

// New panics if an override does not fit the tree, which no check of the .sup file can see.
func TestEnvironments(t *testing.T) {
	for _, options := range environments {
		NewGateway(&App{}, options...)
	}
}

func TestWrongFile(t *testing.T) {
	for _, text := range []string{``, `{"listen": ":8080", "upstraem": "http://localhost:9000"}`, `{"listen": ":8080", "upstream": "localhost"}`} {
		file := filepath.Join(t.TempDir(), "gateway.json")
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if status := runtime.MainStatus(NewGateway(&App{file})); status != 78 {
			t.Errorf("with %q the status is %d", text, status)
		}
	}
}

// In production, an upstream that does not answer at the start ends the program.
func TestFailsFast(t *testing.T) {
	if status := runtime.MainStatus(NewGateway(&App{newFile(t, freeAddress(t))}, environments["production"]...)); status != 70 {
		t.Errorf("the status is %d", status)
	}
}

// Once it has answered, the gateway waits for it; in development, from the start.
func TestHeals(t *testing.T) {
	for env, awayAtStart := range map[string]bool{"production": false, "development": true} {
		t.Run(env, func(t *testing.T) {
			t.Parallel()
			upstream := freeAddress(t)
			gateway := NewGateway(&App{newFile(t, upstream)}, environments[env]...)
			next, stop := iter.Pull(gateway.Tree().EventsFrom(t.Context(), 1))
			defer stop()
			// await reads events up to one that tells that a child has come to a state.
			await := func(path string, to runtime.Lifecycle) {
				t.Helper()
				for {
					switch e, ok := next(); {
					case !ok:
						t.Fatalf("the tree ended before %s was %s", path, to)
					case e.Path == path && e.Kind == runtime.EventTransition && e.To == to:
						return
					}
				}
			}
			ctx, cancel := context.WithCancel(t.Context())
			result := make(chan error, 1)
			run := func() { go func() { result <- gateway.Run(ctx) }() }
			if awayAtStart {
				run()
				await("Gateway.Upstream", runtime.LifecycleRestarting)
			}
			server := serve(t, upstream)
			if !awayAtStart {
				run()
			}
			await("Gateway", runtime.LifecycleReady)
			server.Close()
			await("Gateway.Upstream", runtime.LifecycleRunning)
			defer serve(t, upstream).Close()
			await("Gateway.Upstream", runtime.LifecycleReady)
			cancel()
			if err := <-result; err != nil {
				t.Error(err)
			}
		})
	}
}

// newFile is a configuration.
func newFile(t *testing.T, upstream string) string {
	text, err := json.Marshal(Config{Listen: "127.0.0.1:0", Upstream: "http://" + upstream})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "gateway.json")
	if err := os.WriteFile(file, text, 0o666); err != nil {
		t.Fatal(err)
	}
	return file
}

func serve(t *testing.T, address string) *http.Server {
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.NotFoundHandler()}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return server
}

// freeAddress is an address at which nothing listens.
func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
