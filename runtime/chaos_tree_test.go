package runtime

import (
	"errors"
	"fmt"
	"math/rand/v2"
	stdruntime "runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// I7: a deep tree is stopped while it restarts at all its levels. Nothing starts after the stop began, all of it is
// down when Run returns, and that is soon.
func TestChaosDeepTree(t *testing.T) {
	const depth = 12
	rounds := 40
	if testing.Short() {
		rounds = 8
	}
	for round := range rounds {
		var alive atomic.Int64
		table := plain()
		for level := ID(0); level < depth; level++ {
			super := Child{Name: "S", Role: Supervisor, Parent: 2 * level, Strategy: Strategy(int(level)%3 + int(OneForOne)),
				Limit: Limit{N: 1_000_000, In: time.Nanosecond}, Intensity: Limit{N: 1_000_000, In: time.Nanosecond}, Backoff: Backoff{None: true}}
			c := tireless("C", func(l Launch) error {
				alive.Add(1)
				defer alive.Add(-1)
				select {
				case <-l.Context().Done():
					return nil
				case <-time.After(time.Duration(rand.IntN(2000)) * time.Microsecond):
					return FatalBug(errLost) // its supervisor fails
				}
			})
			super.Parent, c.Parent = max(0, 2*level-1), 2*level+1
			table = append(table, super, c)
		}
		table[0].Intensity = Limit{N: 1_000_000, In: time.Nanosecond}
		tree := New(table)
		launched := make(chan uint64, 1)
		time.AfterFunc(time.Duration(rand.IntN(20000))*time.Microsecond, func() {
			for tree.Report().Phase == TreeIdle {
				stdruntime.Gosched() // Run has not begun
			}
			tree.Shutdown("chaos", "in the middle of it")
			launched <- launches(tree)
		})
		if err := tree.Run(t.Context()); stopped(err) != nil || alive.Load() != 0 {
			t.Fatalf("round %d: Run returned %v; %d are alive", round, err, alive.Load())
		}
		if before, after := <-launched, launches(tree); before != after || after < depth {
			t.Fatalf("round %d: of %d launches, %d were after the stop began", round, after, after-before)
		}
	}
}

// launches is how often the children of a tree were launched.
func launches(tree *Tree) (n uint64) {
	for _, s := range tree.Snapshot().All() {
		n += s.Generation
	}
	return n
}

// Dynamic children are added and removed while their supervisor escalates all the time. What was started ends; a key
// stands for one child; those that are left at the end are those that the snapshot has.
func TestChaosDynamic(t *testing.T) {
	var mu sync.Mutex
	alive := make(map[string]int)
	unlimited := Limit{N: 1_000_000, In: time.Nanosecond}
	trouble := tireless("C", func(l Launch) error {
		select {
		case <-l.Context().Done():
			return nil
		case <-time.After(time.Duration(rand.IntN(3000)) * time.Microsecond):
			return FatalBug(errLost)
		}
	})
	trouble.Parent = one
	table := []Child{
		root: {Name: "Root", Role: Supervisor, Intensity: unlimited},
		one:  {Name: "In", Role: Supervisor, Limit: unlimited, Intensity: unlimited, Backoff: Backoff{None: true}},
		two:  trouble,
		three: {Name: "S", Parent: one, Role: Service, Dynamic: true, Max: 6, Start: func(l Launch) error {
			mu.Lock()
			if alive[l.Run().Path()]++; alive[l.Run().Path()] > 1 {
				t.Errorf("two runs of %s", l.Run().Path())
			}
			mu.Unlock()
			<-l.Context().Done()
			mu.Lock()
			alive[l.Run().Path()]--
			mu.Unlock()
			return nil
		}},
	}
	var added, removed, wrong atomic.Int64
	err := chaos(t, table, func(tree *Tree) {
		var all sync.WaitGroup
		on := storm(func() bool {
			s, _ := tree.Handle("Root.In").State()
			return s.Generation >= 10 && added.Load() >= 50 && removed.Load() >= 20
		})
		for range 4 {
			all.Go(func() {
				for on() {
					key := Key(rand.IntN(8))
					if _, err := tree.Start(t.Context(), three, key, nil); err == nil {
						added.Add(1)
					} else if !errors.Is(err, ErrMax) && !errors.Is(err, ErrDuplicateKey) {
						wrong.Add(1)
					}
					if _, err := DynamicOf(tree, three, Key(rand.IntN(8))).Remove("chaos", "a test"); err == nil {
						removed.Add(1)
					} else if !errors.Is(err, ErrUnknown) {
						wrong.Add(1)
					}
				}
			})
		}
		all.Wait()
		if s, _ := tree.Handle("Root.In").State(); s.Generation < 10 {
			t.Errorf("In was restarted %d times only", s.Generation)
		}
	})
	for path, n := range alive {
		if n != 0 {
			t.Errorf("%d runs of %s are alive after the end", n, path)
		}
	}
	if stopped(err) != nil || wrong.Load() > 0 || added.Load() < 50 || removed.Load() < 20 {
		t.Errorf("Run returned %v; %d added, %d removed, %d wrong answers", err, added.Load(), removed.Load(), wrong.Load())
	}
}

// Checks that hang, checks that panic and runs that fail below them: nobody is held up, and no more checks are in flight
// than there are runs.
func TestChaosChecks(t *testing.T) {
	release := make(chan struct{})
	var calls, inFlight atomic.Int64
	table := plain()
	for i := range 8 {
		c := tireless(fmt.Sprint("C", i), until)
		c.Health = Health{Check: Check{Every: 4 * time.Millisecond, Timeout: 2 * time.Millisecond}, Fail: 2}
		c.HealthCheck = func(l Launch) error {
			calls.Add(1)
			defer inFlight.Add(-1)
			if inFlight.Add(1) > 1000 {
				t.Error("checks pile up")
			}
			switch {
			case i == 0 && l.Run().Generation() <= 5:
				<-release
			case i == 1:
				panic("evil")
			}
			return nil
		}
		table = append(table, c)
	}
	table[0].Intensity = Limit{N: 1_000_000, In: time.Nanosecond}
	err := chaos(t, table, func(tree *Tree) {
		hung := func() (n int) {
			for _, name := range tree.Snapshot().Tree().Leaked {
				if strings.HasPrefix(name, "Root.C0#") {
					n++
				}
			}
			return n
		}
		for on := storm(func() bool { return fewest(tree) > 0 && hung() == 5 && calls.Load() >= 100 }); on(); {
			<-time.After(time.Millisecond)
		}
		if hung() != 5 {
			t.Errorf("%v are leaked, want five of C0", tree.Snapshot().Tree().Leaked)
		}
		if s, _ := tree.Handle("Root.C1").State(); s.Generation < 5 {
			t.Errorf("C1, whose check panics, is generation %d", s.Generation)
		}
		close(release)
	})
	if err != nil || calls.Load() < 100 || inFlight.Load() != 0 {
		t.Errorf("Run returned %v; %d checks, of which %d still run", err, calls.Load(), inFlight.Load())
	}
}

// A child that never says it is alive is never told to be healthy. (In a bubble no time passes between a launch and its
// record, which is where it once was.)
func TestChaosSilentHeart(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service, Health: Health{Heartbeat: 2 * time.Millisecond, Stale: 5 * time.Millisecond, Dead: time.Hour}, Start: until})
	var states []HealthState
	err := chaos(t, table, func(tree *Tree) {
		tree.read(t.Context(), 1, func(e Event) bool {
			if e.Kind == EventHealth {
				states = append(states, e.Health)
			}
			return e.Health != HealthStale
		})
	})
	if err != nil || len(states) != 1 || states[0] != HealthStale {
		t.Errorf("Run returned %v; its health was %v", err, states)
	}
}

// A step of the wall clock decides nothing: all that is compared is monotonic. What a tree keeps and hands out as a
// time.Time carries the monotonic clock ("m=" in its text), so that a difference of two ignores the wall.
func TestChaosClock(t *testing.T) {
	asked := make(chan time.Time, 1)
	table := plain(Child{Name: "C", Role: Service, Start: func(l Launch) error {
		<-l.Context().Done()
		deadline, _ := l.Run().Grace().Deadline()
		asked <- deadline
		return nil
	}})
	var times []time.Time
	err := chaos(t, table, func(tree *Tree) {
		s := tree.Snapshot()
		times = append(times, tree.began, s.Tree().Time, s.Child(one).Since)
		tree.read(t.Context(), 1, func(e Event) bool {
			times = append(times, e.Time)
			return e.Sequence < 3
		})
	})
	for _, at := range append(times, <-asked) {
		if !strings.Contains(at.String(), " m=") {
			t.Errorf("%s has no monotonic clock", at)
		}
	}
	if err != nil || len(times) < 5 {
		t.Errorf("Run returned %v; looked at %d times", err, len(times))
	}
}
