package otelsup

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/supgen/supgen/runtime"
)

// scope names the instrumentation.
const scope = "github.com/supgen/supgen/runtime/otelsup"

// closing is what there is for the last events and for what the providers still have to export.
const closing = 900 * time.Millisecond

// An Option says where telemetry goes, and what it has.
type Option func(*config)

type config struct {
	meters  metric.MeterProvider
	tracers trace.TracerProvider
	logs    log.LoggerProvider
	tags    []string
}

// WithMeterProvider is for metrics; without it, or if it is nil, they go to the global one.
func WithMeterProvider(p metric.MeterProvider) Option { return func(c *config) { c.meters = p } }

// WithTracerProvider is for spans; without it, or if it is nil, they go to the global one.
func WithTracerProvider(p trace.TracerProvider) Option { return func(c *config) { c.tracers = p } }

// WithLoggerProvider is for log records; without it, or if it is nil, they go to the global one.
func WithLoggerProvider(p log.LoggerProvider) Option { return func(c *config) { c.logs = p } }

// WithTags gives telemetry of children that have one of these tags the attribute supgen.child.tag.NAME, true. Without it no tag is
// an attribute.
func WithTags(names ...string) Option {
	return func(c *config) { c.tags = append(c.tags, names...) }
}

// Observe reports the tree of [runtime.Main] until it has ended. At the end it hands over what events tell that was not yet, and has
// providers that can do so flush (ForceFlush, as those of the SDK do), within a second in all. Shutting providers down is left to
// the program: by a companion before this one, which ends after it.
//
// For a tree that is run otherwise, begin it before Run and end it after:
//
//	end, err := otelsup.Observe()(shop.Tree())
func Observe(opts ...Option) runtime.Companion {
	return func(t *runtime.Tree) (end func(), err error) {
		var c config
		for _, o := range opts {
			o(&c)
		}
		if c.meters == nil {
			c.meters = otel.GetMeterProvider()
		}
		if c.tracers == nil {
			c.tracers = otel.GetTracerProvider()
		}
		if c.logs == nil {
			c.logs = otel.GetLoggerProvider()
		}
		return observe(t, &c), nil
	}
}

// observe begins to report a tree. What OpenTelemetry says is wrong goes to its error handler: telemetry keeps no program from being
// run.
func observe(t *runtime.Tree, c *config) (end func()) {
	d := declarationsOf(t, c.tags)
	m, err := newMeter(t, c.meters.Meter(scope), d.counted)
	if err != nil {
		otel.Handle(err)
	}
	r := &tracker{
		declarations: d, tracer: c.tracers.Tracer(scope), logger: c.logs.Logger(scope), meter: m,
		children: make(map[string]*child),
	}
	trackers.Store(t, r)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for e := range t.EventsFrom(ctx, 1) {
			r.take(&e)
		}
		r.end()
	}()
	return func() {
		late, cancel := context.WithTimeout(context.Background(), closing)
		defer cancel()
		select {
		case <-t.Done():
			select {
			case <-done:
			case <-late.Done():
			}
		default: // it does not run, and there is no last event
		}
		stop()
		flush(late, c.meters, c.tracers, c.logs)
		if err := m.unregister(); err != nil {
			otel.Handle(err)
		}
		trackers.Delete(t)
	}
}

// flush has providers export what they have. They do it at the same time, since there is one time for all.
func flush(ctx context.Context, providers ...any) {
	errs := make(chan error, len(providers))
	n := 0
	for _, p := range providers {
		if f, ok := p.(interface{ ForceFlush(context.Context) error }); ok {
			n++
			go func() { errs <- f.ForceFlush(ctx) }()
		}
	}
	for range n {
		select {
		case err := <-errs:
			if err != nil {
				otel.Handle(err)
			}
		case <-ctx.Done():
			otel.Handle(errors.New("otelsup: the last telemetry was not exported in time"))
			return
		}
	}
}
