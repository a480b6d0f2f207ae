package runtime

import (
	"github.com/supgen/supgen/runtime/internal/bridge"
	"github.com/supgen/supgen/runtime/internal/kernel"
)

// What package httpsup needs of this one.
func init() {
	bridge.Watch = func(tree any, wait bool) (bridge.Watched, bool) { return tree.(*Tree).watch(wait) }
	bridge.Rows = func(tree any) (any, []string) { t := tree.(*Tree); return t.table, t.paths }
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
