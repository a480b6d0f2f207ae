package kernel

import (
	"testing"
	"time"
)

// brief is a stop budget whose end is soon reached.
var brief = shutdown(time.Second, time.Second)

// "Abort": "by default it escalates to the root and the tree comes down with an error that names it": no supervisor that
// holds a stuck run restarts, whatever its limit allows.
func TestStuckEscalatesToTheRoot(t *testing.T) {
	k := play(t, tree(supervisor("S", quick, supervisor("T", quick, service("A", brief), service("B"))), service("C")), `
		run          -> launch A#1, launch B#1, launch C#1
		restart A    -> ask A#1
		at 2s        -> 1s: abort A#1, A#1 stuck, A stuck: escalate, T error: stuck escalate, S error: stuck escalate, Root error: escalate, ask C#1, ask B#1
		end          -> A stuck (<nil>)
		restarts T S -> 0, 0
		B success    -> B#1 ended
		C success    -> C#1 ended, the end
		state A T S  -> failed#1, failed#1, failed#1
	`)
	if nodes, gens := k.Leaked(); len(nodes) != 1 || nodes[0] != 3 || gens[0] != 1 {
		t.Errorf("leaked: nodes %v, generations %v", nodes, gens)
	}
}

// "no second run is ever started beside it unless its table says on stuck restart".
func TestStuckRestart(t *testing.T) {
	play(t, tree(service("A", brief, on(OutcomeStuck, ActionRestart), limit(0, time.Hour)), service("B", needs("A"))), `
		run          -> launch A#1, launch B#1
		restart A    -> ask B#1
		B success    -> B#1 ended, ask A#1
		at 2s        -> 1s: abort A#1, A#1 stuck, launch A#2, launch B#2
		leaked A     -> 1
		restarts A   -> 0 // it "counts in no limit"
		restart A    -> ask B#2
		B success    -> B#2 ended, ask A#2
		at 4s        -> 3s: abort A#2, A#2 stuck, launch A#3, launch B#3
		leaked A     -> 2
		A#1 error    -> A#1 returned
		A#2 error    -> A#2 returned
		leaked A     -> 0
	`)
}

// "The outcome stuck replaces its decision": the actions that hold it back, and then "ErrStuck answers start, resume and
// restart of it by hand" until it really returns.
func TestStuckHoldsBack(t *testing.T) {
	for action, c := range map[Action]struct{ state, verb string }{
		ActionStop:       {"stopped(ended)#1", "start"},
		ActionQuarantine: {"quarantined#1", "release"},
	} {
		t.Run(action.String(), func(t *testing.T) {
			play(t, tree(service("A", brief, on(OutcomeStuck, action)), service("B", needs("A"))), `
				run            -> launch A#1, launch B#1
				restart A      -> ask B#1
				B success      -> B#1 ended, ask A#1
				at 2s          -> 1s: abort A#1, A#1 stuck, A stuck: `+action.String()+`
				state A B      -> `+c.state+`, restarting#1
				restart A      -> refused: stuck
				`+c.verb+` A   -> refused: stuck
				restarts A     -> 0
				A#1 error      -> A#1 returned
				state A        -> `+c.state+` // nobody said that it should start
				`+c.verb+` A   -> launch A#2, launch B#2
			`)
		})
	}
}

// "ErrStuck": of one that was paused while its table says stop, and of its supervisor.
func TestStuckRefusesItsSupervisor(t *testing.T) {
	play(t, tree(supervisor("S", service("A", brief, on(OutcomeStuck, ActionStop)), service("B")), service("C")), `
		run          -> launch A#1, launch B#1, launch C#1
		pause A      -> ask A#1
		at 2s        -> 1s: abort A#1, A#1 stuck, A stuck: stop
		state A      -> stopped(ended)#1
		start A      -> refused: stuck
		restart S    -> refused: stuck
		restart Root -> refused: stuck
		restart B    -> ask B#1
		B success    -> B#1 ended, launch B#2
		pause S      -> ask B#2
		B success    -> B#2 ended
		resume S     -> refused: stuck
		A#1 success  -> A#1 returned
		resume S     -> launch B#3
	`)
}

// "on stuck shutdown": the tree ends with an error that names it.
func TestStuckShutdown(t *testing.T) {
	play(t, tree(service("A", brief, on(OutcomeStuck, ActionShutdown)), service("B")), `
		run          -> launch A#1, launch B#1
		pause A      -> ask A#1
		at 2s        -> 1s: abort A#1, A#1 stuck, A stuck: shutdown, ask B#1
		end          -> A stuck (<nil>)
	`)
}

// "A supervisor that holds a stuck run cannot restart": a later failure below it goes up past it, uncounted.
func TestStuckBelowASupervisorThatFails(t *testing.T) {
	play(t, tree(supervisor("S", quick, service("A", brief, on(OutcomeStuck, ActionQuarantine)), service("B")), service("C")), `
		run          -> launch A#1, launch B#1, launch C#1
		restart A    -> ask A#1
		at 2s        -> 1s: abort A#1, A#1 stuck, A stuck: quarantine
		B fatal_bug  -> B fatal_bug: escalate, S error: stuck escalate, Root error: escalate, ask C#1
	`)
	play(t, tree(supervisor("S", quick, service("A", brief, on(OutcomeStuck, ActionRestart)), service("B"))), `
		run          -> launch A#1, launch B#1
		restart A    -> ask A#1
		at 2s        -> 1s: abort A#1, A#1 stuck, launch A#2
		B fatal_bug  -> B fatal_bug: escalate, S error: restart, ask A#2 // it may start beside it
		A success    -> A#2 ended, launch A#3, launch B#2
	`)
}

// "A second wait for something already known to be stuck is not spent."
func TestStuckIsNotWaitedForAgain(t *testing.T) {
	play(t, tree(service("A", brief, on(OutcomeStuck, ActionQuarantine)), service("B")), `
		run          -> launch A#1, launch B#1
		pause A      -> ask A#1
		at 2s        -> 1s: abort A#1, A#1 stuck, A stuck: quarantine
		shutdown     -> ask B#1
		B success    -> B#1 ended, the end
		leaked A     -> 1
		A#1 success  -> A#1 returned
	`)
}

// "Fence": a stuck run that returns while its successor lives is not taken for it.
func TestStuckReturnsBesideItsSuccessor(t *testing.T) {
	play(t, tree(service("A", brief, quick, on(OutcomeStuck, ActionRestart))), `
		run          -> launch A#1
		restart A    -> ask A#1
		at 2s        -> 1s: abort A#1, A#1 stuck, launch A#2
		A#1 ready    -> A#1 ignored
		A#1 error    -> A#1 returned
		A error      -> A error: restart, launch A#3
	`)
}

// What waits for the stuck run of what it needs starts when that returns.
func TestStuckReturnLetsOthersStart(t *testing.T) {
	play(t, tree(supervisor("S", quick, service("P", provides, explicit, quick), service("A", needs("P"), brief, on(OutcomeStuck, ActionRestart)))), `
		run          -> launch P#1
		P ready      -> launch A#1
		P error      -> P error: restart, drop P#1, ask A#1
		at 2s        -> 1s: abort A#1, A#1 stuck, launch P#2
		P ready      ->
		waits A      -> stuck P
		P error      -> P error: restart, drop P#2, launch P#3
		P ready      ->
		A#1 error    -> A#1 returned, launch A#2
	`)
}

// "ErrStuck": of a supervisor that holds one and is going down.
func TestStuckRefusesASupervisorThatGoesDown(t *testing.T) {
	play(t, tree(supervisor("S", service("A", brief, on(OutcomeStuck, ActionStop)), service("B"))), `
		run          -> launch A#1, launch B#1
		pause A      -> ask A#1
		at 2s        -> 1s: abort A#1, A#1 stuck, A stuck: stop
		pause S      -> ask B#1
		resume S     -> refused: stuck
		restart S    -> refused: stuck
		B success    -> B#1 ended
		state S      -> paused#1
	`)
}

// "A supervisor that holds a stuck run cannot restart": though that was decided before.
func TestStuckWhileItsSupervisorRestarts(t *testing.T) {
	play(t, tree(supervisor("S", quick, service("A", brief), service("B")), service("C", brief)), `
		run          -> launch A#1, launch B#1, launch C#1
		B fatal_bug  -> B fatal_bug: escalate, S error: restart, ask A#1
		at 2s        -> 1s: abort A#1, A#1 stuck, A stuck: escalate, S error: stuck escalate, Root error: escalate, ask C#1
		restarts S   -> 1
		C success    -> C#1 ended, the end
		end          -> A stuck (<nil>)
	`)
}

// "no second run is ever started beside it unless its table says on stuck restart": that one waits for nothing if what it
// needs is the one that the stuck run was given.
func TestStuckBesideTheSameValue(t *testing.T) {
	play(t, tree(service("P", provides, explicit, quick), service("A", needs("P"), brief, on(OutcomeStuck, ActionRestart))), `
		run          -> launch P#1
		P ready      -> launch A#1
		restart A    -> ask A#1
		at 2s        -> 1s: abort A#1, A#1 stuck, launch A#2
		P error      -> P error: restart, drop P#1, ask A#2
		A success    -> A#2 ended, launch P#2
		P ready      ->
		waits A      -> stuck P
		A#1 success  -> A#1 returned, launch A#3
	`)
}

// "A supervisor that holds a stuck run cannot restart, so by default it escalates to the root": nor is it paused or
// stopped around one.
func TestStuckBelowWhoIsTakenDown(t *testing.T) {
	for _, verb := range []string{"pause", "stop", "quarantine", "restart"} {
		t.Run(verb, func(t *testing.T) {
			play(t, tree(supervisor("S", service("A", brief), service("B", brief)), service("C", brief)), `
				run          -> launch A#1, launch B#1, launch C#1
				`+verb+` S   -> ask B#1, ask A#1
				B success    -> B#1 ended
				at 2s        -> 1s: abort A#1, A#1 stuck, A stuck: escalate, S error: stuck escalate, Root error: escalate, ask C#1
				C success    -> C#1 ended, the end
				end          -> A stuck (<nil>)
			`)
		})
	}
}

// "no second run is ever started beside it": though its supervisor is restarted, which was decided before.
func TestStuckIsNotStartedBesideItself(t *testing.T) {
	for _, action := range []Action{ActionStop, ActionQuarantine} {
		t.Run(action.String(), func(t *testing.T) {
			play(t, tree(supervisor("S", service("A", brief, on(OutcomeStuck, action)), service("B"))), `
				run          -> launch A#1, launch B#1
				restart S    -> ask B#1, ask A#1
				B success    -> B#1 ended
				at 2s        -> 1s: abort A#1, A#1 stuck, A stuck: `+action.String()+`, launch B#2
				waits A      -> stuck A
				at 1h        ->
				restart A    -> refused: stuck
				A#1 error    -> A#1 returned, launch A#2
			`)
		})
	}
}
