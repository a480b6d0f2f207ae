package otelsup

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric/noop"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/supgen/supgen/runtime"
)

// Handled are the errors that go to OpenTelemetry's handler.
type handled struct {
	mu   sync.Mutex
	errs []error
}

func (h *handled) Handle(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.errs = append(h.errs, err)
}

func handleErrors() *handled {
	h := &handled{}
	otel.SetErrorHandler(h)
	return h
}

// Without options, telemetry goes to the global providers; what they batch is exported when the tree has ended.
func TestGlobalProvidersAreFlushed(t *testing.T) {
	o := newTelemetry()
	exported := &exporter{}
	otel.SetMeterProvider(metric.NewMeterProvider(metric.WithReader(o.reader)))
	tracers := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exported, sdktrace.WithBatchTimeout(time.Hour)))
	defer tracers.Shutdown(context.Background())
	otel.SetTracerProvider(tracers)
	otel.SetLoggerProvider(sdklog.NewLoggerProvider(sdklog.WithProcessor(o)))
	defer otel.SetMeterProvider(noop.NewMeterProvider())
	tree := runtime.New(shop(nil))
	end, err := Observe(WithMeterProvider(nil))(tree)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, stop)
	tree.Run(ctx)
	if o.collect(t)["supgen.child.starts"].Data == nil {
		t.Error("there are no metrics")
	}
	end()
	if !slices.Contains(exported.names, "stop Shop") {
		t.Errorf("exported are the spans %v", exported.names)
	}
	if len(o.collect(t)) > 4 { // only those that are made of events are left
		t.Error("a tree that has ended is still observed")
	}
}

type exporter struct {
	mu    sync.Mutex
	names []string
}

func (e *exporter) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, s := range spans {
		e.names = append(e.names, s.Name())
	}
	return nil
}

func (e *exporter) Shutdown(context.Context) error { return nil }

// Deaf is a provider that hangs, whatever its context says.
type deaf struct{ trace.TracerProvider }

func (deaf) ForceFlush(context.Context) error {
	time.Sleep(time.Minute)
	return nil
}

// An exporter that hangs delays the end of a program for less than a second, and it is said that something is missing.
func TestEndIsBounded(t *testing.T) {
	h := handleErrors()
	synctest.Test(t, func(t *testing.T) {
		tracers := deaf{sdktrace.NewTracerProvider()}
		tree := runtime.New(shop(nil))
		end, _ := Observe(WithTracerProvider(tracers), WithMeterProvider(noop.NewMeterProvider()))(tree)
		ctx, stop := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, stop)
		tree.Run(ctx)
		began := time.Now()
		end()
		if took := time.Since(began); took > time.Second {
			t.Errorf("the end took %s", took)
		}
		time.Sleep(time.Hour)
	})
	if err := errors.Join(h.errs...); err == nil || !strings.Contains(err.Error(), "not exported in time") {
		t.Errorf("handled is %v", err)
	}
}

// A tree that is not run, since a companion after this one could not begin, keeps nobody.
func TestNotRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newTelemetry()
		tree := runtime.New(shop(nil))
		end, _ := Observe(o.options()...)(tree)
		if diff := points(o.collect(t)["supgen.child.status"], "Shop,supgen.child.role=supervisor,supgen.child.state=declared"); len(diff) != 1 {
			t.Errorf("it is %v", diff)
		}
		end()
	})
}
