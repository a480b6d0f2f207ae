package kernel

import (
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// "The scope is a barrier": "its members start when every member's run has ended and the backoff of the child that failed
// has passed, once for all".
func TestBarrierWaitsForBackoffAndEnds(t *testing.T) {
	d := tree(oneForAll, service("A", constant(2*time.Second)), service("B", constant(time.Hour)))
	t.Run("the backoff last", func(t *testing.T) {
		play(t, d, `
			run              -> launch A#1, launch B#1
			A error          -> A error: restart in 2s, ask B#1
			B error          -> B#1 ended
			waits A B        -> restart, restart
			at 1.999999999s  ->
			at 2s            -> launch A#2, launch B#2
		`)
	})
	t.Run("an end last", func(t *testing.T) {
		play(t, d, `
			run              -> launch A#1, launch B#1
			A error          -> A error: restart in 2s, ask B#1
			at 4s            ->
			B error          -> B#1 ended, launch A#2, launch B#2
		`)
	})
}

// "then the scope is gone and the rules of starting are all that gates them."
func TestBarrierIsGoneOnceOpen(t *testing.T) {
	play(t, tree(restForOne, service("A", quick, explicit), service("B", quick, explicit)), `
		run         -> launch A#1
		A ready     -> launch B#1
		A error     -> A error: restart, ask B#1
		B success   -> B#1 ended, launch A#2
		waits B     -> elder A
		A error     -> A error: restart, launch A#3
	`)
}

// "A failure whose scope meets another's merges with it: the union of members, the later of the two times."
func TestBarriersMerge(t *testing.T) {
	d := func(b time.Duration) *draft {
		return tree(service("A", constant(5*time.Second)), service("B", constant(b)), service("C", needs("A", "B")))
	}
	t.Run("the second is later", func(t *testing.T) {
		play(t, d(5*time.Second), `
			run         -> launch A#1, launch B#1, launch C#1
			A error     -> A error: restart in 5s, ask C#1
			at 3s       ->
			B error     -> B error: restart in 5s
			C error     -> C#1 ended
			at 10s      -> 8s: launch A#2, launch B#2, launch C#2
		`)
	})
	t.Run("the second is earlier", func(t *testing.T) {
		play(t, d(time.Second), `
			run         -> launch A#1, launch B#1, launch C#1
			A error     -> A error: restart in 5s, ask C#1
			at 3s       ->
			B error     -> B error: restart in 1s
			C error     -> C#1 ended
			at 10s      -> 5s: launch A#2, launch B#2, launch C#2
		`)
	})
	t.Run("of two that stand", func(t *testing.T) {
		for _, late := range []string{"A", "B"} {
			a, b := 5*time.Second, time.Second
			if late == "B" {
				a, b = b, a
			}
			play(t, tree(service("C", quick), service("A", needs("C"), constant(a)), service("B", needs("C"), constant(b))), `
				run         -> launch C#1, launch A#1, launch B#1
				A error     -> A error: restart in `+a.String()+`
				B error     -> B error: restart in `+b.String()+`
				C error     -> C error: restart
				at 10s      -> 5s: launch C#2, launch A#2, launch B#2
			`)
		}
	})
	t.Run("three in one", func(t *testing.T) {
		play(t, tree(service("A", constant(3*time.Second)), service("B", constant(5*time.Second)), service("C", constant(time.Second)), service("D", needs("A", "B", "C"))), `
			run         -> launch A#1, launch B#1, launch C#1, launch D#1
			B error     -> B error: restart in 5s, ask D#1
			A error     -> A error: restart in 3s
			C error     -> C error: restart in 1s
			D error     -> D#1 ended
			at 10s      -> 5s: launch A#2, launch B#2, launch C#2, launch D#2
		`)
	})
}

// "A member that ends by itself meanwhile: a restart is absorbed uncounted".
func TestBarrierAbsorbsRestarts(t *testing.T) {
	play(t, tree(restForOne, service("A", constant(time.Second)), service("B"), service("C")), `
		run          -> launch A#1, launch B#1, launch C#1
		A error      -> A error: restart in 1s, ask C#1
		B panic      -> B#1 ended
		restarts B   -> 0
		C success    -> C#1 ended
		at 1s        -> launch A#2, launch B#2, launch C#2
	`)
}

// "a job's nil completes it", unless it was asked: then it "was interrupted and runs again".
func TestBarrierCompletesAJob(t *testing.T) {
	d := tree(restForOne, service("A", quick), job("J"), service("C"))
	t.Run("after it was asked", func(t *testing.T) {
		play(t, d, `
			run          -> launch A#1, launch J#1
			A error      -> A error: restart, ask J#1
			J success    -> J#1 ended, launch A#2, launch J#2
		`)
	})
	t.Run("before it was asked", func(t *testing.T) {
		play(t, d, `
			run          -> launch A#1, launch J#1
			J success    -> J success: stop, launch C#1
			start J      -> launch J#2
			A error      -> A error: restart, ask C#1
			J success    -> J success: stop
			C success    -> C#1 ended, launch A#2, launch C#2
			state J      -> stopped(completed)#2
		`)
	})
}

// "anything stricter is carried out".
func TestBarrierCarriesOutWhatIsStricter(t *testing.T) {
	d := tree(restForOne, service("A", constant(time.Second)),
		worker("B", on(policy.OutcomePanic, policy.ActionQuarantine)), service("C"))
	for outcome, c := range map[string]struct{ told, then string }{
		"success":      {"B success: stop", "stopped(ended)#1"},
		"panic":        {"B panic: quarantine", "quarantined#1"},
		"fatal_bug":    {"B fatal_bug: escalate, Root error: escalate", "failed#1"},
		"fatal_config": {"B fatal_config: shutdown", "failed#1"},
	} {
		t.Run(outcome, func(t *testing.T) {
			play(t, d, `
				run           -> launch A#1, launch B#1, launch C#1
				A error       -> A error: restart in 1s, ask C#1
				B `+outcome+` -> `+c.told+`
				state B       -> `+c.then+`
			`)
		})
	}
}

// After it was asked, what it returns is no failure.
func TestBarrierIgnoresWhatTheAskedReturn(t *testing.T) {
	play(t, tree(oneForAll, service("A", quick), service("B")), `
		run           -> launch A#1, launch B#1
		A error       -> A error: restart, ask B#1
		B fatal_bug   -> B#1 ended, launch A#2, launch B#2
	`)
}

// "Pause, stop, quarantine and removal take that member out, and only it".
func TestBarrierWithoutWhoIsTakenOut(t *testing.T) {
	for verb, state := range map[string]string{"pause": "paused#1", "stop": "stopped(by_hand)#1", "quarantine": "quarantined#1"} {
		t.Run(verb+" a run", func(t *testing.T) {
			play(t, tree(oneForAll, service("A", constant(time.Second)), service("B"), service("C")), `
				run           -> launch A#1, launch B#1, launch C#1
				A error       -> A error: restart in 1s, ask C#1, ask B#1
				C success     -> C#1 ended
				`+verb+` B    ->
				at 2s         -> 1s: launch A#2, launch C#2
				B error       -> B#1 ended
				state B       -> `+state+`
			`)
		})
		t.Run(verb+" who failed", func(t *testing.T) {
			play(t, tree(oneForAll, service("A", constant(time.Second)), service("B"), service("C")), `
				run           -> launch A#1, launch B#1, launch C#1
				A error       -> A error: restart in 1s, ask C#1, ask B#1
				`+verb+` A    ->
				state A       -> `+state+`
				C success     -> C#1 ended
				B success     -> B#1 ended
				at 2s         -> 1s: launch B#2, launch C#2
			`)
		})
	}
}

func TestBarrierWithoutWhoIsRemoved(t *testing.T) {
	play(t, tree(service("P", constant(time.Second)), dynamic("D", 2, needs("P")), service("B", needs("P"))), `
		run           -> launch P#1, launch B#1
		add D         -> D[1] added, launch D[1]#1
		P error       -> P error: restart in 1s, ask B#1, ask D[1]#1
		B success     -> B#1 ended
		remove D[1]   ->
		at 1s         -> // it still holds what P has handed over
		D[1] success  -> D[1]#1 ended, D[1] removed, D[1] gone, launch P#2, launch B#2
	`)
}

// "restart by hand of a member ends the delay, not the barrier."
func TestBarrierEndsItsDelayByHand(t *testing.T) {
	play(t, tree(oneForAll, service("A", constant(time.Hour)), service("B"), service("C")), `
		run           -> launch A#1, launch B#1, launch C#1
		A error       -> A error: restart in 1h0m0s, ask C#1, ask B#1
		C success     -> C#1 ended
		restart C     ->
		waits A C     -> restart, restart
		B success     -> B#1 ended, launch A#2, launch B#2, launch C#2
		A error       -> A error: restart in 1h0m0s, ask C#2, ask B#2
		B success     -> B#2 ended
		C success     -> C#2 ended
		restart B     -> launch A#3, launch B#3, launch C#3
	`)
}

// "There is never a second pending restart of a child."
func TestBarrierRestartsOnce(t *testing.T) {
	play(t, tree(oneForAll, service("A", constant(time.Second)), service("B", constant(time.Second))), `
		run           -> launch A#1, launch B#1
		A error       -> A error: restart in 1s, ask B#1
		restart A     ->
		restart A     ->
		restart B     ->
		B error       -> B#1 ended, launch A#2, launch B#2
		at 1h         ->
	`)
}

// A scope that opens because somebody leaves it is not the one that the others go into: what takes a supervisor down
// finds a dependant of its child in a scope of theirs, and its own barrier stands.
func TestBarrierThatOpensWhileAnotherFills(t *testing.T) {
	play(t, tree(
		supervisor("S", service("B")), service("A", needs("B")),
		service("C", constant(time.Second)), service("D", constant(2*time.Second)),
	), `
		run           -> launch B#1, launch A#1, launch C#1, launch D#1
		restart B     -> ask A#1
		A success     -> A#1 ended, ask B#1
		stop S        ->
		B success     -> B#1 ended
		state A B S   -> restarting#1, stopped(tree)#1, stopped(by_hand)#1
		C error       -> C error: restart in 1s
		D error       -> D error: restart in 2s
		at 10s        -> 1s: launch C#2, 2s: launch D#2
		start S       -> launch B#2, launch A#2
	`)
}

// A finish takes down what had just been asked to go down with who ended, and leaves no scope behind: later failures
// have theirs, each with its own time.
func TestBarrierOfWhoEndsWithAFinish(t *testing.T) {
	play(t, tree(
		supervisor("S", finishAny("A"), worker("A"), service("B", needs("A"))),
		service("C", constant(time.Second)), service("D", constant(2*time.Second)),
	), `
		run            -> launch A#1, launch B#1, launch C#1, launch D#1
		A success      -> A success: stop, ask B#1
		B success      -> B#1 ended, S success: stop
		C error        -> C error: restart in 1s
		D error        -> D error: restart in 2s
		at 10s         -> 1s: launch C#2, 2s: launch D#2
	`)
}

// "anything stricter is carried out", whatever took it down: who waits for its dependants ends by itself.
func TestBarrierMeansWhatIsStricter(t *testing.T) {
	d := tree(supervisor("S", worker("A", on(policy.OutcomePanic, policy.ActionQuarantine)), service("B", needs("A"))), service("C"))
	for _, c := range [][4]string{
		{"pause A", "success", "A success: stop", "stopped(ended)#1"},
		{"pause A", "panic", "A panic: quarantine", "quarantined#1"},
		{"pause A", "error", "A#1 ended", "paused#1"},
		{"stop A", "success", "A#1 ended", "stopped(by_hand)#1"},
		{"stop A", "panic", "A panic: quarantine", "quarantined#1"},
		{"stop A", "error", "A#1 ended", "stopped(by_hand)#1"},
		{"quarantine A", "success", "A#1 ended", "quarantined#1"},
		{"quarantine A", "panic", "A#1 ended", "quarantined#1"},
		{"stop S", "success", "A#1 ended", "stopped(tree)#1"},
		{"stop S", "panic", "A panic: quarantine", "quarantined#1"},
		{"stop A", "fatal_config", "A fatal_config: shutdown, ask C#1", "failed#1"},
		{"pause A", "fatal_bug", "A fatal_bug: escalate, S error: restart in 50ms", "paused#1"}, // an operator holds it
	} {
		t.Run(c[0]+" "+c[1], func(t *testing.T) {
			play(t, d, `
				run       -> launch A#1, launch B#1, launch C#1
				`+c[0]+`  -> ask B#1
				A `+c[1]+` -> `+c[2]+`
				state A   -> shutting_down#1
				B success -> B#1 ended
				state A   -> `+c[3])
		})
	}
}

// "a restart is absorbed uncounted": of a supervisor, too, that fails while it restarts with others, or after it failed.
func TestBarrierAbsorbsTheFailureOfASupervisor(t *testing.T) {
	play(t, tree(oneForAll, service("A", constant(time.Second)), supervisor("S", service("B"), service("C", needs("B"))), service("D", needs("S"))), `
		run           -> launch A#1, launch B#1, launch C#1, launch D#1
		A error       -> A error: restart in 1s, ask D#1
		B fatal_bug   -> B fatal_bug: escalate
		restarts S    -> 0
		state B S     -> shutting_down#1, shutting_down#1
		D success     -> D#1 ended, ask C#1
		C success     -> C#1 ended
		at 1s         -> launch A#2, launch B#2, launch C#2, launch D#2
	`)
	play(t, tree(supervisor("S", constant(time.Second), service("A"), service("B"), service("C", needs("A", "B")))), `
		run           -> launch A#1, launch B#1, launch C#1
		A fatal_bug   -> A fatal_bug: escalate, S error: restart in 1s, ask C#1
		B fatal_bug   -> B fatal_bug: escalate
		restarts S    -> 1
		C success     -> C#1 ended
		at 1s         -> launch A#2, launch B#2, launch C#2
	`)
}

// The same of one that an operator holds: it does not come back with its supervisor.
func TestFailureOfWhoIsHeld(t *testing.T) {
	play(t, tree(supervisor("S", oneForAll, quick, service("A", on(policy.OutcomeSuccess, policy.ActionEscalate)), service("B", needs("A")))), `
		run           -> launch A#1, launch B#1
		quarantine A  -> ask B#1
		A success     -> A success: escalate, S error: restart
		B success     -> B#1 ended
		state A       -> quarantined#1
		waits B       -> ready A
	`)
}

// "ended; escalate": failed, in whatever way it ended, also if its supervisor goes down for more.
func TestFailureBelowAQuarantine(t *testing.T) {
	play(t, tree(supervisor("S", supervisor("T", service("A", on(policy.OutcomeSuccess, policy.ActionEscalate))), service("B", needs("A")))), `
		run           -> launch A#1, launch B#1
		quarantine S  -> ask B#1
		A success     -> A success: escalate
		state A       -> shutting_down#1
		B success     -> B#1 ended
		state S       -> quarantined#1
	`)
}

// The same of one that an operator pauses: it comes back whole.
func TestPauseAbsorbsTheFailureOfASupervisor(t *testing.T) {
	play(t, tree(supervisor("S", service("A"), service("B", needs("A")), dynamic("D", 1))), `
		run           -> launch A#1, launch B#1
		add D         -> D[1] added, launch D[1]#1
		pause S       -> ask D[1]#1, ask B#1
		A fatal_bug   -> A fatal_bug: escalate
		state A       -> shutting_down#1
		B success     -> B#1 ended
		D[1] success  -> D[1]#1 ended, D[1] removed, D[1] gone
		resume S      -> launch A#2, launch B#2
	`)
}

// "restart by hand ... ends the delay": of all that waits in what comes back, however deep.
func TestBarrierOfWhoWaitsBelow(t *testing.T) {
	play(t, tree(supervisor("S", supervisor("T", supervisor("U", constant(time.Hour), service("A")), service("B")))), `
		run           -> launch A#1, launch B#1
		A fatal_bug   -> A fatal_bug: escalate, U error: restart in 1h0m0s
		pause S       -> ask B#1
		B success     -> B#1 ended
		resume S      -> launch A#2, launch B#2
	`)
}

// What is in a supervisor that pauses waits for that, and is no barrier to others.
func TestNoBarrierBelowAPause(t *testing.T) {
	play(t, tree(service("A", quick), supervisor("S", supervisor("T", service("B", needs("A"))), service("C"))), `
		run           -> launch A#1, launch B#1, launch C#1
		pause S       -> ask C#1, ask B#1
		A error       -> A error: restart
		B success     -> B#1 ended, launch A#2
		waits B       -> supervisor T
	`)
}

// "restart by hand ... ends the delay": of all that is in the supervisor, who was never started included.
func TestBarrierOfWhoWasNotStartedByHand(t *testing.T) {
	play(t, tree(restForOne, service("A", explicit, constant(time.Second)), service("B")), `
		run           -> launch A#1
		A error       -> A error: restart in 1s
		quarantine A  ->
		waits B       -> restart
		restart Root  -> launch B#1
	`)
}

// Siblings that were never started wait with the others, whoever lets them start.
func TestBarrierHoldsWhoWasNotStarted(t *testing.T) {
	play(t, tree(supervisor("S", oneForAll, service("A", constant(time.Second)), service("C", after("D"))), service("D", explicit)), `
		run           -> launch A#1, launch D#1
		A error       -> A error: restart in 1s
		D ready       ->
		waits C       -> restart
		at 1s         -> launch A#2, launch C#1
	`)
}

// Who queues for a slot leaves the queue when what it needs goes down.
func TestBarrierOfWhoQueues(t *testing.T) {
	play(t, tree(concurrency(1), service("P", quick), service("X", explicit), service("B", needs("P"))), `
		run           -> launch P#1, launch X#1
		state B       -> starting
		stop P        -> ask P#1
		state B       -> restarting
	`)
}

// A suspect waits alone for its end. If a supervisor pauses above it meanwhile, and absorbs what is decided then, nothing
// is left to wait for but the pause.
func TestBarrierOfASuspectBelowAPause(t *testing.T) {
	play(t, tree(supervisor("S", quick, service("A", healthCheck(10*time.Second, time.Second, 1), on(policy.OutcomeUnhealthy, policy.ActionEscalate)), service("B"))), `
		run       -> launch A#1, launch B#1
		at 10s    -> check health of A#1
		A fails   -> A is unhealthy, ask A#1
		pause S   -> ask B#1
		A success -> A unhealthy: escalate
		waits A   -> supervisor S
		B success -> B#1 ended
		resume S  -> launch A#2, launch B#2
	`)
}
