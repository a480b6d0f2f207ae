package kernel

import (
	"slices"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// "A run that is stuck in its cleanups alone is written off, whatever its row says but shutdown: its child goes on as if they
// had ended."
func TestStuckInACleanup(t *testing.T) {
	for _, action := range []policy.Action{policy.ActionRestart, policy.ActionStop, policy.ActionQuarantine, policy.ActionEscalate} {
		t.Run(action.String(), func(t *testing.T) {
			play(t, tree(service("A", brief, constant(10*time.Second), on(policy.OutcomeStuck, action)), service("B", needs("A"), brief)), `
				run              -> launch A#1, launch B#1
				A error cleanups -> A error: restart in 10s, ask B#1
				B success        -> B#1 ended, clean up A#1
				at 2s            -> 1s: abort A#1, A#1 stuck in a cleanup
				state A          -> restarting#1
				waits A          -> restart // its backoff is not over
				at 10s           -> launch A#2, launch B#2
				restarts A       -> 1
				leaked A         -> 1
				A#1 cleaned      -> A#1 returned in a cleanup
				leaked A         -> 0
				state A B        -> ready#2, ready#2
			`)
		})
	}
	play(t, tree(service("A", brief, quick, on(policy.OutcomeStuck, policy.ActionShutdown)), service("B")), `
		run              -> launch A#1, launch B#1
		A error cleanups -> A error: restart, clean up A#1
		at 2s            -> 1s: abort A#1, A#1 stuck in a cleanup, A stuck: shutdown, ask B#1
		B success        -> B#1 ended, the end
		end              -> A stuck (cause of A)
	`)
}

// "Its child goes on": where an operator, or a decision, has it go.
func TestStuckInACleanupGoesWhereItWasWanted(t *testing.T) {
	for verb, want := range map[string]string{"pause": "paused#1", "stop": "stopped(by_hand)#1", "quarantine": "quarantined#1"} {
		back := map[string]string{"pause": "resume", "stop": "start", "quarantine": "release"}[verb]
		play(t, tree(service("A", brief), service("B")), `
			run                -> launch A#1, launch B#1
			`+verb+` A         -> ask A#1
			A success cleanups -> A#1 ended, clean up A#1
			at 2s              -> 1s: abort A#1, A#1 stuck in a cleanup
			state A            -> `+want+`
			`+back+` A         -> launch A#2
			A#1 cleaned        -> A#1 returned in a cleanup
			state A            -> ready#2
		`)
	}
	play(t, tree(service("A", brief, on(policy.OutcomeError, policy.ActionQuarantine)), worker("W", brief, on(policy.OutcomeError, policy.ActionStop))), `
		run              -> launch A#1, launch W#1
		A error cleanups -> A error: quarantine, clean up A#1
		W error cleanups -> W error: stop, clean up W#1
		at 2s            -> 1s: abort A#1, abort W#1, A#1 stuck in a cleanup, W#1 stuck in a cleanup
		state A W        -> quarantined#1, stopped(ended)#1
		release A        -> launch A#2
		restart W        -> launch W#2
	`)
}

// "It holds back nothing": no provider, no supervisor, nobody's restart with it.
func TestStuckInACleanupHoldsBackNothing(t *testing.T) {
	play(t, tree(supervisor("S", quick, service("P", provides, explicit, quick), service("A", needs("P"), brief), service("B", needs("P")))), `
		run              -> launch P#1
		P ready          -> launch A#1, launch B#1
		P error cleanups -> P error: restart, ask B#1, ask A#1
		A success cleanups -> A#1 ended, clean up A#1
		B success        -> B#1 ended
		at 2s            -> 1s: abort A#1, A#1 stuck in a cleanup, clean up P#1
		P cleaned        -> drop P#1, launch P#2
		P ready          -> launch A#2, launch B#2
		B fatal_bug      -> B fatal_bug: escalate, S error: restart, ask A#2
		A success        -> A#2 ended, ask P#2
		P success        -> P#2 ended, drop P#2, launch P#3
		leaked A         -> 1
	`)
	play(t, tree(oneForAll, quick, service("A", brief, quick), service("B", brief)), `
		run              -> launch A#1, launch B#1
		A error cleanups -> A error: restart, ask B#1, clean up A#1
		B success cleanups -> B#1 ended, clean up B#1
		at 2s            -> 1s: abort A#1, abort B#1, A#1 stuck in a cleanup, B#1 stuck in a cleanup, launch A#2, launch B#2
	`)
}

// A completed job stays completed, and one whose value is withdrawn makes it again.
func TestJobStuckInACleanup(t *testing.T) {
	play(t, tree(job("J", brief), service("B", needs("J"))), `
		run                -> launch J#1
		J success cleanups -> J success: stop, clean up J#1
		at 2s              -> 1s: abort J#1, J#1 stuck in a cleanup, launch B#1
		state J            -> stopped(completed)#1
	`)
	play(t, tree(job("J", provides, brief), service("B", needs("J"))), `
		run                -> launch J#1
		J success cleanups -> J success: stop, launch B#1
		restart J          -> ask B#1
		B success          -> B#1 ended, ask J#1, clean up J#1
		at 2s              -> 1s: abort J#1, J#1 stuck in a cleanup, drop J#1, launch J#2
		J success          -> J success: stop, launch B#2
	`)
}

// A dynamic child that goes is gone: its key and its place among Max are free. What its run says then is its row's.
func TestDynamicStuckInACleanup(t *testing.T) {
	k := play(t, tree(dynamic("D", 1, brief)), `
		run                   ->
		add D                 -> D[1] added, launch D[1]#1
		add D                 -> refused: max
		remove D[1]           -> ask D[1]#1
		D[1] success cleanups -> D[1]#1 ended, clean up D[1]#1
		at 2s                 -> 1s: abort D[1]#1, D[1]#1 stuck in a cleanup, D[1] removed, D[1] gone
		add D                 -> D[2] added, launch D[2]#2
		D[1]#1 cleaned        -> D#1 returned in a cleanup
		remove D[2]           -> ask D[2]#2
		D[2] success          -> D[2]#2 ended, D[2] removed, D[2] gone
		add D                 -> D[3] added, launch D[3]#3
	`)
	if len(k.nodes) != 4 { // and the node of the row
		t.Errorf("there are %d nodes", len(k.nodes))
	}
}

// "Nothing bounds how many there are but the backoff": each is a leak of its own.
func TestStuckInACleanupAgain(t *testing.T) {
	k := play(t, tree(service("A", brief, constant(10*time.Second))), `
		run              -> launch A#1
		A error cleanups -> A error: restart in 10s, clean up A#1
		at 10s           -> 1s: abort A#1, 2s: A#1 stuck in a cleanup, launch A#2
		A error cleanups -> A error: restart in 10s, clean up A#2
		at 20s           -> 11s: abort A#2, 12s: A#2 stuck in a cleanup, launch A#3
		leaked A         -> 2
		A#1 cleaned      -> A#1 returned in a cleanup
		shutdown         -> ask A#3
		A success        -> A#3 ended, the end // which it does not wait for
	`)
	if leaked := k.Leaked(); !slices.Equal(leaked, []Leak{{Node: 1, Gen: 2, Cleanup: true}}) {
		t.Errorf("leaked: %v", leaked)
	}
}

// A run that is stuck itself has its child wait, whatever cleanup of an earlier one is stuck, too.
func TestStuckAfterACleanup(t *testing.T) {
	play(t, tree(service("A", brief, quick, on(policy.OutcomeStuck, policy.ActionQuarantine))), `
		run              -> launch A#1
		A error cleanups -> A error: restart, clean up A#1
		at 2s            -> 1s: abort A#1, A#1 stuck in a cleanup, launch A#2
		restart A        -> ask A#2
		at 4s            -> 3s: abort A#2, A#2 stuck, A stuck: quarantine
		release A        -> refused: stuck
		A#2 success      -> A#2 returned, launch A#3
		A#1 cleaned      -> A#1 returned in a cleanup
		state A          -> ready#3
	`)
	play(t, tree(service("A", brief, quick, on(policy.OutcomeStuck, policy.ActionQuarantine))), `
		run              -> launch A#1
		A error cleanups -> A error: restart, clean up A#1
		at 2s            -> 1s: abort A#1, A#1 stuck in a cleanup, launch A#2
		pause A          -> ask A#2
		at 4s            -> 3s: abort A#2, A#2 stuck, A stuck: quarantine
		A#1 cleaned      -> A#1 returned in a cleanup
		state A          -> quarantined#2
		A#2 success      -> A#2 returned
		state A          -> paused#2
	`)
}

// The final stop gives it its budget, and tells it.
func TestStuckInACleanupAtTheEnd(t *testing.T) {
	play(t, tree(service("A", brief)), `
		run                -> launch A#1
		shutdown           -> ask A#1
		A success cleanups -> A#1 ended, clean up A#1
		at 2s              -> 1s: abort A#1, A#1 stuck in a cleanup, the end
		state A            -> stopped(tree)#1
		leaked A           -> 1
	`)
}
