package runtime

import (
	"time"

	"github.com/supgen/supgen/runtime/internal/bridge"
	"github.com/supgen/supgen/runtime/internal/kernel"
	"github.com/supgen/supgen/runtime/policy"
)

// What packages httpsup and sdnotify need of this one.
func init() {
	bridge.Watch = func(tree any, wait bool) (bridge.Watched, bool) { return tree.(*Tree).watch(wait) }
	bridge.Begun = func(tree any, rows []bool) bool { return tree.(*Tree).haveBegun(rows) }
	bridge.Serve = func(tree any) kernel.TreePhase { return tree.(*Tree).serve() }
	bridge.Rows = func(tree any) (any, []string) { t := tree.(*Tree); return t.table, t.paths }
	bridge.Attached = func(tree any, make func() any) any {
		t := tree.(*Tree)
		t.attach.Do(func() { t.attached = make() })
		return t.attached
	}
	bridge.LongestStop = func(tree any) policy.StopBound { return policy.StopOrderOf(rows(tree.(*Tree).table)).Longest(0) }
	bridge.Reported = func(tree any) time.Time { return tree.(*Tree).reported() }
	bridge.Goroutines, bridge.StacksOf = goroutineProfile, stacksOf
}

// watch is the tree at this moment, if its lock is free or wait is set.
func (t *Tree) watch(wait bool) (w bridge.Watched, ok bool) {
	if wait {
		t.mu.Lock()
	} else if !t.mu.TryLock() {
		return w, false
	}
	defer t.mu.Unlock()
	w = bridge.Watched{Phase: t.phase(), Sequence: t.ring.last, Started: t.started}
	if t.done != nil && !t.hasEnded && t.armed != kernel.Forever {
		w.Next = t.began.Add(t.armed)
	}
	return w, true
}

// haveBegun reports whether all children of some rows were ready once, or have done their work.
func (t *Tree) haveBegun(rows []bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for n, begun := range t.begun {
		if !begun && rows[t.members[n].row] {
			return false
		}
	}
	return true
}

// serve notes that a probe is about to say that the tree is ready, and returns the phase. Once the tree is asked to stop, it is too
// late for that.
func (t *Tree) serve() kernel.TreePhase {
	t.mu.Lock()
	defer t.mu.Unlock()
	phase := t.phase()
	t.served = t.served || phase == TreeRunning
	return phase
}

// reported is when a run last said that it is alive.
func (t *Tree) reported() (at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	last := int64(0)
	for i := range t.members {
		if r := t.members[i].run; r != nil {
			last = max(last, r.beat.Load())
		}
	}
	if last > 0 {
		at = t.began.Add(time.Duration(last))
	}
	return at
}
