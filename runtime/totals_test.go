package runtime

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// design.md, "State of a child": a child counts its starts and failures since Run, whatever restarted it, and neither ever becomes
// less; a dynamic row counts those of the children that are gone, too.
func TestTotals(t *testing.T) {
	fails := func(l Launch) error {
		if l.Run().Attempt() < 3 {
			return errLost
		}
		return until(l)
	}
	table := []Child{
		root:  {Name: "Root", Role: Supervisor},
		one:   {Name: "In", Role: Supervisor},
		two:   {Name: "C", Parent: one, Role: Service, Replicas: 2, Start: fails},
		three: {Name: "S", Parent: one, Role: Worker, Dynamic: true, Max: 2, On: Table{OutcomeExternal: ActionStop}, Start: func(l Launch) error { return Args[func(Launch) error](l)(l) }},
		four:  {Name: "D", Role: Service, Start: until},
	}
	supervise(t, table, func(t *testing.T, tree *Tree) {
		start := func(key int, f func(Launch) error) *Handle {
			h, err := tree.Start(t.Context(), three, Key(key), f)
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Second)
			return h
		}
		check := func(want ...string) {
			t.Helper()
			s := tree.Snapshot()
			var got []string
			for _, id := range []ID{root, one, two, three, four} {
				got = append(got, fmt.Sprintf("%s %+v", tree.paths[id], s.Totals(id)))
			}
			for _, c := range s.All() {
				got = append(got, fmt.Sprintf("%s %d %d", c.Path, c.Starts, c.Failures))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		}
		time.Sleep(10 * time.Second)
		first := start(1, fails)
		check(
			"Root {Starts:1 Restarts:0 Failures:0}", "Root.In {Starts:1 Restarts:0 Failures:0}", "Root.In.C {Starts:6 Restarts:4 Failures:4}",
			"Root.In.S {Starts:3 Restarts:2 Failures:2}", "Root.D {Starts:1 Restarts:0 Failures:0}",
			"Root 1 0", "Root.In 1 0", "Root.In.C[0] 3 2", "Root.In.C[1] 3 2", "Root.In.S[1] 3 2", "Root.D 1 0",
		)
		start(2, func(Launch) error { return ExternalDependency(errLost) }) // and is gone
		first.Restart("ada", "a test")
		tree.Handle("Root.D").Restart("ada", "a test")
		synctest.Wait()
		first.Remove("ada", "a test")
		start(1, until)
		check(
			"Root {Starts:1 Restarts:0 Failures:0}", "Root.In {Starts:1 Restarts:0 Failures:0}", "Root.In.C {Starts:6 Restarts:4 Failures:4}",
			"Root.In.S {Starts:6 Restarts:3 Failures:4}", "Root.D {Starts:2 Restarts:1 Failures:0}",
			"Root 1 0", "Root.In 1 0", "Root.In.C[0] 3 2", "Root.In.C[1] 3 2", "Root.In.S[1] 1 0", "Root.D 2 0",
		)
		tree.Handle("Root").Restart("ada", "a test") // clears each window
		time.Sleep(time.Hour)
		check(
			"Root {Starts:2 Restarts:1 Failures:0}", "Root.In {Starts:2 Restarts:1 Failures:0}", "Root.In.C {Starts:12 Restarts:10 Failures:8}",
			"Root.In.S {Starts:6 Restarts:3 Failures:4}", "Root.D {Starts:3 Restarts:2 Failures:0}",
			"Root 2 0", "Root.In 2 0", "Root.In.C[0] 6 4", "Root.In.C[1] 6 4", "Root.D 3 0",
		)
	})
}
