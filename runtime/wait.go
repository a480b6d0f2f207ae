package runtime

import (
	"context"
	"errors"
	"fmt"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

// Wait returns nil when the child is ready, or a job completed. Of what a start returned it returns nil, too, when that
// ended well and is gone. It returns an error when ctx ends, when the child came to rest otherwise (ErrState; an [*Error]
// with its failure if that is why), when it was removed (ErrRemoved), when there is none with that path or key
// (ErrUnknown), or when the tree has ended (ErrNotRunning).
//
// It returns ErrInside at once if ctx is that of a run which can never see the answer: one of the child itself, or of
// a tree inside of it; or one of a job whose end the child, a supervisor above it, waits for.
func (h *Handle) Wait(ctx context.Context) error { return h.await(ctx, false) }

// AwaitEnd is Wait, but it goes on waiting while the child is ready: it returns when the child has come to rest, nil if
// it completed, ended well or was skipped.
func (h *Handle) AwaitEnd(ctx context.Context) error { return h.await(ctx, true) }

// AwaitReady returns nil when the whole tree is ready, that is its root: Handle.Wait of the root.
func (t *Tree) AwaitReady(ctx context.Context) error { return t.Handle(t.paths[0]).Wait(ctx) }

func (h *Handle) await(ctx context.Context, end bool) error {
	if err := h.inside(ctx); err != nil {
		return err
	}
	t := h.tree
	for {
		t.mu.Lock()
		err, arrived := h.arrived(end)
		more := t.ring.changed()
		t.mu.Unlock()
		if arrived {
			return err
		}
		select {
		case <-more:
		case <-ctx.Done():
			return fmt.Errorf("supgen: wait for %s: %w", h.path, context.Cause(ctx))
		}
	}
}

// inside is ErrInside if ctx is that of a run which cannot see the end of a wait.
func (h *Handle) inside(ctx context.Context) error {
	for r, ok := ctx.Value(runKey{}).(*run); ok; r, ok = r.base().Value(runKey{}).(*run) { // a tree may run inside a run
		if r.tree == h.tree && h.holds(r) {
			return fmt.Errorf("supgen: %s waits for %s: %w", r.path(), h.path, ErrInside)
		}
	}
	return nil
}

// holds reports whether what h means cannot become ready before a run of the same tree has ended.
func (h *Handle) holds(r *run) bool {
	if r.path() == h.path {
		return h.end == nil || h.end == r.dynamic.end
	}
	c := r.child()
	if c.Role != Job || c.Optional || c.Dynamic || c.Provides { // the context of one that provides outlives its function
		return false
	}
	for id := r.row; id != 0; {
		if id = r.tree.table[id].Parent; r.tree.paths[id] == h.path {
			return true
		} else if r.tree.table[id].Optional {
			break
		}
	}
	return false
}

// arrived reports whether a wait is over, and how. Under the lock.
func (h *Handle) arrived(end bool) (error, bool) {
	t := h.tree
	if h.end != nil && h.end.gone {
		return h.end.err, true
	}
	n, ok := t.find(h.path)
	if !ok {
		return fmt.Errorf("supgen: wait for %s: %w", h.path, ErrUnknown), true
	}
	v := t.k.View(n)
	switch {
	case t.poison != nil:
		return fmt.Errorf("supgen: wait for %s: %w", h.path, ErrNotRunning), true
	case v.Lifecycle == LifecycleReady && !end, v.Lifecycle == LifecycleStopped && v.Reason == StopCompleted,
		end && v.Lifecycle == LifecycleStopped && v.Reason == StopEnded && (v.Decision.Outcome == OutcomeSuccess || v.Decision.Outcome == OutcomeSkip):
		return nil, true
	case t.hasEnded:
		return fmt.Errorf("supgen: wait for %s: %w", h.path, ErrNotRunning), true
	}
	switch v.Lifecycle {
	case LifecyclePaused, LifecycleQuarantined, LifecycleStopped, LifecycleFailed:
		if v.Lifecycle == LifecycleQuarantined && !v.Held && v.Decision.Delay > 0 {
			return nil, false // it is released by itself
		}
		if f := t.failure(v.Failure); f != nil && !v.Held && f.Kind == v.Failure.Outcome {
			return failedFor(h.path, f, ErrState), true
		}
		why := ""
		if v.Reason == StopEnded {
			why = " (" + t.decision(v.Decision, n, h.path).Reason + ")"
		}
		return fmt.Errorf("supgen: wait for %s, which is %s%s: %w", h.path, v.Lifecycle, why, ErrState), true
	}
	return nil, false
}

// failedFor is a failure for good, as an error.
func failedFor(path string, f *Failure, also error) *Error {
	e := &Error{Path: path, Failure: f, err: errors.Join(f.Err, also)}
	if e.err == nil {
		e.err = errors.New(f.Message)
	}
	return e
}

// depart notes how an instance of a dynamic row ended that is gone, and lets go of what it was started with. Under the lock.
func (t *Tree) depart(e *kernel.Event) {
	m := &t.members[e.Node]
	d := m.dynamic
	d.end.gone = true
	switch e.Outcome { // by which it ended by itself
	case OutcomeSuccess, OutcomeSkip:
	case OutcomeNone:
		d.end.err = fmt.Errorf("supgen: %s: %w (%s)", d.path, ErrRemoved, t.removedBy(e.Node))
	default:
		d.end.err = failedFor(d.path, t.failure(e.Failure), nil)
	}
	delete(t.audits, e.Node)
	// A stuck run of it has all it needs. Its path is reported until another child has its place.
	m.run, m.value, m.dynamic = nil, nil, &dynamic{path: d.path, key: d.key}
}

// removedBy says who removed an instance, and why. Under the lock.
func (t *Tree) removedBy(n kernel.Node) string {
	if a := t.audits[n]; a != nil {
		return (&StopError{Audit: a}).why()
	}
	if r := t.members[n].run; r != nil && r.stop != nil {
		return r.stop.cause.why()
	}
	return "with its supervisor"
}
