package runtime

import (
	"context"
	"sync"
	"time"
)

// A lazyContext is what makes a run's record its context. Most of it is a context of the standard library, so that whatever is
// derived from it is called off without a goroutine, and context.Cause knows why; but that is made when somebody waits
// for it, and a run that ends before allocates one thing.
type lazyContext struct {
	mu     sync.Mutex
	state  any                     // nil, the cause with which it ended, or the context of a caller that waits, or asks after the end
	cancel context.CancelCauseFunc // of that context, until it has ended
}

// Deadline is unknown.
func (r *run) Deadline() (time.Time, bool) { return time.Time{}, false }

// Done is closed when the run is asked to stop, or has ended.
func (r *run) Done() <-chan struct{} { return r.contextFor(true).Done() }

// Err is context.Canceled once Done is closed; context.Cause knows why.
func (r *run) Err() error { return r.contextFor(false).Err() }

// Value knows the run itself, what Run was called with, and the labels.
func (r *run) Value(key any) any {
	if _, ok := key.(runKey); ok {
		return r
	}
	return r.contextFor(false).Value(key)
}

// contextFor is the context of the standard library: until somebody waits for it, or it has ended, one without an end.
func (r *run) contextFor(waits bool) context.Context {
	s := &r.context
	s.mu.Lock()
	defer s.mu.Unlock()
	base := r.base()
	switch state := s.state.(type) {
	case context.Context:
		return state
	case error:
		ctx, cancel := context.WithCancelCause(base)
		cancel(state)
		s.state = ctx
		return ctx
	}
	if !waits {
		return base
	}
	var ctx context.Context
	ctx, s.cancel = context.WithCancelCause(base)
	s.state = ctx
	return ctx
}

// cancel ends the context. The first cause counts.
func (r *run) cancel(cause error) {
	s := &r.context
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.cancel != nil:
		s.cancel(cause)
		s.cancel = nil
	case s.state == nil:
		s.state = cause
	}
}
