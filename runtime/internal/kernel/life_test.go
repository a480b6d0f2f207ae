package kernel

import (
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// design.md, "What a run may do": Fail fails the run while it lives. The first counts; nil, after
// being asked, or after the end it does nothing (told as stale).
func TestLifeFails(t *testing.T) {
	play(t, tree(service("A", quick), service("B", needs("A"))), `
		run            -> launch A#1, launch B#1
		A says success -> A#1 ignored
		A says error   -> A error: restart, ask B#1
		restarts A     -> 1
		A says panic   -> A#1 ignored
		B success      -> B#1 ended, ask A#1
		A says error   -> A#1 ignored
		A success      -> A#1 ended, launch A#2, launch B#2
		A#1 says error -> A#1 ignored
		state A        -> ready#2
	`)
	play(t, tree(service("A"), service("B")), `
		run            -> launch A#1, launch B#1
		pause A        -> ask A#1
		A says panic   -> A#1 ignored
		A success      -> A#1 ended
		state A        -> paused#1
	`)
}

// "a failure ... is decided and counted once": before it is asked to stop, a run that goes down anyway may fail for more.
func TestLifeFailsForMore(t *testing.T) {
	play(t, tree(service("A", on(policy.OutcomePanic, policy.ActionQuarantine)), service("B", needs("A"))), `
		run            -> launch A#1, launch B#1
		pause A        -> ask B#1
		A says error   -> A#1 ignored // it goes down anyway
		A says panic   -> A panic: quarantine
		A says panic   -> A#1 ignored
		B success      -> B#1 ended, ask A#1
		A success      -> A#1 ended
		state A        -> quarantined#1
	`)
}

// A skip of what others need is a fatal_config, said as well as returned.
func TestLifeFailsWithASkip(t *testing.T) {
	play(t, tree(service("A"), service("B", needs("A"))), `
		run            -> launch A#1, launch B#1
		A says skip    -> A fatal_config: shutdown, ask B#1
	`)
	play(t, tree(service("A"), service("B")), `
		run            -> launch A#1, launch B#1
		A says skip    -> A skip: stop, ask A#1
		A success      -> A#1 ended
		state A        -> stopped(ended)#1
	`)
}

// "The order, always": "1. a failure is decided and counted once, readiness ends, dependants are asked; 2. these down or
// stuck: the own context ends; 3. function and all Gos have returned: the run's one end; 4. all holders of its value down or
// stuck: cleanups; 5. down: the barrier, what it needs, the next launch. Until 5 it is shutting_down and holds what it needs."
func TestLifeInOrder(t *testing.T) {
	d := tree(service("Disk"), service("A", needs("Disk"), quick, provides), service("B", needs("A"), brief))
	play(t, d, `
		run              -> launch Disk#1, launch A#1, launch B#1
		A says error     -> A error: restart, ask B#1
		readiness A      -> not_required
		state A          -> shutting_down#1
		stop Disk        -> // it has to wait
		B success        -> B#1 ended, ask A#1
		A error cleanups -> A#1 ended, clean up A#1
		state A Disk     -> shutting_down#1, shutting_down#1
		A cleaned        -> drop A#1, ask Disk#1
		state A          -> restarting#1
		Disk success     -> Disk#1 ended
		start Disk       -> launch Disk#2, launch A#2, launch B#2
	`)
	t.Run("what it returns before it is asked", func(t *testing.T) {
		play(t, d, `
			run              -> launch Disk#1, launch A#1, launch B#1
			A error cleanups -> A error: restart, ask B#1
			state A          -> shutting_down#1
			A error          -> A#1 ignored // it has ended
			A ready          -> A#1 ignored
			stop Disk        ->
			B success        -> B#1 ended, clean up A#1
			A cleaned        -> drop A#1, ask Disk#1
			A cleaned        ->
		`)
	})
	t.Run("though nothing is left to be cleaned up", func(t *testing.T) {
		play(t, d, `
			run              -> launch Disk#1, launch A#1, launch B#1
			A error          -> A error: restart, ask B#1
			state A          -> shutting_down#1
			stop Disk        -> // B has what A made of it
			B success        -> B#1 ended, drop A#1, ask Disk#1
		`)
	})
	t.Run("of who is stuck", func(t *testing.T) {
		play(t, tree(service("A", quick, provides), service("B", needs("A"), brief, on(policy.OutcomeStuck, policy.ActionStop))), `
			run              -> launch A#1, launch B#1
			A error cleanups -> A error: restart, ask B#1
			at 2s            -> 1s: abort B#1, B#1 stuck, B stuck: stop, clean up A#1
			A cleaned        -> drop A#1, launch A#2
		`)
	})
}

// "What is left of the stop budget is shared (a fresh one if nobody asked it to stop); past the abort the run is stuck."
func TestLifeCleansUpInItsBudget(t *testing.T) {
	d := tree(service("A", shutdown(3*time.Second, time.Second)), service("B"))
	play(t, d, `
		run              -> launch A#1, launch B#1
		at 1s            ->
		pause A          -> ask A#1
		at 3s            ->
		A error cleanups -> A#1 ended, clean up A#1
		deadline         -> 4s
		at 4s            -> abort A#1
		at 5s            -> A#1 stuck in a cleanup
		state A          -> paused#1
		leaked A         -> 1
		A cleaned        -> A#1 returned in a cleanup
		leaked A         -> 0
	`)
	play(t, d, `
		run              -> launch A#1, launch B#1
		pause A          -> ask A#1
		at 3.5s          -> 3s: abort A#1
		A error cleanups -> A#1 ended, clean up A#1
		deadline         -> 4s
		A cleaned        ->
		state A          -> paused#1
	`)
	play(t, d, `
		run              -> launch A#1, launch B#1
		at 1s            ->
		A error cleanups -> A error: restart in 50ms, clean up A#1
		deadline         -> 4s
		at 5s            -> 4s: abort A#1, A#1 stuck in a cleanup, launch A#2
	`)
	play(t, tree(service("A", shutdown(0, 0), on(policy.OutcomeStuck, policy.ActionStop)), service("B")), `
		run              -> launch A#1, launch B#1
		A error cleanups -> A error: restart in 50ms, A#1 stuck in a cleanup, clean up A#1, abort A#1
		A#1 cleaned      -> A#1 returned in a cleanup
		at 50ms          -> launch A#2
	`)
}

// "A stuck run's cleanups run when it returns; nobody waits for them."
func TestLifeCleansUpWhatWasStuck(t *testing.T) {
	play(t, tree(service("A", brief, quick, on(policy.OutcomeStuck, policy.ActionRestart)), service("B")), `
		run                -> launch A#1, launch B#1
		restart A          -> ask A#1
		at 2s              -> 1s: abort A#1, A#1 stuck, launch A#2
		A#1 error cleanups -> A#1 returned, clean up A#1
		leaked A           -> 0
		A#1 cleaned        ->
		state A            -> ready#2
	`)
	play(t, tree(service("A", brief)), `
		run                -> launch A#1
		shutdown           -> ask A#1
		at 2s              -> 1s: abort A#1, A#1 stuck, the end
		A#1 error cleanups -> A#1 returned, clean up A#1
		A#1 cleaned        ->
	`)
}

// "Turns": "slots are held by runs only, from launch to first ready, end": what is cleaned up has ended.
func TestLifeCleansUpOutsideOfItsTurn(t *testing.T) {
	play(t, tree(concurrency(1), service("A", explicit), service("B", explicit)), `
		run                -> launch A#1
		A error cleanups   -> A error: restart in 50ms, clean up A#1, launch B#1
	`)
}

// "Of a completed job that provides, the end of its context and its cleanups come when its value is withdrawn (it runs again;
// it or its supervisor stops): holders down, context ends, cleanups, and only then what it needs."
func TestLifeOfAValue(t *testing.T) {
	d := tree(service("DB", quick), supervisor("S", job("J", needs("DB"), provides)), service("B", needs("J")))
	for name, c := range map[string][2]string{
		"it runs again":         {"restart J -> ask B#1", ", launch J#2"},
		"what it needs fails":   {"DB error  -> DB error: restart, ask B#1", ", launch DB#2, launch J#2"},
		"its supervisor stops":  {"stop S    -> ask B#1", ""},
		"its supervisor again":  {"restart S -> ask B#1", ", launch J#2"},
		"what it needs is down": {"stop DB   -> ask B#1", ", ask DB#1"},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, d, `
				run                -> launch DB#1, launch J#1
				J success cleanups -> J success: stop, launch B#1
				state J            -> stopped(completed)#1
				`+c[0]+`
				state J            -> shutting_down#1
				B success          -> B#1 ended, ask J#1, clean up J#1
				J cleaned          -> drop J#1`+c[1])
		})
	}
	t.Run("the tree stops", func(t *testing.T) {
		play(t, d, `
			run                -> launch DB#1, launch J#1
			J success cleanups -> J success: stop, launch B#1
			shutdown           -> ask B#1
			B success          -> B#1 ended, ask J#1, clean up J#1
			state DB           -> shutting_down#1
			J cleaned          -> drop J#1, ask DB#1
			DB success         -> DB#1 ended, the end
			state J            -> stopped(completed)#1
		`)
	})
	t.Run("with nothing to be cleaned up", func(t *testing.T) {
		play(t, d, `
			run                -> launch DB#1, launch J#1
			J success          -> J success: stop, launch B#1
			shutdown           -> ask B#1
			B success          -> B#1 ended, ask J#1, drop J#1, ask DB#1
		`)
	})
}

// "A completed job stays completed when a scope restarts", and so does what it has handed over: a supervisor that is paused, or
// taken along, holds no value back, and is down without it.
func TestLifeOfAValueInWhatRestarts(t *testing.T) {
	d := tree(service("X", quick), supervisor("S", needs("X"), job("J", provides), service("C")), service("B", needs("J")))
	play(t, d, `
		run                -> launch X#1, launch J#1, launch C#1
		J success cleanups -> J success: stop, launch B#1
		X error            -> X error: restart, ask C#1
		C success          -> C#1 ended, launch X#2, launch C#2
		pause S            -> ask C#2
		C success          -> C#2 ended
		state S J B        -> paused#2, stopped(completed)#1, ready#1
		resume S           -> launch C#3
	`)
	t.Run("though the tree stops meanwhile", func(t *testing.T) {
		play(t, d, `
			run                -> launch X#1, launch J#1, launch C#1
			J success cleanups -> J success: stop, launch B#1
			pause S            -> ask C#1
			C success          -> C#1 ended
			shutdown           -> ask B#1, ask X#1
			X success          -> X#1 ended
			B success          -> B#1 ended, ask J#1, clean up J#1
			phase              -> draining
			J cleaned          -> drop J#1, the end
		`)
	})
}

// "It is in the stop order and in the bound with its budget."
func TestLifeOfAValueInTheBound(t *testing.T) {
	play(t, tree(service("DB", brief), job("J", needs("DB"), provides, shutdown(3*time.Second, time.Second)), service("B", needs("J"), brief)), `
		run                -> launch DB#1, launch J#1
		J success cleanups -> J success: stop, launch B#1
		shutdown           -> ask B#1
		at 10s             -> 1s: abort B#1, 2s: B#1 stuck, ask J#1, clean up J#1, 5s: abort J#1, 6s: J#1 stuck in a cleanup, drop J#1, ask DB#1, 7s: abort DB#1, 8s: DB#1 stuck, the end
	`)
}

// "A completed job without a provided value holds nobody up": it is cleaned up when it ends, and has completed then.
func TestLifeOfAJobWithoutAValue(t *testing.T) {
	play(t, tree(service("DB"), job("J", needs("DB")), service("B", after("J"))), `
		run                -> launch DB#1, launch J#1
		J success cleanups -> J success: stop, clean up J#1
		state J B          -> shutting_down#1, declared
		J cleaned          -> launch B#1
		state J            -> stopped(completed)#1
		shutdown           -> ask B#1, ask DB#1
	`)
}

// "The order of an end": what a run left is cleaned up when nobody holds its value any more, also if its supervisor, which
// its failure would bring down, goes down already.
func TestCleanupOfWhoEscalatesOnItsWayDown(t *testing.T) {
	d := tree(supervisor("S", on(policy.OutcomeError, policy.ActionQuarantine), service("A", on(policy.OutcomePanic, policy.ActionEscalate)), service("B", after("A"))))
	play(t, d, `
		run              -> launch A#1, launch B#1
		quarantine S     -> ask B#1
		A panic cleanups -> A panic: escalate, clean up A#1
		A cleaned        ->
		B success        -> B#1 ended
		state S A B      -> quarantined#1, failed#1, stopped(tree)#1
	`)
}

// A job that completes on its way down, since what is above it stops, hands over nothing any more: what it left is cleaned
// up in its turn.
func TestLifeOfAValueThatComesTooLate(t *testing.T) {
	d := tree(supervisor("S", job("J", provides, optional)), service("B", needs("S")))
	for stop, end := range map[string][2]string{"shutdown": {"stopped(completed)#1", ", the end"}, "stop S": {"stopped(tree)#1", ""}} {
		play(t, d, `
			run                -> launch J#1, launch B#1
			`+stop+`           -> ask B#1
			J success cleanups -> J success: stop
			B success          -> B#1 ended, ask J#1, clean up J#1
			state J            -> shutting_down#1
			J cleaned          -> drop J#1`+end[1]+`
			state J            -> `+end[0]+`
		`)
		play(t, d, `
			run                -> launch J#1, launch B#1
			`+stop+`           -> ask B#1
			J success          -> J success: stop
			B success          -> B#1 ended, ask J#1, drop J#1`+end[1]+`
			state J            -> `+end[0]+`
		`)
	}
}
