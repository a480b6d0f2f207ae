package runtime

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A supervisor's Start is for those below it that have none of their own.
func TestStartOfSupervisor(t *testing.T) {
	started := make(chan string, 9)
	by := func(who string) func(Launch) error {
		return func(l Launch) error {
			started <- who + " starts " + l.run.tree.paths[l.Row()]
			return until(l)
		}
	}
	table := []Child{
		{Name: "Root", Role: Supervisor, Start: by("Root")},
		{Name: "A", Role: Service},
		{Name: "G", Role: Group},
		{Name: "B", Role: Service, Group: two, Replicas: 2},
		{Name: "C", Role: Service, Start: by("C")},
		{Name: "In", Role: Supervisor, Start: by("In")},
		{Name: "D", Role: Service, Parent: 5},
		{Name: "Deep", Role: Supervisor, Parent: 5},
		{Name: "E", Role: Service, Parent: 7},
	}
	if err := supervise(t, table, func(*testing.T, *Tree) {}); err != nil {
		t.Error(err)
	}
	close(started)
	got := map[string]int{}
	for s := range started {
		got[s]++
	}
	want := map[string]int{
		"Root starts Root.A": 1, "Root starts Root.B": 2, "C starts Root.C": 1, "In starts Root.In.D": 1, "In starts Root.In.Deep.E": 1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A row that nothing starts, in a badly merged file, is a bug that no restart can mend.
func TestUnknown(t *testing.T) {
	table := plain(Child{Name: "C", Role: Service})
	table[0].Start = Launch.Unknown
	err := supervise(t, table, func(t *testing.T, tree *Tree) {
		if s, err := HandleOf(tree, one).State(); err != nil || s.Failure == nil || s.Failure.Kind != OutcomeFatalBug {
			t.Errorf("the state is %+v, %v", s, err)
		}
	})
	if err == nil || !strings.Contains(err.Error(), "nothing starts Root.C") {
		t.Errorf("Run returns %v", err)
	}
}
