package kernel

import (
	"testing"

	"github.com/supgen/supgen/runtime/policy"
)

// "removed and its key and place are free": a tree in which many come and go is no larger for it, whoever went first,
// and one that was stuck frees its own when it returns.
func TestPlacesAreUsedAgain(t *testing.T) {
	s := newTheatre(t, tree(dynamic("D", 3, shutdown(0, 0), on(policy.OutcomeStuck, policy.ActionRestart)), service("A")), 1)
	s.do([]string{"run"})
	add := func() Node {
		s.do([]string{"add", "D"})
		return s.k.Reply().Node
	}
	for round := range 100 {
		a, b := add(), add()
		if round%2 == 0 {
			a, b = b, a
		}
		for _, n := range []Node{a, b} {
			gen := s.k.View(n).Gen
			s.step(Input{Kind: InputCommand, Node: n, Verb: VerbRemove}) // it is stuck at once
			s.step(Input{Kind: InputEnded, Node: n, Gen: gen, Outcome: policy.OutcomeSuccess})
			if len(s.k.leaks) > 0 {
				t.Fatalf("%d of them are stuck", len(s.k.leaks))
			}
		}
		for range 2 {
			n := add()
			s.step(Input{Kind: InputEnded, Node: n, Gen: s.k.View(n).Gen, Outcome: policy.OutcomeSuccess})
		}
	}
	if got := len(s.k.nodes); got > 6 {
		t.Errorf("%d places, want 6: three rows, and as many as there were at once", got)
	}
	if v := s.k.View(2); v.Lifecycle != LifecycleReady || v.Gen != 1 {
		t.Errorf("A is %s", state(v))
	}
}

// A place that is free is nobody: whoever has it next is as new as any child.
func TestPlacesKeepNothing(t *testing.T) {
	play(t, tree(dynamic("D", 1, quick, explicit, heartbeat(1, 2, 3))), `
		run           ->
		add D         -> D[1] added, launch D[1]#1
		D[1] ready    ->
		D[1] error    -> D[1] error: restart, launch D[1]#2
		attempt D[1]  -> 2
		restarts D[1] -> 1
		D[1] success  -> D[1] success: stop, D[1] removed, D[1] gone
		deadline      ->
		add D         -> D[2] added, launch D[2]#3
		attempt D[2]  -> 1
		restarts D[2] -> 0
		failure D[2]  -> none final false
		health D[2]   -> unknown
		readiness D[2] -> pending
	`)
}

// "any | remove": what is told last is that it is stopped, and of no run.
func TestPlacesAreToldOf(t *testing.T) {
	s := newTheatre(t, tree(dynamic("D", 1)), 1)
	s.play(`
		run           ->
		add D         -> D[1] added, launch D[1]#1
		remove D[1]   -> ask D[1]#1
		D[1] success  -> D[1]#1 ended, D[1] removed, D[1] gone
	`)
	for _, e := range s.k.Events() {
		if e.Kind == EventRemoved && (e.To != LifecycleStopped || e.Reason != StopEnded || e.Gen != 1) {
			t.Errorf("it is removed as %s, %s", e.To, e.Reason)
		}
	}
}

// Only a dynamic row has places, and only a tree that runs.
func TestPlacesAreOfDynamicRows(t *testing.T) {
	play(t, tree(service("A"), group("G", service("B")), dynamic("D", 1)), `
		add D         -> refused: not running
		run           -> launch A#1, launch B#1
		add A         -> refused: unknown
		add G         -> refused: unknown
		add Root      -> refused: unknown
		add D         -> D[1] added, launch D[1]#1
		shutdown      -> ask D[1]#1, ask B#1, ask A#1
		add D         -> refused: stopping
		D[1] success  -> D[1]#1 ended
		B success     -> B#1 ended
		A success     -> A#1 ended, the end
		add D         -> refused: not running
	`)
}

// A place is kept as long as a stuck run of it may return: that would be taken for another's.
func TestPlacesWaitForAllWhoAreStuck(t *testing.T) {
	s := newTheatre(t, tree(dynamic("D", 2, shutdown(0, 0), on(policy.OutcomeStuck, policy.ActionRestart))), 1)
	s.play(`
		run          ->
		add D        -> D[1] added, launch D[1]#1
		restart D[1] -> D[1]#1 stuck, ask D[1]#1, abort D[1]#1, launch D[1]#2
		remove D[1]  -> D[1]#2 stuck, D[1] removed, ask D[1]#2, abort D[1]#2, D[1] gone
		D[1]#2 error -> D#2 returned
		add D        -> D[2] added, launch D[2]#3
		D[1]#1 error -> D#1 returned
		add D        -> D[3] added, launch D[3]#4
	`)
	if first := s.node("D[1]"); s.node("D[2]") == first || s.node("D[3]") != first {
		t.Errorf("the places are %d, %d and %d", first, s.node("D[2]"), s.node("D[3]"))
	}
}
