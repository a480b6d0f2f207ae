package kernel

import (
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// "failed while alive (start timeout, unhealthy): asked to stop at once; decided and counted at once where its check's last
// error says all, else when it has ended or is stuck", "what it returns tells only whether it was external". Row by row, as in
// TestDecide.
func TestAliveAndDecided(t *testing.T) {
	late := func(d *draft) { d.spec().Ready = policy.Ready{Explicit: true, Within: time.Second} }
	for a, then := range map[policy.Action]struct{ told, asks, restarts, state string }{
		policy.ActionRestart:    {"restart in 50ms", "", "1", "restarting#1"},
		policy.ActionStop:       {"stop", "", "0", "stopped(ended)#1"},
		policy.ActionQuarantine: {"quarantine", "", "0", "quarantined#1"},
		policy.ActionEscalate:   {"escalate, Root error: escalate", ", ask B#1", "0", "failed#1"},
		policy.ActionShutdown:   {"shutdown", ", ask B#1", "0", "failed#1"},
	} {
		const asked = `
			state A        -> shutting_down#1
			restarts A     -> 0
			health A       -> unhealthy
			failure A      -> none final false
		`
		ended := func(outcome string) string {
			return `-> A ` + outcome + `: ` + then.told + then.asks + `
			state A        -> ` + then.state + `
			restarts A     -> ` + then.restarts
		}
		alive := func(outcome string) string {
			return `-> A ` + outcome + `: ` + then.told + then.asks + `, ask A#1
			state A        -> shutting_down#1
			restarts A     -> ` + then.restarts + `
			A external     -> A#1 ended
			state A        -> ` + then.state
		}
		t.Run("timeout "+a.String(), func(t *testing.T) {
			d := tree(service("A", late, on(policy.OutcomeTimeout, a), on(policy.OutcomeExternal, a)), service("B"))
			for returns, outcome := range map[string]string{"fatal_config": "timeout", "success": "timeout", "external": "external"} {
				play(t, d, `
					run        -> launch A#1, launch B#1
					at 1s      -> A is unhealthy, ask A#1`+asked+`
					A `+returns+ended(outcome))
			}
		})
		t.Run("unhealthy "+a.String(), func(t *testing.T) {
			d := tree(service("A", unfit, on(policy.OutcomeUnhealthy, a), on(policy.OutcomeExternal, a)), service("B"))
			for returns, outcome := range map[string]string{"fatal_config": "unhealthy", "success": "unhealthy", "external": "external"} {
				play(t, d, `
					run        -> launch A#1, launch B#1
					at 1s      -> check health of A#1
					A fails    -> A is unhealthy, ask A#1`+asked+`
					A `+returns+ended(outcome))
			}
			play(t, d, `
				run              -> launch A#1, launch B#1
				at 1s            -> check health of A#1
				A fails external `+alive("external"))
		})
		t.Run("says so "+a.String(), func(t *testing.T) {
			play(t, tree(service("A", on(policy.OutcomePanic, a)), service("B")), `
				run            -> launch A#1, launch B#1
				A says panic   `+alive("panic"))
		})
	}
}

// "timeout at start": of a check of its readiness, too, whose answer comes late.
func TestAliveUntilItsCheckSaysWhy(t *testing.T) {
	d := tree(service("A", readyCheck(10*time.Second, 2*time.Second, 15*time.Second), quick))
	play(t, d, `
		run              -> launch A#1, check readiness of A#1
		A fails external -> A is not ready: check 1
		at 10s           -> check readiness of A#1
		A fails          -> A is not ready: check 2 // the last one counts
		at 15s           -> A is unhealthy, ask A#1
		A success        -> A timeout: retry in 50ms
	`)
	play(t, d, `
		run              -> launch A#1, check readiness of A#1
		A fails external -> A is not ready: check 1
		at 15s           -> 10s: check readiness of A#1, 12s: A#1 hung, A is not ready: it hangs, cut off check of A#1, A is unhealthy, ask A#1
		A error          -> A timeout: retry in 50ms
	`)
	play(t, d, `
		run              -> launch A#1, check readiness of A#1
		at 15s           -> 2s: A#1 hung, A is not ready: it hangs, cut off check of A#1, A is unhealthy, ask A#1
		A fails external -> // when it was cut off
		A success        -> A external: retry in 50ms
	`)
}

// "else when it has ended or is stuck": "The outcome stuck replaces its decision", unless that is to start another beside it.
func TestAliveAndStuck(t *testing.T) {
	play(t, tree(service("A", unfit, brief), service("B")), `
		run        -> launch A#1, launch B#1
		at 1s      -> check health of A#1
		A fails    -> A is unhealthy, ask A#1
		at 3s      -> 2s: abort A#1, A#1 stuck, A stuck: escalate, Root error: escalate, ask B#1
		why A      -> check 1 // which is why it was asked
	`)
	play(t, tree(service("A", unfit, brief, quick, on(policy.OutcomeStuck, policy.ActionRestart)), service("B")), `
		run        -> launch A#1, launch B#1
		at 1s      -> check health of A#1
		A fails    -> A is unhealthy, ask A#1
		at 3s      -> 2s: abort A#1, A#1 stuck, A unhealthy: restart, launch A#2
		restarts A -> 1
	`)
}

// What an operator says of it meanwhile is where it goes, unless its table is stricter.
func TestAliveAndHeldBeforeItEnds(t *testing.T) {
	for verb, state := range map[string]string{"pause": "paused#1", "stop": "stopped(by_hand)#1", "quarantine": "quarantined#1"} {
		d := func(a policy.Action) *draft {
			return tree(service("A", unfit, on(policy.OutcomeUnhealthy, a)), service("B"))
		}
		script := `
			run        -> launch A#1, launch B#1
			at 1s      -> check health of A#1
			A fails    -> A is unhealthy, ask A#1
			` + verb + ` A ->
		`
		play(t, d(policy.ActionRestart), script+`
			A success  -> A#1 ended
			state A    -> `+state+`
			restarts A -> 0
		`)
		play(t, d(policy.ActionEscalate), script+`
			A success  -> A unhealthy: escalate, Root error: escalate, ask B#1
		`)
	}
}

// "Health": "fail failures in a row": a check has one answer.
func TestAliveThoughACheckAnswersTwice(t *testing.T) {
	play(t, tree(service("A", healthCheck(10*time.Second, 2*time.Second, 2))), `
		run        -> launch A#1
		at 10s     -> check health of A#1
		A fails    ->
		A fails    ->
		state A    -> ready#1
		tick       -> 20s: check health of A#1
		A fails    -> A is unhealthy, ask A#1
	`)
}

// "What was asked to stop and stops is no failure": nor does a check, a heartbeat, or a lost readiness say any more.
func TestAliveAndGoingDown(t *testing.T) {
	play(t, tree(service("A", unlimited, unfit), service("B", unlimited, heartbeat(time.Second, 2*time.Second, 3*time.Second)), service("C", unlimited, explicit)), `
		run        -> launch A#1, launch B#1, launch C#1
		C ready    ->
		at 1s      -> check health of A#1
		pause A    -> ask A#1
		pause B    -> ask B#1
		pause C    -> ask C#1
		A fails    ->
		B beats 0s ->
		C unready  ->
		C ready    ->
		at 1h      ->
		B beats 0s ->
		state A B C -> shutting_down#1, shutting_down#1, shutting_down#1
		deadline   ->
	`)
}

// "Heartbeats": of a child that declares none, one says nothing.
func TestAliveWithoutAHeartbeat(t *testing.T) {
	play(t, tree(service("A"), service("B", unfit)), `
		run        -> launch A#1, launch B#1
		at 0.5s    ->
		A beats 0s ->
		B beats 0s ->
		state A B  -> ready#1, ready#1
		health A B -> unknown, unknown
	`)
}

// "the kernel asks for a sample when one could be stale": and again, should nobody answer.
func TestAliveUnlessNobodyAnswers(t *testing.T) {
	play(t, tree(service("A", heartbeat(time.Second, 3*time.Second, 5*time.Second))), `
		run        -> launch A#1
		tick       -> 3.000000001s: sample A#1
		tick       -> 4.000000001s: sample A#1
		A beats 4s -> A is healthy
		tick       -> 7.000000001s: sample A#1
	`)
}

// I9: "With no input left and no deadline": of a run that has ended there is none, whatever watched it, nor of a check
// that has proved what it was to prove.
func TestAliveNoMore(t *testing.T) {
	for name, w := range map[string]word{
		"heartbeat": heartbeat(time.Second, 3*time.Second, 5*time.Second),
		"check":     unfit,
		"within":    explicit,
	} {
		t.Run(name, func(t *testing.T) {
			play(t, tree(worker("A", w)), `
				run        -> launch A#1
				A success  -> A success: stop
				deadline   ->
			`)
		})
	}
	play(t, tree(service("A", readyCheck(2*time.Second, time.Second, time.Minute))), `
		run        -> launch A#1, check readiness of A#1
		A passes   ->
		deadline   ->
	`)
}

// "Classify": a success and a skip are no failures: nothing is recorded as one.
func TestAliveAndWell(t *testing.T) {
	for _, outcome := range []string{"success", "skip"} {
		k := play(t, tree(worker("A")), `
			run        -> launch A#1
			A `+outcome+` -> A `+outcome+`: stop
			state A    -> stopped(ended)#1
			health A   -> unknown
			failure A  -> none final false
		`)
		if d := k.View(1).Decision; d.Outcome.String() != outcome || d.Action != policy.ActionStop || d.At != 1 {
			t.Errorf("decided %+v", d)
		}
	}
}
