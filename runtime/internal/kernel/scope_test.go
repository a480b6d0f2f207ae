package kernel

import (
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// three are siblings under a strategy.
func three(strategy word, words ...word) *draft {
	return tree(append([]word{strategy, service("A", quick), service("B", quick), service("C", quick)}, words...)...)
}

func oneForOne(*draft) {}

// "Scope": "Of an automatic restart: one, all, or the rest of the siblings".
func TestScopeStrategies(t *testing.T) {
	t.Run("one_for_one", func(t *testing.T) {
		play(t, three(oneForOne), `
			run       -> launch A#1, launch B#1, launch C#1
			B error   -> B error: restart, launch B#2
		`)
	})
	t.Run("one_for_all", func(t *testing.T) {
		play(t, three(oneForAll), `
			run       -> launch A#1, launch B#1, launch C#1
			B error   -> B error: restart, ask C#1, ask A#1
			A success -> A#1 ended
			C error   -> C#1 ended, launch A#2, launch B#2, launch C#2
		`)
	})
	t.Run("rest_for_one", func(t *testing.T) {
		play(t, three(restForOne), `
			run       -> launch A#1, launch B#1, launch C#1
			A error   -> A error: restart, ask C#1
			C success -> C#1 ended, ask B#1
			B success -> B#1 ended, launch A#2, launch B#2, launch C#2
			B error   -> B error: restart, ask C#2
			C success -> C#2 ended, launch B#3, launch C#3
			C error   -> C error: restart, launch C#4
		`)
	})
}

// Replicas of one child share a rank under rest_for_one: none is the rest of another.
func TestScopeOfReplicas(t *testing.T) {
	play(t, tree(restForOne, service("A", quick, replicas(2)), service("B", quick)), `
		run         -> launch A[0]#1, launch A[1]#1, launch B#1
		A[0] error  -> A[0] error: restart, ask B#1
		B success   -> B#1 ended, launch A[0]#2, launch B#2
	`)
}

// "Scope": "inside a group by the group's strategy".
func TestScopeInsideAGroup(t *testing.T) {
	play(t, tree(oneForAll, service("A", quick), group("G", restForOne, service("B", quick), service("C", quick)), service("D", quick)), `
		run         -> launch A#1, launch B#1, launch C#1, launch D#1
		B error     -> B error: restart, ask C#1
		C success   -> C#1 ended, launch B#2, launch C#2
		C error     -> C error: restart, launch C#3
	`)
}

// "Scope": "seen from outside, a group's members are siblings".
func TestScopeFromOutsideAGroup(t *testing.T) {
	play(t, tree(restForOne, service("A", quick), group("G", service("B", quick), service("C", quick)), service("D", quick)), `
		run         -> launch A#1, launch B#1, launch C#1, launch D#1
		A error     -> A error: restart, ask D#1
		D success   -> D#1 ended, ask C#1, ask B#1
		C success   -> C#1 ended
		B success   -> B#1 ended, launch A#2, launch B#2, launch C#2, launch D#2
		B error     -> B error: restart, launch B#3
	`)
}

// "Scope": "dynamic children and sidecars are one_for_one".
func TestScopeOfDynamicChildrenAndSidecars(t *testing.T) {
	play(t, three(oneForAll, sidecar("S", "A", quick), dynamic("D", 2, quick)), `
		run         -> launch B#1, launch C#1, launch S#1, launch A#1
		add D       -> D[1] added, launch D[1]#1
		S error     -> S error: restart, launch S#2
		D[1] error  -> D[1] error: restart, launch D[1]#2
		B error     -> B error: restart, ask C#1, ask A#1
	`)
}

// runtime.md, "Sidecars": linked restarts a sidecar "whenever HTTP goes down, whatever for, and when it is started again by hand. It does
// not wait for HTTP to come back".
func TestScopeOfALinkedSidecar(t *testing.T) {
	play(t, tree(service("A", quick), sidecar("S", "A", quick), sidecar("L", "A", quick, linked)), `
		run         -> launch S#1, launch L#1, launch A#1
		L error     -> L error: restart, launch L#2
		A error     -> A error: restart, ask L#2
		L success   -> L#2 ended, launch L#3, launch A#2
		restart A   -> ask A#2
		A success   -> A#2 ended, ask L#3
		L success   -> L#3 ended, launch L#4, launch A#3
		stop A      -> ask A#3
		A success   -> A#3 ended, ask L#4
		L success   -> L#4 ended, launch L#5
		start A     -> ask L#5 // and again for the run by hand
		L success   -> L#5 ended, launch L#6, launch A#4
	`)
	play(t, tree(service("A", temporary), sidecar("L", "A", quick, linked)), `
		run         -> launch L#1, launch A#1
		A error     -> A error: stop, ask L#1
		L success   -> L#1 ended, launch L#2
	`)
}

// "Scope": "for every member everything that needs it, wherever it is; a member that is pulled in pulls what its own
// supervisor's strategy says."
func TestScopeReachesThroughNeeds(t *testing.T) {
	play(t, tree(
		service("A", quick),
		supervisor("S", oneForAll, service("X", needs("A")), service("Y")),
		supervisor("T", restForOne, service("U"), service("V", needs("Y")), service("W")),
		service("Z"),
	), `
		run        -> launch A#1, launch X#1, launch Y#1, launch U#1, launch V#1, launch W#1, launch Z#1
		A error    -> A error: restart, ask W#1, ask X#1
		X error    -> X#1 ended
		W error    -> W#1 ended, ask V#1
		V error    -> V#1 ended, ask Y#1
		Y error    -> Y#1 ended, launch A#2, launch X#2, launch Y#2, launch V#2, launch W#2
	`)
}

// "Scope": "By hand, and when a provider goes down for any other reason, the scope is what needs it, and no strategy
// applies at any distance."
func TestScopeWithoutStrategies(t *testing.T) {
	d := tree(oneForAll,
		worker("A"), service("B"), supervisor("S", oneForAll, service("X", needs("A")), service("Y")))
	for name, script := range map[string]string{
		"restart by hand": "restart A -> ask X#1",
		"stop":            "stop A -> ask X#1",
		"pause":           "pause A -> ask X#1",
		"quarantine":      "quarantine A -> ask X#1",
		"its table":       "A success -> A success: stop, ask X#1",
	} {
		t.Run(name, func(t *testing.T) {
			play(t, d, "run -> launch A#1, launch B#1, launch X#1, launch Y#1\n"+script)
		})
	}
}

// "Scope": "A supervisor that is pulled in only has its runs restarted: its ... dynamic children stay", and jobs are not
// run again.
func TestScopeOfAPulledInSupervisor(t *testing.T) {
	play(t, tree(service("P", quick), supervisor("S", needs("P"), job("J"), service("A"), dynamic("D", 1))), `
		run            -> launch P#1, launch J#1, launch A#1
		add D          -> D[1] added, launch D[1]#1
		J success      -> J success: stop
		P error        -> P error: restart, ask D[1]#1, ask A#1
		A success      -> A#1 ended
		D[1] success   -> D[1]#1 ended, launch P#2, launch A#2, launch D[1]#2
		state J        -> stopped(completed)#1
	`)
}

// "Scope": "Children without a run that are stopped, completed, paused or quarantined stay so".
func TestScopeLeavesWhoIsAtRest(t *testing.T) {
	play(t, three(oneForAll, job("J"), worker("W")), `
		run            -> launch A#1, launch B#1, launch C#1, launch J#1, launch W#1
		J success      -> J success: stop
		W success      -> W success: stop
		pause B        -> ask B#1
		B success      -> B#1 ended
		quarantine C   -> ask C#1
		C success      -> C#1 ended
		A error        -> A error: restart, launch A#2
		state B C J W  -> paused#1, quarantined#1, stopped(completed)#1, stopped(ended)#1
	`)
}

// "Scope": "temporary members are stopped and not started again", and are members: who failed waits for their end.
func TestScopeStopsTemporaryMembers(t *testing.T) {
	play(t, three(oneForAll, worker("T", temporary)), `
		run            -> launch A#1, launch B#1, launch C#1, launch T#1
		A error        -> A error: restart, ask T#1, ask C#1, ask B#1
		B success      -> B#1 ended
		C success      -> C#1 ended
		waits A        -> restart
		T error        -> T#1 ended, launch A#2, launch B#2, launch C#2
		state T        -> stopped(ended)#1
		start T        -> launch T#2
	`)
	play(t, three(oneForAll, worker("T", temporary), service("E", on(policy.OutcomeError, policy.ActionStop))), `
		run            -> launch A#1, launch B#1, launch C#1, launch T#1, launch E#1
		restart T      -> ask T#1
		A error        -> A error: restart, ask E#1, ask C#1, ask B#1
		E error        -> E#1 ended
		B error        -> B#1 ended
		C error        -> C#1 ended
		T error        -> T#1 ended, launch A#2, launch B#2, launch C#2, launch T#2, launch E#2 // by hand; E may restart
	`)
	play(t, tree(oneForAll, service("A", constant(time.Hour)), worker("T", temporary)), `
		run            -> launch A#1, launch T#1
		A error        -> A error: restart in 1h0m0s, ask T#1
		T error        -> T#1 ended
		start T        -> launch T#2 // it is no member any more
	`)
}

// "Going down": "stops everything that needs it; these wait in restarting until it is back".
func TestDependantsWaitUntilTheProviderIsBack(t *testing.T) {
	for verb, back := range map[string]string{"stop": "start", "pause": "resume", "quarantine": "release"} {
		t.Run(verb, func(t *testing.T) {
			play(t, tree(service("A"), service("B", needs("A")), service("C", needs("B"))), `
				run          -> launch A#1, launch B#1, launch C#1
				`+verb+` A   -> ask C#1
				C success    -> C#1 ended, ask B#1
				B success    -> B#1 ended, ask A#1
				A success    -> A#1 ended
				state B C    -> restarting#1, restarting#1
				waits B C    -> ready A, ready B
				at 1h        ->
				`+back+` A   -> launch A#2, launch B#2, launch C#2
			`)
		})
	}
}

// "Whatever takes a provider down": a job that has completed is down, and stays completed, whatever becomes of its
// supervisor; whoever needs it goes down when it runs again.
func TestWhoNeedsACompletedJob(t *testing.T) {
	play(t, tree(supervisor("S", job("J"), service("A")), service("B", needs("J"))), `
		run          -> launch J#1, launch A#1
		J success    -> J success: stop, launch B#1
		quarantine S -> ask A#1
		A success    -> A#1 ended
		state J      -> stopped(completed)#1
		release S    -> ask B#1
		B success    -> B#1 ended, launch J#2, launch A#2
		J success    -> J success: stop, launch B#2
	`)
}

// "Going down": "Dependants stop before what they depend on, under rest_for_one the younger before the elder".
func TestGoingDownUnderRestForOne(t *testing.T) {
	play(t, tree(restForOne, service("A"), supervisor("S", service("B", replicas(2)), service("C")), service("D", replicas(2))), `
		run          -> launch A#1, launch B[0]#1, launch B[1]#1, launch C#1, launch D[0]#1, launch D[1]#1
		shutdown     -> ask D[1]#1, ask D[0]#1
		D[0] success -> D[0]#1 ended
		D[1] success -> D[1]#1 ended, ask C#1, ask B[1]#1, ask B[0]#1
		C success    -> C#1 ended
		B[0] success -> B[0]#1 ended
		B[1] success -> B[1]#1 ended, ask A#1
	`)
}

// "Going down": a sidecar stops after its primary.
func TestGoingDownOfSidecars(t *testing.T) {
	play(t, tree(sidecar("S", "A"), service("A")), `
		run          -> launch S#1, launch A#1
		shutdown     -> ask A#1
		A success    -> A#1 ended, ask S#1
	`)
}

// "Going down" of a provider that failed while alive: it is asked to stop after those that need it.
func TestGoingDownOfAProviderThatFailedAlive(t *testing.T) {
	play(t, tree(service("A", quick, healthCheck(time.Second, time.Second/2, 1)), service("B", needs("A"))), `
		run          -> launch A#1, launch B#1
		at 1s        -> check health of A#1
		A fails      -> A is unhealthy, ask B#1
		B success    -> B#1 ended, ask A#1
		A error      -> A unhealthy: restart, launch A#2, launch B#2
	`)
	play(t, tree(service("A", quick, healthCheck(time.Second, time.Second/2, 1)), service("B", needs("A"))), `
		run          -> launch A#1, launch B#1
		at 1s        -> check health of A#1
		A fails      -> A is unhealthy, ask B#1
		A fatal_bug  -> A unhealthy: restart // "what it returns is ignored", though it was not asked yet
		B success    -> B#1 ended, launch A#2, launch B#2
	`)
}
