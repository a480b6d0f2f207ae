package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
	"testing"

	"github.com/supgen/supgen/runtime"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

// The broker is away when the program starts, comes, goes, and comes back: no restart counts. One that cannot bill an order is restarted, and
// bills it again; and the order in hand at the stop is billed and committed.
func TestBrokerComesAndGoes(t *testing.T) {
	port, dir := freePort(t), t.TempDir()
	start := func() *kfake.Cluster {
		c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.Ports(port), kfake.DataDir(dir), kfake.SyncWrites(), kfake.SeedTopics(1, "orders"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return c
	}
	billing, billed := make(chan string), make(chan error)
	tree := NewBilling(&App{[]string{fmt.Sprintf("127.0.0.1:%d", port)}, func(_ context.Context, order []byte) error {
		billing <- string(order)
		return <-billed
	}})
	next, stop := iter.Pull(tree.Tree().EventsFrom(t.Context(), 1))
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
	go func() { result <- tree.Run(ctx) }()
	await("Billing.Orders[0]", runtime.LifecycleRestarting)
	broker := start()
	await("Billing", runtime.LifecycleReady)
	produce(t, port, "order 1")
	bill("order 1", nil)
	awaitCommit(t, broker, 1)

	broker.Close()
	await("Billing", runtime.LifecycleRunning)
	broker = start()
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
