package main

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/supgen/supgen/runtime/kit"
)

// App has a method for each child.
type App struct {
	url  string                                        // "nats://localhost:4222"
	addr string                                        // where HTTP listens
	bill func(ctx context.Context, order []byte) error // may be called twice for an order
}

// NATS connects once. Then the client connects again by itself, for as long as it takes.
func (a *App) NATS(ctx context.Context, run OrdersNATSRun) error {
	away := func(_ *nats.Conn, err error) { run.NotReadyCause(err) }
	closed := make(chan struct{})
	nc, err := nats.Connect(a.url, nats.Name("orders"), nats.MaxReconnects(-1),
		nats.DisconnectErrHandler(away), nats.ReconnectErrHandler(away), // the connection broke; the server is not back
		nats.ReconnectHandler(func(nc *nats.Conn) { run.Ready(nc) }),
		nats.ClosedHandler(func(*nats.Conn) { close(closed) }))
	if err != nil {
		return err
	}
	run.Cleanup(func(context.Context) error { nc.Close(); return nil })
	run.Ready(nc)
	select {
	case <-ctx.Done():
		return nil
	case <-closed: // the client gave up: it is not authorised any more, for example
		return cmp.Or(nc.LastError(), nats.ErrConnectionClosed)
	}
}

func (a *App) Stream(ctx context.Context, run OrdersStreamRun, nc *nats.Conn) (jetstream.JetStream, error) {
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, err
	}
	_, err = js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{Name: "ORDERS", Subjects: []string{"orders.>"}})
	return js, err
}

// HTTP takes orders. The ID of one is the client's, so that it can send an order again that was not answered with 202.
func (a *App) HTTP(ctx context.Context, run OrdersHTTPRun, js jetstream.JetStream) error {
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /orders/{id}", func(w http.ResponseWriter, r *http.Request) {
		order, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if err := publish(r.Context(), js, r.PathValue("id"), order); err != nil {
			run.Logger().Warn("not published", "error", err)
			http.Error(w, "send it again", http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	})
	return kit.HTTP(ctx, run, &http.Server{Addr: a.addr, Handler: mux})
}

// publish returns nil when the stream has the order. After an error the stream may have it, or get it.
func publish(ctx context.Context, js jetstream.JetStream, id string, order []byte) error {
	if !js.Conn().IsConnected() {
		return nats.ErrDisconnected // or the client would keep the order, and send it when it has connected again
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, err := js.Publish(ctx, "orders.new", order, jetstream.WithMsgID(id)) // the stream drops the second one with an ID
	return err
}

// Billing bills the orders that are in the stream.
func (a *App) Billing(ctx context.Context, run OrdersBillingRun, js jetstream.JetStream) error {
	consumer, err := js.CreateOrUpdateConsumer(ctx, "ORDERS", jetstream.ConsumerConfig{Durable: "billing", AckPolicy: jetstream.AckExplicitPolicy})
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
