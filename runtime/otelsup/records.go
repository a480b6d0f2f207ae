package otelsup

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"reflect"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/trace"

	"github.com/supgen/supgen/runtime"
)

// record writes the failure of an event as a log record, with the span of the start of the run that failed.
func (r *tracker) record(c *child, e *runtime.Event, name string) {
	ctx, severity := trace.ContextWithSpanContext(context.Background(), c.context()), severityOf(e)
	if !r.logger.Enabled(ctx, log.EnabledParameters{Severity: severity, EventName: name}) {
		return
	}
	f := e.Failure
	var record log.Record
	record.SetTimestamp(e.Time)
	record.SetObservedTimestamp(time.Now())
	record.SetEventName(name)
	record.SetSeverity(severity)
	record.SetBody(attribute.StringValue(e.Path + ": " + f.Message))
	record.AddAttributes(c.attributes...)
	record.AddAttributes(c.instance...)
	record.AddAttributes(
		attribute.Int64("supgen.child.generation", int64(e.Run)),
		attribute.String("error.type", f.Kind.String()),
		attribute.String("exception.type", exceptionType(f)),
		attribute.String("exception.message", f.Message),
	)
	if stack := f.Stack(); stack != "" {
		record.AddAttributes(attribute.String("exception.stacktrace", stack))
	}
	if d := e.Decision; d != nil {
		record.AddAttributes(
			attribute.String("supgen.decision.action", d.Action.String()),
			attribute.String("supgen.decision.reason", d.Reason),
			attribute.Float64("supgen.decision.delay", d.Delay.Seconds()),
		)
	}
	r.logger.Emit(ctx, record)
}

// severityOf is that of the tree's own log: an error where nothing starts the child again by itself, and a retry that is one of many
// is for debugging.
func severityOf(e *runtime.Event) log.Severity {
	d := e.Decision
	switch {
	case d == nil:
		return log.SeverityWarn
	case e.Failure.Final, d.Action == runtime.ActionQuarantine && d.Delay == 0:
		return log.SeverityError
	case d.Action == runtime.ActionRetry && d.Since.Before(e.Time) && bits.OnesCount(uint(e.Attempt-1)) > 1:
		return log.SeverityDebug
	}
	return log.SeverityWarn
}

// exceptionType is the type of what the child returned, or panicked with, below what only wraps it; the outcome if it did neither,
// or that is not kept any more. It calls no code of the child's.
func exceptionType(f *runtime.Failure) string {
	err := f.Err
	for {
		switch t := reflect.TypeOf(err); {
		case t == nil:
			return f.Kind.String()
		case t == wrapError, t == marked:
			err = errors.Unwrap(err)
		default:
			if p, ok := err.(*runtime.PanicError); ok {
				return fmt.Sprintf("%T", p.Value)
			}
			return t.String()
		}
	}
}

var (
	wrapError = reflect.TypeOf(fmt.Errorf("%w", errors.ErrUnsupported))
	marked    = reflect.TypeOf(runtime.FatalBug(errors.ErrUnsupported))
)
