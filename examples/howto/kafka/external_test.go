package main

import (
	"testing"

	"github.com/supgen/supgen/runtime"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// What the client says of brokers that are away, or elect a leader, is external; what a program does wrong is not.
func TestExternal(t *testing.T) {
	for _, err := range []error{
		kgo.ErrRecordRetries, kgo.ErrRecordTimeout,
		kerr.BrokerNotAvailable, kerr.CoordinatorLoadInProgress, kerr.CoordinatorNotAvailable, kerr.KafkaStorageError, kerr.LeaderNotAvailable, kerr.NetworkException,
		kerr.NotController, kerr.NotCoordinator, kerr.NotEnoughReplicas, kerr.NotEnoughReplicasAfterAppend, kerr.NotLeaderForPartition, kerr.OffsetNotAvailable,
		kerr.ReplicaNotAvailable, kerr.RequestTimedOut,
	} {
		if o := runtime.OutcomeOf(err); o != runtime.OutcomeExternal {
			t.Errorf("%v is %s", err, o)
		}
	}
	for _, err := range []error{
		kgo.ErrAborting, kgo.ErrClientClosed, kgo.ErrMaxBuffered,
		kerr.IllegalGeneration, kerr.MessageTooLarge, kerr.OffsetOutOfRange, kerr.SaslAuthenticationFailed, kerr.TopicAuthorizationFailed, kerr.UnknownMemberID, kerr.UnknownTopicOrPartition,
	} {
		if o := runtime.OutcomeOf(err); o != runtime.OutcomeError {
			t.Errorf("%v is %s", err, o)
		}
	}
}
