package runtime

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// The tests of this file run on the real scheduler and the real clock. Each counts, and has a number that it can miss;
// none depends on how fast the machine is.

// chaos runs a tree, and has it stopped and waited for: what does not stop within its budget is in the error of Run. What
// it left behind of this package's goroutines is an error of the test.
func chaos(t *testing.T, table []Child, do func(tree *Tree), options ...Option) error {
	t.Helper()
	before := len(goroutines())
	tree := New(table, append([]Option{WithSeed(1)}, options...)...)
	ended := make(chan error, 1)
	go func() { ended <- tree.Run(context.Background()) }()
	<-started(tree)
	do(tree)
	tree.Shutdown("chaos", "the test is over")
	err := <-ended
	if left := settled(func(left []string) bool { return len(left) <= before }); len(left) > before {
		t.Errorf("%d goroutines are left behind:\n%s", len(left)-before, strings.Join(left, "\n\n"))
	}
	return err
}

// started is closed when Run was called.
func started(tree *Tree) <-chan struct{} {
	c := make(chan struct{})
	go func() {
		defer close(c)
		tree.AwaitReady(context.Background())
	}()
	return c
}

// storm says whether a storm goes on: for a while, and until enough has happened; but not for ever.
func storm(enough func() bool) func() bool {
	while, began := time.Second, time.Now()
	if testing.Short() {
		while /= 5
	}
	return func() bool {
		lasts := time.Since(began)
		return lasts < while || lasts < 20*time.Second && !enough()
	}
}

// tireless is a child that may fail as often as it likes.
func tireless(name string, start func(Launch) error) Child {
	return Child{Name: name, Role: Service, Limit: Limit{N: 1_000_000, In: time.Nanosecond}, Backoff: Backoff{None: true}, Start: start}
}

// reader counts what a tree tells, and holds it to I6 (no gap) and I5 (one end for each launch).
type reader struct {
	done           chan struct{}
	ends, lost     uint64
	launches, gaps uint64
}

func read(tree *Tree, each func()) *reader {
	r := &reader{done: make(chan struct{})}
	ready := make(chan struct{})
	go func() {
		defer close(r.done)
		next := uint64(1)
		close(ready)
		tree.read(context.Background(), 1, func(e Event) bool {
			each()
			switch {
			case e.Kind == EventLost:
				r.lost += e.Lost
				next += e.Lost
				return true
			case e.Sequence != next:
				r.gaps++
			case e.Kind == EventTransition && e.To == LifecycleRunning && e.From != LifecycleReady && e.Path != "Root":
				r.launches++
			case e.Kind == EventFailed || e.Kind == EventEnded:
				r.ends++
			}
			next = e.Sequence + 1
			return true
		})
	}()
	<-ready
	return r
}

// hasty is a table of one child that fails n times at once, and then runs: last is closed.
func hasty(n int64) (table []Child, launches *atomic.Int64, last chan struct{}) {
	launches, last = new(atomic.Int64), make(chan struct{})
	c := tireless("C", func(l Launch) error {
		if launches.Add(1) <= n {
			return errLost
		}
		close(last)
		return until(l)
	})
	table = plain(c)
	table[0].Intensity = c.Limit
	return table, launches, last
}

// I5, I6: ten thousand fast failures are ten thousand launches, each with one end, told without a gap.
func TestChaosFastFailures(t *testing.T) {
	const n = 10_000
	table, launches, last := hasty(n)
	var events *reader
	err := chaos(t, table, func(tree *Tree) {
		events = read(tree, func() {})
		<-last
		if s, _ := tree.Handle("Root.C").State(); s.Generation != n+1 {
			t.Errorf("after %d failures, it is generation %d", n, s.Generation)
		}
	}, WithEvents(1<<17))
	<-events.done
	if err != nil || launches.Load() != n+1 || events.launches != n+1 || events.ends != n+1 || events.gaps+events.lost > 0 {
		t.Errorf("Run returned %v; %d launches; told were %d launches and %d ends, with %d gaps and %d lost",
			err, launches.Load(), events.launches, events.ends, events.gaps, events.lost)
	}
}

// A panic storm: sixteen children panic as fast as they can, each in its own way. All is counted, and the tree obeys.
func TestChaosPanics(t *testing.T) {
	var launches, alive atomic.Int64
	table := plain()
	for i := range 16 {
		table = append(table, tireless(fmt.Sprint("C", i), func(l Launch) error {
			launches.Add(1)
			alive.Add(1)
			defer alive.Add(-1)
			switch l.Run().Generation() % 4 {
			case 0:
				panic(errLost)
			case 1:
				panic(evil{})
			case 2:
				return evil{}
			default:
				return []error{}[l.Run().Generation()%4-3]
			}
		}))
	}
	table[0].Intensity = Limit{N: 1_000_000, In: time.Nanosecond}
	var generations uint64
	var tree *Tree
	err := chaos(t, table, func(running *Tree) {
		tree = running
		for on := storm(func() bool { return fewest(tree) >= 20 }); on(); {
			<-time.After(time.Millisecond)
		}
	})
	for _, s := range tree.Snapshot().All()[1:] {
		generations += s.Generation
	}
	if n := fewest(tree); n < 20 {
		t.Errorf("one had only %d runs: somebody kept it from its turn", n)
	}
	if stopped(err) != nil || alive.Load() != 0 || generations != uint64(launches.Load()) {
		t.Errorf("Run returned %v; %d are alive; of %d launches, %d are known", err, alive.Load(), launches.Load(), generations)
	}
}

// fewest is how often the child was launched that was launched least.
func fewest(tree *Tree) uint64 {
	least := uint64(1) << 63
	for _, s := range tree.Snapshot().All()[1:] {
		least = min(least, s.Generation)
	}
	return least
}

// I3: a dependency flaps while eight dependants use what it handed over. It closes that when it ends. If it is asked to,
// it ends after who uses it, so nobody ever sees it closed; if it fails, who uses it is told at once.
func TestChaosFlappingDependency(t *testing.T) {
	type conn struct {
		open, failed atomic.Bool
		gen          uint64
	}
	port := Port[*conn]{Of: one}
	var uses, misuses, others, told atomic.Int64
	var current atomic.Uint64
	p := tireless("P", func(l Launch) error {
		c := &conn{gen: l.Run().Generation()}
		c.open.Store(true)
		defer c.open.Store(false)
		current.Store(c.gen)
		port.Provider(l).Ready(c)
		select {
		case <-l.Context().Done():
			return nil
		case <-time.After(time.Duration(rand.IntN(10)) * time.Millisecond):
			c.failed.Store(true)
			return errLost
		}
	})
	p.Provides, p.Ready = true, Ready{Explicit: true}
	table := plain(p)
	for i := range 8 {
		c := tireless(fmt.Sprint("C", i), func(l Launch) error {
			c := port.From(l)
			for l.Context().Err() == nil {
				uses.Add(1)
				if !c.open.Load() {
					if !c.failed.Load() {
						misuses.Add(1)
					}
					select {
					case <-l.Context().Done():
						told.Add(1)
					case <-time.After(time.Second):
						misuses.Add(1)
					}
					return nil
				}
				if c.gen != current.Load() {
					others.Add(1)
				}
				if rand.IntN(1000) == 0 {
					return errLost // and comes back, to the same one or the next
				}
			}
			return nil
		})
		c.Needs = []ID{one}
		table = append(table, c)
	}
	table[0].Intensity = Limit{N: 1_000_000, In: time.Nanosecond}
	flaps := 0
	err := chaos(t, table, func(tree *Tree) {
		for on := storm(func() bool { return flaps >= 20 && told.Load() > 0 }); on(); flaps++ {
			if _, err := tree.Handle("Root.P").Restart("chaos", "to flap"); err != nil {
				t.Error(err)
			}
			tree.Handle("Root.P").Wait(t.Context())
		}
	})
	if stopped(err) != nil || misuses.Load()+others.Load() > 0 {
		t.Errorf("Run returned %v; of %d uses, %d were of a closed one and %d of another's", err, uses.Load(), misuses.Load(), others.Load())
	}
	if flaps < 20 || uses.Load() < int64(flaps) || told.Load() == 0 {
		t.Errorf("there were only %d flaps and %d uses; %d were told of a failure", flaps, uses.Load(), told.Load())
	}
}

// Children that block for ever are stuck, named, bounded by their budgets, and leaked until they return.
func TestChaosBlockedChildren(t *testing.T) {
	const n = 50
	release := make(chan struct{})
	table := plain(Child{Name: "Good", Role: Service, Start: until})
	for i := range n {
		c := Child{Name: fmt.Sprint("Bad", i), Role: Service, Shutdown: Shutdown{Drain: 50 * time.Millisecond, Abort: 50 * time.Millisecond}, Start: func(Launch) error {
			<-release
			return nil
		}}
		if i%2 == 0 {
			c.Needs = []ID{one}
		}
		table = append(table, c)
	}
	tree := New(table)
	ended := make(chan error, 1)
	go func() { ended <- tree.Run(t.Context()) }()
	if err := tree.AwaitReady(t.Context()); err != nil {
		t.Error(err)
	}
	began := time.Now()
	tree.Shutdown("chaos", "the test is over")
	err := <-ended
	if took := time.Since(began); took < 100*time.Millisecond {
		t.Errorf("the stop took %s, with a budget of 100ms", took)
	}
	var e *Error
	if !errors.As(err, &e) || len(e.Stuck) != n || len(tree.Report().Stuck()) != n || len(tree.Snapshot().Tree().Leaked) != n {
		t.Errorf("Run returned %v", err)
	}
	close(release)
	settled(func([]string) bool { return len(tree.Snapshot().Tree().Leaked) == 0 })
	if leaked := tree.Snapshot().Tree().Leaked; leaked != nil {
		t.Errorf("after they returned, %v are leaked", leaked)
	}
}

// Slow subscribers delay nobody: ten of them, asleep after each event, miss some of what a thousand failures tell. Each is
// told how much, and that adds up.
func TestChaosSlowReaders(t *testing.T) {
	const n = 1000
	table, _, last := hasty(n)
	var readers []*reader
	err := chaos(t, table, func(tree *Tree) {
		for range 10 {
			readers = append(readers, read(tree, func() { <-time.After(5 * time.Millisecond) }))
		}
		<-last
	}, WithEvents(64))
	if err != nil {
		t.Errorf("Run returned %v", err)
	}
	for _, r := range readers {
		<-r.done
		if r.gaps > 0 || r.lost == 0 {
			t.Errorf("a slow reader lost %d, with %d gaps", r.lost, r.gaps)
		}
	}
}

// I8: sixteen goroutines command a tree that fails by itself all the while. Every answer is one that the manual knows,
// snapshots are of one moment, and at the end all of it can be had to run again.
func TestChaosCommands(t *testing.T) {
	table := plain(
		tireless("A", func(l Launch) error {
			select {
			case <-l.Context().Done():
				return nil
			case <-time.After(time.Duration(rand.IntN(1000)) * time.Microsecond):
				return errLost
			}
		}),
		Child{Name: "B", Role: Service, Needs: []ID{one}, Start: until},
		Child{Name: "C", Role: Service, Needs: []ID{two}, Replicas: 2, Start: until},
	)
	table[0].Intensity = Limit{N: 1_000_000, In: time.Nanosecond}
	paths := []string{"Root.A", "Root.B", "Root.C[0]", "Root.C[1]"}
	var answers, wrong atomic.Int64
	err := chaos(t, table, func(tree *Tree) {
		var all sync.WaitGroup
		on := storm(func() bool { return answers.Load() >= 1000 })
		for range 16 {
			all.Go(func() {
				for on() {
					verb := VerbRestart + Verb(rand.IntN(7))
					if _, err := tree.Command(paths[rand.IntN(len(paths))], verb, "chaos", "a storm"); err != nil && !errors.Is(err, ErrState) {
						wrong.Add(1)
					}
					answers.Add(1)
					if s := tree.Snapshot(); s.Child(two).Lifecycle == LifecycleReady &&
						slices.Contains([]Lifecycle{LifecycleRestarting, LifecycleStopped, LifecyclePaused}, s.Child(one).Lifecycle) {
						t.Errorf("B is ready while A is %s", s.Child(one).Lifecycle)
						return
					}
				}
			})
		}
		all.Wait()
		for _, path := range paths {
			for _, verb := range []Verb{VerbResume, VerbRelease, VerbStart} {
				tree.Command(path, verb, "chaos", "clean up")
			}
		}
		if err := tree.AwaitReady(t.Context()); err != nil {
			t.Error(err)
		}
	})
	if stopped(err) != nil || wrong.Load() > 0 || answers.Load() < 1000 {
		t.Errorf("Run returned %v; of %d answers, %d were wrong", err, answers.Load(), wrong.Load())
	}
}
