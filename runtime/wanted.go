package runtime

import (
	"context"
	"errors"
	"fmt"
)

// ErrNotReady is what [Wanted.Use] returns while there is nothing to use.
var ErrNotReady = errors.New("it is not ready")

// A Wanted is what a child wants of another, which may be missing: the value that the other has handed over, while it is ready.
// It is right for the whole run, and in all goroutines of it. Of replicas the value is a slice, by index, of those that are ready.
//
// The zero Wanted has no value. [WantedOf] is for tests.
type Wanted[T any] struct {
	of     *slot
	tree   *Tree
	path   string
	gather func([]*handedOver) T // of what is ready, which is not nothing
	always *T
}

// WantedOf is a Wanted that always has a value: to call a child's function with in a test.
func WantedOf[T any](value T) Wanted[T] { return Wanted[T]{always: &value} }

// Get is the value, and true, while there is one. It takes no lock. The value is withdrawn before the run that handed it over is
// asked to stop, so that run may end any moment after Get has returned: to use what a Cleanup closes, call Use.
func (w Wanted[T]) Get() (v T, ok bool) {
	if w.always != nil {
		return *w.always, true
	}
	if ready := w.ready(); len(ready) > 0 {
		return w.gather(ready), true
	}
	return v, false
}

// ready is what has been handed over and not withdrawn.
func (w Wanted[T]) ready() []*handedOver {
	if w.of == nil {
		return nil
	}
	var room [8]*handedOver
	ready := room[:0]
	for i := range w.of.now {
		if o := w.of.now[i].Load(); o != nil {
			ready = append(ready, o)
		}
	}
	return ready
}

// Changed is closed when the value is another, or is not there any more, or is there again. Ask for it before Get: what changes
// between the two is not missed then. Of a Wanted that never changes it is nil, which is never closed.
func (w Wanted[T]) Changed() <-chan struct{} {
	if w.of == nil {
		return nil
	}
	w.tree.mu.Lock()
	defer w.tree.mu.Unlock()
	return w.of.change()
}

// Await is Get, but waits until there is a value. It fails when ctx ends: whether what is wanted will ever be ready is not for who
// can do without it to know.
func (w Wanted[T]) Await(ctx context.Context) (T, error) {
	for {
		changed := w.Changed()
		v, ok := w.Get()
		if ok {
			return v, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return v, fmt.Errorf("supgen: wait for %s: %w", w.path, context.Cause(ctx))
		}
	}
}

// Use calls f with the value, on the caller's goroutine and as part of the run that handed it over: that run has not ended, and none
// of its cleanups is called, before f has returned. The context of f is ctx, and ends also when that run is asked to stop or has
// failed. Of replicas that is so of each that is ready. Use does not wait: without a value it returns an error that wraps
// [ErrNotReady]. A panic of f is the caller's.
func (w Wanted[T]) Use(ctx context.Context, f func(ctx context.Context, v T) error) error {
	if w.always != nil {
		return f(ctx, *w.always)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var entered []*handedOver
	for _, o := range w.ready() {
		if p := o.enter(); p != nil {
			defer o.run.left(p, OutcomeSuccess, nil)
			defer o.run.ends(cancel)()
			entered = append(entered, o)
		}
	}
	if len(entered) == 0 {
		return fmt.Errorf("supgen: use %s: %w", w.path, ErrNotReady)
	}
	return f(ctx, w.gather(entered))
}
