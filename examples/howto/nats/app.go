package main

import (
	"cmp"
	"context"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// App has a method for each child.
type App struct {
	url  string                                        // "nats://localhost:4222"
	bill func(ctx context.Context, order []byte) error // may be called twice for an order
}

// NATS connects once. Then the client connects again by itself, for as long as it takes.
func (a *App) NATS(ctx context.Context, run OrdersNATSRun) error {
	nc, err := nats.Connect(a.url, nats.Name("orders"), nats.MaxReconnects(-1))
	if err != nil {
		return err
	}
	run.Cleanup(func(context.Context) error { nc.Close(); return nil })
	status := nc.StatusChanged()
	run.Ready(nc)
	for {
		select {
		case <-ctx.Done():
			return nil
		case s := <-status:
			run.Logger().Info("nats", "status", s)
			switch s {
			case nats.CONNECTED:
				run.Ready(nc)
			case nats.CLOSED: // the client gave up: it is not authorised any more, for example
				return cmp.Or(nc.LastError(), nats.ErrConnectionClosed)
			default:
				run.NotReady()
			}
		}
	}
}

func (a *App) Stream(ctx context.Context, run OrdersStreamRun, nc *nats.Conn) (jetstream.Stream, error) {
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, err
	}
	return js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{Name: "ORDERS", Subjects: []string{"orders.>"}})
}

func (a *App) Billing(ctx context.Context, run OrdersBillingRun, stream jetstream.Stream) error {
	consumer, err := stream.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{Durable: "billing", AckPolicy: jetstream.AckExplicitPolicy})
	if err != nil {
		return err
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(10))
	if err != nil {
		return err
	}
	defer messages.Stop() // what is fetched and not acknowledged is delivered again, perhaps to another instance, after AckWait
	for {
		msg, err := messages.Next(jetstream.NextContext(ctx))
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		}
		err = a.bill(run.Grace(), msg.Data()) // the order in hand has the time of the shutdown budget
		if err == nil {
			err = msg.Ack()
		} else {
			run.Logger().Warn("not billed", "subject", msg.Subject(), "error", err)
			err = msg.NakWithDelay(time.Second)
		}
		if err != nil {
			return err
		}
	}
}
