package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/runtimetest"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

// The broker is away when the program starts, comes, goes, and comes back: no restart counts. One that cannot bill an order is restarted, and
// bills it again; and the order in hand at the stop is billed and committed.
func TestBrokerComesAndGoes(t *testing.T) {
	port, dir := freePort(t), t.TempDir()
	billing, billed := make(chan string), make(chan error)
	app := &App{brokers: []string{fmt.Sprintf("127.0.0.1:%d", port)}, addr: fmt.Sprintf("127.0.0.1:%d", freePort(t))}
	app.bill = func(_ context.Context, order []byte) error {
		billing <- string(order)
		return <-billed
	}
	tree := NewBilling(app)
	await := events(t, tree)
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
	go func() { result <- tree.Run(ctx) }()
	await("Billing.Orders[0]", runtime.LifecycleRestarting)
	broker := startBroker(t, port, dir)
	await("Billing", runtime.LifecycleReady)
	produce(t, port, "order 1")
	bill("order 1", nil)
	awaitCommit(t, broker, 1)

	broker.Close()
	await("Billing", runtime.LifecycleRunning)
	broker = startBroker(t, port, dir)
	await("Billing", runtime.LifecycleReady)
	produce(t, port, "order 2")
	bill("order 2", nil)
	awaitCommit(t, broker, 2)
	restarts := func() (n int) {
		for _, s := range tree.State().Orders {
			n += s.Restarts
		}
		return n
	}
	if n := restarts(); n != 0 {
		t.Errorf("%d restarts count", n)
	}

	produce(t, port, "order 3")
	bill("order 3", errors.New("no address"))
	bill("order 3", nil)
	awaitCommit(t, broker, 3)
	if n := restarts(); n != 1 {
		t.Errorf("%d restarts count", n)
	}

	produce(t, port, "order 4")
	order := <-billing
	cancel()
	await("Billing", runtime.LifecycleShuttingDown)
	billed <- nil
	if err := <-result; err != nil || order != "order 4" {
		t.Errorf("%s was in hand, and Run returned %v", order, err)
	}
	awaitCommit(t, broker, 4)
}

// An order that is not accepted, since the broker is away, is not published when the broker is back; the next one is.
func TestRefused(t *testing.T) {
	port, dir := freePort(t), t.TempDir()
	broker := startBroker(t, port, dir)
	app := &App{brokers: []string{fmt.Sprintf("127.0.0.1:%d", port)}, addr: fmt.Sprintf("127.0.0.1:%d", freePort(t))}
	tree := NewBilling(app, runtimetest.Stub("Billing.Orders"))
	await := events(t, tree)
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- tree.Run(ctx) }()
	await("Billing", runtime.LifecycleReady)
	if status := put(t, app, "order 1"); status != http.StatusAccepted {
		t.Fatalf("an order is answered with %d", status)
	}
	broker.Close()
	await("Billing.Producer", runtime.LifecycleRunning)
	if status := put(t, app, "order 2"); status != http.StatusServiceUnavailable {
		t.Errorf("without a broker an order is answered with %d", status)
	}
	startBroker(t, port, dir)
	await("Billing.Producer", runtime.LifecycleReady)
	for put(t, app, "order 3") != http.StatusAccepted { // the client takes its time to connect
	}
	cancel()
	if err := <-result; err != nil {
		t.Error(err)
	}

	client, err := kgo.NewClient(kgo.SeedBrokers(app.brokers...), kgo.ConsumeTopics("orders"))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	var got []string
	for len(got) == 0 || got[len(got)-1] != "order 3" {
		fetches := client.PollFetches(t.Context())
		if err := fetches.Err(); err != nil {
			t.Fatal(err)
		}
		for record := range fetches.RecordsAll() {
			got = append(got, string(record.Value))
		}
	}
	if want := []string{"order 1", "order 3"}; !slices.Equal(slices.Compact(got), want) {
		t.Errorf("published are %q, want %q", got, want)
	}
}

func startBroker(t *testing.T, port int, dir string) *kfake.Cluster {
	t.Helper()
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.Ports(port), kfake.DataDir(dir), kfake.SyncWrites(), kfake.SeedTopics(1, "orders"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// events returns a function that reads events of tree up to one that tells that a child has come to a state.
func events(t *testing.T, tree *Billing) (await func(path string, to runtime.Lifecycle)) {
	next, stop := iter.Pull(tree.Tree().EventsFrom(t.Context(), 1))
	t.Cleanup(stop)
	return func(path string, to runtime.Lifecycle) {
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
}

// put sends an order, whose ID is what it says.
func put(t *testing.T, app *App, order string) (status int) {
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
	return response.StatusCode
}

func produce(t *testing.T, port int, order string) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(fmt.Sprintf("127.0.0.1:%d", port)), kgo.DefaultProduceTopic("orders"))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.ProduceSync(t.Context(), kgo.StringRecord(order)).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

func awaitCommit(t *testing.T, broker *kfake.Cluster, offset int64) {
	t.Helper()
	if _, err := broker.WaitGroupInfo(t.Context(), "billing", func(g *kfake.GroupInfo) bool {
		return g != nil && g.Commits["orders"][0].Offset == offset
	}); err != nil {
		t.Fatal(err)
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
