package kernel

import (
	"testing"
	"time"
)

// "The scope is a barrier": "Pause, stop, quarantine and removal take that member out, and only it": in whatever order
// they go, of one scope and of two that merged, the others start, and at their time.
func TestMembersLeaveInAnyOrder(t *testing.T) {
	for _, order := range [][3]string{{"A", "B", "C"}, {"A", "C", "B"}, {"B", "A", "C"}, {"B", "C", "A"}, {"C", "A", "B"}, {"C", "B", "A"}} {
		play(t, tree(oneForAll, service("A"), service("B"), service("C"), service("D", constant(time.Second))), `
			run                   -> launch A#1, launch B#1, launch C#1, launch D#1
			D error               -> D error: restart in 1s, ask C#1, ask B#1, ask A#1
			A success             -> A#1 ended
			B success             -> B#1 ended
			C success             -> C#1 ended
			pause `+order[0]+`    ->
			pause `+order[1]+`    ->
			tick                  -> 1s: launch `+order[2]+`#2, launch D#2
		`)
		play(t, tree(service("A", constant(3*time.Second)), service("B", constant(2*time.Second)), service("C", constant(time.Second)),
			service("P", quick), service("X", needs("A", "P")), service("Y", needs("B", "P")), service("Z", needs("C", "P"))), `
			run                   -> launch A#1, launch B#1, launch C#1, launch P#1, launch X#1, launch Y#1, launch Z#1
			A error               -> A error: restart in 3s, ask X#1
			B error               -> B error: restart in 2s, ask Y#1
			C error               -> C error: restart in 1s, ask Z#1
			X success             -> X#1 ended
			Y success             -> Y#1 ended
			Z success             -> Z#1 ended
			P error               -> P error: restart // all of them are one now
			stop `+order[0]+`     ->
			stop `+order[1]+`     ->
			waits `+order[2]+`    -> restart
			stop P                ->
			tick                  -> 3s: launch `+order[2]+`#2
		`)
	}
}

// A scope that everybody has left is gone, and its time with it: the next one has its own.
func TestMembersHaveAllLeft(t *testing.T) {
	play(t, tree(service("A", constant(time.Hour)), service("B", constant(time.Second))), `
		run          -> launch A#1, launch B#1
		A error      -> A error: restart in 1h0m0s
		stop A       ->
		deadline     ->
		B error      -> B error: restart in 1s
		tick         -> 1s: launch B#2
	`)
}

// "Pause, stop, quarantine": who goes down because an operator said so is no member of what comes after.
func TestMembersAreNotWhoAnOperatorTakesDown(t *testing.T) {
	for verb, state := range map[string]string{"pause": "paused#1", "stop": "stopped(by_hand)#1", "quarantine": "quarantined#1"} {
		t.Run(verb, func(t *testing.T) {
			play(t, tree(oneForAll, service("A"), service("B", quick)), `
				run          -> launch A#1, launch B#1
				`+verb+` A   -> ask A#1
				B error      -> B error: restart, launch B#2
				A error      -> A#1 ended
				state A      -> `+state+`
			`)
		})
	}
}

// "declared": who was never started waits with the others as what it is.
func TestMembersThatWereNeverStarted(t *testing.T) {
	play(t, tree(supervisor("S", quick, oneForAll, service("A", quick), service("B"), service("C", after("D"))), service("D", explicit)), `
		run          -> launch A#1, launch B#1, launch D#1
		A error      -> A error: restart, ask B#1
		state C      -> declared
		waits C      -> restart
		B success    -> B#1 ended, launch A#2, launch B#2
		A fatal_bug  -> A fatal_bug: escalate, S error: restart, ask B#2
		B success    -> B#2 ended, launch A#3, launch B#3
		state C      -> declared
		D ready      -> launch C#1
	`)
}

// "Going down": under rest_for_one who ended by itself is not waited for, then and later.
func TestMembersThatEndedAreNotWaitedFor(t *testing.T) {
	play(t, tree(restForOne, service("A", quick), service("B", quick), service("C", quick)), `
		run          -> launch A#1, launch B#1, launch C#1
		C error      -> C error: restart, launch C#2
		B error      -> B error: restart, ask C#2
		C success    -> C#2 ended, launch B#2, launch C#3
		shutdown     -> ask C#3
		C success    -> C#3 ended, ask B#2
		B success    -> B#2 ended, ask A#1
		A success    -> A#1 ended, the end
	`)
}

// "temporary members are stopped and not started again": one that was never started still is, once.
func TestMembersThatAreTemporaryAndWereNeverStarted(t *testing.T) {
	play(t, tree(supervisor("S", oneForAll, service("A", quick), worker("T", temporary, after("D"))), service("D", explicit)), `
		run          -> launch A#1, launch D#1
		A error      -> A error: restart, launch A#2
		D ready      -> launch T#1
		A error      -> A error: restart, ask T#1
		T error      -> T#1 ended, launch A#3
		state T      -> stopped(ended)#1
	`)
}

// "temporary members are stopped and not started again": a supervisor, too, with all that is in it, whatever else took that
// along before.
func TestMembersOfATemporarySupervisor(t *testing.T) {
	play(t, tree(oneForAll, service("A", quick), supervisor("S", temporary, service("B", needs("A")), dynamic("D", 1, needs("A")), service("C"))), `
		run           -> launch A#1, launch B#1, launch C#1
		add D         -> D[1] added, launch D[1]#1
		A error       -> A error: restart, ask C#1, ask D[1]#1, ask B#1
		B success     -> B#1 ended
		C success     -> C#1 ended
		D[1] success  -> D[1]#1 ended, D[1] removed, D[1] gone, launch A#2
		state S B C   -> stopped(ended)#1, stopped(tree)#1, stopped(tree)#1
		start S       -> launch B#2, launch C#2
	`)
}
