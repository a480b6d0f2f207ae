package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/rpc"
	"sync"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime"
)

// Cache is what a cache serves.
type Cache struct{}

func (Cache) Get(_ string, value *string) error {
	*value = "4"
	return nil
}

// serve is a cache at an address. The function that it returns takes it away.
func serve(t *testing.T, addr string) (gone func()) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	server := rpc.NewServer()
	server.Register(Cache{})
	var mu sync.Mutex
	var conns []net.Conn
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, conn)
			mu.Unlock()
			go server.ServeConn(conn)
		}
	}()
	return func() {
		l.Close()
		mu.Lock()
		defer mu.Unlock()
		for _, conn := range conns {
			conn.Close()
		}
	}
}

// free is an address on which nothing listens.
func free(t *testing.T) string {
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func want(t *testing.T, addr, price string) {
	t.Helper()
	answer, err := http.Get("http://" + addr + "/tea")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, err := io.ReadAll(answer.Body); string(text) != price+"\n" {
		t.Errorf("want %q, got %q, %v", price, text, err)
	}
}

// retried waits until the cache has failed, and is tried again.
func retried(t *testing.T, shop *Shop, from uint64) {
	t.Helper()
	for e := range shop.Tree().EventsFrom(t.Context(), from) {
		if e.Path == "Shop.Cache" && e.Kind == runtime.EventFailed {
			if e.Failure.Kind != runtime.OutcomeExternal || e.Decision.Action != runtime.ActionRetry {
				t.Errorf("it failed with %s, and is answered by %s", e.Failure.Kind, e.Decision.Action)
			}
			return
		}
	}
}

// The cache is missing, comes, and goes. HTTP is ready all the time, in its first run, and so is the tree.
func TestCache(t *testing.T) {
	app := &App{addr: free(t), cacheAddr: free(t), patience: time.Minute}
	shop := NewShop(app, runtime.Override("Shop.Cache", func(c *runtime.Child) {
		c.Backoff.Max = 200 * time.Millisecond
	}))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- shop.Run(ctx) }()
	if err := shop.Tree().AwaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	retried(t, shop, 0) // before HTTP is ready, or after
	want(t, app.addr, "3, worked out")

	gone := serve(t, app.cacheAddr)
	if err := shop.Cache().Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	want(t, app.addr, "4, says the cache")

	from := shop.State().Tree.Sequence
	gone()
	want(t, app.addr, "3, worked out") // at once: before Cache has noticed
	retried(t, shop, from)
	want(t, app.addr, "3, worked out")
	if state := shop.State(); state.HTTP.Starts != 1 || !state.Tree.Ready {
		t.Errorf("HTTP was started %d times, and the tree is ready: %t", state.HTTP.Starts, state.Tree.Ready)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
