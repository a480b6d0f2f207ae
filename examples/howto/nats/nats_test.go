package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/supgen/supgen/runtime"
)

// The server is away when the program starts, comes, goes, and comes back. The consumer starts once, and every order that was accepted is billed once:
// one that could not be is tried again, and the one in hand at the stop has its time. An order that was not accepted is not billed.
func TestServerComesAndGoes(t *testing.T) {
	options := &server.Options{Host: "127.0.0.1", Port: freePort(t), JetStream: true, StoreDir: t.TempDir(), NoSigs: true}
	billing, billed := make(chan string), make(chan error)
	app := &App{
		url:  fmt.Sprintf("nats://127.0.0.1:%d", options.Port),
		addr: fmt.Sprintf("127.0.0.1:%d", freePort(t)),
		bill: func(_ context.Context, order []byte) error {
			billing <- string(order)
			return <-billed
		},
	}
	orders := NewOrders(app)
	next, stop := iter.Pull(orders.Tree().EventsFrom(t.Context(), 1))
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
	bill := func(want string, err error) {
		t.Helper()
		if got := <-billing; got != want {
			t.Errorf("%s is billed, not %s", got, want)
		}
		billed <- err
	}

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	result := make(chan error, 1)
	go func() { result <- orders.Run(ctx) }()
	await("Orders.NATS", runtime.LifecycleRestarting)
	s := startServer(t, options)
	await("Orders", runtime.LifecycleReady)
	put(t, app, "order 1", http.StatusAccepted)
	put(t, app, "order 1", http.StatusAccepted) // the client has not seen the answer
	bill("order 1", nil)
	awaitAcknowledged(t, s)

	s.Shutdown()
	s.WaitForShutdown()
	await("Orders.NATS", runtime.LifecycleRunning)
	put(t, app, "an order that is given up", http.StatusServiceUnavailable)
	put(t, app, "order 2", http.StatusServiceUnavailable)
	for e, ok := next(); e.Kind != runtime.EventNotReady || e.Failure.Kind != runtime.OutcomeExternal; e, ok = next() {
		if !ok {
			t.Fatal("the tree ended before NATS said that its server refuses")
		}
	}
	s = startServer(t, options)
	await("Orders.NATS", runtime.LifecycleReady)
	put(t, app, "order 2", http.StatusAccepted)
	bill("order 2", errors.New("no address"))
	bill("order 2", nil)
	awaitAcknowledged(t, s)
	if s := orders.State(); s.Billing.Generation != 1 || s.NATS.Restarts != 0 {
		t.Errorf("Billing was launched %d times, and %d restarts of NATS count", s.Billing.Generation, s.NATS.Restarts)
	}

	put(t, app, "order 3", http.StatusAccepted)
	order := <-billing
	cancel()
	await("Orders", runtime.LifecycleShuttingDown)
	billed <- nil
	if err := <-result; err != nil || order != "order 3" {
		t.Errorf("%s was in hand, and Run returned %v", order, err)
	}
	awaitAcknowledged(t, s)
}

func startServer(t *testing.T, options *server.Options) *server.Server {
	t.Helper()
	s, err := server.NewServer(options.Clone())
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(s.Shutdown)
	return s
}

// put sends an order, whose ID is what it says; one that is to be accepted, until it is.
func put(t *testing.T, app *App, order string, status int) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), "PUT", "http://"+app.addr+"/orders/"+url.PathEscape(order), strings.NewReader(order))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	switch {
	case response.StatusCode == status:
	case status == http.StatusAccepted:
		put(t, app, order, status)
	default:
		t.Errorf("%s is answered with %s", order, response.Status)
	}
}

// awaitAcknowledged waits until the server has heard that all orders are billed.
func awaitAcknowledged(t *testing.T, s *server.Server) {
	t.Helper()
	js := jetStream(t, s)
	for {
		consumer, err := js.Consumer(t.Context(), "ORDERS", "billing")
		if err != nil {
			t.Fatal(err)
		}
		if info := consumer.CachedInfo(); info.NumPending == 0 && info.NumAckPending == 0 {
			return
		}
	}
}

func jetStream(t *testing.T, s *server.Server) jetstream.JetStream {
	t.Helper()
	nc, err := nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return js
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
