package runtime

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// delays are those before the first restarts of forty children, with jitter.
func delays(options ...Option) (delays []time.Duration) {
	table := plain(Child{Name: "C", Role: Service, Replicas: 40, Backoff: Backoff{Min: time.Hour, Max: time.Hour, Factor: 1, Jitter: FullJitter},
		Start: func(Launch) error { return errLost }})
	table[0].Intensity = Limit{N: 100, In: time.Hour}
	tree := New(table, options...)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- tree.Run(ctx) }()
	synctest.Wait()
	for _, s := range tree.Snapshot().Replicas(one) {
		delays = append(delays, s.Decision.Delay)
	}
	cancel()
	<-done
	return delays
}

// WithSeed: the delays of one history are those of another, with the same seed, of zero too; without one they are not.
func TestSeed(t *testing.T) {
	total := func(delays []time.Duration) (d time.Duration) {
		for i := range delays {
			d += delays[i]
		}
		return d
	}
	synctest.Test(t, func(t *testing.T) {
		a, b, c, d, e, f := delays(WithSeed(7)), delays(WithSeed(7)), delays(WithSeed(0)), delays(WithSeed(0)), delays(), delays()
		if total(a) != total(b) || total(c) != total(d) {
			t.Errorf("one seed has two histories: %v, %v, and %v, %v", a, b, c, d)
		}
		if total(a) == total(c) || total(e) == total(f) || total(c) == total(e) {
			t.Errorf("two seeds have one history: %v, %v, %v, %v", a, c, e, f)
		}
	})
}

// The table that a tree is made of is the caller's: it is not changed, and can be changed afterwards; overrides of one
// child are made one after the other.
func TestTableIsCopied(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service, Limit: Limit{N: 1, In: time.Minute}, Start: until})
	var seen []int
	change := func(c *Child) { seen = append(seen, c.Limit.N); c.Limit.N++ }
	tree := New(table, Override("Root.C", change), Override("Root.C", change))
	if diff := cmp.Diff([]int{1, 2}, seen); diff != "" {
		t.Error(diff)
	}
	if table[one].Limit.N != 1 {
		t.Errorf("the caller's limit is %d", table[one].Limit.N)
	}
	table[one] = Child{}
	if s := tree.Snapshot().Child(one); s.Name != "C" || s.Left != 3 {
		t.Errorf("it is %+v", s)
	}
	New(plain(Child{Name: "C", Role: Service, Start: until}), Override("Root", func(c *Child) { c.Strategy = OneForAll }))
}

// Nor are what its rows point to: the table of generated code is one for all trees.
func TestTableIsShared(t *testing.T) {
	table := func() []Child {
		return []Child{
			{Name: "Root", Role: Supervisor, Start: until, Finish: Finish{Of: []ID{two}}},
			{Name: "A", Role: Service},
			{Name: "B", Role: Worker, Needs: []ID{one}, Tags: []string{"b"}},
			{Name: "C", Role: Worker, After: []ID{one}},
		}
	}
	given := table()
	tree := New(given,
		Override("Root", func(c *Child) { c.Finish.Of[0] = three }),
		Override("Root.A", func(c *Child) { c.Start = func(Launch) error { return nil } }),
		Override("Root.B", func(c *Child) { c.Needs[0], c.Tags[0] = three, "changed" }),
		Override("Root.C", func(c *Child) { c.After[0] = two; c.After = nil }),
	)
	tree.Snapshot().Child(two).Tags[0] = "changed"
	given[0].Start = nil // functions cannot be compared
	want := table()
	want[0].Start = nil
	if diff := cmp.Diff(want, given); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A wrong option is a bug of the program.
func TestWrongOptions(t *testing.T) {
	table := plain(Child{Name: "G", Role: Group}, Child{Name: "C", Group: one, Role: Service, Start: until})
	for want, option := range map[string]Option{
		"supgen: a tree keeps at least 1 event, not 0":                   WithEvents(0),
		`supgen: Override of "", which is no child of Root`:              Override("", func(*Child) {}),
		`supgen: Override of "Root.G", which is no child of Root`:        Override("Root.G", func(*Child) {}),
		"supgen: Root.C: it has no Start, nor has a supervisor above it": Override("Root.C", func(c *Child) { c.Start = nil }),
		`supgen: Override of "Root.C[0]", which is no child of Root`:     Override("Root.C[0]", func(*Child) {}),
	} {
		t.Run(want, func(t *testing.T) {
			defer func() {
				if got := fmt.Sprint(recover()); got != want {
					t.Errorf("New panics with %s", got)
				}
			}()
			New(table, option)
		})
	}
	New(table, WithEvents(1))
}

// A ring of one event keeps the last, and says how many are gone.
func TestRingOfOne(t *testing.T) {
	supervise(t, plain(Child{Name: "C", Role: Service, Start: until}), func(t *testing.T, tree *Tree) {
		var got notes
		go func() {
			for e := range tree.Events(t.Context()) {
				got.tell("%s %d", e.Kind, e.Lost)
				if e.Kind == EventCommand {
					break
				}
			}
		}()
		synctest.Wait()
		tree.Shutdown("ada", "several events in one step")
		synctest.Wait()
		<-tree.Done()
		lines := got.take()
		if len(lines) == 0 || lines[0] == "command 0" {
			t.Errorf("it keeps all: %v", lines)
		}
	}, WithEvents(1))
}

// runtime.md, "Shape", "Traps of the shell": channels and timers are made in Run, so that a tree that is made outside a
// bubble, and asked there, runs in one.
func TestMadeOutside(t *testing.T) {
	table := plain(
		Child{Name: "C", Role: Service, Backoff: Backoff{Min: time.Hour, Max: time.Hour, Factor: 1}, Start: once},
		Child{Name: "D", Role: Service, Health: Health{Check: Check{Every: time.Hour, Timeout: time.Minute}}, Start: until, HealthCheck: func(Launch) error { return nil }},
	)
	tree := New(table, WithLogger(slog.New(slog.DiscardHandler)))
	want(t, tree, "Root.C", "declared#0")
	tree.Report()
	tree.Shutdown("ada", "too early")
	for range tree.Events(func() context.Context { ctx, cancel := context.WithCancel(t.Context()); cancel(); return ctx }()) {
		t.Error("something happens")
	}
	synctest.Test(t, func(t *testing.T) {
		time.AfterFunc(3*time.Hour, func() { tree.Shutdown("ada", "a test") })
		began := time.Now()
		if err := tree.Run(t.Context()); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took != 3*time.Hour {
			t.Errorf("it ran for %s", took)
		}
	})
	want(t, tree, "Root.C", "stopped#2")
}

// A second Run answers at once, and leaves the tree as it is.
func TestSecondRun(t *testing.T) {
	watchdog(t, "a second Run keeps the lock")
	supervise(t, plain(Child{Name: "C", Role: Service, Start: until}), func(t *testing.T, tree *Tree) {
		done := tree.Done()
		if err := tree.Run(t.Context()); err == nil || err.Error() != "supgen: run Root a second time: it cannot be done in its state" {
			t.Errorf("it returned %v", err)
		}
		want(t, tree, "Root.C", "ready#1")
		if tree.Done() != done {
			t.Error("there is another channel")
		}
	})
}

// What a row leaves out is its role's, or follows from the rest of the row (language.md, "Statements").
func TestEffective(t *testing.T) {
	check := Check{Every: time.Second, Timeout: time.Millisecond}
	c := effective(Child{Role: Service, Optional: true, Ready: Ready{Explicit: true}, Health: Health{Heartbeat: time.Second, Stale: 3 * time.Second, Check: check}})
	if c.Ready.Within != 30*time.Second || c.Health.Dead != 6*time.Second || c.Health.Fail != 3 || c.On[OutcomeLimit] != ActionQuarantine {
		t.Errorf("it is %+v", c)
	}
	if c := effective(Child{Role: Service}); c.Ready.Within != 0 || c.Health != (Health{}) || c.On[OutcomeLimit] != ActionEscalate || c.On[OutcomeSuccess] != ActionRestart {
		t.Errorf("of a service that says nothing it is %+v", c)
	}
	given := Child{Role: Supervisor, Intensity: Limit{N: 1, In: 2}, Limit: Limit{N: 3, In: 4}, Backoff: Backoff{None: true}, Shutdown: Shutdown{Drain: 5},
		Ready: Ready{Check: check, Within: 6}, Health: Health{Heartbeat: 1, Stale: 2, Dead: 9, Check: check, Fail: 7}}
	for o := range given.On {
		given.On[o] = ActionShutdown
	}
	if diff := cmp.Diff(given, effective(given), cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
		t.Errorf("what is said is changed: %s", diff)
	}
}

// language.md, "finish when": its success row becomes stop.
func TestFinishedStays(t *testing.T) {
	table := []Child{
		root:  {Name: "Root", Role: Supervisor},
		one:   {Name: "In", Role: Supervisor, Finish: Finish{Of: []ID{two}}},
		two:   {Name: "W", Parent: one, Role: Worker, Start: func(Launch) error { return nil }},
		three: {Name: "C", Role: Service, Start: until},
	}
	err := supervise(t, table, func(t *testing.T, tree *Tree) {
		time.Sleep(time.Hour)
		want(t, tree, "Root.In", "stopped#1")
		want(t, tree, "Root.C", "ready#1")
	})
	if err != nil {
		t.Error(err)
	}
}
