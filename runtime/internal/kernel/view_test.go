package kernel

import (
	"slices"
	"testing"

	"github.com/supgen/supgen/runtime/policy"
)

// What can be asked of a kernel between steps: who stands in a row, and which run is current.
func TestViewOfRowsAndRuns(t *testing.T) {
	s := newTheatre(t, tree(service("A", replicas(2)), group("G", service("B")), dynamic("D", 3)), 1)
	s.play(`
		run          -> launch A[0]#1, launch A[1]#1, launch B#1
		add D        -> D[1] added, launch D[1]#1
		add D        -> D[2] added, launch D[2]#2
		add D        -> D[3] added, launch D[3]#3
		remove D[2]  -> ask D[2]#2
		D[2] success -> D[2]#2 ended, D[2] removed, D[2] gone
	`)
	for id, want := range [][]string{{"Root"}, {"A[0]", "A[1]"}, nil, {"B"}, {"D[1]", "D[3]"}} {
		var got []string
		for _, n := range s.k.Nodes(policy.ID(id)) {
			if s.k.Row(n) != policy.ID(id) || id > 0 && s.k.Parent(n) != root {
				t.Errorf("node %d is of row %d below %d", n, s.k.Row(n), s.k.Parent(n))
			}
			got = append(got, s.names[n])
		}
		if !slices.Equal(got, want) {
			t.Errorf("row %d has %v, want %v", id, got, want)
		}
	}
	a := s.node("A[0]")
	if !s.k.Current(a, 1) || s.k.Current(a, 0) || s.k.Current(a, 2) {
		t.Error("the run 1 is current, and no other")
	}
	s.play("pause A[0] -> ask A[0]#1")
	if s.k.Current(a, 1) {
		t.Error("a run that goes down is current")
	}
	s.play("A[0] success -> A[0]#1 ended")
	if s.k.Current(a, 1) {
		t.Error("a run that has ended is current")
	}
}

// One that is to stop after others goes on as before until it is asked.
func TestWaitingToStop(t *testing.T) {
	k := play(t, tree(service("A"), service("B", needs("A")), service("C")), `
		run       -> launch A#1, launch B#1, launch C#1
		shutdown  -> ask C#1, ask B#1
		state A B -> shutting_down#1, shutting_down#1
	`)
	for n, want := range []bool{1: true, 2: false, 3: false} {
		if n > 0 && k.AwaitsStop(Node(n)) != want {
			t.Errorf("node %d waits to stop: %v", n, !want)
		}
	}
}
