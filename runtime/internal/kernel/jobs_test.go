package kernel

import (
	"testing"
	"time"
)

// "Jobs": "A completed job stays completed when a scope restarts, unless it provides a value and what it needs went down:
// then it runs again, with its dependants."
func TestJobRunsAgainIfItProvides(t *testing.T) {
	for name, c := range map[string]struct {
		word word
		want string
	}{
		"provides": {provides, `
			DB error   -> DB error: restart, ask B#1
			B success  -> B#1 ended, ask J#1, drop J#1, launch DB#2, launch J#2
			J success  -> J success: stop, launch B#2`},
		"provides nothing": {func(*draft) {}, `
			DB error   -> DB error: restart, launch DB#2
			state J B  -> stopped(completed)#1, ready#1`},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, tree(service("DB", quick), job("J", needs("DB"), c.word), service("B", needs("J"))), `
				run        -> launch DB#1, launch J#1
				J success  -> J success: stop, launch B#1
				`+c.want)
		})
	}
}

// "Jobs": a job that needs nothing that went down stays completed under one_for_all, whatever it provides.
func TestJobStaysCompletedInAScope(t *testing.T) {
	play(t, tree(oneForAll, job("J", provides), service("A", quick), service("B", needs("J"))), `
		run          -> launch J#1, launch A#1
		J success    -> J success: stop, launch B#1
		A error      -> A error: restart, ask B#1
		B success    -> B#1 ended, launch A#2, launch B#2
		state J      -> stopped(completed)#1
	`)
}

// "Jobs": through a chain of jobs that hand something over.
func TestJobsRunAgainInAChain(t *testing.T) {
	play(t, tree(service("DB", quick), job("J", needs("DB"), provides), job("K", needs("J"), provides), service("B", needs("K"))), `
		run          -> launch DB#1, launch J#1
		J success    -> J success: stop, launch K#1
		K success    -> K success: stop, launch B#1
		DB error     -> DB error: restart, ask B#1
		B success    -> B#1 ended, ask K#1, drop K#1, ask J#1, drop J#1, launch DB#2, launch J#2
		J success    -> J success: stop, launch K#2
		K success    -> K success: stop, launch B#2
	`)
}

// "Jobs": "A job interrupted before it completed runs again."
func TestJobInterruptedRunsAgain(t *testing.T) {
	play(t, tree(service("DB", quick), job("J", needs("DB"), limit(0, time.Hour))), `
		run          -> launch DB#1, launch J#1
		DB error     -> DB error: restart, ask J#1
		J error      -> J#1 ended, launch DB#2, launch J#2
	`)
}

// "Jobs": one that provides, and completes while what it needs goes down, hands over what was made of a dead value.
func TestJobCompletedMeanwhileRunsAgainIfItProvides(t *testing.T) {
	for name, c := range map[string]struct {
		word word
		want string
	}{
		"provides":         {provides, "J#1 ended, drop J#1, launch DB#2, launch J#2"},
		"provides nothing": {func(*draft) {}, "J#1 ended, launch DB#2, launch J#2"},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, tree(service("DB", quick), job("J", needs("DB"), c.word), service("B", needs("J"))), `
				run          -> launch DB#1, launch J#1
				DB error     -> DB error: restart, ask J#1
				J success    -> `+c.want)
		})
	}
}

// "Jobs", and language.md: "so that its value is never a dead handle's": nor if an operator takes it down, and what it
// needs goes down before it returns. It stays where the operator said.
func TestJobThatIsHeldHandsNothingDeadOver(t *testing.T) {
	for verb, c := range map[string][2]string{
		"pause": {"paused#1", "resume"}, "stop": {"stopped(by_hand)#1", "start"}, "quarantine": {"quarantined#1", "release"},
	} {
		t.Run(verb, func(t *testing.T) {
			play(t, tree(service("DB", constant(time.Second)), job("J", needs("DB"), provides), service("B", needs("J"))), `
				run          -> launch DB#1, launch J#1
				`+verb+` J   -> ask J#1
				DB error     -> DB error: restart in 1s
				J success    -> J#1 ended, drop J#1
				at 1s        -> launch DB#2
				state J B    -> `+c[0]+`, declared
				`+c[1]+` J   -> launch J#2
				J success    -> J success: stop, launch B#1
			`)
		})
	}
	t.Run("and it is back by then", func(t *testing.T) {
		play(t, tree(service("DB", quick), job("J", needs("DB"), provides), service("B", needs("J"))), `
			run          -> launch DB#1, launch J#1
			pause J      -> ask J#1
			DB error     -> DB error: restart
			J success    -> J#1 ended, drop J#1, launch DB#2
			state J B    -> paused#1, declared
		`)
	})
}

// "A completed job" that an operator restarts runs again, and takes along what needs it.
func TestJobRunsAgainByHand(t *testing.T) {
	for _, verb := range []string{"restart", "start"} {
		t.Run(verb, func(t *testing.T) {
			play(t, tree(job("J"), service("B", needs("J"))), `
				run          -> launch J#1
				J success    -> J success: stop, launch B#1
				`+verb+` J   -> ask B#1
				B success    -> B#1 ended, launch J#2
				J success    -> J success: stop, launch B#2
			`)
		})
	}
}

// language.md: "timeout (start, or a job's run)" escalates by default; what it returns after that is ignored.
func TestJobTimeout(t *testing.T) {
	play(t, tree(supervisor("S", quick, job("J", timeout(10*time.Second)))), `
		run              -> launch J#1
		at 9.999999999s  ->
		at 10s           -> J timeout: escalate, S error: restart, ask J#1
		J success        -> J#1 ended, launch J#2
		at 11s           ->
		J success        -> J success: stop
		at 1h            ->
	`)
}

// "Escalate": its supervisor "starts everything declared, jobs ... included": what it returns on the way down completes
// nothing that others could start on.
func TestJobOfASupervisorThatGaveUpRunsAgain(t *testing.T) {
	play(t, tree(supervisor("S", quick, job("J"), service("X"), service("Y")), service("Z", after("J"))), `
		run          -> launch J#1, launch X#1, launch Y#1
		X fatal_bug  -> X fatal_bug: escalate, S error: restart, ask Y#1, ask J#1
		J success    -> J#1 ended
		Y success    -> Y#1 ended, launch J#2, launch X#2, launch Y#2
		J success    -> J success: stop, launch Z#1
	`)
}

// "Jobs": one that a sibling's failure interrupts, and that returns nil, "was interrupted and runs again".
func TestJobInterruptedInAScope(t *testing.T) {
	play(t, tree(oneForAll, job("J", provides), service("A", quick), service("B", needs("J"))), `
		run          -> launch J#1, launch A#1
		A error      -> A error: restart, ask J#1
		J success    -> J#1 ended, drop J#1, launch J#2, launch A#2
	`)
}

// "no completion either": when the tree stops too; and to lose readiness is not to go down.
func TestJobCompletesThoughWhatItNeedsIsNotReady(t *testing.T) {
	play(t, tree(service("DB"), job("J", needs("DB"), provides)), `
		run          -> launch DB#1, launch J#1
		shutdown     -> ask J#1
		DB error     -> DB#1 ended
		J success    -> J#1 ended, drop J#1, the end
		state J      -> stopped(tree)#1
	`)
	play(t, tree(service("DB", explicit), job("J", needs("DB"), provides), service("B", after("J"))), `
		run          -> launch DB#1
		DB ready     -> launch J#1
		DB unready   ->
		J success    -> J success: stop, launch B#1
	`)
}

// "starts everything declared, jobs ... included": one that returns nil while a supervisor above goes down to do so has not
// completed, however deep it is.
func TestJobBelowASupervisorThatFailed(t *testing.T) {
	play(t, tree(supervisor("S", service("A"), supervisor("T", job("J", needs("A"))), service("C", needs("A")))), `
		run           -> launch A#1, launch J#1, launch C#1
		quarantine S  -> ask C#1, ask J#1
		A fatal_bug   -> A fatal_bug: escalate
		J success     -> J#1 ended
		state J       -> stopped(tree)#1
		C success     -> C#1 ended
		release S     -> launch A#2, launch J#2, launch C#2
	`)
}
