package runtime

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Counts say of each declaration how many children are in each state, and how they failed, those that are gone included; what has
// no Count of its own is in the last.
func TestCounts(t *testing.T) {
	fails := func(err error) func(Launch) error {
		return func(l Launch) error {
			if l.Run().Attempt() < 3 {
				return err
			}
			return until(l)
		}
	}
	table := []Child{
		root:  {Name: "Root", Role: Supervisor},
		one:   {Name: "C", Role: Service, Replicas: 2, Limit: Limit{N: 5, In: time.Hour}, Start: fails(errLost)},
		two:   {Name: "G", Role: Group},
		three: {Name: "S", Role: Worker, Dynamic: true, Max: 2, On: Table{OutcomeExternal: ActionStop}, Start: func(Launch) error { return ExternalDependency(errLost) }},
		four:  {Name: "D", Role: Service, Group: two, Start: fails(errLost)},
	}
	supervise(t, table, func(t *testing.T, tree *Tree) {
		if _, err := tree.Start(t.Context(), three, Key(1), nil); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		count := func(path string, role Role, ready int, left int, totals Totals, failed map[Outcome]uint64) Count {
			c := Count{Path: path, Role: role, Left: left, Totals: totals}
			c.Children[LifecycleReady] = ready
			for o, n := range failed {
				c.Failed[o] = n
			}
			return c
		}
		all := []Count{
			count("Root", Supervisor, 1, 3, Totals{Starts: 1}, nil),
			count("Root.C", Service, 2, 3, Totals{Starts: 6, Restarts: 4, Failures: 4}, map[Outcome]uint64{OutcomeError: 4}),
			count("Root.S", Worker, 0, -1, Totals{Starts: 1, Failures: 1}, map[Outcome]uint64{OutcomeExternal: 1}),
			count("Root.D", Service, 1, 8, Totals{Starts: 3, Restarts: 2, Failures: 2}, map[Outcome]uint64{OutcomeError: 2}),
		}
		s := tree.Snapshot()
		for _, most := range []int{4, 5} {
			if diff := cmp.Diff(all, s.Counts(most)); diff != "" {
				t.Errorf("with %d at the most: %s", most, diff)
			}
		}
		rest := count("", 0, 1, 8, Totals{Starts: 4, Restarts: 2, Failures: 3}, map[Outcome]uint64{OutcomeError: 2, OutcomeExternal: 1})
		if diff := cmp.Diff(append(all[:2:2], rest), s.Counts(2)); diff != "" {
			t.Errorf("with 2 at the most: %s", diff)
		}
	})
}
