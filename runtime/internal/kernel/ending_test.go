package kernel

import (
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// "Classify": "What was asked to stop and stops is no failure, whatever it returns".
func TestEndOfWhoWasAsked(t *testing.T) {
	for _, outcome := range []string{"success", "error", "panic", "goexit", "external", "fatal_config", "fatal_bug", "skip"} {
		t.Run(outcome, func(t *testing.T) {
			play(t, tree(service("A"), service("B")), `
				run            -> launch A#1, launch B#1
				pause A        -> ask A#1
				A `+outcome+`  -> A#1 ended
				state A        -> paused#1
				failure A      -> none final false
			`)
		})
	}
}

// "Classify": "What was asked to stop and stops is no failure, whatever it returns, and no completion either".
func TestEndOfAJobThatWasAsked(t *testing.T) {
	for verb, c := range map[string][2]string{
		"pause": {"J#1 ended", "paused#1"}, "stop": {"J#1 ended", "stopped(by_hand)#1"},
		"quarantine": {"J#1 ended", "quarantined#1"}, "restart": {"J#1 ended, launch J#2", "running#2"},
	} {
		t.Run(verb, func(t *testing.T) {
			play(t, tree(job("J"), service("B", after("J"))), `
				run            -> launch J#1
				`+verb+` J     -> ask J#1
				J success      -> `+c[0]+`
				state J        -> `+c[1]+`
			`)
		})
	}
	t.Run("shutdown", func(t *testing.T) {
		play(t, tree(job("J"), service("B", after("J"))), `
			run            -> launch J#1
			shutdown       -> ask J#1
			J success      -> J#1 ended, the end
			state J B      -> stopped(tree)#1, stopped(tree)
		`)
	})
}

// "Fence": "A report from another generation than the current one changes nothing ... it is counted and published."
func TestFence(t *testing.T) {
	play(t, tree(service("A", explicit, quick, heartbeat(time.Second, 2*time.Second, 3*time.Second)), service("B", needs("A"))), `
		run          -> launch A#1
		A error      -> A error: restart, launch A#2
		A#1 error    -> A#1 ignored
		A#1 ready    -> A#1 ignored
		A#3 ready    -> A#3 ignored
		state A      -> running#2
		A ready      -> launch B#1
		A#1 unready  -> A#1 ignored
		A#1 beats 0s -> A#1 ignored
		A#1 success  -> A#1 ignored
		state A      -> ready#2
		restarts A   -> 1
	`)
}

// "Fence": of a run that has ended there is no second end.
func TestFenceOfARunThatEnded(t *testing.T) {
	play(t, tree(worker("A"), service("B", constant(time.Hour))), `
		run          -> launch A#1, launch B#1
		A success    -> A success: stop
		A#1 error    -> A#1 ignored
		A#1 ready    -> A#1 ignored
		B error      -> B error: restart in 1h0m0s
		B#1 error    -> B#1 ignored
		restarts B   -> 1
	`)
}

// "Fence": a result of a check that another run, or an older check, asked for changes nothing.
func TestFenceOfChecks(t *testing.T) {
	k := play(t, tree(service("A", quick, healthCheck(10*time.Second, time.Second, 1))), `
		run          -> launch A#1
		at 10s       -> check health of A#1
		A error      -> A error: restart, launch A#2
		A#1 fails    ->
		at 20s       -> check health of A#2
	`)
	k.Step(20*time.Second, &Input{Kind: InputChecked, Node: 1, Gen: 2, Check: 1, Outcome: policy.OutcomeError})
	if v := k.View(1); v.Lifecycle != LifecycleReady {
		t.Errorf("the result of check 1 made it %s", v.Lifecycle)
	}
}

// "Fence": "except that a stuck run's return ends its leak; it is counted and published."
func TestFenceOfAStuckRun(t *testing.T) {
	play(t, tree(service("A", shutdown(0, 0), on(policy.OutcomeStuck, policy.ActionRestart)), service("B")), `
		run          -> launch A#1, launch B#1
		restart A    -> A#1 stuck, ask A#1, abort A#1, launch A#2
		leaked A     -> 1
		A#1 error    -> A#1 returned
		leaked A     -> 0
		A#1 error    -> A#1 ignored
		state A      -> ready#2
	`)
}

// "Decide": "The child's table says restart, stop, quarantine, escalate or shutdown", row by row.
func TestDecide(t *testing.T) {
	for o := policy.OutcomeSuccess; o <= policy.OutcomeSkip; o++ {
		if o == policy.OutcomeTimeout || o == policy.OutcomeUnhealthy {
			continue // no way to end: see health_test.go
		}
		for a, then := range map[policy.Action][2]string{
			policy.ActionRestart:    {": restart in 50ms", "restarting#1"},
			policy.ActionStop:       {": stop", "stopped(ended)#1"},
			policy.ActionQuarantine: {": quarantine", "quarantined#1"},
			policy.ActionEscalate:   {": escalate, Root error: escalate, ask B#1", "failed#1"},
			policy.ActionShutdown:   {": shutdown, ask B#1", "failed#1"},
		} {
			if o == policy.OutcomeSuccess && a == policy.ActionShutdown {
				continue // see TestDecideShutdownOnSuccess
			}
			t.Run(o.String()+" "+a.String(), func(t *testing.T) {
				play(t, tree(service("A", on(o, a)), service("B")), `
					run           -> launch A#1, launch B#1
					A `+o.String()+` -> A `+o.String()+then[0]+`
					state A       -> `+then[1])
			})
		}
	}
}

// "Decide": a nil that shuts the tree down is no failure: the tree ends well.
func TestDecideShutdownOnSuccess(t *testing.T) {
	play(t, tree(worker("A", on(policy.OutcomeSuccess, policy.ActionShutdown)), service("B")), `
		run           -> launch A#1, launch B#1
		A success     -> A success: shutdown, ask B#1
		end           -> well
		B success     -> B#1 ended, the end
		state A Root  -> stopped(tree)#1, stopped(tree)#1
	`)
}

// language.md: "A skip is refused at run time where another child needs it": what others need cannot be switched off.
func TestSkipOfWhatIsNeeded(t *testing.T) {
	play(t, tree(service("A"), service("B", needs("A"))), `
		run          -> launch A#1, launch B#1
		A skip       -> A fatal_config: shutdown, ask B#1
		end          -> A fatal_config (cause of A)
	`)
}

// "recording a failure sets failed, unhealthy, the failure and the sequence (final only when the decision is escalate or
// shutdown)"; a launch forgets the health.
func TestRecordOfAFailure(t *testing.T) {
	narrate(t, tree(service("A", quick, limit(1, time.Hour))), `
		run          -> phase running, Root declared>starting, A declared>running, A running>ready, Root starting>ready, launch A#1
		A error      -> A error: restart, A failed>restarting, A restarting>running, A running>ready, launch A#2
		failure A    -> error final false
		health A     -> unknown
	`)
	play(t, tree(service("A", constant(time.Second), limit(1, time.Hour)), service("B")), `
		run          -> launch A#1, launch B#1
		A panic      -> A panic: restart in 1s
		health A     -> unhealthy
		failure A    -> panic final false
		at 1s        -> launch A#2
		A error      -> A error: limit escalate, Root error: escalate, ask B#1
		failure A    -> error final true
	`)
	play(t, tree(service("A"), service("B")), `
		run            -> launch A#1, launch B#1
		A fatal_config -> A fatal_config: shutdown, ask B#1
		failure A      -> fatal_config final true
	`)
}

// "Escalate": "its own limit exceeded is its parent's business: the parent sees outcome error of it and its own table,
// limit and backoff apply. All levels are decided in one step, up to the one that restarts, with one scope and one stop."
func TestEscalate(t *testing.T) {
	d := tree(supervisor("S", limit(2, time.Hour), constant(2*time.Second),
		supervisor("T", limit(1, time.Hour), constant(time.Second), service("A"), service("B")), service("C")))
	play(t, d, `
		run            -> launch A#1, launch B#1, launch C#1
		A fatal_bug    -> A fatal_bug: escalate, T error: restart in 1s, ask B#1
		restarts A T S -> 0, 1, 0
		B success      -> B#1 ended
		at 1s          -> launch A#2, launch B#2
		A fatal_bug    -> A fatal_bug: escalate, T error: limit escalate, S error: restart in 2s, ask C#1, ask B#2
		restarts T S   -> 1, 1
		B success      -> B#2 ended
		at 2s          ->
		C success      -> C#1 ended
		at 4s          -> 3s: launch A#3, launch B#3, launch C#2
		restarts T S   -> 0, 1
		attempt T S    -> 1, 2
	`)
}

// "Escalate": a supervisor's table decides about its failure as a child's does.
func TestEscalateMeetsATable(t *testing.T) {
	for action, c := range map[policy.Action][2]string{
		policy.ActionStop:       {"S error: stop, ask B#1", "stopped(ended)#1, stopped(tree)#1"},
		policy.ActionQuarantine: {"S error: quarantine, ask B#1", "quarantined#1, stopped(tree)#1"},
		policy.ActionEscalate:   {"S error: escalate, Root error: escalate, ask C#1, ask B#1", "failed#1, stopped(tree)#1"},
		policy.ActionShutdown:   {"S error: shutdown, ask C#1, ask B#1", "failed#1, stopped(tree)#1"},
	} {
		t.Run(action.String(), func(t *testing.T) {
			play(t, tree(supervisor("S", on(policy.OutcomeError, action), service("A"), service("B")), service("C")), `
				run          -> launch A#1, launch B#1, launch C#1
				A fatal_bug  -> A fatal_bug: escalate, `+c[0]+`
				B success    -> B#1 ended
				state S B    -> `+c[1])
		})
	}
}

// "Escalate": "A supervisor restarted by its own failure starts everything declared, jobs and children quarantined by a
// limit included, but nothing that an operator paused, stopped or quarantined; dynamic children do not come back."
func TestEscalateStartsAnew(t *testing.T) {
	play(t, tree(supervisor("S", quick,
		job("J"), worker("W"), service("L", quick, limit(0, time.Hour), on(policy.OutcomeLimit, policy.ActionQuarantine)),
		service("P"), service("Q"), service("R"), dynamic("D", 1), service("X"),
	)), `
		run              -> launch J#1, launch W#1, launch L#1, launch P#1, launch Q#1, launch R#1, launch X#1
		add D            -> D[1] added, launch D[1]#1
		J success        -> J success: stop
		W success        -> W success: stop
		L error          -> L error: limit quarantine
		pause P          -> ask P#1
		P success        -> P#1 ended
		stop Q           -> ask Q#1
		Q success        -> Q#1 ended
		quarantine R     -> ask R#1
		R success        -> R#1 ended
		X fatal_bug      -> X fatal_bug: escalate, S error: restart, ask D[1]#1
		D[1] error       -> D[1]#1 ended, D[1] removed, D[1] gone, launch J#2, launch W#2, launch L#2, launch X#2
		state P Q R      -> paused#1, stopped(by_hand)#1, quarantined#1
	`)
}

// "Escalate": quarantined by its limit, and then by an operator too: it stays.
func TestEscalateLeavesWhatAnOperatorHoldsToo(t *testing.T) {
	play(t, tree(supervisor("S", quick, service("L", limit(0, time.Hour), on(policy.OutcomeLimit, policy.ActionQuarantine)), service("X"))), `
		run              -> launch L#1, launch X#1
		L error          -> L error: limit quarantine
		quarantine L     -> already
		X fatal_bug      -> X fatal_bug: escalate, S error: restart, launch X#2
		state L          -> quarantined#1
	`)
}

// "Escalate": "The root's failure ends Run with an error that carries the path and the whole chain".
func TestEscalateToTheRoot(t *testing.T) {
	k := play(t, tree(supervisor("S", limit(0, time.Hour), service("A", on(policy.OutcomePanic, policy.ActionEscalate)), service("B"))), `
		run              -> launch A#1, launch B#1
		A panic          -> A panic: escalate, S error: limit escalate, Root error: escalate, ask B#1
		end              -> A panic (cause of A)
		phase            -> draining
		B error          -> B#1 ended, the end
		state A S Root   -> failed#1, failed#1, failed#1
		state B          -> stopped(tree)#1
	`)
	for i, want := range []Decision{
		{Outcome: policy.OutcomeError, Action: policy.ActionEscalate, At: 0},
		{Outcome: policy.OutcomeLimit, Action: policy.ActionEscalate, At: 1},
		{Outcome: policy.OutcomePanic, Action: policy.ActionEscalate, At: 2},
	} {
		if got := k.View(Node(i)).Decision; got != want {
			t.Errorf("node %d: decision %+v, want %+v", i, got, want)
		}
	}
}

// "Escalate": "nothing that an operator paused, stopped or quarantined": quarantined by its limit and still going down, and
// by an operator then.
func TestEscalateLeavesWhatAnOperatorHoldsMeanwhile(t *testing.T) {
	play(t, tree(supervisor("S", quick, service("L", unfit, limit(0, time.Hour), on(policy.OutcomeLimit, policy.ActionQuarantine)), service("X"))), `
		run           -> launch L#1, launch X#1
		at 1s         -> check health of L#1
		L fails       -> L is unhealthy, ask L#1
		quarantine L  ->
		L success     -> L#1 ended
		X fatal_bug   -> X fatal_bug: escalate, S error: restart, launch X#2
		state L       -> quarantined#1
	`)
}

// "Escalate": who escalates stays down with a supervisor that does not come back, though an operator had restarted it.
func TestEscalationOfWhoIsRestartedByHand(t *testing.T) {
	play(t, tree(service("R"), supervisor("S", on(policy.OutcomeError, policy.ActionQuarantine),
		service("A", on(policy.OutcomeError, policy.ActionEscalate)), worker("B", on(policy.OutcomeError, policy.ActionEscalate))), service("C", needs("A"))), `
		run              -> launch R#1, launch A#1, launch B#1, launch C#1
		B error          -> B error: escalate, S error: quarantine, ask C#1
		restart A        ->
		A error cleanups -> A error: escalate
		C success        -> C#1 ended, clean up A#1
		A cleaned        ->
		state A S        -> failed#1, quarantined#1
	`)
}

// "The order of an end": until nothing is left of it, it is shutting down; so are all levels of an escalation that changes
// nothing, since the supervisor where it ends goes down anyway.
func TestEscalationIntoWhoGoesDownAnyway(t *testing.T) {
	d := tree(supervisor("S",
		supervisor("T", on(policy.OutcomeError, policy.ActionEscalate),
			supervisor("U", on(policy.OutcomeError, policy.ActionEscalate), service("A"), service("B", needs("A"))))))
	for verb, down := range map[string]string{
		"quarantine": "quarantined#1, failed#1, failed#1",
		"pause":      "paused#1, restarting#1, restarting#1",
	} {
		t.Run(verb, func(t *testing.T) {
			play(t, d, `
				run            -> launch A#1, launch B#1
				`+verb+` S     -> ask B#1
				A fatal_bug    -> A fatal_bug: escalate, U error: escalate, T error: escalate
				state S T U A  -> shutting_down#1, shutting_down#1, shutting_down#1, shutting_down#1
				B success      -> B#1 ended
				state S T U    -> `+down)
		})
	}
	play(t, d, `
		run            -> launch A#1, launch B#1
		restart S      -> ask B#1
		quarantine T   ->
		A fatal_bug    -> A fatal_bug: escalate, U error: escalate, T error: escalate
		state S T U A  -> shutting_down#1, shutting_down#1, shutting_down#1, shutting_down#1
		B success      -> B#1 ended
		state S T      -> starting#2, quarantined#1
	`)
}
