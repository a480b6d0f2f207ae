package kernel

import (
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// "Starting": "A child is launched when ... its needs and after are ready".
func TestStartWaitsForWhatItNeedsAndComesAfter(t *testing.T) {
	play(t, tree(
		service("A", explicit),
		service("B", explicit),
		service("C", needs("A"), after("B")),
	), `
		run         -> launch A#1, launch B#1
		waits C     -> ready A
		A ready     ->
		waits C     -> ready B
		B ready     -> launch C#1
	`)
}

// "Starting": "(a job: completed)".
func TestStartWaitsForAJobToComplete(t *testing.T) {
	play(t, tree(job("J", quick), service("A", needs("J")), service("B", after("J"))), `
		run         -> launch J#1
		J error     -> J error: restart, launch J#2
		state A B   -> declared, declared
		J success   -> J success: stop, launch A#1, launch B#1
		state J     -> stopped(completed)#2
	`)
}

// "Starting": a worker that ended well is no completed job: who needs it stays down.
func TestStartDoesNotTakeAnEndedWorkerForReady(t *testing.T) {
	play(t, tree(worker("W", explicit), service("A", needs("W"))), `
		run         -> launch W#1
		W success   -> W success: stop
		state W A   -> stopped(ended)#1, declared
	`)
}

// "Starting": "its sidecars are ready, terminal, or failing".
func TestStartWaitsForSidecars(t *testing.T) {
	play(t, tree(service("A"), sidecar("S", "A", explicit)), `
		run         -> launch S#1
		waits A     -> ready S
		S ready     -> launch A#1
	`)
}

// "Starting": terminal sidecars are stopped, quarantined and failed ones; a paused one is not terminal.
func TestStartPassesTerminalSidecars(t *testing.T) {
	for verb, launch := range map[string]string{"stop": "launch A#1", "quarantine": "launch A#1", "pause": ""} {
		t.Run(verb, func(t *testing.T) {
			play(t, tree(service("A"), sidecar("S", "A", explicit)), `
				run         -> launch S#1
				`+verb+` S  -> ask S#1
				S success   -> S#1 ended`+map[bool]string{true: ", "}[launch != ""]+launch)
		})
	}
}

// "Starting": "under rest_for_one its elder sibling is ready or not on its way up (terminal, paused)".
func TestStartUnderRestForOneFollowsTheElder(t *testing.T) {
	play(t, tree(restForOne, service("A", explicit), service("B", explicit), service("C", explicit)), `
		run         -> launch A#1
		waits B C   -> elder A, elder B
		A ready     -> launch B#1
		A unready   ->
		B ready     -> launch C#1 // only the elder next to it counts
	`)
}

func TestStartUnderRestForOnePassesEldersAtRest(t *testing.T) {
	for verb, at := range map[string]string{"pause": "paused#1", "stop": "stopped(by_hand)#1", "quarantine": "quarantined#1"} {
		t.Run(verb, func(t *testing.T) {
			play(t, tree(restForOne, service("A", explicit), service("B", explicit), service("C", explicit)), `
				run         -> launch A#1
				A ready     -> launch B#1
				`+verb+` B  -> ask B#1
				waits C     -> elder B
				B success   -> B#1 ended, launch C#1
				state B     -> `+at)
		})
	}
}

// "Starting": an elder at rest is passed, but who stands before that counts.
func TestStartUnderRestForOneLooksPastEldersAtRest(t *testing.T) {
	play(t, tree(restForOne, service("A", explicit), service("B"), service("C")), `
		run         -> launch A#1
		stop B      ->
		waits C     -> elder A
		A ready     -> launch C#1
	`)
}

// "Starting": "its elder sibling is ready: the nearest that is not at rest, paused, or optional and failing".
func TestStartUnderRestForOnePassesFailingOptionalElders(t *testing.T) {
	never := func(d *draft) { d.spec().Ready.Within = 2 * time.Second }
	t.Run("that are late", func(t *testing.T) {
		play(t, tree(restForOne, service("A", explicit), service("B", optional, explicit, never, constant(time.Second), on(policy.OutcomeTimeout, policy.ActionRetry)), service("C"), service("D")), `
			run         -> launch A#1
			A ready     -> launch B#1
			waits C D   -> elder B, elder C
			at 2s       -> B is unhealthy, ask B#1, launch C#1, launch D#1
			B success   -> B timeout: retry in 1s
			A unready   ->
			at 3s       ->
			waits B     -> elder A
			A ready     -> launch B#2
		`)
	})
	t.Run("until they are ready", func(t *testing.T) {
		play(t, tree(restForOne, service("A", quick), service("B", optional, explicit, constant(time.Second), on(policy.OutcomeExternal, policy.ActionRetry)), service("C")), `
			run         -> launch A#1, launch B#1
			waits C     -> elder B
			B external  -> B external: retry in 1s, launch C#1
			at 1s       -> launch B#2
			B ready     ->
			restart A   -> ask A#1
			A success   -> A#1 ended, launch A#2
			A error     -> A error: restart, ask C#1
			C success   -> C#1 ended, ask B#2
			B success   -> B#2 ended, launch A#3, launch B#3
			waits C     -> elder B // which was asked to stop, and has not failed
			B ready     -> launch C#2
		`)
	})
	t.Run("but not others", func(t *testing.T) {
		play(t, tree(restForOne, service("A", explicit, constant(time.Second), on(policy.OutcomeExternal, policy.ActionRetry)), service("B")), `
			run         -> launch A#1
			A external  -> A external: retry in 1s
			waits B     -> elder A
		`)
	})
	t.Run("until their supervisor starts again", func(t *testing.T) {
		play(t, tree(supervisor("T", restForOne, quick, service("A", optional, explicit, constant(time.Minute), on(policy.OutcomeExternal, policy.ActionRetry)), service("B"))), `
			run         -> launch A#1
			A external  -> A external: retry in 1m0s, launch B#1
			restart T   -> ask B#1
			B success   -> B#1 ended, launch A#2
			waits B     -> elder A
		`)
	})
}

// "Sidecars stand outside sibling order", and dynamic children are one_for_one.
func TestStartOutsideSiblingOrder(t *testing.T) {
	play(t, tree(restForOne, service("A", explicit), sidecar("S", "B"), dynamic("D", 2), service("B")), `
		run         -> launch A#1, launch S#1
		add D       -> D[1] added, launch D[1]#1
		A ready     -> launch B#1
	`)
}

// Replicas of one child share a rank under rest_for_one: they start together, and the next waits for all of them.
func TestStartReplicasShareARank(t *testing.T) {
	play(t, tree(restForOne, service("A", replicas(2), explicit), service("B")), `
		run         -> launch A[0]#1, launch A[1]#1
		A[1] ready  ->
		waits B     -> elder A[0]
		A[0] ready  -> launch B#1
	`)
}

// "Starting": "its supervisor is being started".
func TestStartWaitsForItsSupervisor(t *testing.T) {
	play(t, tree(service("A", explicit), supervisor("S", needs("A"), service("B"))), `
		run         -> launch A#1
		waits B S   -> supervisor S, ready A
		A ready     -> launch B#1
		state S     -> ready#1
	`)
}

// "Starting": "no run lives that was given an older generation of a value it will be given".
func TestStartWaitsForWhoHasAnOldValue(t *testing.T) {
	play(t, tree(oneForAll, service("A", quick), service("P", provides), service("B", needs("P"), replicas(2))), `
		run          -> launch A#1, launch P#1, launch B[0]#1, launch B[1]#1
		A error      -> A error: restart, ask B[1]#1, ask B[0]#1
		P error      -> P#1 ended
		pause B[1]   -> // it leaves the barrier, and drains on
		B[0] error   -> B[0]#1 ended
		waits B[0]   -> restart
		B[1] error   -> B[1]#1 ended, drop P#1, launch A#2, launch P#2, launch B[0]#2
	`)
}

// The same of a run that is stuck.
func TestStartWaitsForOldValuesToBeGone(t *testing.T) {
	play(t, tree(
		service("P", provides, explicit, quick),
		service("A", needs("P"), on(policy.OutcomeStuck, policy.ActionRestart)),
		service("B", needs("P")),
		service("C", after("P")),
	), `
		run         -> launch P#1
		P ready     -> launch A#1, launch B#1, launch C#1
		P error     -> P error: restart, ask B#1, ask A#1
		B success   -> B#1 ended
		at 6s       -> 5s: abort A#1, A#1 stuck, drop P#1, launch P#2
		P ready     ->
		waits A B   -> stuck P, stuck P // B does not hold it, and would be given it too
		A#1 error   -> A#1 returned, launch A#2, launch B#2
	`)
}

// "Starting": what hands nothing over has no value that is old.
func TestStartIgnoresHoldersOfNothing(t *testing.T) {
	play(t, tree(service("P", explicit, quick), service("A", needs("P"), on(policy.OutcomeStuck, policy.ActionRestart))), `
		run         -> launch P#1
		P ready     -> launch A#1
		P error     -> P error: restart, ask A#1
		at 6s       -> 5s: abort A#1, A#1 stuck, launch P#2
		P ready     -> launch A#2
	`)
}

// "needs of a supervisor waits for its readiness".
func TestStartWaitsForANeededSupervisor(t *testing.T) {
	play(t, tree(supervisor("S", service("A", explicit), service("B", explicit)), service("C", needs("S"))), `
		run         -> launch A#1, launch B#1
		A ready     ->
		waits C     -> ready S
		B ready     -> launch C#1
	`)
}

// "needs of a supervisor ... shares its life when it restarts or stops as a whole", and not when a child of it does.
func TestNeedsOfASupervisorShareItsLife(t *testing.T) {
	d := tree(supervisor("S", quick, service("A", quick, limit(1, time.Minute))), service("C", needs("S")))
	play(t, d, `
		run         -> launch A#1, launch C#1
		A error     -> A error: restart, launch A#2
		state C     -> ready#1
		A error     -> A error: limit escalate, S error: restart, ask C#1
		C success   -> C#1 ended, launch A#3, launch C#2
		stop S      -> ask C#2
		C success   -> C#2 ended, ask A#3
		A success   -> A#3 ended
		state C S   -> restarting#2, stopped(by_hand)#2
	`)
}

// "A supervisor is ready when each of its children that is not optional or dynamic is ready or ended well".
func TestSupervisorReadiness(t *testing.T) {
	play(t, tree(
		service("A", explicit), worker("W", explicit), service("O", optional, explicit), dynamic("D", 1, explicit),
	), `
		run         -> launch A#1, launch W#1, launch O#1
		add D       -> D[1] added, launch D[1]#1
		A ready     ->
		state Root  -> starting#1
		W success   -> W success: stop
		state Root  -> ready#1
	`)
}

// "paused or critical quarantined ones keep it from it": a supervisor that was ready is running then.
func TestSupervisorReadinessIsLost(t *testing.T) {
	for _, c := range []struct{ child, verb, root string }{
		{"A", "pause", "running#1"},
		{"A", "quarantine", "running#1"},
		{"A", "stop", "ready#1"},
		{"O", "pause", "ready#1"},
		{"O", "quarantine", "ready#1"},
	} {
		t.Run(c.verb+" "+c.child, func(t *testing.T) {
			play(t, tree(service("A"), service("O", optional)), `
				run                            -> launch A#1, launch O#1
				`+c.verb+` `+c.child+`         -> ask `+c.child+`#1
				`+c.child+` success            -> `+c.child+`#1 ended
				state Root                     -> `+c.root)
		})
	}
}

// "A child not ready within its time failed with kind timeout."
func TestWithin(t *testing.T) {
	play(t, tree(service("A", explicit, within(10*time.Second), quick, shutdown(0, time.Second))), `
		run              -> launch A#1
		at 9.999999999s  ->
		at 10s           -> A is unhealthy, ask A#1, abort A#1
		A error          -> A timeout: retry in 50ms
		at 20.049999999s -> 10.05s: launch A#2
		A ready          ->
		at 1h            -> // it counts until the first readiness only
		A unready        ->
		at 2h            ->
		state A          -> running#2
	`)
}

// "run.Progress() (sampled when within is due) and a heartbeat begin that time anew, so that a long start that moves on is not
// killed and one that hangs is." What was said before is not said again by the next run.
func TestProgress(t *testing.T) {
	for name, beats := range map[string]word{"with a heartbeat": heartbeat(time.Second, 2*time.Second, 3*time.Second), "without": quick} {
		t.Run(name, func(t *testing.T) {
			play(t, tree(service("A", explicit, within(10*time.Second), quick, beats)), `
				run              -> launch A#1
				at 4s            ->
				A moves          ->
				at 13.999999999s ->
				A moves          -> // and as late as may be
				at 23.999999998s ->
				at 23.999999999s -> A is unhealthy, ask A#1
				A error          -> A timeout: retry in 50ms
				at 30s           -> 24.049999999s: launch A#2
				A moves          ->
				at 39.9s         ->
				A ready          ->
				at 41s           ->
				A unready        ->
				state A          -> running#2`)
		})
	}
	play(t, tree(service("A", readyCheck(4*time.Second, time.Second, 10*time.Second), quick)), `
		run              -> launch A#1, check readiness of A#1
		at 9s            -> 1s: A#1 hung, A is not ready: it hangs, cut off check of A#1
		A moves          ->
		at 18s           ->
		at 19s           -> A is unhealthy, ask A#1
	`)
	play(t, tree(service("A", explicit, within(10*time.Second), quick)), `
		run              -> launch A#1
		at 8s            ->
		A moves          ->
		late 60s         -> frozen for 59s
		at 70s           ->
		A moves          ->
		at 77s           -> // ten seconds after the first, and 59 that count for nothing
		at 79s           ->
		at 80s           -> A is unhealthy, ask A#1
	`)
	play(t, tree(job("J", timeout(10*time.Second), on(policy.OutcomeTimeout, policy.ActionRestart), quick)), `
		run              -> launch J#1
		at 9s            ->
		J moves          -> // its time is for all of it
		at 10s           -> J timeout: restart, ask J#1
	`)
}

// A start that nobody answers for has failed with the next step.
func TestProgressUnanswered(t *testing.T) {
	k := New(tree(service("A", explicit, within(10*time.Second))).specs, 1)
	k.Step(0, &Input{Kind: InputRun})
	for now := Time(0); now <= 10*time.Second; now += time.Second {
		k.Step(now, &Input{})
	}
	if e := k.Effects(); len(e) != 1 || e[0].Kind != EffectSample || !e[0].Readiness {
		t.Errorf("when its time is over, it wants %v", e)
	}
	if k.Step(10*time.Second+1, &Input{}); k.View(1).Suspect.Outcome != policy.OutcomeTimeout {
		t.Errorf("it is %+v", k.View(1))
	}
}

// "A failure at the start is a failure like any other": it is counted, and waits for its backoff.
func TestFailureAtTheStart(t *testing.T) {
	play(t, tree(service("A", explicit, limit(1, time.Minute), constant(time.Second))), `
		run         -> launch A#1
		A error     -> A error: restart in 1s
		restarts A  -> 1
		wait 1s     -> launch A#2
		A error     -> A error: limit escalate, Root error: escalate, the end
	`)
}

// "after is judged at launch only."
func TestAfterIsJudgedAtLaunchOnly(t *testing.T) {
	play(t, tree(service("A"), service("B", after("A"), quick)), `
		run         -> launch A#1, launch B#1
		pause A     -> ask A#1
		state B     -> ready#1
		A success   -> A#1 ended
		state B     -> ready#1
		B error     -> B error: restart
		waits B     -> ready A
	`)
}

// "Nil is success": a service that returns it before it was ready is restarted, a worker stops.
func TestNilIsSuccess(t *testing.T) {
	play(t, tree(service("A", explicit, quick), worker("B", explicit)), `
		run         -> launch A#1, launch B#1
		A success   -> A success: restart, launch A#2
		B success   -> B success: stop
	`)
}

// "For `after` it is also enough that X was skipped, or is at rest by its own doing (ended, quarantined, failed; in or
// below a supervisor that is; of a job only if that is optional)".
func TestStartAfterWhoRests(t *testing.T) {
	for name, c := range map[string]struct {
		d      *draft
		script string
	}{
		"ended":       {tree(worker("A", explicit), service("B", after("A"))), "run -> launch A#1\nA success -> A success: stop, launch B#1"},
		"skipped":     {tree(service("A", explicit), service("B", after("A"))), "run -> launch A#1\nA skip -> A skip: stop, launch B#1"},
		"quarantined": {tree(service("A", explicit, on(policy.OutcomeError, policy.ActionQuarantine)), service("B", after("A"))), "run -> launch A#1\nA error -> A error: quarantine, launch B#1"},
		"below who is": {tree(supervisor("S", on(policy.OutcomeError, policy.ActionQuarantine), supervisor("T", service("A", explicit))), service("B", after("A"))),
			"run -> launch A#1\nA fatal_bug -> A fatal_bug: escalate, T error: restart in 50ms\nwait 50ms -> launch A#2"},
		"a job that failed":                      {tree(job("A", on(policy.OutcomeError, policy.ActionStop)), service("B", after("A"))), "run -> launch A#1\nA error -> A error: stop\nwaits B -> ready A"},
		"a job that failed and may be missing":   {tree(job("A", optional, on(policy.OutcomeError, policy.ActionStop)), service("B", after("A"))), "run -> launch A#1\nA error -> A error: stop, launch B#1"},
		"held":                                   {tree(service("A", explicit), service("B", after("A"))), "run -> launch A#1\nstop A -> ask A#1\nA success -> A#1 ended\nwaits B -> ready A"},
		"quarantined, and then by an operator":   {tree(service("A", explicit, on(policy.OutcomeError, policy.ActionQuarantine)), service("P", explicit), service("B", needs("P"), after("A"))), "run -> launch A#1, launch P#1\nA error -> A error: quarantine\nquarantine A -> already\nP ready ->\nwaits B -> ready A"},
		"in a supervisor that an operator holds": {tree(supervisor("S", service("A", explicit)), service("B", after("A"))), "run -> launch A#1\nstop S -> ask A#1\nA success -> A#1 ended\nwaits B -> ready A"},
	} {
		t.Run(name, func(t *testing.T) { play(t, c.d, c.script) })
	}
	play(t, tree(supervisor("S", on(policy.OutcomeError, policy.ActionQuarantine), supervisor("T", on(policy.OutcomeError, policy.ActionEscalate), service("A", explicit), service("C"))), service("B", after("A"))), `
		run         -> launch A#1, launch C#1
		A fatal_bug -> A fatal_bug: escalate, T error: escalate, S error: quarantine, ask C#1, launch B#1
	`)
}

// "and of an optional X that a run of it has ended or failed since its supervisor started".
func TestStartAfterWhoMayBeMissing(t *testing.T) {
	never := func(d *draft) { d.spec().Ready.Within = 2 * time.Second }
	play(t, tree(supervisor("S", quick, service("A", optional, explicit, never, constant(time.Second), on(policy.OutcomeTimeout, policy.ActionRetry)), service("B", after("A")))), `
		run         -> launch A#1
		at 1s       ->
		waits B     -> ready A
		at 2s       -> A is unhealthy, ask A#1, launch B#1 // its first try is over
		A success   -> A timeout: retry in 1s
		restart S   -> ask B#1
		B success   -> B#1 ended, launch A#2
		waits B     -> ready A // its supervisor has started again
		A error     -> A error: restart in 1s, launch B#2
	`)
	play(t, tree(service("A", optional, explicit), service("B", after("A"))), `
		run         -> launch A#1
		pause A     -> ask A#1
		A success   -> A#1 ended
		waits B     -> ready A // an operator holds it
		resume A    -> launch A#2, launch B#1
	`)
}
