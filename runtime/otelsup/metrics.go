package otelsup

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/supgen/supgen/runtime"
)

// boundaries are those of durations, in seconds: from what a connection takes to what an operator waits for.
var boundaries = metric.WithExplicitBucketBoundaries(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)

// A meter has the metrics of a tree.
type meter struct {
	tree *runtime.Tree
	sets []metric.MeasurementOption // in the order of Snapshot.Counts(maxRows)

	// Observed when they are collected, from one snapshot.
	status                     metric.Int64ObservableUpDownCounter
	starts, restarts, failures metric.Int64ObservableCounter
	remaining                  metric.Int64ObservableGauge
	stuck                      metric.Int64ObservableUpDownCounter
	registration               metric.Registration // nil where a provider failed

	// Made of events.
	commands, lost       metric.Int64Counter
	ready, stop, backoff metric.Float64Histogram
}

func newMeter(t *runtime.Tree, m metric.Meter, sets []metric.MeasurementOption) (*meter, error) {
	s := &meter{tree: t, sets: sets}
	var errs [12]error
	s.status, errs[0] = m.Int64ObservableUpDownCounter("supgen.child.status", metric.WithUnit("{child}"), metric.WithDescription("Children of a declaration in each state."))
	s.starts, errs[1] = m.Int64ObservableCounter("supgen.child.starts", metric.WithUnit("{start}"), metric.WithDescription("Launches."))
	s.restarts, errs[2] = m.Int64ObservableCounter("supgen.child.restarts", metric.WithUnit("{restart}"), metric.WithDescription("Launches that were not a child's first."))
	s.failures, errs[3] = m.Int64ObservableCounter("supgen.child.failures", metric.WithUnit("{failure}"), metric.WithDescription("Runs that failed."))
	s.remaining, errs[4] = m.Int64ObservableGauge("supgen.limit.remaining", metric.WithUnit("{restart}"), metric.WithDescription("Restarts that the limit has left, of the child that has the fewest."))
	s.stuck, errs[5] = m.Int64ObservableUpDownCounter("supgen.runs.stuck", metric.WithUnit("{run}"), metric.WithDescription("Runs that were asked to stop, did not, and still run."))
	s.commands, errs[6] = m.Int64Counter("supgen.commands", metric.WithUnit("{command}"), metric.WithDescription("Commands of operators that were accepted."))
	s.lost, errs[7] = m.Int64Counter("supgen.events.lost", metric.WithUnit("{event}"), metric.WithDescription("Events that were read too late."))
	s.ready, errs[8] = m.Float64Histogram("supgen.child.ready.duration", metric.WithUnit("s"), metric.WithDescription("From a launch until the child was ready."), boundaries)
	s.stop, errs[9] = m.Float64Histogram("supgen.child.stop.duration", metric.WithUnit("s"), metric.WithDescription("From the request to stop until the child was down."), boundaries)
	s.backoff, errs[10] = m.Float64Histogram("supgen.child.backoff.duration", metric.WithUnit("s"), metric.WithDescription("The delay before a restart, as it was decided."), boundaries)
	s.lost.Add(context.Background(), 0) // so that the first one is an increase
	s.registration, errs[11] = m.RegisterCallback(s.collect, s.status, s.starts, s.restarts, s.failures, s.remaining, s.stuck)
	return s, errors.Join(errs[:]...)
}

// Attributes that are added to those of a row, made once.
var (
	states   [runtime.LifecycleFailed + 1]attribute.KeyValue
	outcomes [runtime.OutcomeIntensity + 1]attribute.KeyValue
)

func init() {
	for l := range states {
		states[l] = attribute.String("supgen.child.state", runtime.Lifecycle(l).String())
	}
	for o := range outcomes {
		outcomes[o] = attribute.String("error.type", runtime.Outcome(o).String())
	}
}

// collect observes the tree as it is.
func (m *meter) collect(_ context.Context, o metric.Observer) error {
	s := m.tree.Snapshot()
	for i, c := range s.Counts(maxRows) {
		set := m.sets[i]
		for l, n := range c.Children {
			o.ObserveInt64(m.status, int64(n), set, metric.WithAttributes(states[l]))
		}
		o.ObserveInt64(m.starts, int64(c.Starts), set)
		o.ObserveInt64(m.restarts, int64(c.Restarts), set)
		for outcome, n := range c.Failed {
			if n > 0 || runtime.Outcome(outcome) == runtime.OutcomeError { // from the start, so that the first one is an increase
				o.ObserveInt64(m.failures, int64(n), set, metric.WithAttributes(outcomes[outcome]))
			}
		}
		if c.Left >= 0 {
			o.ObserveInt64(m.remaining, int64(c.Left), set)
		}
	}
	o.ObserveInt64(m.stuck, int64(len(s.Tree().Leaked)))
	return nil
}

// unregister ends the collections.
func (m *meter) unregister() error {
	if m.registration == nil {
		return nil
	}
	return m.registration.Unregister()
}
