package main

import (
	"context"
	"errors"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/kit"
	"github.com/twmb/franz-go/pkg/kgo"
)

// App has a method for each child.
type App struct {
	brokers []string                                      // "localhost:9092"
	bill    func(ctx context.Context, order []byte) error // may be called twice for an order
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
	run.Cleanup(func(context.Context) error { client.CloseAllowingRebalance(); return nil })
	run.Go(func(ctx context.Context) error { return kit.Ping(ctx, run, run.Ready, client.Ping) })
	for {
		fetches := client.PollRecords(ctx, 100)
		err := fetches.Err()
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
