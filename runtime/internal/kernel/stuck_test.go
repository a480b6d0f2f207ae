package kernel

import (
	"slices"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
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
	if leaked := k.Leaked(); !slices.Equal(leaked, []Leak{{Node: 3, Gen: 1}}) {
		t.Errorf("leaked: %v", leaked)
	}
}

// "no second run is ever started beside it unless its table says on stuck restart".
func TestStuckRestart(t *testing.T) {
	play(t, tree(service("A", brief, on(policy.OutcomeStuck, policy.ActionRestart), limit(0, time.Hour)), service("B", needs("A"))), `
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
	for action, c := range map[policy.Action]struct{ state, verb string }{
		policy.ActionStop:       {"stopped(ended)#1", "start"},
		policy.ActionQuarantine: {"quarantined#1", "release"},
	} {
		t.Run(action.String(), func(t *testing.T) {
			play(t, tree(service("A", brief, on(policy.OutcomeStuck, action)), service("B", needs("A"))), `
				run            -> launch A#1, launch B#1
				restart A      -> ask B#1
				B success      -> B#1 ended, ask A#1
				at 2s          -> 1s: abort A#1, A#1 stuck, A stuck: `+action.String()+`
				state A B      -> `+c.state+`, restarting#1
				restart A      -> refused: stuck
				`+c.verb+` A   -> refused: stuck
				restarts A     -> 0
				A#1 error      -> A#1 returned, launch A#2, launch B#2 // which somebody asked for
			`)
			play(t, tree(service("A", brief, on(policy.OutcomeStuck, action), healthCheck(10*time.Second, time.Second, 1))), `
				run            -> launch A#1
				at 10s         -> check health of A#1
				A fails        -> A is unhealthy, ask A#1
				at 12s         -> 11s: abort A#1, A#1 stuck, A stuck: `+action.String()+`
				A#1 error      -> A#1 returned
				state A        -> `+c.state+` // nobody said that it should start
				`+c.verb+` A   -> launch A#2
			`)
		})
	}
}

// "ErrStuck": of a supervisor that may be missing, and was quarantined since it holds one.
func TestStuckRefusesItsSupervisor(t *testing.T) {
	play(t, tree(supervisor("S", optional, on(policy.OutcomeStuck, policy.ActionQuarantine), service("A", brief), service("B", shutdown(time.Minute, 0))), service("C")), `
		run          -> launch A#1, launch B#1, launch C#1
		restart A    -> ask A#1
		at 2s        -> 1s: abort A#1, A#1 stuck, A stuck: escalate, S error: stuck quarantine, ask B#1
		release S    -> refused: stuck
		B success    -> B#1 ended
		state S      -> quarantined#1
		release S    -> refused: stuck
		restart S    -> refused: stuck
		restart Root -> refused: stuck
		A#1 success  -> A#1 returned
		release S    -> launch A#2, launch B#2
	`)
}

// "A stuck run whose row is quarantine or stop is written off: it hinders no supervisor: when that restarts, the child
// stays quarantined until the run returns and then starts; a dynamic one is gone, its key and place free when the run
// returns."
func TestStuckIsWrittenOff(t *testing.T) {
	for _, action := range []policy.Action{policy.ActionQuarantine, policy.ActionStop} {
		d := tree(supervisor("S", quick, service("A", brief, on(policy.OutcomeStuck, action), healthCheck(10*time.Second, time.Second, 1)), service("B"),
			dynamic("D", 1, brief, on(policy.OutcomeStuck, policy.ActionQuarantine), healthCheck(10*time.Second, time.Second, 1))))
		play(t, d, `
			run          -> launch A#1, launch B#1
			add D        -> D[1] added, launch D[1]#1
			at 10s       -> check health of A#1, check health of D[1]#1
			A fails      -> A is unhealthy, ask A#1
			D[1] fails   -> D[1] is unhealthy, ask D[1]#1
			at 12s       -> 11s: abort A#1, abort D[1]#1, A#1 stuck, A stuck: `+action.String()+`, D[1]#1 stuck, D[1] stuck: quarantine
			B fatal_bug  -> B fatal_bug: escalate, S error: restart, launch B#2
			leaked A     -> 1
			add D        -> refused: max
			D[1]#1 error -> D[1]#1 returned, D[1] removed, D[1] gone
			add D        -> D[2] added, launch D[2]#2
			A#1 error    -> A#1 returned, launch A#2
		`)
		play(t, d, `
			run          -> launch A#1, launch B#1
			at 10s       -> check health of A#1
			A fails      -> A is unhealthy, ask A#1
			at 12s       -> 11s: abort A#1, A#1 stuck, A stuck: `+action.String()+`
			B fatal_bug  -> B fatal_bug: escalate, S error: restart, launch B#2
			pause A      -> refused: state
			stop S       -> ask B#2
			B success    -> B#2 ended
			A#1 error    -> A#1 returned // its supervisor has stopped meanwhile
			start S      -> launch A#2, launch B#3
		`)
	}
}

// "it no longer counts among the runs that hold an older value".
func TestStuckWithAnOlderValueIsWrittenOff(t *testing.T) {
	play(t, tree(service("P", provides, explicit, quick), service("A", needs("P"), brief, on(policy.OutcomeStuck, policy.ActionQuarantine)), service("B", needs("P"))), `
		run          -> launch P#1
		P ready      -> launch A#1, launch B#1
		P error      -> P error: restart, ask B#1, ask A#1
		B success    -> B#1 ended
		at 2s        -> 1s: abort A#1, A#1 stuck, A stuck: quarantine, drop P#1, launch P#2
		P ready      -> launch B#2
		A#1 error    -> A#1 returned
		state A      -> quarantined#1
	`)
}

// "What an operator or the tree had asked of it stays its goal, and is reached when the run returns."
func TestStuckGoesWhereItWasWanted(t *testing.T) {
	for verb, want := range map[string]string{"pause": "paused#1", "stop": "stopped(by_hand)#1", "quarantine": "quarantined#1"} {
		for _, action := range []policy.Action{policy.ActionQuarantine, policy.ActionStop} {
			play(t, tree(service("A", brief, on(policy.OutcomeStuck, action))), `
				run          -> launch A#1
				`+verb+` A   -> ask A#1
				at 2s        -> 1s: abort A#1, A#1 stuck, A stuck: `+action.String()+`
				A#1 error    -> A#1 returned
				state A      -> `+want+`
			`)
		}
	}
	play(t, tree(dynamic("D", 1, brief, on(policy.OutcomeStuck, policy.ActionQuarantine))), `
		run          ->
		add D        -> D[1] added, launch D[1]#1
		remove D[1]  -> ask D[1]#1
		at 2s        -> 1s: abort D[1]#1, D[1]#1 stuck, D[1] stuck: quarantine
		add D        -> refused: max
		D[1]#1 error -> D[1]#1 returned, D[1] removed, D[1] gone
	`)
	play(t, tree(supervisor("S", service("A", brief, on(policy.OutcomeStuck, policy.ActionQuarantine)))), `
		run          -> launch A#1
		stop S       -> ask A#1
		at 2s        -> 1s: abort A#1, A#1 stuck, A stuck: quarantine
		state S A    -> stopped(by_hand)#1, quarantined#1
		A#1 error    -> A#1 returned
		state A      -> stopped(tree)#1
	`)
}

// "A supervisor is ready when each of its children is ready": not a sidecar that its primary would not wait for.
func TestReadyBesideASidecarAtRest(t *testing.T) {
	play(t, tree(supervisor("S", service("A", explicit), sidecar("P", "A", on(policy.OutcomeError, policy.ActionQuarantine)))), `
		run          -> launch P#1, launch A#1
		A ready      ->
		state S      -> ready#1
		P error      -> P error: quarantine
		state S      -> ready#1
	`)
}

// "on stuck shutdown": the tree ends with an error that names it.
func TestStuckShutdown(t *testing.T) {
	play(t, tree(service("A", brief, on(policy.OutcomeStuck, policy.ActionShutdown)), service("B")), `
		run          -> launch A#1, launch B#1
		pause A      -> ask A#1
		at 2s        -> 1s: abort A#1, A#1 stuck, A stuck: shutdown, ask B#1
		end          -> A stuck (<nil>)
	`)
}

// "A supervisor that holds a stuck run cannot restart", unless another run may start beside it.
func TestStuckBelowASupervisorThatFails(t *testing.T) {
	play(t, tree(supervisor("S", quick, service("A", brief, on(policy.OutcomeStuck, policy.ActionRestart)), service("B"))), `
		run          -> launch A#1, launch B#1
		restart A    -> ask A#1
		at 2s        -> 1s: abort A#1, A#1 stuck, launch A#2
		B fatal_bug  -> B fatal_bug: escalate, S error: restart, ask A#2 // it may start beside it
		A success    -> A#2 ended, launch A#3, launch B#2
	`)
}

// "A second wait for something already known to be stuck is not spent."
func TestStuckIsNotWaitedForAgain(t *testing.T) {
	play(t, tree(service("A", brief, on(policy.OutcomeStuck, policy.ActionQuarantine)), service("B")), `
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
	play(t, tree(service("A", brief, quick, on(policy.OutcomeStuck, policy.ActionRestart))), `
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
	play(t, tree(supervisor("S", quick, service("P", provides, explicit, quick), service("A", needs("P"), brief, on(policy.OutcomeStuck, policy.ActionRestart)))), `
		run          -> launch P#1
		P ready      -> launch A#1
		P error      -> P error: restart, ask A#1
		at 2s        -> 1s: abort A#1, A#1 stuck, drop P#1, launch P#2
		P ready      ->
		waits A      -> stuck P
		P error      -> P error: restart, drop P#2, launch P#3
		P ready      ->
		A#1 error    -> A#1 returned, launch A#2
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
	play(t, tree(service("P", provides, explicit, quick), service("A", needs("P"), brief, on(policy.OutcomeStuck, policy.ActionRestart))), `
		run          -> launch P#1
		P ready      -> launch A#1
		restart A    -> ask A#1
		at 2s        -> 1s: abort A#1, A#1 stuck, launch A#2
		P error      -> P error: restart, ask A#2
		A success    -> A#2 ended, drop P#1, launch P#2
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
	for _, action := range []policy.Action{policy.ActionStop, policy.ActionQuarantine} {
		t.Run(action.String(), func(t *testing.T) {
			play(t, tree(supervisor("S", service("A", brief, on(policy.OutcomeStuck, action)), service("B"))), `
				run          -> launch A#1, launch B#1
				restart S    -> ask B#1, ask A#1
				B success    -> B#1 ended
				at 2s        -> 1s: abort A#1, A#1 stuck, A stuck: `+action.String()+`, launch B#2
				waits A      -> nothing // it is at rest
				at 1h        ->
				restart A    -> refused: stuck
				A#1 error    -> A#1 returned, launch A#2
			`)
		})
	}
}

// "A supervisor that holds a stuck run cannot restart; its own row stuck answers": also when it had escalated before.
func TestStuckInWhoHadEscalated(t *testing.T) {
	s := supervisor("S", limit(0, time.Hour), on(policy.OutcomeStuck, policy.ActionStop), service("A", shutdown(0, 0), on(policy.OutcomeError, policy.ActionEscalate)))
	play(t, tree(supervisor("T", constant(time.Second), s), service("B")), `
		run              -> launch A#1, launch B#1
		A says error     -> A error: escalate, S error: limit escalate, T error: restart in 1s, A#1 stuck, A stuck: escalate, S error: stuck stop, ask A#1, abort A#1
		state S          -> stopped(ended)#1
	`)
	play(t, tree(supervisor("T", on(policy.OutcomeError, policy.ActionStop), s), service("B")), `
		run              -> launch A#1, launch B#1
		A says error     -> A error: escalate, S error: limit escalate, T error: stop, A#1 stuck, A stuck: escalate, S error: stuck stop, ask A#1, abort A#1
		state S          -> failed#1 // with T, which it brought down
	`)
}

// A group's intensity quarantines those of it that go down to restart, also one that had escalated before.
func TestGroupQuarantinesWhoHadEscalated(t *testing.T) {
	a := service("A", on(policy.OutcomePanic, policy.ActionEscalate))
	b := service("B", healthCheck(10*time.Second, time.Second, 1))
	play(t, tree(supervisor("T", constant(time.Second), group("G", intensity(0, time.Hour), on(policy.OutcomeIntensity, policy.ActionQuarantine), a, b))), `
		run          -> launch A#1, launch B#1
		at 10s       -> check health of B#1
		B fails      -> B is unhealthy, ask B#1
		A says panic -> A panic: escalate, T error: restart in 1s, ask A#1
		B success    -> B unhealthy: intensity quarantine at G
		A success    -> A#1 ended
		state A B    -> quarantined#1, quarantined#1
	`)
}

// "Escalate": who escalated is failed, however many runs in it get stuck as it goes down with what is above it, and whatever
// its row says about that.
func TestStuckInWhoEscalated(t *testing.T) {
	for _, n := range []int{1, 2} {
		play(t, tree(service("C"), supervisor("S", on(policy.OutcomeError, policy.ActionQuarantine), supervisor("T", limit(0, time.Minute), on(policy.OutcomeStuck, policy.ActionQuarantine),
			worker("A", on(policy.OutcomeError, policy.ActionEscalate)), service("B", replicas(n), shutdown(time.Second, 0)))), service("D")), map[int]string{1: `
			run     -> launch C#1, launch A#1, launch B#1, launch D#1
			A error -> A error: escalate, T error: limit escalate, S error: quarantine, ask B#1
			at 1s   -> B#1 stuck, B stuck: escalate, T error: stuck quarantine, abort B#1
			state T -> failed#1
		`, 2: `
			run     -> launch C#1, launch A#1, launch B[0]#1, launch B[1]#1, launch D#1
			A error -> A error: escalate, T error: limit escalate, S error: quarantine, ask B[1]#1, ask B[0]#1
			at 1s   -> B[0]#1 stuck, B[0] stuck: escalate, T error: stuck quarantine, B[1]#1 stuck, B[1] stuck: escalate, T error: stuck quarantine, abort B[0]#1, abort B[1]#1
			state T -> failed#1
		`}[n])
	}
}
