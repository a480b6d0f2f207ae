package runtime

import (
	"context"
	"fmt"
	"sync/atomic"
)

// A ValueHandle is the handle of a dynamic child that provides a T, for all that know its key. While the child is ready, what
// they ask of it takes no lock.
type ValueHandle[T any] struct{ Handle }

// Value is what the child has handed over, and true, while it is ready. It is withdrawn before the run is asked to stop, so
// the run may end any moment after Value has returned. That is right for what is as good afterwards, such as an address to
// show; to send to a mailbox, or to use a connection, call Use.
func (h *ValueHandle[T]) Value() (v T, ok bool) {
	if o := h.handedOver(); o != nil {
		return valueOf[T](o.value), true
	}
	return v, false
}

// Await is Value, but waits until there is one: through restarts, and through a quarantine that ends by itself. Its errors are
// those of [Handle.Wait], and ErrState for a child that has ended well.
func (h *ValueHandle[T]) Await(ctx context.Context) (v T, err error) {
	o, err := h.awaitValue(ctx)
	if err != nil {
		return v, err
	}
	return valueOf[T](o.value), nil
}

// Use waits as Await does, and calls f with the value, on the caller's goroutine and as part of the child's run: the run has
// not ended, and none of its cleanups is called, before f has returned. The context of f is ctx, and ends also when the run is
// asked to stop or has failed, with the cause of the run's context; an f that goes on then uses up the child's stop budget.
//
// What f returns, Use returns. A panic of f is the caller's, and no failure of the child.
func (h *ValueHandle[T]) Use(ctx context.Context, f func(ctx context.Context, v T) error) error {
	o, p, err := h.enter(ctx)
	if err != nil {
		return err
	}
	defer o.run.left(p, OutcomeSuccess, nil)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(o.run, func() { cancel(context.Cause(o.run)) })()
	return f(ctx, valueOf[T](o.value))
}

// A slot is where what a child has handed over is read without the tree's lock. Each dynamic child that provides has one.
type slot struct {
	now     atomic.Pointer[handedOver] // while the child is ready
	changed chan struct{}              // closed when the child goes to another state; made for who waits. Under the lock
}

// handedOver is what a run has handed over.
type handedOver struct {
	slot  *slot
	run   *run
	value any // a *box[T]
}

// move publishes what the child of a slot has handed over, or withdraws it. Under the lock, before anything is asked to stop.
func (s *slot) move(m *member, to Lifecycle) {
	if to == LifecycleReady {
		s.now.Store(&handedOver{s, m.run, m.value})
	} else {
		s.now.Store(nil)
	}
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// slot is where the child of a handle hands over, nil if there is none. A path is looked up each time: it is another child's
// when the one that had it is gone.
func (h *Handle) slot() *slot {
	if h.end != nil {
		return h.end.slot
	}
	s, _ := h.tree.slots.Load(h.path)
	found, _ := s.(*slot)
	return found
}

// handedOver is what the child has handed over and not withdrawn, nil if there is nothing.
func (h *Handle) handedOver() *handedOver {
	if s := h.slot(); s != nil {
		return s.now.Load()
	}
	return nil
}

// awaitValue waits until the child has handed something over.
func (h *Handle) awaitValue(ctx context.Context) (*handedOver, error) {
	if o := h.handedOver(); o != nil {
		return o, nil
	}
	if err := h.inside(ctx); err != nil {
		return nil, err
	}
	for {
		o, changed, err := h.nextValue()
		if o != nil || err != nil {
			return o, err
		}
		select {
		case <-changed:
		case <-h.tree.done: // it is there, or there were no such child
		case <-ctx.Done():
			return nil, fmt.Errorf("supgen: wait for %s: %w", h.path, context.Cause(ctx))
		}
	}
}

// nextValue is what the child has handed over, or when to ask again, or why there will be nothing.
func (h *Handle) nextValue() (*handedOver, <-chan struct{}, error) {
	h.tree.mu.Lock()
	defer h.tree.mu.Unlock()
	err, arrived := h.arrived(false)
	switch s := h.slot(); {
	case arrived && err != nil:
		return nil, nil, err
	case arrived && h.end != nil && h.end.gone:
		return nil, nil, fmt.Errorf("supgen: wait for %s, which has ended: %w", h.path, ErrState)
	case s.now.Load() != nil:
		return s.now.Load(), nil, nil
	default:
		if s.changed == nil {
			s.changed = make(chan struct{})
		}
		return nil, s.changed, nil
	}
}

// enter waits until the child has handed something over, and adds a part to the run that has.
func (h *Handle) enter(ctx context.Context) (*handedOver, *parts, error) {
	for {
		o, err := h.awaitValue(ctx)
		if err != nil {
			return nil, nil, err
		}
		if p := o.run.enter(); p != nil {
			return o, p, nil
		}
		o.slot.now.CompareAndSwap(o, nil) // the run has ended, and the tree is about to hear of it
	}
}
