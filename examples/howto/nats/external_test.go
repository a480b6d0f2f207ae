package main

import (
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/supgen/supgen/runtime"
)

// What the client says of servers that are away, that stop, or that have no room, is external; what a program does wrong is not.
func TestExternal(t *testing.T) {
	unavailable := &jetstream.APIError{Code: 503, ErrorCode: 10008, Description: "JetStream system temporarily unavailable"}
	for _, err := range []error{
		nats.ErrConnectionClosed, nats.ErrConnectionReconnecting, nats.ErrDisconnected, nats.ErrNoResponders, nats.ErrNoServers, nats.ErrReconnectBufExceeded,
		nats.ErrStaleConnection, nats.ErrTimeout, nats.ErrMaxConnectionsExceeded, nats.ErrMaxAccountConnectionsExceeded, nats.ErrKeyWatcherTimeout,
		nats.ErrConsumerLeadershipChanged, nats.ErrAsyncPublishTimeout, nats.ErrNoStreamResponse,
		jetstream.ErrAsyncPublishTimeout, jetstream.ErrConnectionClosed, jetstream.ErrConsumerLeadershipChanged, jetstream.ErrNoHeartbeat, jetstream.ErrNoStreamResponse,
		jetstream.ErrServerShutdown, unavailable, &nats.APIError{Description: unavailable.Description},
	} {
		if o := runtime.OutcomeOf(err); o != runtime.OutcomeExternal {
			t.Errorf("%v is %s", err, o)
		}
	}
	for _, err := range []error{
		nats.ErrAuthorization, nats.ErrBadSubscription, nats.ErrConnectionDraining, nats.ErrInvalidConnection, nats.ErrMaxPayload, nats.ErrPermissionViolation, nats.ErrSlowConsumer,
		jetstream.ErrConsumerDeleted, jetstream.ErrJetStreamNotEnabled, jetstream.ErrMaxBytesExceeded, jetstream.ErrMsgAlreadyAckd, jetstream.ErrStreamNotFound,
	} {
		if o := runtime.OutcomeOf(err); o != runtime.OutcomeError {
			t.Errorf("%v is %s", err, o)
		}
	}
}
