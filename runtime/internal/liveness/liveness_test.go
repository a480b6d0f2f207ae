package liveness

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/supgen/supgen/runtime/internal/bridge"
	"github.com/supgen/supgen/runtime/internal/kernel"
)

// A tree is dead after ten seconds with the same trouble, and lives again when that is over.
func TestVerdict(t *testing.T) {
	for name, test := range map[string]struct {
		look  func(began time.Time) func(wait bool) (bridge.Watched, bool) // how the tree looks from then on
		alive time.Duration                                                // and how long it is thought to live
	}{
		"idle": {func(time.Time) func(bool) (bridge.Watched, bool) {
			return func(bool) (bridge.Watched, bool) { return bridge.Watched{}, true }
		}, time.Hour},
		"the same deadline overdue": {func(began time.Time) func(bool) (bridge.Watched, bool) {
			return func(bool) (bridge.Watched, bool) { return bridge.Watched{Next: began}, true }
		}, 11 * time.Second},
		"deadlines overdue, each another": {func(began time.Time) func(bool) (bridge.Watched, bool) {
			return func(bool) (bridge.Watched, bool) {
				return bridge.Watched{Next: time.Now().Add(-500 * time.Millisecond)}, true
			}
		}, time.Hour},
		"a deadline that is to come": {func(began time.Time) func(bool) (bridge.Watched, bool) {
			return func(bool) (bridge.Watched, bool) { return bridge.Watched{Next: began.Add(2 * time.Hour)}, true }
		}, time.Hour},
		"a lock that is not free": {func(began time.Time) func(bool) (bridge.Watched, bool) {
			return func(wait bool) (bridge.Watched, bool) {
				if wait {
					time.Sleep(time.Minute)
				}
				return bridge.Watched{}, wait
			}
		}, 11 * time.Second},
		"a lock that is free now and then": {func(began time.Time) func(bool) (bridge.Watched, bool) {
			return func(wait bool) (bridge.Watched, bool) {
				if wait {
					time.Sleep(8 * time.Second)
				}
				return bridge.Watched{}, wait
			}
		}, time.Hour},
		"a watcher that is late itself": {func(began time.Time) func(bool) (bridge.Watched, bool) {
			return func(bool) (bridge.Watched, bool) {
				time.Sleep(1700 * time.Millisecond)
				return bridge.Watched{Next: began}, true
			}
		}, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				w := watch(ctx.Done(), test.look(time.Now()))
				lived := time.Duration(0)
				for ; w.Err() == nil && lived < time.Hour; lived += time.Second {
					time.Sleep(time.Second)
					synctest.Wait()
				}
				if lived != test.alive {
					t.Errorf("it was thought to live for %s, not %s: %v", lived, test.alive, w.Err())
				}
				stop()
				time.Sleep(time.Minute) // the look that waits has returned
			})
		})
	}
}

// A lock that is free again is a tree that lives again.
func TestLivesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		w := watch(ctx.Done(), func(wait bool) (bridge.Watched, bool) {
			if wait {
				time.Sleep(20 * time.Second)
			}
			return bridge.Watched{}, wait
		})
		time.Sleep(15*time.Second + time.Millisecond)
		if w.Err() == nil {
			t.Error("it lives while its lock is not free")
		}
		time.Sleep(8 * time.Second)
		if err := w.Err(); err != nil {
			t.Errorf("its lock was free, and still %v", err)
		}
		stop()
		time.Sleep(time.Minute)
	})
}

// A tree that has ended is not watched any more, and was not dead.
func TestEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // which holds that the goroutine ends
		began := time.Now()
		w := watch(nil, func(bool) (bridge.Watched, bool) {
			if time.Since(began) < 20*time.Second {
				return bridge.Watched{Next: began}, true
			}
			return bridge.Watched{Phase: kernel.TreeEnded}, true
		})
		time.Sleep(15 * time.Second)
		if w.Err() == nil {
			t.Error("it lives while a deadline is overdue")
		}
		time.Sleep(time.Minute)
		if err := w.Err(); err != nil {
			t.Errorf("it has ended, and %v", err)
		}
	})
}
