package runtime

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/supgen/supgen/runtime/internal/kernel"
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
	defer o.run.ends(cancel)()
	return f(ctx, valueOf[T](o.value))
}

// A slot is where what the replicas of a child, or one dynamic child, have handed over is read without the tree's lock. Each child
// that others want has one, and each dynamic child that provides.
type slot struct {
	now     []atomic.Pointer[handedOver] // of each replica, while it is ready
	changed chan struct{}                // closed when one of them goes to another state; made for who waits. Under the lock
}

func newSlot(replicas int) *slot {
	return &slot{now: make([]atomic.Pointer[handedOver], max(1, replicas))}
}

// handedOver is what a run has handed over.
type handedOver struct {
	in    *atomic.Pointer[handedOver] // where it is published
	run   *run
	value any // a *box[T]
}

// slotOf is where a member hands over, with its place in there; nil if nobody reads it.
func (t *Tree) slotOf(m *member) (*slot, int32) {
	if m.dynamic == nil {
		return t.wanted[m.row], m.index
	} else if m.dynamic.end == nil { // it is gone
		return nil, 0
	}
	return m.dynamic.end.slot, 0
}

// follow publishes what a member has handed over when an event says that it is ready, and withdraws it when it is not ready any more,
// has failed or has ended. A run that only waits for its turn to be asked to stop still serves those that stop before it: see
// Tree.withdraw. Under the lock, before anything is carried out.
func (s *slot) follow(at int32, m *member, e *kernel.Event) {
	now := &s.now[at]
	switch moved := e.From != e.To; {
	case moved && e.To == LifecycleReady:
		now.Store(&handedOver{now, m.run, m.value})
	case e.Kind == kernel.EventFailed, e.Kind == kernel.EventHealth && e.Outcome != OutcomeNone, e.Kind == kernel.EventEnded && e.Run == e.Gen,
		moved && e.To != LifecycleShuttingDown:
		now.Store(nil)
	case !moved:
		return
	}
	s.notify()
}

// withdraw takes back what a member has handed over that is about to be asked to stop. Under the lock.
func (t *Tree) withdraw(m *member) {
	if s, at := t.slotOf(m); s != nil {
		s.now[at].Store(nil)
		s.notify()
	}
}

// notify wakes those who wait for a change. Under the lock.
func (s *slot) notify() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// change is closed when what is handed over is something else, or nothing. Under the lock.
func (s *slot) change() <-chan struct{} {
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.changed
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
		return s.now[0].Load()
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
	case s.now[0].Load() != nil:
		return s.now[0].Load(), nil, nil
	default:
		return nil, s.change(), nil
	}
}

// enter waits until the child has handed something over, and adds a part to the run that has.
func (h *Handle) enter(ctx context.Context) (*handedOver, *parts, error) {
	for {
		o, err := h.awaitValue(ctx)
		if err != nil {
			return nil, nil, err
		}
		if p := o.enter(); p != nil {
			return o, p, nil
		}
	}
}

// enter adds a part to the run that has handed something over, or is nil if the run has ended: then the tree is about to hear of
// that, and until it does nobody else tries.
func (o *handedOver) enter() *parts {
	p := o.run.enter()
	if p == nil {
		o.in.CompareAndSwap(o, nil)
	}
	return p
}

// ends has a context end when the run's does. The result takes that back.
func (r *run) ends(cancel context.CancelCauseFunc) (stop func() bool) {
	return context.AfterFunc(r, func() { cancel(context.Cause(r)) })
}
