//go:build unix

package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/supgen/supgen/examples/howto/internal/pgtest"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/httpsup"
)

// The broker is away, the program ends and another one begins, an event is published twice, and the database restarts. The stream has each order that
// was accepted once, and those of a tenant in their order.
func TestNothingIsLost(t *testing.T) {
	postgres := pgtest.New(t)
	postgres.Start(t)
	options := &server.Options{Host: "127.0.0.1", Port: freePort(t), JetStream: true, StoreDir: t.TempDir(), NoSigs: true}
	app := &App{
		dsn:  postgres.DSN,
		nats: fmt.Sprintf("nats://127.0.0.1:%d", options.Port),
		addr: fmt.Sprintf("127.0.0.1:%d", freePort(t)),
	}

	// Without a broker, orders are accepted, and the program is ready for more.
	stop := run(t, app)
	put(t, app, "ada", "tea")
	put(t, app, "ada", "milk")
	put(t, app, "ben", "rum")
	put(t, app, "ada", "tea") // the client has not seen the answer
	probes := httpsup.Handler(app.shop.Tree(), httpsup.ReadOpen(), httpsup.ReadyTags("serving"))
	for _, path := range []string{"/readyz", "/startupz"} {
		answer := httptest.NewRecorder()
		probes.ServeHTTP(answer, httptest.NewRequest("GET", path, nil))
		if answer.Code != http.StatusOK {
			t.Errorf("%s answers %d: %s", path, answer.Code, answer.Body)
		}
	}
	if n := outbox(t, app); n != 3 {
		t.Errorf("three orders have %d events", n)
	}
	stop()

	// The next run of the program publishes what the one before has left.
	stop = run(t, app)
	broker := startBroker(t, options)
	published(t, broker, map[string][]string{"ada": {"tea", "milk"}, "ben": {"rum"}})

	// The broker goes away and comes back.
	broker.Shutdown()
	broker.WaitForShutdown()
	put(t, app, "ada", "jam")
	put(t, app, "eve", "rye")
	broker = startBroker(t, options)
	published(t, broker, map[string][]string{"ada": {"tea", "milk", "jam"}, "ben": {"rum"}, "eve": {"rye"}})

	// The database restarts.
	postgres.Stop(t)
	if got := send(t, app, "ben", "ale"); got != http.StatusServiceUnavailable {
		t.Errorf("without a database an order is answered with %d", got)
	}
	postgres.Start(t)
	put(t, app, "ben", "ale")
	published(t, broker, map[string][]string{"ada": {"tea", "milk", "jam"}, "ben": {"rum", "ale"}, "eve": {"rye"}})

	// An event that was published is still in the outbox, since the program was killed before it could take it out.
	outbox(t, app, "insert into outbox (tenant, id, event) values ('eve', 'rye', '{}')")
	for deadline := time.Now().Add(time.Minute); outbox(t, app) > 0; {
		if time.Now().After(deadline) {
			t.Fatal("it is not taken out")
		}
	}
	published(t, broker, map[string][]string{"ada": {"tea", "milk", "jam"}, "ben": {"rum", "ale"}, "eve": {"rye"}})
	if s := app.shop.State(); s.HTTP.Generation != 1 || s.NATS.Restarts+s.DB.Restarts+s.Tenants.Starter.Restarts != 0 {
		t.Errorf("HTTP was launched %d times, and restarts count: %+v", s.HTTP.Generation, s)
	}

	// An event that cannot be published harms no other tenant.
	outbox(t, app, "insert into outbox (tenant, id, event) values ('zoe', '1', repeat('x', 2000000))")
	for deadline := time.Now().Add(time.Minute); ; {
		s, err := app.shop.Tenants().Publisher("zoe").State()
		if err == nil && s.Lifecycle == runtime.LifecycleQuarantined {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("it is %v, %v", s.Lifecycle, err)
		}
	}
	put(t, app, "eve", "gin")
	published(t, broker, map[string][]string{"ada": {"tea", "milk", "jam"}, "ben": {"rum", "ale"}, "eve": {"rye", "gin"}})
	stop()
}

// run runs a new tree until stop is called.
func run(t *testing.T, app *App) (stop func()) {
	t.Helper()
	app.shop = NewShop(app)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- app.shop.Run(ctx) }()
	if err := app.shop.HTTP().Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// put sends an order, whose ID is what it says, until it is accepted.
func put(t *testing.T, app *App, tenant, what string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); send(t, app, tenant, what) != http.StatusAccepted; {
		if time.Now().After(deadline) {
			t.Fatalf("%s of %s is not accepted", what, tenant)
		}
	}
}

func send(t *testing.T, app *App, tenant, what string) (status int) {
	t.Helper()
	request, err := http.NewRequest("PUT", "http://"+app.addr+"/tenants/"+tenant+"/orders/"+what, strings.NewReader(what))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response.StatusCode
}

// outbox is how many events are in the outbox, after the statements.
func outbox(t *testing.T, app *App, statements ...string) (n int) {
	t.Helper()
	db, err := sql.Open("pgx", app.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.QueryRow("select count(*) from outbox").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// published waits until the stream has as many events as it should have, and compares them, by tenant.
func published(t *testing.T, broker *server.Server, want map[string][]string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	nc, err := nats.Connect("", nats.InProcessServer(broker))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.CreateOrUpdateStream(ctx, orders)
	if err != nil {
		t.Fatal(err)
	}
	consumer, err := stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	messages, err := consumer.Messages()
	if err != nil {
		t.Fatal(err)
	}
	defer messages.Stop()
	total, got := 0, make(map[string][]string)
	for _, orders := range want {
		total += len(orders)
	}
	for range total {
		message, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			t.Fatalf("after %v: %v", got, err)
		}
		var o Order
		if err := json.Unmarshal(message.Data(), &o); err != nil {
			t.Fatal(err)
		}
		got[o.Tenant] = append(got[o.Tenant], o.What)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if info, err := stream.Info(ctx); err != nil || info.State.Msgs != uint64(total) {
		t.Errorf("the stream has %d events, want %d (%v)", info.State.Msgs, total, err)
	}
}

func startBroker(t *testing.T, options *server.Options) *server.Server {
	t.Helper()
	s, err := server.NewServer(options.Clone())
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(s.Shutdown)
	return s
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
