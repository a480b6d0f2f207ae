package kernel

import (
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// "Drain: up to the shutdown budget"; "Abort: ... abort budget"; what still runs then is stuck. Each to the nanosecond.
func TestStopPhases(t *testing.T) {
	play(t, tree(service("A", shutdown(5*time.Second, 2*time.Second))), `
		run              -> launch A#1
		at 1s            ->
		shutdown         -> ask A#1
		asked            -> A until 6s for Root
		phase            -> draining
		at 5.999999999s  ->
		at 6s            -> abort A#1
		phase            -> aborting
		at 7.999999999s  ->
		at 8s            -> A#1 stuck, the end
		phase            -> ended
		leaked A         -> 1
	`)
}

// "Drain": who ends within its budget is not aborted, who ends within its abort budget is not stuck.
func TestStopEndsEarly(t *testing.T) {
	play(t, tree(service("A"), service("B")), `
		run              -> launch A#1, launch B#1
		shutdown         -> ask B#1, ask A#1
		at 4.999999999s  ->
		A error          -> A#1 ended
		at 5.999999999s  -> 5s: abort B#1
		B error          -> B#1 ended, the end
		leaked A B       -> 0, 0
		end              -> well
		deadline         ->
	`)
}

// "shutdown 0s aborts in the same step"; and budgets of nothing at all leave it stuck in the same step.
func TestStopWithoutBudgets(t *testing.T) {
	play(t, tree(service("A", shutdown(0, time.Second)), service("B")), `
		run              -> launch A#1, launch B#1
		pause A          -> ask A#1, abort A#1
		asked            -> A until 0s for A
		A success        -> A#1 ended
	`)
	play(t, tree(service("A", shutdown(time.Second, 0))), `
		run              -> launch A#1
		shutdown         -> ask A#1
		at 1s            -> A#1 stuck, abort A#1, the end
	`)
	play(t, tree(service("A", shutdown(0, 0))), `
		run              -> launch A#1
		shutdown         -> A#1 stuck, ask A#1, abort A#1, the end
	`)
}

// "infinite only with unlimited".
func TestStopUnlimited(t *testing.T) {
	play(t, tree(service("A", unlimited)), `
		run              -> launch A#1
		shutdown         -> ask A#1
		asked            -> A until forever for Root
		deadline         ->
		at 1000h         ->
		A success        -> A#1 ended, the end
	`)
}

// "A drain already running keeps its deadline": it is neither asked again nor given more.
func TestStopOfWhoIsDraining(t *testing.T) {
	play(t, tree(service("A"), service("B")), `
		run              -> launch A#1, launch B#1
		restart A        -> ask A#1
		at 4s            ->
		shutdown         -> ask B#1
		at 8s            -> 5s: abort A#1, 6s: A#1 stuck
		at 10s           -> 9s: abort B#1, B#1 stuck, the end
	`)
}

// "A drain already running": nor does another command, or another's failure.
func TestStopKeepsItsDeadline(t *testing.T) {
	play(t, tree(oneForAll, service("A"), service("B", quick)), `
		run              -> launch A#1, launch B#1
		restart A        -> ask A#1
		at 4s            ->
		B error          -> B error: restart
		at 5s            -> abort A#1
		A success        -> A#1 ended, launch A#2, launch B#2
	`)
}

// "The tree stops in reverse order of needs and rest_for_one", each link of the chain with its own budget.
func TestStopInReverseOrder(t *testing.T) {
	play(t, tree(service("A", shutdown(3*time.Second, time.Second)), service("B", needs("A"), shutdown(2*time.Second, time.Second)),
		service("C", needs("B"), shutdown(time.Second, time.Second))), `
		run              -> launch A#1, launch B#1, launch C#1
		shutdown         -> ask C#1
		at 1s            -> abort C#1
		at 1.5s          ->
		C success        -> C#1 ended, ask B#1
		asked            -> B until 3.5s for Root
		at 3.5s          -> abort B#1
		at 4.5s          -> B#1 stuck, ask A#1
		deadline         -> 7.5s
		A success        -> A#1 ended, the end
	`)
}

// "The tree stops in reverse order of needs, of after": who comes after, stops before.
func TestStopInReverseOfAfter(t *testing.T) {
	play(t, tree(service("A"), service("B", after("A")), supervisor("S", after("B"), service("X")), dynamic("D", 2, after("A"))), `
		run              -> launch A#1, launch B#1, launch X#1
		add D            -> D[1] added, launch D[1]#1
		add D            -> D[2] added, launch D[2]#2
		shutdown         -> ask D[2]#2, ask D[1]#1, ask X#1
		X success        -> X#1 ended, ask B#1
		D[2] error       -> D[2]#2 ended
		B success        -> B#1 ended
		at 5s            -> abort D[1]#1
		at 6s            -> D[1]#1 stuck, ask A#1
		A success        -> A#1 ended, the end
	`)
}

// "where one stop takes both": who drains for something else holds up nobody, until a stop takes both.
func TestStopOfOneOfTwo(t *testing.T) {
	d := tree(service("A", quick), service("B", after("A"), shutdown(time.Minute, 0)), service("C", needs("A")))
	play(t, d, `
		run              -> launch A#1, launch B#1, launch C#1
		pause B          -> ask B#1
		A error          -> A error: restart, ask C#1
		C success        -> C#1 ended, launch A#2, launch C#2
		restart A        -> ask C#2
		shutdown         -> // takes both, and A was not asked yet
		C success        -> C#2 ended
		B success        -> B#1 ended, ask A#2
		A success        -> A#2 ended, the end
	`)
	play(t, d, `
		run              -> launch A#1, launch B#1, launch C#1
		restart A        -> ask C#1
		pause B          -> ask B#1
		C success        -> C#1 ended, ask A#1 // B is not in its way
	`)
	play(t, tree(service("A"), service("B", after("A"), shutdown(time.Minute, 0))), `
		run              -> launch A#1, launch B#1
		restart A        -> ask A#1
		shutdown         -> ask B#1 // A was asked already
		A success        -> A#1 ended
		B success        -> B#1 ended, the end
	`)
}

// Who ends by itself is not held back in its next life.
func TestStopAfterOneThatEndedByItself(t *testing.T) {
	play(t, tree(oneForAll, service("P", quick), service("A"), service("B", after("A"), shutdown(time.Minute, 0))), `
		run              -> launch P#1, launch A#1, launch B#1
		P error          -> P error: restart, ask B#1 // and A after it
		pause B          ->
		A error          -> A#1 ended, launch P#2, launch A#2
		restart A        -> ask A#2 // though B still drains
	`)
}

// "a job counts like any child, and a completed one holds up nobody".
func TestStopAfterAJob(t *testing.T) {
	play(t, tree(service("A"), job("J", after("A")), service("B", after("J"))), `
		run              -> launch A#1, launch J#1
		J success        -> J success: stop, launch B#1
		shutdown         -> ask B#1, ask A#1
	`)
	play(t, tree(service("A"), job("J", after("A"))), `
		run              -> launch A#1, launch J#1
		shutdown         -> ask J#1
		J error          -> J#1 ended, ask A#1
	`)
}

// "needs" of a supervisor: it is asked after who needs it, and so are its children.
func TestStopOfASupervisorThatIsNeeded(t *testing.T) {
	play(t, tree(supervisor("S", service("A")), service("B", needs("S")), supervisor("T", service("C", needs("S")))), `
		run              -> launch A#1, launch B#1, launch C#1
		shutdown         -> ask C#1, ask B#1
		C success        -> C#1 ended
		B success        -> B#1 ended, ask A#1
		A success        -> A#1 ended, the end
	`)
}

// "Nothing starts after a stop was requested": not what waits for a backoff, a token, a turn or a need, and not what ends.
func TestNothingStartsWhileStopping(t *testing.T) {
	play(t, tree(
		service("A", constant(time.Second)), service("B"), service("C", needs("D")), service("D", explicit),
		supervisor("S", concurrency(1), service("X", explicit), service("Y")), dynamic("E", 1),
	), `
		run                -> launch A#1, launch B#1, launch D#1, launch X#1
		A error            -> A error: restart in 1s
		shutdown           -> ask X#1, ask D#1, ask B#1
		D ready            ->
		state D            -> shutting_down#1
		X success          -> X#1 ended
		state A C Y        -> stopped(tree)#1, stopped(tree), stopped(tree)
		add E              -> refused: stopping
		restart A          -> refused: stopping
		at 4s              ->
		D error            -> D#1 ended
		B error            -> B#1 ended, the end
		at 1h              ->
		run                ->
	`)
}

// "A second stop request answers with the same report": it changes nothing.
func TestStopTwice(t *testing.T) {
	play(t, tree(service("A")), `
		run              -> launch A#1
		shutdown         -> ask A#1
		at 1s            ->
		shutdown         -> already
		at 5s            -> abort A#1
		A success        -> A#1 ended, the end
		shutdown         -> refused: not running
		end              -> well
	`)
}

// "any | the tree stops | shutting_down if it runs → stopped": what an operator holds too, but for what failed.
func TestStopOfWhoIsAtRest(t *testing.T) {
	play(t, tree(service("P"), service("Q"), service("H"), worker("W"), job("J"), service("R", constant(time.Hour)), service("N", needs("P"))), `
		run                -> launch P#1, launch Q#1, launch H#1, launch W#1, launch J#1, launch R#1, launch N#1
		pause P            -> ask N#1
		N success          -> N#1 ended, ask P#1
		P success          -> P#1 ended
		quarantine Q       -> ask Q#1
		Q success          -> Q#1 ended
		stop H             -> ask H#1
		H success          -> H#1 ended
		W success          -> W success: stop
		J success          -> J success: stop
		R error            -> R error: restart in 1h0m0s
		shutdown           -> the end
		state P Q R N      -> stopped(tree)#1, stopped(tree)#1, stopped(tree)#1, stopped(tree)#1
		state H W J        -> stopped(by_hand)#1, stopped(ended)#1, stopped(completed)#1
	`)
}

// What ends by itself, and badly, before it was asked did fail; the end of the tree stays what was asked for.
func TestStopOfWhoFailsMeanwhile(t *testing.T) {
	play(t, tree(service("A"), service("B", needs("A"))), `
		run              -> launch A#1, launch B#1
		shutdown         -> ask B#1
		A fatal_bug      -> A fatal_bug: stop
		state A          -> shutting_down#1
		B error          -> B#1 ended, the end
		end              -> well
	`)
}

// "any | the tree stops | → stopped": what fails meanwhile moves nobody else, in a tree that was restarting as a whole either.
func TestStopOfWhoFailsMeanwhileMovesNobody(t *testing.T) {
	play(t, tree(service("A"), supervisor("S", needs("A"), service("B"), service("C", shutdown(0, 0)))), `
		run              -> launch A#1, launch B#1, launch C#1
		restart Root     -> C#1 stuck, C stuck: escalate, S error: stuck escalate, Root error: escalate, ask C#1, ask B#1, abort C#1
		state C          -> failed#1
		A fatal_bug      -> A fatal_bug: stop
		state B C        -> shutting_down#1, failed#1
		B success        -> B#1 ended, the end
	`)
}

// A tree that restarts as a whole can be stopped in between.
func TestStopOfATreeThatRestarts(t *testing.T) {
	play(t, tree(service("A", on(policy.OutcomeStuck, policy.ActionRestart))), `
		run              -> launch A#1
		restart Root     -> ask A#1
		at 2s            ->
		shutdown         ->
		A success        -> A#1 ended, the end
		state Root A     -> stopped(tree)#1, stopped(tree)#1
	`)
	play(t, tree(service("A")), `
		run              -> launch A#1
		restart Root     -> ask A#1
		A error          -> A#1 ended, launch A#2
		state Root       -> ready#2
	`)
}

// The four stages of stopping, each told once.
func TestStopIsTold(t *testing.T) {
	narrate(t, tree(service("A", shutdown(time.Second, time.Second))), `
		run              -> phase running, Root declared>starting, A declared>running, A running>ready, Root starting>ready, launch A#1
		shutdown         -> shutdown by hand, phase stopping, A ready>shutting_down, Root ready>shutting_down, phase draining, ask A#1
		at 1s            -> phase aborting, abort A#1
		A success        -> A#1 ended, A shutting_down>stopped, phase reconciling, Root shutting_down>stopped, phase ended, the end
	`)
}

// "Dependants stop before what they depend on": a supervisor whose children are all down is not, while who needs it runs.
func TestStopOfASupervisorThatIsEmpty(t *testing.T) {
	play(t, tree(supervisor("S", service("A")), service("C", needs("S"))), `
		run              -> launch A#1, launch C#1
		A fatal_bug      -> A fatal_bug: escalate, S error: restart in 50ms, ask C#1
		state S          -> shutting_down#1
		at 1s            ->
		C success        -> C#1 ended, launch A#2, launch C#2
	`)
	play(t, tree(supervisor("S", worker("A")), service("C", needs("S"))), `
		run              -> launch A#1, launch C#1
		A success        -> A success: stop
		stop S           -> ask C#1
		state S          -> shutting_down#1
		C success        -> C#1 ended
		state S          -> stopped(by_hand)#1
	`)
}

// "Abort": what is given up is stopped as the rest is, and no deadline is left of it.
func TestStopOfWhoIsStuck(t *testing.T) {
	play(t, tree(service("A", shutdown(0, 0)), service("B")), `
		run              -> launch A#1, launch B#1
		shutdown         -> A#1 stuck, ask B#1, ask A#1, abort A#1
		B success        -> B#1 ended, the end
		state A B        -> stopped(tree)#1, stopped(tree)#1
		deadline         ->
	`)
	play(t, tree(service("A", brief), service("B")), `
		run              -> launch A#1, launch B#1
		shutdown         -> ask B#1, ask A#1
		B success        -> B#1 ended
		at 2s            -> 1s: abort A#1, A#1 stuck, the end
		state A B        -> stopped(tree)#1, stopped(tree)#1
		deadline         ->
	`)
}
