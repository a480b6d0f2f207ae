//go:build unix

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/supgen/supgen/examples/howto/internal/pgtest"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
)

// Postgres is away when the shop starts, comes, goes, and comes back. The shop goes on, and its server starts once.
func TestPostgresComesAndGoes(t *testing.T) {
	postgres := pgtest.New(t)
	app := &App{
		dsn:  postgres.DSN,
		addr: fmt.Sprintf("127.0.0.1:%d", freePort(t)),
	}
	shop := NewShop(app)
	probes := httptest.NewServer(httpsup.Handler(shop.Tree(), httpsup.ReadOpen()))
	defer probes.Close()
	// answers asks until it gets an answer: Postgres takes its time, the pool asks it every two seconds, and a probe may be a moment late.
	answers := func(url string, status int, text string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for got := ""; ; {
			request, _ := http.NewRequestWithContext(ctx, "GET", url, nil)
			response, err := http.DefaultClient.Do(request)
			if ctx.Err() != nil {
				t.Fatalf("GET %s answers %s, want %d and %q", url, got, status, text)
			}
			if err != nil {
				got = err.Error()
				continue
			}
			body, _ := io.ReadAll(response.Body)
			response.Body.Close()
			if response.StatusCode == status && strings.Contains(string(body), text) {
				return
			}
			got = fmt.Sprintf("%d and %q", response.StatusCode, body)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- shop.Run(ctx) }()
	answers(probes.URL+"/readyz?verbose", 503, "Shop.HTTP is declared: waits for Shop.DB")

	postgres.Start(t)
	answers(probes.URL+"/readyz", 200, "ready")
	answers("http://"+app.addr+"/version", 200, "")

	postgres.Stop(t)
	answers("http://"+app.addr+"/version", 503, "try again later")
	answers(probes.URL+"/readyz?verbose", 503, `Shop.DB is running ("external: `)
	answers(probes.URL+"/readyz?verbose", 503, "connection refused") // the connection that broke is gone by then

	postgres.Start(t)
	answers("http://"+app.addr+"/version", 200, "")
	answers(probes.URL+"/readyz", 200, "ready")
	if s := shop.State(); s.HTTP.Generation != 1 || s.DB.Restarts != 0 || s.DB.NotReady != nil {
		t.Errorf("HTTP was launched %d times, and %d restarts of DB count; it is not ready because of %v", s.HTTP.Generation, s.DB.Restarts, s.DB.NotReady)
	}
	cancel()
	if err := <-result; err != nil {
		t.Error(err)
	}
}

// A data source that makes no sense ends the program.
func TestWrongConfiguration(t *testing.T) {
	err := NewShop(&App{dsn: "postgres://localhost:port/shop"}).Run(t.Context())
	if runtime.OutcomeOf(err) != runtime.OutcomeFatalConfig {
		t.Errorf("Run returned %v", err)
	}
}

// freePort is a port on which nothing listens.
func freePort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
