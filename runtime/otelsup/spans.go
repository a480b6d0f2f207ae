package otelsup

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/supgen/supgen/runtime"
)

// trackers are those of the trees that are observed, for Link.
var trackers sync.Map // *runtime.Tree to *tracker

// Link is a link to the span of the start of the run whose context ctx is, or comes from:
//
//	ctx, span := tracer.Start(ctx, "GET /cart", trace.WithLinks(otelsup.Link(ctx)))
//
// It is the zero Link, which the SDK drops, if there is no such run, or nobody observes its tree; and in the first moment of a run,
// until its start was read.
func Link(ctx context.Context) trace.Link {
	tree, run := runtime.RunOf(ctx)
	if r, ok := trackers.Load(tree); ok {
		if l, ok := r.(*tracker).launches.Load(run.Path()); ok && l.(launch).generation == run.Generation() {
			return trace.Link{SpanContext: l.(launch).span}
		}
	}
	return trace.Link{}
}

// A launch is the span of a run's start.
type launch struct {
	generation uint64
	span       trace.SpanContext
}

// A tracker makes spans, log records and durations of the events of one tree. All of it but launches belongs to the goroutine that
// reads them.
type tracker struct {
	declarations *declarations
	tracer       trace.Tracer
	logger       log.Logger
	meter        *meter
	children     map[string]*child // by path
	launches     sync.Map          // the last of each child: path to launch
	now          time.Time         // of the last event
	stopping     []*child          // supervisors whose stop has no span yet
}

// A child is what is known of one.
type child struct {
	*declaration
	instance []attribute.KeyValue // its own path, if that is another

	start      trace.Span // of the last launch: "start" or "restart"
	starting   bool       // that span has not ended
	launched   time.Time
	generation uint64
	wasReady   bool // since it was launched

	downSince time.Time         // it is on its way down, and up again; zero if it is up, or at rest
	because   trace.SpanContext // the start of the run that failed, its own or another's
	commanded trace.SpanContext // the command by which it was asked to stop

	stop    trace.Span // not nil while it stops
	asked   time.Time  // when its run was asked to stop; zero if it was not
	command trace.Span // the last that was given to it
	verb    runtime.Verb
	at      time.Duration // when
}

// take makes of an event what follows from it.
func (r *tracker) take(e *runtime.Event) {
	r.now = e.Time
	switch e.Kind {
	case runtime.EventPhase, runtime.EventFrozen, runtime.EventStacks, runtime.EventWaits:
		return
	case runtime.EventLost:
		r.meter.lost.Add(context.Background(), int64(e.Lost))
		r.end() // what has become of them is not known
		return
	}
	c := r.child(e.Path)
	if e.Kind != runtime.EventTransition || e.To != runtime.LifecycleShuttingDown {
		r.beginStops()
	}
	switch e.Kind {
	case runtime.EventCommand:
		r.commandGiven(c, e)
	case runtime.EventFailed:
		r.failed(c, e)
	case runtime.EventEnded:
		r.ended(c, e)
	case runtime.EventAsked:
		r.stopAsked(c, e)
	case runtime.EventAborted:
		if c.stop != nil {
			c.stop.AddEvent("aborted", trace.WithTimestamp(e.Time))
		}
	case runtime.EventStuck:
		if c.stop != nil {
			c.stop.SetStatus(codes.Error, "did not stop within its budget")
			c.stop.SetAttributes(outcomes[runtime.OutcomeStuck])
		}
	case runtime.EventTransition:
		r.moved(c, e)
	case runtime.EventRemoved:
		r.down(c, e.Time)
		c.end(e.Time)
		delete(r.children, e.Path)
		r.launches.Delete(e.Path)
	}
}

// child is the child at a path.
func (r *tracker) child(path string) *child {
	c := r.children[path]
	if c != nil {
		return c
	}
	declared, _, several := strings.Cut(path, "[")
	c = &child{declaration: r.declarations.of(declared)}
	if several {
		c.instance = append(c.instance, attribute.String("supgen.child.instance", path))
	}
	r.children[path] = c
	return c
}

// begin begins a span of a child, below another if parent is valid.
func (r *tracker) begin(c *child, what string, at time.Time, parent, link trace.SpanContext, more ...attribute.KeyValue) trace.Span {
	options := []trace.SpanStartOption{trace.WithTimestamp(at), trace.WithAttributes(c.attributes...), trace.WithAttributes(c.instance...), trace.WithAttributes(more...)}
	if link.IsValid() {
		options = append(options, trace.WithLinks(trace.Link{SpanContext: link}))
	}
	_, span := r.tracer.Start(trace.ContextWithSpanContext(context.Background(), parent), what+" "+c.path, options...)
	return span
}

func (r *tracker) commandGiven(c *child, e *runtime.Event) {
	verb := attribute.String("supgen.command.verb", e.Audit.Verb.String())
	r.meter.commands.Add(context.Background(), 1, metric.WithAttributes(verb))
	c.command = r.begin(c, "command", e.Time, trace.SpanContext{}, trace.SpanContext{},
		verb, attribute.String("supgen.command.who", e.Audit.Who), attribute.String("supgen.command.why", e.Audit.Why))
	c.command.End(trace.WithTimestamp(e.Time))
	c.verb, c.at = e.Audit.Verb, e.At
}

// commandedBy is the command that was given to c and does what e tells; a stop of the whole tree may come later than it was
// asked for.
func (c *child) commandedBy(e *runtime.Event) trace.SpanContext {
	if c != nil && c.command != nil && (c.at == e.At || c.verb == runtime.VerbShutdown) {
		return c.command.SpanContext()
	}
	return trace.SpanContext{}
}

// context is the span of the last start, if there was one.
func (c *child) context() trace.SpanContext {
	if c == nil || c.start == nil {
		return trace.SpanContext{}
	}
	return c.start.SpanContext()
}

func (r *tracker) failed(c *child, e *runtime.Event) {
	r.record(c, e, "supgen.child.failure")
	c.goDown(e.Time, c.context(), trace.SpanContext{})
	c.endStart(e.Time, e.Failure)
	if c.stop != nil {
		blame(c.stop, e.Failure)
	}
	if d := e.Decision; d.Action == runtime.ActionRetry || d.Action == runtime.ActionRestart {
		r.meter.backoff.Record(context.Background(), d.Delay.Seconds(), c.set)
	}
}

func (r *tracker) ended(c *child, e *runtime.Event) {
	if e.Failure != nil {
		r.record(c, e, "supgen.child.unclean_stop")
		if c.stop != nil {
			blame(c.stop, e.Failure)
		}
	}
	c.endStart(e.Time, nil) // of a job, which has done its work; of what was asked to stop before it was ready
}

func (r *tracker) stopAsked(c *child, e *runtime.Event) {
	with := r.children[e.With]
	var because, commanded trace.SpanContext
	switch {
	case e.Audit != nil:
		commanded = with.commandedBy(e)
	case e.Failure != nil:
		because = with.context()
	}
	c.goDown(e.Time, because, commanded)
	c.endStart(e.Time, nil)
	c.asked = e.Time
	r.beginStop(c, because, commanded)
}

// beginStop begins the span of a stop, below that of its supervisor's if there is one.
func (r *tracker) beginStop(c *child, because, commanded trace.SpanContext) {
	if c.stop != nil {
		return
	}
	parent := commanded
	if above := r.children[c.above]; above != nil && above.stop != nil {
		parent = above.stop.SpanContext()
	}
	c.stop = r.begin(c, "stop", r.now, parent, because, attribute.Int64("supgen.child.generation", int64(c.generation)))
}

// beginStops begins the spans of the supervisors that go down in one step, the uppermost first.
func (r *tracker) beginStops() {
	slices.SortFunc(r.stopping, func(a, b *child) int { return cmp.Compare(len(a.above), len(b.above)) })
	for _, c := range r.stopping {
		r.beginStop(c, c.because, c.commanded)
	}
	r.stopping = r.stopping[:0]
}

// goDown notes why and since when it is down, unless it is already.
func (c *child) goDown(at time.Time, because, commanded trace.SpanContext) {
	if c.downSince.IsZero() {
		c.downSince, c.because, c.commanded = at, because, commanded
	}
}

// moved follows the lifecycle.
func (r *tracker) moved(c *child, e *runtime.Event) {
	if e.From == runtime.LifecycleShuttingDown {
		r.down(c, e.Time)
	}
	switch e.To {
	case runtime.LifecycleShuttingDown:
		if c.supervisor {
			c.goDown(e.Time, trace.SpanContext{}, c.commandedBy(e))
			c.endStart(e.Time, nil)
			r.stopping = append(r.stopping, c)
		}
	case runtime.LifecycleRestarting:
		c.goDown(e.Time, trace.SpanContext{}, c.commandedBy(e))
	case runtime.LifecycleStarting, runtime.LifecycleRunning:
		if e.Generation > c.generation {
			r.launch(c, e)
		}
	case runtime.LifecycleReady:
		if !c.wasReady && !c.launched.IsZero() {
			c.wasReady = true
			r.meter.ready.Record(context.Background(), e.Time.Sub(c.launched).Seconds(), c.set)
		}
		c.endStart(e.Time, nil)
	default: // at rest
		c.endStart(e.Time, nil)
		c.downSince = time.Time{}
	}
}

// launch begins the span of a start, or of a restart since the child went down.
func (r *tracker) launch(c *child, e *runtime.Event) {
	what, since, parent, because := "start", e.Time, c.commandedBy(e), trace.SpanContext{}
	if !c.downSince.IsZero() {
		what, since, parent, because = "restart", c.downSince, c.commanded, c.because
	}
	if above := r.children[c.above]; above != nil && above.starting && !above.launched.Before(c.downSince) {
		parent = above.context()
	}
	c.start = r.begin(c, what, since, parent, because,
		attribute.Int64("supgen.child.generation", int64(e.Generation)), attribute.Int("supgen.child.attempt", e.Attempt))
	c.starting, c.launched, c.generation, c.wasReady, c.downSince = true, e.Time, e.Generation, false, time.Time{}
	if since.Before(e.Time) {
		c.start.AddEvent("launched", trace.WithTimestamp(e.Time))
	}
	r.launches.Store(e.Path, launch{e.Generation, c.start.SpanContext()})
}

// down is the end of a stop.
func (r *tracker) down(c *child, at time.Time) {
	if c.stop == nil {
		return
	}
	if !c.asked.IsZero() {
		r.meter.stop.Record(context.Background(), at.Sub(c.asked).Seconds(), c.set)
	}
	c.stop.End(trace.WithTimestamp(at))
	c.stop, c.asked = nil, time.Time{}
}

// endStart ends the span of a start that is not over yet: well unless there is a failure.
func (c *child) endStart(at time.Time, f *runtime.Failure) {
	if !c.starting {
		return
	}
	c.starting = false
	if f != nil {
		blame(c.start, f)
	}
	c.start.End(trace.WithTimestamp(at))
}

func blame(span trace.Span, f *runtime.Failure) {
	span.SetStatus(codes.Error, f.Message)
	span.SetAttributes(outcomes[f.Kind])
}

// end ends what has not ended yet.
func (c *child) end(at time.Time) {
	c.endStart(at, nil)
	if c.stop != nil {
		c.stop.End(trace.WithTimestamp(at))
		c.stop = nil
	}
}

// end forgets all children, and ends their spans.
func (r *tracker) end() {
	for _, c := range r.children {
		c.end(r.now)
	}
	clear(r.children)
	r.stopping = nil
}
