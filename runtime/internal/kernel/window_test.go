package kernel

import (
	"fmt"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// "Count": "the first N within the window restart, the next failure is outcome limit; limit 0 means none."
func TestLimitAllowsTheFirstN(t *testing.T) {
	for n := range 4 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			script := "run -> launch A#1\n"
			for i := range n {
				script += fmt.Sprintf("A error -> A error: restart, launch A#%d\nrestarts A -> %d\nleft A -> %d\n", i+2, i+1, n-i-1)
			}
			script += "A error -> A error: limit quarantine\n" + fmt.Sprintf("restarts A -> %d", n)
			play(t, tree(service("A", quick, limit(n, time.Minute), on(policy.OutcomeLimit, policy.ActionQuarantine))), script)
		})
	}
}

// "Count": "sliding window, inclusive (age ≤ period)".
func TestLimitWindowSlides(t *testing.T) {
	d := tree(service("A", quick, limit(2, 10*time.Second), on(policy.OutcomeLimit, policy.ActionQuarantine)))
	t.Run("its edge is inside", func(t *testing.T) {
		play(t, d, `
			run             -> launch A#1
			at 1s           ->
			A error         -> A error: restart, launch A#2
			at 5s           ->
			A error         -> A error: restart, launch A#3
			at 11s          ->
			restarts A      -> 2
			A error         -> A error: limit quarantine
		`)
	})
	t.Run("a nanosecond more is outside", func(t *testing.T) {
		play(t, d, `
			run             -> launch A#1
			at 1s           ->
			A error         -> A error: restart, launch A#2
			at 5s           ->
			A error         -> A error: restart, launch A#3
			at 11.000000001s ->
			restarts A      -> 1
			A error         -> A error: restart, launch A#4
			at 15s          ->
			A error         -> A error: limit quarantine // the second and the third are in it
		`)
	})
}

// "Count": what trips is not counted, and a window that is full empties with time.
func TestLimitIsNotRaisedByWhatTripsIt(t *testing.T) {
	play(t, tree(service("A", quick, limit(1, 10*time.Second), on(policy.OutcomeLimit, policy.ActionQuarantine))), `
		run              -> launch A#1
		A error          -> A error: restart, launch A#2
		at 5s            ->
		A error          -> A error: limit quarantine
		release A        -> launch A#3
		at 10.000000001s ->
		A error          -> A error: restart, launch A#4
	`)
}

// "Count": "Time in backoff ages the window."
func TestLimitAgesInBackoff(t *testing.T) {
	play(t, tree(service("A", constant(6*time.Second), limit(1, 6*time.Second), on(policy.OutcomeLimit, policy.ActionQuarantine))), `
		run              -> launch A#1
		A error          -> A error: restart in 6s
		at 6s            -> launch A#2
		wait 1ns         ->
		A error          -> A error: restart in 6s
	`)
}

// "Count", for restart only: what a table stops is counted nowhere.
func TestLimitCountsRestartsOnly(t *testing.T) {
	play(t, tree(worker("A", quick, limit(1, time.Hour))), `
		run              -> launch A#1
		A success        -> A success: stop
		start A          -> launch A#2
		A error          -> A error: restart, launch A#3
		restarts A       -> 1
	`)
}

// "Count": "Restarts by hand and those caused by someone else's failure count nowhere."
func TestLimitCountsOwnFailuresOnly(t *testing.T) {
	play(t, tree(oneForAll, intensity(1, time.Hour), service("A", quick), service("B", quick, limit(0, time.Hour)), service("C", needs("A"), limit(0, time.Hour))), `
		run              -> launch A#1, launch B#1, launch C#1
		restart B        -> ask B#1
		B success        -> B#1 ended, launch B#2
		A error          -> A error: restart, ask C#1, ask B#2
		C success        -> C#1 ended
		B error          -> B#2 ended, launch A#2, launch B#3, launch C#2
		restarts A B C   -> 1, 0, 0
		A error          -> A error: intensity escalate at Root, Root error: escalate, ask C#2, ask B#3
	`)
}

// "Count": "One failure of a scope is one count."
func TestIntensityCountsAScopeOnce(t *testing.T) {
	play(t, tree(oneForAll, intensity(2, time.Hour), service("A", quick), service("B", quick), service("C", quick)), `
		run              -> launch A#1, launch B#1, launch C#1
		A error          -> A error: restart, ask C#1, ask B#1
		C error          -> C#1 ended
		B error          -> B#1 ended, launch A#2, launch B#2, launch C#2
		B error          -> B error: restart, ask C#2, ask A#2
		A error          -> A#2 ended
		C error          -> C#2 ended, launch A#3, launch B#3, launch C#3
		C error          -> C error: intensity escalate at Root, Root error: escalate, ask B#3, ask A#3
	`)
}

// "Count": "The child's limit, its group's and its supervisor's intensity are all looked at first; if one trips, none is
// raised".
func TestLimitsAreLookedAtBeforeOneIsRaised(t *testing.T) {
	play(t, tree(intensity(2, time.Hour), group("G", intensity(2, time.Hour),
		service("A", quick, limit(1, time.Hour), on(policy.OutcomeLimit, policy.ActionStop)), service("B", quick))), `
		run              -> launch A#1, launch B#1
		A error          -> A error: restart, launch A#2
		A error          -> A error: limit stop
		B error          -> B error: restart, launch B#2 // the second of the group and of the supervisor
		B error          -> B error: intensity escalate at Root, Root error: escalate, the end
	`)
}

// "Count": "the strictest outcome wins".
func TestLimitsStrictestWins(t *testing.T) {
	none := limit(0, time.Hour)
	for _, c := range []struct{ name, want string }{
		{"child", "limit shutdown"}, {"group", "intensity shutdown at G"}, {"supervisor", "intensity shutdown at S"},
	} {
		t.Run(c.name, func(t *testing.T) {
			strict := func(level string, o policy.Outcome) word {
				if level == c.name {
					return on(o, policy.ActionShutdown)
				}
				return on(o, policy.ActionEscalate)
			}
			play(t, tree(supervisor("S", intensity(0, time.Hour), strict("supervisor", policy.OutcomeIntensity),
				group("G", intensity(0, time.Hour), strict("group", policy.OutcomeIntensity),
					service("A", quick, none, strict("child", policy.OutcomeLimit))))), `
				run      -> launch A#1
				A error  -> A error: `+c.want+`, the end
			`)
		})
	}
}

// "Count": "nor do optional children and those whose limit row is quarantine count in the intensity above them".
func TestIntensityLeavesOutWhatIsIsolated(t *testing.T) {
	still := func(d *draft) { // optional, and yet it escalates
		optional(d)
		d.spec().On[policy.OutcomeLimit] = policy.ActionEscalate
	}
	t.Run("optional that escalates", func(t *testing.T) {
		play(t, tree(intensity(0, time.Hour), service("A", still, quick, limit(1, time.Hour))), `
			run      -> launch A#1
			A error  -> A error: restart, launch A#2
			A error  -> A error: limit escalate, Root error: escalate, the end
		`)
	})
	for name, w := range map[string]word{"optional": optional, "quarantine": on(policy.OutcomeLimit, policy.ActionQuarantine)} {
		t.Run(name, func(t *testing.T) {
			play(t, tree(intensity(0, time.Hour), group("G", intensity(0, time.Hour),
				service("A", w, quick, limit(1, time.Hour)), service("B", quick))), `
				run      -> launch A#1, launch B#1
				A error  -> A error: restart, launch A#2
				A error  -> A error: limit quarantine
				B error  -> B error: intensity escalate at Root, Root error: escalate, the end
			`)
		})
	}
}

// "Count": a group's own intensity, and the whole group is isolated if its row says so (restarts inside go on elsewhere).
func TestGroupIntensityQuarantines(t *testing.T) {
	play(t, tree(group("G", intensity(1, 10*time.Second), on(policy.OutcomeIntensity, policy.ActionQuarantine),
		service("A", quick), service("B", quick)), service("C", quick)), `
		run              -> launch A#1, launch B#1, launch C#1
		C error          -> C error: restart, launch C#2
		A error          -> A error: restart, launch A#2
		at 10s           ->
		B error          -> B error: intensity quarantine at G, ask A#2
		A success        -> A#2 ended
		state A B C      -> quarantined#2, quarantined#1, ready#2
	`)
	// Like a child whose limit isolates it, a group that is isolated does not count in the intensity above it; and who
	// is at rest in it stays as it is.
	play(t, tree(intensity(0, time.Hour), group("G", intensity(1, time.Hour), on(policy.OutcomeIntensity, policy.ActionQuarantine),
		service("A", quick), worker("W"), service("H"))), `
		run              -> launch A#1, launch W#1, launch H#1
		W success        -> W success: stop
		pause H          -> ask H#1
		H success        -> H#1 ended
		A error          -> A error: restart, launch A#2
		A error          -> A error: intensity quarantine at G
		state A W H      -> quarantined#2, stopped(ended)#1, paused#1
	`)
}

// "Count": "A window is cleared when its supervisor restarts as a failure counted above it, or by hand, and then only":
// the children's, the groups', and its own of what they did together.
func TestWindowsAreClearedWithTheSupervisor(t *testing.T) {
	d := tree(supervisor("S", quick, intensity(2, time.Hour),
		group("G", intensity(1, time.Hour), service("A", quick)),
		service("B", quick, limit(1, time.Hour)), worker("W", limit(1, time.Hour), quick)))
	t.Run("as a failure", func(t *testing.T) {
		play(t, d, `
			run          -> launch A#1, launch B#1, launch W#1
			A error      -> A error: restart, launch A#2
			W error      -> W error: restart, launch W#2
			A error      -> A error: intensity escalate at S, S error: restart, ask W#2, ask B#1
			W success    -> W#2 ended
			B success    -> B#1 ended, launch A#3, launch B#2, launch W#3
			restarts A W -> 0, 0
			A error      -> A error: restart, launch A#4
			B error      -> B error: restart, launch B#3
			restarts S   -> 1
		`)
	})
	t.Run("by hand", func(t *testing.T) {
		play(t, d, `
			run          -> launch A#1, launch B#1, launch W#1
			A error      -> A error: restart, launch A#2
			B error      -> B error: restart, launch B#2
			restart S    -> ask W#1, ask B#2, ask A#2
			W success    -> W#1 ended
			B success    -> B#2 ended
			A success    -> A#2 ended, launch A#3, launch B#3, launch W#2
			A error      -> A error: restart, launch A#4
			B error      -> B error: restart, launch B#4
			restarts S   -> 0
		`)
	})
	t.Run("not by its own child's", func(t *testing.T) {
		play(t, d, `
			run          -> launch A#1, launch B#1, launch W#1
			B error      -> B error: restart, launch B#2
			restart B    -> ask B#2
			B error      -> B#2 ended, launch B#3
			restarts B   -> 1
		`)
	})
}

// "Count", "and then only", and "Scope": "A supervisor that is pulled in only has its runs restarted: its windows,
// attempts ... stay as they are".
func TestWindowsOfAPulledInSupervisorStay(t *testing.T) {
	play(t, tree(service("P", quick), supervisor("S", needs("P"), intensity(1, time.Hour), quick,
		service("A", constant(time.Second), limit(1, time.Hour)))), `
		run          -> launch P#1, launch A#1
		A error      -> A error: restart in 1s
		wait 1s      -> launch A#2
		P error      -> P error: restart, ask A#2
		A error      -> A#2 ended, launch P#2, launch A#3
		restarts A S -> 1, 0
		attempt A S  -> 2, 1
		A error      -> A error: intensity escalate at S, S error: restart, launch A#4
	`)
}

// "Count": what an operator holds keeps nothing either: its supervisor was restarted.
func TestWindowsOfHeldChildrenAreCleared(t *testing.T) {
	play(t, tree(supervisor("S", quick, service("A", quick, limit(1, time.Hour)), service("B"))), `
		run          -> launch A#1, launch B#1
		A error      -> A error: restart, launch A#2
		pause A      -> ask A#2
		A success    -> A#2 ended
		B fatal_bug  -> B fatal_bug: escalate, S error: restart, launch B#2
		state A      -> paused#2
		restarts A   -> 0
	`)
}

// "Count": of an isolated group its dynamic children are members too.
func TestGroupIsIsolatedWithItsDynamicChildren(t *testing.T) {
	play(t, tree(group("G", intensity(0, time.Hour), on(policy.OutcomeIntensity, policy.ActionQuarantine), dynamic("D", 3), service("A"))), `
		run              -> launch A#1
		add D            -> D[1] added, launch D[1]#1
		add D            -> D[2] added, launch D[2]#2
		A error          -> A error: intensity quarantine at G, ask D[2]#2, ask D[1]#1
		D[1] success     -> D[1]#1 ended
		state D[1] A     -> quarantined#1, quarantined#1
	`)
}

// "Count": of a group that is isolated, who waits to restart and who was never started go with it.
func TestGroupIsIsolatedWithWhoHasNoRun(t *testing.T) {
	k := play(t, tree(group("G", intensity(1, time.Hour), on(policy.OutcomeIntensity, policy.ActionQuarantine), service("A", quick), service("B", constant(time.Hour)),
		service("C", after("P")), dynamic("D", 1)), service("P", explicit)), `
		run           -> launch A#1, launch B#1, launch P#1
		B error       -> B error: restart in 1h0m0s
		A error       -> A error: intensity quarantine at G
		state A B C   -> quarantined#1, quarantined#1, quarantined
		P ready       ->
		deadline      ->
		release C     -> launch C#1
	`)
	if v := k.View(k.rows[5].firstNode); v.Lifecycle != LifecycleDeclared {
		t.Errorf("the row of the dynamic children is %s, and it is nobody", v.Lifecycle)
	}
}

// "A supervisor that gives up is a failure, never a clean end": a tree that a limit ends, however well the runs ended.
func TestWindowOfSuccessesThatEndsTheTree(t *testing.T) {
	for _, c := range []struct {
		d    *draft
		told string
	}{
		{tree(service("A", limit(0, time.Hour), on(policy.OutcomeLimit, policy.ActionShutdown))), "limit shutdown"},
		{tree(service("A"), intensity(0, time.Hour), on(policy.OutcomeIntensity, policy.ActionShutdown)), "intensity shutdown at Root"},
		{tree(group("G", service("A"), intensity(0, time.Hour), on(policy.OutcomeIntensity, policy.ActionShutdown))), "intensity shutdown at G"},
	} {
		play(t, c.d, `
			run           -> launch A#1
			A success     -> A success: `+c.told+`, the end
			end           -> A success (cause of A)
			state Root A  -> failed#1, failed#1
		`)
	}
}
