package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
	"github.com/twmb/franz-go/pkg/kgo"
)

// App has a method for each child.
type App struct {
	brokers []string                                      // "localhost:9092"
	addr    string                                        // where HTTP listens
	bill    func(ctx context.Context, order []byte) error // may be called twice for an order
}

// Producer has no part in the group, so its client lasts as long as it is needed.
func (a *App) Producer(ctx context.Context, run BillingProducerRun) error {
	client, err := kgo.NewClient(
		kgo.SeedBrokers(a.brokers...),
		kgo.DefaultProduceTopic("orders"),
		kgo.AllowIdempotentProduceCancellation(), // what was not answered in time is not sent again: its client does that
	)
	if err != nil {
		return runtime.FatalConfig(err)
	}
	run.Cleanup(func(context.Context) error { client.Close(); return nil })
	return kit.Ping(ctx, run, func() { run.Ready(client) }, client.Ping)
}

// HTTP takes orders. The ID of one is the client's, so that it can send an order again that was not answered with 202.
func (a *App) HTTP(ctx context.Context, run BillingHTTPRun, producer *kgo.Client) error {
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /orders/{id}", func(w http.ResponseWriter, r *http.Request) {
		order, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if err := publish(r.Context(), producer, r.PathValue("id"), order); err != nil {
			run.Logger().Warn("not published", "error", err)
			http.Error(w, "send it again", http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	})
	return kit.HTTP(ctx, run, &http.Server{Addr: a.addr, Handler: mux})
}

// publish returns nil when Kafka has the order. After an error Kafka may have it, or get it, if it was under way when the time was over.
func publish(ctx context.Context, producer *kgo.Client, id string, order []byte) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	acknowledged := make(chan error, 1)
	producer.Produce(ctx, &kgo.Record{Key: []byte(id), Value: order}, func(_ *kgo.Record, err error) { acknowledged <- err })
	select {
	case err := <-acknowledged:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Orders bills, and then commits.
func (a *App) Orders(ctx context.Context, run BillingOrdersRun) error {
	client, err := kgo.NewClient(
		kgo.SeedBrokers(a.brokers...),
		kgo.ConsumerGroup("billing"),
		kgo.ConsumeTopics("orders"),
		kgo.DisableAutoCommit(),
		kgo.BlockRebalanceOnPoll(), // until AllowRebalance: what is in hand belongs to this member
	)
	if err != nil {
		return runtime.FatalConfig(err)
	}
	run.Cleanup(func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second) // while the group is rebalanced, a member cannot leave it
		defer cancel()
		client.AllowRebalance()
		err := client.LeaveGroupContext(ctx)
		client.Close()
		return err
	})
	run.Go(func(ctx context.Context) error { return kit.Ping(ctx, run, run.Ready, client.Ping) })
	for {
		fetches := client.PollRecords(ctx, 100)
		err := fetches.Err()
		if lost := new(kgo.ErrGroupSession); errors.As(err, &lost) && runtime.OutcomeOf(lost) == runtime.OutcomeExternal {
			err = nil // the client joins again, and has its place in the group as long as this run has the client
		}
		var billed []*kgo.Record
		for record := range fetches.RecordsAll() {
			if ctx.Err() != nil || err != nil {
				break
			}
			if err = a.bill(run.Grace(), record.Value); err == nil { // it has the time of the shutdown budget
				billed = append(billed, record)
			}
		}
		err = errors.Join(err, client.CommitRecords(run.Grace(), billed...))
		client.AllowRebalance()
		if ctx.Err() != nil || err != nil {
			return err
		}
	}
}
