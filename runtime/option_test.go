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

// Nor are what its rows point to: the table of generated code is one for all trees. An override that changes what is not policy
// is a bug of the program, and changes nothing either.
func TestTableIsShared(t *testing.T) {
	table := func() []Child {
		return []Child{
			{Name: "Root", Role: Supervisor, Start: until, Finish: Finish{Of: []ID{two}}},
			{Name: "A", Role: Service, On: Table{OutcomePanic: ActionQuarantine}, Quarantine: &Terms{OutcomePanic: time.Hour}},
			{Name: "B", Role: Worker, Needs: []ID{one}, Tags: []string{"b"}},
			{Name: "C", Role: Worker, After: []ID{one}},
		}
	}
	given := table()
	tree := New(given, Override("Root.A", func(c *Child) { c.Quarantine[OutcomePanic] = time.Minute }))
	tree.Snapshot().Child(two).Tags[0] = "changed"
	func() {
		defer func() {
			if recover() == nil {
				t.Error("New takes all of it")
			}
		}()
		New(given,
			Override("Root", func(c *Child) { c.Finish.Of[0] = three }),
			Override("Root.A", func(c *Child) { c.Start = func(Launch) error { return nil } }),
			Override("Root.B", func(c *Child) { c.Needs[0], c.Tags[0] = three, "changed" }),
			Override("Root.C", func(c *Child) { c.After[0] = two; c.After = nil }),
		)
	}()
	given[0].Start = nil // functions cannot be compared
	want := table()
	want[0].Start = nil
	if diff := cmp.Diff(want, given); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Override changes policy and nothing else, and what it makes is held to every check before New returns.
func TestOverrideIsHeld(t *testing.T) {
	good := func(Launch) error { return nil }
	table := []Child{
		root:  {Name: "Root", Role: Supervisor, Shutdown: Shutdown{Drain: 20 * time.Second}},
		one:   {Name: "S", Role: Supervisor},
		two:   {Parent: one, Name: "A", Role: Service, Provides: true, Ready: Ready{Explicit: true}, Limit: Limit{N: 3, In: time.Minute}, Start: until},
		three: {Parent: one, Name: "B", Role: Service, Needs: []ID{two}, Tags: []string{"b"}, Start: until},
		four:  {Name: "C", Role: Worker, Dynamic: true, Max: 3, After: []ID{one}, Start: until},
		5:     {Name: "D", Role: Service, Of: 0, Replicas: 2, Health: Health{Heartbeat: 1, Stale: 2, Dead: 3}, Start: until},
	}
	const is = ", which is not policy"
	for name, c := range map[string]struct {
		path   string
		change func(*Child)
		want   string // "" is none
	}{
		"a name":         {"Root.S.A", func(c *Child) { c.Name = "B" }, `supgen: Override of "Root.S.A" changes its Name` + is},
		"a parent":       {"Root.S.A", func(c *Child) { c.Parent = 0 }, `supgen: Override of "Root.S.A" changes its Parent` + is},
		"a role":         {"Root.S.A", func(c *Child) { c.Role = Worker }, `supgen: Override of "Root.S.A" changes its Role` + is},
		"needs":          {"Root.S.B", func(c *Child) { c.Needs = nil }, `supgen: Override of "Root.S.B" changes its Needs` + is},
		"needs in place": {"Root.S.B", func(c *Child) { c.Needs[0] = four }, `supgen: Override of "Root.S.B" changes its Needs` + is},
		"after":          {"Root.C", func(c *Child) { c.After = append(c.After, 5) }, `supgen: Override of "Root.C" changes its After` + is},
		"wants":          {"Root.C", func(c *Child) { c.Wants = append(c.Wants, 2) }, `supgen: Override of "Root.C" changes its Wants` + is},
		"what it gives":  {"Root.S.A", func(c *Child) { c.Provides = false }, `supgen: Override of "Root.S.A" changes its Provides` + is},
		"a tag":          {"Root.S.B", func(c *Child) { c.Tags[0] = "c" }, `supgen: Override of "Root.S.B" changes its Tags` + is},
		"replicas":       {"Root.D", func(c *Child) { c.Replicas = 3 }, `supgen: Override of "Root.D" changes its Replicas` + is},
		"a template":     {"Root.C", func(c *Child) { c.Dynamic = false }, `supgen: Override of "Root.C" changes its Dynamic` + is},
		"being optional": {"Root.D", func(c *Child) { c.Optional = true }, `supgen: Override of "Root.D" changes its Optional` + is},
		"its function":   {"Root.D", func(c *Child) { c.Start = good }, `supgen: Override of "Root.D" changes its Start` + is},
		"no function":    {"Root.D", func(c *Child) { c.Start = nil }, `supgen: Override of "Root.D" changes its Start` + is},
		"a check":        {"Root.S.B", func(c *Child) { c.HealthCheck = good }, `supgen: Override of "Root.S.B" changes its HealthCheck` + is},
		"its readiness":  {"Root.S.B", func(c *Child) { c.Ready.Explicit = true }, `supgen: Override of "Root.S.B" changes how it is ready` + is},
		"a heartbeat":    {"Root.S.B", func(c *Child) { c.Health = Health{Heartbeat: 1, Stale: 2} }, `supgen: Override of "Root.S.B" changes how its health is known` + is},
		"no heartbeat":   {"Root.D", func(c *Child) { c.Health = Health{} }, ""},
		"numbers":        {"Root.D", func(c *Child) { c.Health.Dead, c.Limit, c.On[OutcomeError] = 9, Limit{N: 1, In: time.Hour}, ActionStop }, ""},
		"within":         {"Root.S.A", func(c *Child) { c.Ready.Within = 1 }, ""},
		"a maximum":      {"Root.C", func(c *Child) { c.Max = 4 }, ""},
		"stale":          {"Root.D", func(c *Child) { c.Health.Stale = 1 }, "supgen: Root.D: its heartbeat is 1ns, stale 1ns, dead 3ns"},
		"a limit": {"Root.S.A", func(c *Child) { c.Backoff = Backoff{Min: time.Minute, Max: time.Minute, Factor: 1} },
			"supgen: Root.S.A: it can never reach limit 3 in 1m: the delays between 4 restarts are 3m"},
		"a limit by a hair": {"Root.S.A", func(c *Child) { c.Backoff = Backoff{Min: 20 * time.Second, Max: 20 * time.Second, Factor: 1} }, ""},
		"a limit of nobody": {"Root.S.B", func(c *Child) { c.Backoff = Backoff{Min: time.Hour, Max: time.Hour, Factor: 1} }, ""},
		"a promise": {"Root.S.A", func(c *Child) { c.Shutdown = Shutdown{Drain: 8*time.Second + 1} },
			"supgen: Root: it promises to stop within 20s, and may take 20.000000001s"},
		"a promise that is kept": {"Root.S.A", func(c *Child) { c.Shutdown = Shutdown{Drain: 8 * time.Second} }, ""},
		"a promise of the own":   {"Root", func(c *Child) { c.Shutdown.Drain = time.Second }, "supgen: Root: it promises to stop within 1s, and may take 18s"},
		"no end": {"Root.S.A", func(c *Child) { c.Shutdown = Shutdown{Unlimited: true} },
			"supgen: Root: it promises to stop within 20s, and something that stops with it may take for ever"},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				got := ""
				if p := recover(); p != nil {
					got = fmt.Sprint(p)
				}
				if got != c.want {
					t.Errorf("New says %q, want %q", got, c.want)
				}
			}()
			New(table, Override(c.path, c.change))
		})
	}
}

// A wrong option is a bug of the program.
func TestWrongOptions(t *testing.T) {
	table := plain(Child{Name: "G", Role: Group}, Child{Name: "C", Group: one, Role: Service, Start: until})
	for want, option := range map[string]Option{
		"supgen: a tree keeps at least 1 event, not 0":                        WithEvents(0),
		`supgen: Override of "", which is no child of Root`:                   Override("", func(*Child) {}),
		`supgen: Override of "Root.G", which is no child of Root`:             Override("Root.G", func(*Child) {}),
		`supgen: Override of "Root.C" changes its Start, which is not policy`: Override("Root.C", func(c *Child) { c.Start = nil }),
		`supgen: Override of "Root.C[0]", which is no child of Root`:          Override("Root.C[0]", func(*Child) {}),
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

// design.md, "Shape", "Traps of the shell": channels and timers are made in Run, so that a tree that is made outside a
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

// design.md, "finish when": its success row becomes stop.
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
