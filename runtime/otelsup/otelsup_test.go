package otelsup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/goleak"

	"github.com/supgen/supgen/runtime"
)

func TestMain(m *testing.M) {
	// That of httpsup, which looks every second whether the tree has ended.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/supgen/supgen/runtime/internal/liveness.(*Watcher).run"))
}

var errLost = errors.New("connection lost")

// until runs until it is asked to stop.
func until(l runtime.Launch) error {
	<-l.Context().Done()
	return nil
}

// Telemetry is what a tree was observed to do.
type telemetry struct {
	reader *metric.ManualReader
	spans  *tracetest.SpanRecorder
	began  time.Time
	last   map[string]metricdata.Metrics // before the tree was asked to stop

	mu      sync.Mutex
	records []sdklog.Record
}

func newTelemetry() *telemetry {
	return &telemetry{spans: tracetest.NewSpanRecorder(), reader: metric.NewManualReader()}
}

func (o *telemetry) options() []Option {
	return []Option{
		WithMeterProvider(metric.NewMeterProvider(metric.WithReader(o.reader))),
		WithTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(o.spans))),
		WithLoggerProvider(sdklog.NewLoggerProvider(sdklog.WithProcessor(o))),
	}
}

// observed runs a tree in a bubble, observed, and f beside it. What was observed is whole when it returns.
func observed(t *testing.T, table []runtime.Child, f func(t *testing.T, tree *runtime.Tree), opts ...Option) *telemetry {
	t.Helper()
	o := newTelemetry()
	o.observe(t, table, f, opts...)
	return o
}

func (o *telemetry) observe(t *testing.T, table []runtime.Child, f func(t *testing.T, tree *runtime.Tree), opts ...Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o.began = time.Now()
		tree := runtime.New(table, runtime.WithSeed(1))
		end, err := Observe(append(o.options(), opts...)...)(tree)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- tree.Run(ctx) }()
		synctest.Wait()
		f(t, tree)
		o.last = o.collect(t)
		stop()
		<-ended
		end()
		time.Sleep(time.Hour) // what is stuck returns, and no goroutine is left
	})
}

// OnEmit makes it a processor of log records.
func (o *telemetry) OnEmit(_ context.Context, r *sdklog.Record) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.records = append(o.records, r.Clone())
	return nil
}

func (o *telemetry) Enabled(context.Context, sdklog.EnabledParameters) bool { return true }
func (o *telemetry) Shutdown(context.Context) error                         { return nil }
func (o *telemetry) ForceFlush(context.Context) error                       { return nil }

// collect are the metrics as they are now, by name.
func (o *telemetry) collect(t testing.TB) map[string]metricdata.Metrics {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := o.reader.Collect(context.Background(), &all); err != nil {
		t.Fatal(err)
	}
	byName := make(map[string]metricdata.Metrics)
	for _, s := range all.ScopeMetrics {
		for _, m := range s.Metrics {
			byName[m.Name] = m
		}
	}
	return byName
}

// String is the spans, each below its parent, in the order in which they began: name, when, status, and what it is linked to.
func (o *telemetry) String() string {
	spans := o.spans.Ended()
	slices.SortStableFunc(spans, func(a, b sdktrace.ReadOnlySpan) int { return a.StartTime().Compare(b.StartTime()) })
	names := make(map[trace.SpanID]string)
	for _, s := range spans {
		names[s.SpanContext().SpanID()] = nameOf(s)
	}
	var b strings.Builder
	var below func(parent trace.SpanID, depth int)
	below = func(parent trace.SpanID, depth int) {
		for _, s := range spans {
			if s.Parent().SpanID() != parent {
				continue
			}
			fmt.Fprintf(&b, "%s%s %s+%s", strings.Repeat("  ", depth), nameOf(s), s.StartTime().Sub(o.began), s.EndTime().Sub(s.StartTime()))
			if s.Status().Code == codes.Error {
				set := attribute.NewSet(s.Attributes()...)
				kind, _ := set.Value("error.type")
				fmt.Fprintf(&b, " %s %q", kind.AsString(), s.Status().Description)
			}
			for _, e := range s.Events() {
				fmt.Fprintf(&b, " (%s %s)", e.Name, e.Time.Sub(o.began))
			}
			for _, l := range s.Links() {
				fmt.Fprintf(&b, " -> %s", names[l.SpanContext.SpanID()])
			}
			b.WriteByte('\n')
			below(s.SpanContext().SpanID(), depth+1)
		}
	}
	below(trace.SpanID{}, 0)
	return b.String()
}

// nameOf is the name of a span, and the generation that it is about.
func nameOf(s sdktrace.ReadOnlySpan) string {
	name := s.Name()
	for _, a := range s.Attributes() {
		switch a.Key {
		case "supgen.child.generation":
			name += fmt.Sprintf("#%d", a.Value.AsInt64())
		case "supgen.child.instance":
			name += " " + a.Value.AsString()
		case "supgen.command.verb":
			name += " " + a.Value.AsString()
		}
	}
	return name
}
