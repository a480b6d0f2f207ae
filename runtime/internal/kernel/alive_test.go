package kernel

import (
	"testing"
	"time"
)

// "Decide", of a run that "failed while alive": "decided and counted at once", "shutting_down, then as decided; what it
// returns is ignored". Row by row, as in TestDecide.
func TestAliveAndDecided(t *testing.T) {
	late := func(d *draft) { d.spec().Ready = Ready{Explicit: true, Within: time.Second} }
	for a, then := range map[Action]struct{ told, restarts, state string }{
		ActionRestart:    {"restart in 50ms, ask A#1", "1", "restarting#1"},
		ActionStop:       {"stop, ask A#1", "0", "stopped(ended)#1"},
		ActionQuarantine: {"quarantine, ask A#1", "0", "quarantined#1"},
		ActionEscalate:   {"escalate, Root error: escalate, ask B#1, ask A#1", "0", "failed#1"},
		ActionShutdown:   {"shutdown, ask B#1, ask A#1", "0", "failed#1"},
	} {
		ends := `
			state A        -> shutting_down#1
			restarts A     -> ` + then.restarts + `
			health A       -> unhealthy
			A fatal_config -> A#1 ended
			state A        -> ` + then.state
		t.Run("timeout "+a.String(), func(t *testing.T) {
			play(t, tree(service("A", late, on(OutcomeTimeout, a)), service("B")), `
				run        -> launch A#1, launch B#1
				at 1s      -> A timeout: `+then.told+ends)
		})
		t.Run("unhealthy "+a.String(), func(t *testing.T) {
			play(t, tree(service("A", unfit, on(OutcomeUnhealthy, a)), service("B")), `
				run        -> launch A#1, launch B#1
				at 1s      -> check health of A#1
				A fails    -> A unhealthy: `+then.told+ends)
		})
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
		A fails    -> A unhealthy: restart in 50ms, ask A#1
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
		if d := k.View(1).Decision; d.Outcome.String() != outcome || d.Action != ActionStop || d.At != 1 {
			t.Errorf("decided %+v", d)
		}
	}
}
