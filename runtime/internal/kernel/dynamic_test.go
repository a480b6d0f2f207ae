package kernel

import (
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// "Dynamic children": as many as Max; "One that ended for good is removed and its key and place are free".
func TestDynamicMax(t *testing.T) {
	play(t, tree(dynamic("D", 2)), `
		add D         -> refused: not running
		run           ->
		add D         -> D[1] added, launch D[1]#1
		add D         -> D[2] added, launch D[2]#2
		add D         -> refused: max
		D[1] success  -> D[1] success: stop, D[1] removed, D[1] gone
		add D         -> D[3] added, launch D[3]#3
		add D         -> refused: max
	`)
}

// "Generation": "a dynamic child's is drawn from its template's counter": never reused, whoever has the place.
func TestDynamicGenerations(t *testing.T) {
	play(t, tree(dynamic("D", 1, quick)), `
		run           ->
		add D         -> D[1] added, launch D[1]#1
		D[1] error    -> D[1] error: restart, launch D[1]#2
		D[1] success  -> D[1] success: stop, D[1] removed, D[1] gone
		add D         -> D[2] added, launch D[2]#3
		D[2]#2 error  -> D#2 ignored // whose it was is gone
		D[2]#9 error  -> D[2]#9 ignored
		attempt D[2]  -> 1
		restarts D[2] -> 0
		left D[2]     -> 3
	`)
}

// "a quarantined or failed one stays until it is released or removed", and one that an operator stopped or paused.
func TestDynamicStays(t *testing.T) {
	play(t, tree(dynamic("D", 3, quick, limit(0, time.Hour), on(policy.OutcomeLimit, policy.ActionQuarantine))), `
		run           ->
		add D         -> D[1] added, launch D[1]#1
		D[1] error    -> D[1] error: limit quarantine
		add D         -> D[2] added, launch D[2]#2
		stop D[2]     -> ask D[2]#2
		D[2] success  -> D[2]#2 ended
		state D[2]    -> stopped(by_hand)#2
		add D         -> D[3] added, launch D[3]#3
		add D         -> refused: max
		remove D[1]   -> D[1] removed, D[1] gone
		start D[2]    -> launch D[2]#4
		remove D[1]   -> refused: unknown
	`)
}

// "any | remove (dynamic) | shutting_down if it runs → gone", at once if it does not.
func TestDynamicRemove(t *testing.T) {
	play(t, tree(dynamic("D", 1, constant(time.Hour)), service("A")), `
		run           -> launch A#1
		remove A      -> refused: state
		add D         -> D[1] added, launch D[1]#1
		remove D[1]   -> ask D[1]#1
		state D[1]    -> shutting_down#1
		remove D[1]   -> already
		add D         -> refused: max // its place is not free yet
		D[1] error    -> D[1]#1 ended, D[1] removed, D[1] gone
		add D         -> D[2] added, launch D[2]#2
		D[2] error    -> D[2] error: restart in 1h0m0s
		remove D[2]   -> D[2] removed, D[2] gone
		add D         -> D[3] added, launch D[3]#3
		at 2h         ->
	`)
}

// Remove takes over whatever took it down; a restart by hand takes that back.
func TestDynamicRemoveWhileItGoesDown(t *testing.T) {
	play(t, tree(dynamic("D", 2)), `
		run           ->
		add D         -> D[1] added, launch D[1]#1
		pause D[1]    -> ask D[1]#1
		remove D[1]   ->
		D[1] success  -> D[1]#1 ended, D[1] removed, D[1] gone
		add D         -> D[2] added, launch D[2]#2
		remove D[2]   -> ask D[2]#2
		restart D[2]  ->
		D[2] success  -> D[2]#2 ended, launch D[2]#3
	`)
}

// "They ... stop all at once": no order among each other, even under rest_for_one.
func TestDynamicStopAtOnce(t *testing.T) {
	play(t, tree(restForOne, service("A"), dynamic("D", 2), service("B")), `
		run           -> launch A#1, launch B#1
		add D         -> D[1] added, launch D[1]#1
		add D         -> D[2] added, launch D[2]#2
		shutdown      -> ask B#1, ask D[2]#2, ask D[1]#1
		B error       -> B#1 ended, ask A#1
		A error       -> A#1 ended
		D[1] error    -> D[1]#1 ended
		D[2] error    -> D[2]#2 ended, the end
		state D[1]    -> stopped(tree)#1
	`)
}

// A dynamic child waits for what its row needs, and goes down with it.
func TestDynamicNeeds(t *testing.T) {
	play(t, tree(service("P", explicit, constant(time.Second)), dynamic("D", 2, needs("P"))), `
		run           -> launch P#1
		add D         -> D[1] added
		waits D[1]    -> ready P
		P ready       -> launch D[1]#1
		P error       -> P error: restart in 1s, ask D[1]#1
		add D         -> D[2] added
		D[1] error    -> D[1]#1 ended
		at 1s         -> launch P#2
		P ready       -> launch D[1]#2, launch D[2]#3
	`)
}

// "Dynamic children ... do not come back" with a supervisor that was stopped, and cannot be started below one at rest.
func TestDynamicOfASupervisorAtRest(t *testing.T) {
	play(t, tree(supervisor("S", dynamic("D", 2), service("A"))), `
		run           -> launch A#1
		add D         -> D[1] added, launch D[1]#1
		stop S        -> ask A#1, ask D[1]#1
		D[1] error    -> D[1]#1 ended, D[1] removed, D[1] gone
		A error       -> A#1 ended
		add D         -> refused: state
		start S       -> launch A#2
		add D         -> D[2] added, launch D[2]#2
	`)
}

// "no second run is ever started beside it": of one that is stuck and removed, key and place are free when it has returned.
func TestDynamicRemovedWhileStuck(t *testing.T) {
	play(t, tree(dynamic("D", 1, shutdown(0, 0), on(policy.OutcomeStuck, policy.ActionStop))), `
		run           ->
		add D         -> D[1] added, launch D[1]#1
		remove D[1]   -> D[1]#1 stuck, D[1] stuck: stop, ask D[1]#1, abort D[1]#1
		state D[1]    -> stopped(ended)#1
		add D         -> refused: max
		start D[1]    -> refused: stuck
		remove D[1]   -> already
		D[1]#1 error  -> D[1]#1 returned, D[1] removed, D[1] gone
		add D         -> D[2] added, launch D[2]#2
	`)
	play(t, tree(dynamic("D", 1, shutdown(0, 0), on(policy.OutcomeStuck, policy.ActionQuarantine))), `
		run           ->
		add D         -> D[1] added, launch D[1]#1
		remove D[1]   -> D[1]#1 stuck, D[1] stuck: quarantine, ask D[1]#1, abort D[1]#1
		release D[1]  -> refused: state
		remove D[1]   -> already
		state D[1]    -> stopped(ended)#1
		D[1]#1 error  -> D[1]#1 returned, D[1] removed, D[1] gone
	`)
}

// "unless its table says on stuck restart": then the place is free at once, and it is not taken for its successor's run.
func TestDynamicRemovedBesideItsStuckRun(t *testing.T) {
	play(t, tree(dynamic("D", 1, shutdown(0, 0), on(policy.OutcomeStuck, policy.ActionRestart))), `
		run           ->
		add D         -> D[1] added, launch D[1]#1
		remove D[1]   -> D[1]#1 stuck, D[1] removed, ask D[1]#1, abort D[1]#1, D[1] gone
		add D         -> D[2] added, launch D[2]#2
		D[1]#1 error  -> D#1 returned
		D[2] success  -> D[2] success: stop, D[2] removed, D[2] gone
	`)
}

// "A supervisor that is pulled in ...: its dynamic children stay", also if it has not started since its own failed.
func TestDynamicBelowWhoIsPulledIn(t *testing.T) {
	play(t, tree(supervisor("S", oneForAll, quick, service("A", explicit, quick), supervisor("T", needs("A"), dynamic("D", 1)))), `
		run           -> launch A#1
		A fatal_bug   -> A fatal_bug: escalate, S error: restart, launch A#2
		add D         -> D[1] added
		A error       -> A error: restart, launch A#3
		A ready       -> launch D[1]#1
	`)
}

// "dynamic children do not come back" with a supervisor that failed: of one below it, too, that had not been started yet.
func TestDynamicBelowWhoWasNotStarted(t *testing.T) {
	play(t, tree(supervisor("S", service("A", explicit), supervisor("T", needs("A"), dynamic("D", 1)))), `
		run           -> launch A#1
		add D         -> D[1] added
		A fatal_bug   -> A fatal_bug: escalate, S error: restart in 50ms, D[1] removed, D[1] gone
	`)
}

// Whoever of them ends, in whatever order, the others are found: when their supervisor stops, and when it restarts.
func TestDynamicOnesEndInAnyOrder(t *testing.T) {
	for _, order := range [][3]string{{"1", "2", "3"}, {"3", "2", "1"}, {"2", "1", "3"}, {"2", "3", "1"}} {
		play(t, tree(dynamic("D", 3)), `
			run                    ->
			add D                  -> D[1] added, launch D[1]#1
			add D                  -> D[2] added, launch D[2]#2
			add D                  -> D[3] added, launch D[3]#3
			D[`+order[0]+`] success -> D[`+order[0]+`] success: stop, D[`+order[0]+`] removed, D[`+order[0]+`] gone
			D[`+order[1]+`] success -> D[`+order[1]+`] success: stop, D[`+order[1]+`] removed, D[`+order[1]+`] gone
			add D                  -> D[4] added, launch D[4]#4
			shutdown               -> ask D[4]#4, ask D[`+order[2]+`]#`+order[2]+`
		`)
	}
}

// Nobody can be started below who goes down to be at rest, at any distance: it would wait for ever.
func TestDynamicOfASupervisorThatGoesToRest(t *testing.T) {
	for _, verb := range []string{"stop", "quarantine", "pause"} {
		t.Run(verb, func(t *testing.T) {
			play(t, tree(supervisor("S", supervisor("T", dynamic("D", 2), service("A")), service("B"))), `
				run           -> launch A#1, launch B#1
				`+verb+` S    -> ask B#1, ask A#1
				add D         -> refused: state
				B success     -> B#1 ended
				A success     -> A#1 ended
				add D         -> refused: state
			`)
		})
	}
	t.Run("finished", func(t *testing.T) {
		play(t, tree(supervisor("S", finishAll("W"), worker("W"), dynamic("D", 2), service("B"))), `
			run           -> launch W#1, launch B#1
			W success     -> W success: stop, S success: stop, ask B#1
			add D         -> refused: state
		`)
	})
	t.Run("by its table", func(t *testing.T) {
		play(t, tree(supervisor("S", on(policy.OutcomeError, policy.ActionQuarantine), dynamic("D", 2), service("A"), service("B"))), `
			run           -> launch A#1, launch B#1
			A fatal_bug   -> A fatal_bug: escalate, S error: quarantine, ask B#1
			add D         -> refused: state
		`)
	})
	t.Run("but one that restarts", func(t *testing.T) {
		play(t, tree(supervisor("S", supervisor("T", dynamic("D", 2)), service("A"))), `
			run           -> launch A#1
			restart S     -> ask A#1
			add D         -> D[1] added
			A success     -> A#1 ended, launch D[1]#1, launch A#2
		`)
	})
}

// In one step a node is one child: whose place a deadline of the same step frees has no successor in it, or nobody could
// tell whose events and effects they are.
func TestDynamicPlaceIsFreeFromTheNextStepOn(t *testing.T) {
	s := newTheatre(t, tree(dynamic("D", 1, on(policy.OutcomeStuck, policy.ActionRestart))), 1)
	s.play(`
		run         ->
		add D       -> D[1] added, launch D[1]#1
		remove D[1] -> ask D[1]#1
		D[1] error  -> D[1]#1 ended, D[1] removed, D[1] gone
		add D       -> D[2] added, launch D[2]#2
	`)
	first, second := s.node("D[1]"), s.node("D[2]")
	if first != second {
		t.Fatalf("the place %d is not used again, but %d", first, second)
	}
	s.k.Step(0, &Input{Kind: InputAdd, Row: 1})
	if r := s.k.Reply(); r.Refusal != RefusedMax {
		t.Fatalf("one more is answered %+v", r)
	}
	s.play(`
		remove D[2]  -> ask D[2]#2
		at 5s        -> abort D[2]#2
	`)
	s.k.Step(6*time.Second, &Input{Kind: InputAdd, Row: 1}) // due is: stuck, and so removed
	if r := s.k.Reply(); r.Refusal != Accepted || r.Node == second {
		t.Errorf("the next is answered %+v; node %d was removed in the same step", r, second)
	}
	for _, e := range s.k.Events() {
		if e.Kind == EventAdded && e.Node == second {
			t.Errorf("node %d is removed and added in one step", second)
		}
	}
}
