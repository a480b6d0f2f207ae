package kernel

import (
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// "quarantine D: D runs from being down; then it is released, attempt 1, its own window cleared, uncounted."
func TestQuarantineEnds(t *testing.T) {
	d := tree(service("A", constant(time.Second), limit(1, time.Hour), quarantine(policy.OutcomeLimit, time.Minute)), service("B", needs("A")), intensity(1, time.Hour))
	play(t, d, `
		run         -> launch A#1, launch B#1
		A error     -> A error: restart in 1s, ask B#1
		B success   -> B#1 ended
		wait 1s     -> launch A#2, launch B#2
		at 10s      ->
		A error     -> A error: limit quarantine for 1m0s, ask B#2
		B success   -> B#2 ended
		at 69s      ->
		state A     -> quarantined#2
		at 70s      -> launch A#3, launch B#3
		attempt A   -> 1
		restarts A  -> 0
	`)
	play(t, tree(service("A", healthCheck(10*time.Second, time.Second, 1), quarantine(policy.OutcomeUnhealthy, 10*time.Second))), `
		run         -> launch A#1
		at 10s      -> check health of A#1
		A fails     -> A is unhealthy, ask A#1
		at 14s      ->
		A success   -> A unhealthy: quarantine for 10s // it is down from now on
		at 23s      ->
		state A     -> quarantined#1
		at 24s      -> launch A#2
	`)
}

// "Any verb ends the timer (quarantine by hand makes it the operator's)".
func TestQuarantineOfAnOperatorHasNoEnd(t *testing.T) {
	d := tree(service("A", quarantine(policy.OutcomeError, time.Minute)), service("B", needs("A")))
	play(t, d, `
		run          -> launch A#1, launch B#1
		B success    -> B success: restart in 50ms
		A error      -> A error: quarantine for 1m0s
		quarantine A -> already
		at 1h        ->
		state A      -> quarantined#1
	`)
	play(t, d, `
		run          -> launch A#1, launch B#1
		A error      -> A error: quarantine for 1m0s, ask B#1
		pause A      -> refused: state
		release A    -> // B is not down yet
		B success    -> B#1 ended, launch A#2, launch B#2
		at 1h        ->
		state A      -> ready#2
	`)
	play(t, tree(service("A", quarantine(policy.OutcomeError, time.Minute))), `
		run          -> launch A#1
		A says error -> A error: quarantine for 1m0s, ask A#1
		quarantine A -> already // while it goes there
		A success    -> A#1 ended
		at 1h        ->
		state A      -> quarantined#1
	`)
}

// What an operator had taken down before is the operator's.
func TestQuarantineOfWhoIsHeldHasNoEnd(t *testing.T) {
	play(t, tree(service("A", quarantine(policy.OutcomeError, time.Minute)), service("B", needs("A"))), `
		run          -> launch A#1, launch B#1
		pause A      -> ask B#1
		A error      -> A error: quarantine for 1m0s
		B success    -> B#1 ended
		at 1h        ->
		state A      -> quarantined#1
	`)
}

// "below a supervisor that is down it waits for that".
func TestQuarantineEndsBelowWhoIsDown(t *testing.T) {
	play(t, tree(supervisor("S", service("A", quarantine(policy.OutcomeError, time.Minute)), service("B"))), `
		run          -> launch A#1, launch B#1
		A error      -> A error: quarantine for 1m0s
		pause S      -> ask B#1
		B success    -> B#1 ended
		at 2m        ->
		waits A      -> supervisor S
		resume S     -> launch A#2, launch B#2
	`)
}

// "a stuck run: until that returns".
func TestQuarantineOfAStuckRunEnds(t *testing.T) {
	play(t, tree(service("A", shutdown(0, 0), healthCheck(10*time.Second, time.Second, 1), quarantine(policy.OutcomeStuck, time.Minute))), `
		run          -> launch A#1
		at 10s       -> check health of A#1
		A fails      -> A is unhealthy, A#1 stuck, A stuck: quarantine for 1m0s, ask A#1, abort A#1
		at 5m        ->
		state A      -> quarantined#1
		A#1 error    -> A#1 returned, launch A#2
	`)
	play(t, tree(service("A", shutdown(0, 0), healthCheck(10*time.Second, time.Second, 1), quarantine(policy.OutcomeStuck, time.Minute))), `
		run          -> launch A#1
		at 10s       -> check health of A#1
		A fails      -> A is unhealthy, A#1 stuck, A stuck: quarantine for 1m0s, ask A#1, abort A#1
		A#1 error    -> A#1 returned
		at 69s       ->
		at 70s       -> launch A#2
	`)
}

// "A supervisor pulled in leaves the timer, one that restarts by its own failure or a stop ends it."
func TestQuarantineInASupervisorThatRestarts(t *testing.T) {
	d := tree(service("P", quick), supervisor("S", needs("P"), quick, service("A", quarantine(policy.OutcomeError, time.Minute)), service("B")))
	play(t, d, `
		run          -> launch P#1, launch A#1, launch B#1
		A error      -> A error: quarantine for 1m0s
		P error      -> P error: restart, ask B#1
		B success    -> B#1 ended, launch P#2, launch B#2
		state A      -> quarantined#1
		at 1m        -> launch A#2
	`)
	play(t, tree(supervisor("S", quick, service("A", quarantine(policy.OutcomeError, time.Minute)), service("B"))), `
		run          -> launch A#1, launch B#1
		A error      -> A error: quarantine for 1m0s
		B fatal_bug  -> B fatal_bug: escalate, S error: restart, launch A#2, launch B#2
		at 1h        ->
		state A      -> ready#2
	`)
	play(t, tree(supervisor("S", quick, service("A", quarantine(policy.OutcomeError, time.Minute)), service("B"))), `
		run          -> launch A#1, launch B#1
		A error      -> A error: quarantine for 1m0s
		stop S       -> ask B#1
		B success    -> B#1 ended
		at 1h        ->
		state A      -> quarantined#1
		waits A      -> nothing
	`)
}

// "Also for groups": all that its intensity isolates is released after as long, and the group counts from nothing.
func TestQuarantineOfAGroupEnds(t *testing.T) {
	play(t, tree(group("G", intensity(1, time.Hour), quarantine(policy.OutcomeIntensity, time.Minute), service("A", quick), service("B"))), `
		run          -> launch A#1, launch B#1
		A error      -> A error: restart, launch A#2
		A error      -> A error: intensity quarantine for 1m0s at G, ask B#1
		at 3s        ->
		B success    -> B#1 ended
		at 1m2s      -> 1m0s: launch A#3
		at 1m3s      -> launch B#2
		A error      -> A error: restart, launch A#4
		A error      -> A error: intensity quarantine for 1m0s at G, ask B#2
	`)
}

// "A row may say at start: it holds until the child was ready once since Run (a dynamic one: since its start), restarts of
// its supervisor included."
func TestAtStart(t *testing.T) {
	play(t, tree(supervisor("S", quick, service("A", explicit, quick, atStart(policy.OutcomeError, policy.ActionStop)), service("B"))), `
		run          -> launch A#1, launch B#1
		A error      -> A error: stop
		start A      -> launch A#2
		A ready      ->
		A error      -> A error: restart, launch A#3
		B fatal_bug  -> B fatal_bug: escalate, S error: restart, ask A#3
		A success    -> A#3 ended, launch A#4, launch B#2
		A error      -> A error: restart, launch A#5 // it was ready once
	`)
	play(t, tree(supervisor("S", quick, service("A", explicit, quick, atStart(policy.OutcomeError, policy.ActionStop)), service("B"))), `
		run          -> launch A#1, launch B#1
		B fatal_bug  -> B fatal_bug: escalate, S error: restart, ask A#1
		A success    -> A#1 ended, launch A#2, launch B#2
		A error      -> A error: stop // and never was
	`)
	play(t, tree(dynamic("D", 2, explicit, quick, atStart(policy.OutcomeError, policy.ActionStop))), `
		run          ->
		add D        -> D[1] added, launch D[1]#1
		D[1] ready   ->
		D[1] error   -> D[1] error: restart, launch D[1]#2
		add D        -> D[2] added, launch D[2]#3
		D[2] error   -> D[2] error: stop, D[2] removed, D[2] gone
	`)
	play(t, tree(job("J", quick, atStart(policy.OutcomeError, policy.ActionShutdown))), `
		run          -> launch J#1
		J success    -> J success: stop
		restart J    -> launch J#2
		J error      -> J error: restart, launch J#3
	`)
	play(t, tree(service("A", explicit, quick, limit(0, time.Hour), atStart(policy.OutcomeLimit, policy.ActionStop))), `
		run          -> launch A#1
		A error      -> A error: limit stop
	`)
}
