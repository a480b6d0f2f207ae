package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A cache is closed when its run is down.
type cache struct {
	generation uint64
	closed     atomic.Bool
}

// wanting runs a tree in a bubble in which Web wants an optional Cache, which is slow to start and fails when it is sent an error, and
// stops it after do.
func wanting(t *testing.T, web func(l Launch, c Wanted[*cache]) error, do func(t *testing.T, tree *Tree, fail chan<- error)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		fail := make(chan error)
		tree := New(wantingTable(web, fail), WithSeed(1))
		ended := make(chan error)
		go func() { ended <- tree.Run(t.Context()) }()
		do(t, tree, fail)
		_, _ = tree.Shutdown("test", "enough")
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func wantingTable(web func(l Launch, c Wanted[*cache]) error, fail <-chan error) []Child {
	port := Port[*cache]{Of: one}
	return plain(
		Child{Name: "Cache", Role: Service, Provides: true, Optional: true, Ready: Ready{Explicit: true}, Backoff: Backoff{Min: time.Second, Max: time.Second, Factor: 1, Reset: time.Hour},
			Shutdown: Shutdown{Drain: 5 * time.Second, Abort: time.Second}, Start: func(l Launch) error {
				c := &cache{generation: l.Run().Generation()}
				l.Run().Cleanup(func(context.Context) error {
					c.closed.Store(true)
					return nil
				})
				time.Sleep(time.Second)
				port.Provider(l).Ready(c)
				select {
				case err := <-fail:
					return err
				case <-l.Context().Done():
					return nil
				}
			}},
		Child{Name: "Web", Role: Service, Wants: []ID{one}, Shutdown: Shutdown{Drain: 5 * time.Second, Abort: time.Second},
			Start: func(l Launch) error { return web(l, port.Wanted(l)) }},
	)
}

// runtime.md, "What is wanted": what is wanted holds up no start, shares no life, and is told of.
func TestWanted(t *testing.T) {
	var got notes
	wanting(t, func(l Launch, c Wanted[*cache]) error {
		for {
			changed := c.Changed()
			if v, ok := c.Get(); ok {
				got.tell("%s: Web#%d has Cache#%d", time.Duration(l.run.tree.now()), l.Run().Generation(), v.generation)
			} else {
				got.tell("%s: Web#%d has none", time.Duration(l.run.tree.now()), l.Run().Generation())
			}
			select {
			case <-changed:
			case <-l.Context().Done():
				return nil
			}
		}
	}, func(t *testing.T, tree *Tree, fail chan<- error) {
		time.Sleep(5 * time.Second)
		fail <- errLost
		time.Sleep(5 * time.Second)
		_, _ = tree.Handle("Root.Cache").Quarantine("test", "off")
		time.Sleep(time.Second)
		want(t, tree, "Root.Web", "ready#1")
		_, _ = tree.Handle("Root.Web").Restart("test", "again")
		time.Sleep(time.Second)
	})
	if diff := cmp.Diff([]string{
		"0s: Web#1 has none", "1s: Web#1 has Cache#1",
		"5s: Web#1 has none", "6s: Web#1 has none", "7s: Web#1 has Cache#2",
		"10s: Web#1 has none", "11s: Web#2 has none", "12s: Web#2 has none",
	}, slices.Compact(got.take())); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// What is wanted stops after what wants it, where one stop takes both.
func TestWantedStopsAfter(t *testing.T) {
	var got notes
	wanting(t, func(l Launch, c Wanted[*cache]) error {
		<-l.Context().Done()
		time.Sleep(time.Second)
		v, ok := c.Get()
		got.tell("while Web drains: %v", ok && !v.closed.Load())
		return nil
	}, func(t *testing.T, tree *Tree, _ chan<- error) {
		time.Sleep(5 * time.Second)
	})
	if diff := cmp.Diff([]string{"while Web drains: true"}, got.take()); diff != "" {
		t.Error(diff)
	}
}

// Use never meets what is closed, does not wait, and ends with the run that it uses.
func TestWantedUse(t *testing.T) {
	var used, missing atomic.Int64
	wanting(t, func(l Launch, c Wanted[*cache]) error {
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				for l.Context().Err() == nil {
					err := c.Use(l.Context(), func(ctx context.Context, v *cache) error {
						used.Add(1)
						select {
						case <-ctx.Done():
						case <-time.After(10 * time.Millisecond):
						}
						if v.closed.Load() {
							t.Error("it is used and closed")
						}
						return nil
					})
					if errors.Is(err, ErrNotReady) {
						missing.Add(1)
					} else if err != nil {
						t.Error(err)
					}
					time.Sleep(10 * time.Millisecond)
				}
			})
		}
		<-l.Context().Done()
		all.Wait()
		return nil
	}, func(t *testing.T, tree *Tree, fail chan<- error) {
		for range 5 {
			time.Sleep(3 * time.Second)
			fail <- errLost
			time.Sleep(3 * time.Second)
			_, _ = tree.Handle("Root.Cache").Restart("test", "again")
		}
	})
	if used.Load() == 0 || missing.Load() == 0 {
		t.Errorf("it was used %d times, and missing %d times", used.Load(), missing.Load())
	}
}

// Of replicas it is those that are ready: one that is broken stops nobody.
func TestWantedReplicas(t *testing.T) {
	var got notes
	port := Ports[string]{Of: one}
	table := plain(
		Child{Name: "Feed", Role: Worker, Replicas: 3, Provides: true, Ready: Ready{Explicit: true}, Start: func(l Launch) error {
			port.Provider(l).Ready(fmt.Sprintf("feed %d", l.Replica().Index()))
			return until(l)
		}},
		Child{Name: "Web", Role: Service, Wants: []ID{one}, Start: func(l Launch) error {
			feeds := port.Wanted(l)
			for {
				changed := feeds.Changed()
				v, ok := feeds.Get()
				got.tell("%v %v", v, ok)
				select {
				case <-changed:
				case <-l.Context().Done():
					return nil
				}
			}
		}},
	)
	err := supervise(t, table, func(t *testing.T, tree *Tree) {
		synctest.Wait()
		for i := range 3 {
			_, _ = ReplicaOf(tree, one, 2-i).Pause("test", "off")
			synctest.Wait()
		}
	})
	lines := slices.Compact(got.take())
	if diff := cmp.Diff([]string{
		"[feed 0 feed 1 feed 2] true", "[feed 0 feed 1] true", "[feed 0] true", "[] false",
	}, lines[max(0, len(lines)-4):]); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

// Await waits for as long as its context.
func TestWantedAwait(t *testing.T) {
	var got notes
	wanting(t, func(l Launch, c Wanted[*cache]) error {
		ctx, cancel := context.WithTimeout(l.Context(), 100*time.Millisecond)
		defer cancel()
		_, err := c.Await(ctx)
		got.tell("%v", err)
		v, err := c.Await(l.Context())
		got.tell("Cache#%d, %v", v.generation, err)
		return until(l)
	}, func(t *testing.T, tree *Tree, _ chan<- error) {
		time.Sleep(5 * time.Second)
	})
	if diff := cmp.Diff([]string{"supgen: wait for Root.Cache: context deadline exceeded", "Cache#1, <nil>"}, got.take()); diff != "" {
		t.Error(diff)
	}
}

// Without a tree, there is nothing, or always the same.
func TestWantedOfNothing(t *testing.T) {
	var none Wanted[int]
	_, ok := none.Get()
	err := none.Use(t.Context(), func(context.Context, int) error { return nil })
	if ok || !errors.Is(err, ErrNotReady) || none.Changed() != nil {
		t.Errorf("the zero Wanted has a value, %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := none.Await(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	seven := WantedOf(7)
	v, ok := seven.Get()
	err = seven.Use(t.Context(), func(_ context.Context, v int) error { return fmt.Errorf("used %d", v) })
	if v != 7 || !ok || err == nil || err.Error() != "used 7" {
		t.Error(v, ok, err)
	}
	if v, err := seven.Await(ctx); v != 7 || err != nil {
		t.Error(v, err)
	}
}
