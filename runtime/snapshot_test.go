package runtime

import (
	"context"
	stdruntime "runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// A snapshot is of one moment, though it is taken a part at a time: the last event it counts is that of one of its
// children, whoever changes meanwhile, also if more happens than the tree keeps, and children are added.
func TestSnapshotIsOfOneMoment(t *testing.T) {
	for name, kept := range map[string]int{"all events are kept": 1 << 16, "few are": 4} {
		t.Run(name, func(t *testing.T) {
			watchdog(t, "no end of it")
			flap := func(l Launch) error {
				for l.Context().Err() == nil {
					l.Signal().Ready()
					l.Signal().NotReady()
				}
				return nil
			}
			table := plain(
				Child{Name: "First", Role: Service, Ready: Ready{Explicit: true}, Start: flap},
				Child{Name: "Many", Role: Service, Replicas: 2000, Start: until},
				Child{Name: "Session", Role: Service, Dynamic: true, Max: 1 << 16, Start: until},
			)
			tree := New(table, WithEvents(kept))
			ctx, stop := context.WithCancel(context.Background())
			ended := make(chan error)
			go func() { ended <- tree.Run(ctx) }()
			var added atomic.Int64
			go func() {
				for n := 0; ctx.Err() == nil && n < 10_000; {
					if _, err := tree.Start(ctx, 3, Key(n), nil); err == nil { // until Run has begun it is
						n++
						added.Store(int64(n))
					}
				}
			}()
			changed := 0
			for before := uint64(0); changed < 20 || added.Load() == 0; {
				s := tree.Snapshot()
				last := uint64(0)
				for _, c := range s.All() {
					last = max(last, c.Sequence)
				}
				now := s.Tree().Sequence
				if last != now {
					t.Fatalf("the last event is number %d, and that of a child %d", now, last)
				}
				if now > before && before > 0 {
					changed++
				}
				before = now
			}
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
}

// A snapshot gives the lock to who waits for it, and the processor to nobody: beside goroutines that compute, it would be away
// for ten milliseconds after each part.
func TestSnapshotKeepsItsProcessor(t *testing.T) {
	defer stdruntime.GOMAXPROCS(stdruntime.GOMAXPROCS(1))
	const parts = 200
	tree := New(plain(Child{Name: "Many", Role: Service, Replicas: parts * 256, Start: until}))
	var others atomic.Int64
	over, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-over:
				return
			default:
				others.Add(1)
				stdruntime.Gosched()
			}
		}
	}()
	stdruntime.Gosched()
	before := others.Load()
	tree.Snapshot()
	given := others.Load() - before
	close(over)
	<-done
	if given > parts/2 {
		t.Errorf("in a snapshot of %d parts, another goroutine ran %d times", parts, given)
	}
}

// Dynamic children are in the order of their start, though the place of one that is gone is the next one's.
func TestSnapshotKeepsTheOrderOfStarts(t *testing.T) {
	table := plain(Child{Name: "S", Role: Worker, Dynamic: true, Max: 3, Start: until})
	supervise(t, table, func(t *testing.T, tree *Tree) {
		for _, key := range []string{"a", "b", "c", "d"} {
			if key == "d" {
				tree.Handle(`Root.S["a"]`).Remove("ada", "a test")
				synctest.Wait()
			}
			if _, err := tree.Start(t.Context(), one, Key(key), nil); err != nil {
				t.Fatal(err)
			}
		}
		var paths []string
		for _, c := range tree.Snapshot().Replicas(one) {
			paths = append(paths, c.Path)
		}
		if diff := cmp.Diff([]string{`Root.S["b"]`, `Root.S["c"]`, `Root.S["d"]`}, paths); diff != "" {
			t.Error(diff)
		}
	})
}
