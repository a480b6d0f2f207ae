// Package liveness says whether a tree still works: whether the machinery that supervises moves, whatever its children do. Probes
// and watchdogs stand on it: what they end and start again is a process that would not get better by itself.
package liveness

import (
	"fmt"
	"sync"
	"time"

	"github.com/supgen/supgen/runtime/internal/bridge"
	"github.com/supgen/supgen/runtime/internal/kernel"
)

// A tree is looked at every second. It is dead once the same trouble was seen for 10 seconds in which the watcher itself was on
// time: a process that does not run, or a machine with too much to do, kills nothing.
const (
	every  = time.Second
	late   = 500 * time.Millisecond
	deadly = 10
)

// A Watcher has the last verdict about a tree.
type Watcher struct {
	look func(wait bool) (bridge.Watched, bool)

	mu   sync.Mutex
	dead error
}

// Watch watches a *runtime.Tree until it has ended, or done is closed.
func Watch(done <-chan struct{}, tree any) *Watcher {
	return watch(done, func(wait bool) (bridge.Watched, bool) { return bridge.Watch(tree, wait) })
}

func watch(done <-chan struct{}, look func(wait bool) (bridge.Watched, bool)) *Watcher {
	w := &Watcher{look: look}
	go w.run(done)
	return w
}

// Err says why the tree is dead; nil if it lives. It waits for nothing.
func (w *Watcher) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.dead
}

func (w *Watcher) run(done <-chan struct{}) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	var (
		answers = make(chan bridge.Watched, 1) // of the look that waits for the lock, while one does
		waits   bool
		next    time.Time // the deadline that the last look saw
		locked  int       // ticks, each on time, since the lock was had
		overdue int       // ticks, each on time, since the deadline was
	)
	for last := time.Now(); ; {
		select {
		case <-done:
			w.judge(0, 0)
			return
		case <-tick.C:
		}
		now := time.Now()
		onTime := now.Sub(last) < every+late
		last = now
		seen, ok := bridge.Watched{}, false
		if waits {
			select {
			case seen = <-answers:
				ok, waits = true, false
			default:
			}
		} else if seen, ok = w.look(false); !ok {
			waits = true
			go func() {
				seen, _ := w.look(true)
				answers <- seen
			}()
		}
		if ok && seen.Phase == kernel.TreeEnded {
			w.judge(0, 0)
			return
		}
		passed := ok && !seen.Next.IsZero() && now.After(seen.Next)
		switch {
		case !onTime:
			locked, overdue = 0, 0
		case !ok:
			locked++
		case passed && seen.Next.Equal(next):
			locked, overdue = 0, overdue+1
		default:
			locked, overdue = 0, 0
		}
		if ok {
			next = seen.Next
		}
		w.judge(locked, overdue)
	}
}

// judge keeps the verdict.
func (w *Watcher) judge(locked, overdue int) {
	var dead error
	switch {
	case locked > deadly:
		dead = fmt.Errorf("the lock of the tree was not free for %s", deadly*every)
	case overdue >= deadly:
		dead = fmt.Errorf("a deadline of the tree is overdue by %s", deadly*every)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dead = dead
}
