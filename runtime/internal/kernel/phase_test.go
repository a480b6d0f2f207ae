package kernel

import (
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// "the four stages of stopping": none comes back, whoever is asked later.
func TestPhasesGoOn(t *testing.T) {
	narrate(t, tree(service("A"), service("B", needs("A"), shutdown(0, time.Second))), `
		run         -> phase running, Root declared>starting, A declared>running, A running>ready, B declared>running, B running>ready, Root starting>ready, launch A#1, launch B#1
		shutdown    -> shutdown by hand, phase stopping, B ready>shutting_down, A ready>shutting_down, Root ready>shutting_down, phase draining, phase aborting, ask B#1, abort B#1
		B success   -> B#1 ended, B shutting_down>stopped, ask A#1
		phase       -> aborting
		A success   -> A#1 ended, A shutting_down>stopped, phase reconciling, Root shutting_down>stopped, phase ended, the end
		run         ->
		at 1h       ->
		phase       -> ended
	`)
}

// A tree runs once: a second start of it starts nothing.
func TestPhaseOfASecondStart(t *testing.T) {
	narrate(t, tree(service("A"), service("B", after("A"), explicit)), `
		run         -> phase running, Root declared>starting, A declared>running, A running>ready, B declared>running, launch A#1, launch B#1
		run         ->
		state A B   -> ready#1, running#1
	`)
}

// "A second stop request answers with the same report": a tree that failed has failed, whoever asks it to stop then, and
// one that was asked to stop was asked, whoever fails then.
func TestPhaseKeepsItsEnd(t *testing.T) {
	play(t, tree(service("A"), service("B")), `
		run            -> launch A#1, launch B#1
		A fatal_config -> A fatal_config: shutdown, ask B#1
		shutdown       -> already
		end            -> A fatal_config (cause of A)
		B success      -> B#1 ended, the end
		end            -> A fatal_config (cause of A)
	`)
	play(t, tree(service("A"), service("B", needs("A"), brief)), `
		run            -> launch A#1, launch B#1
		shutdown       -> ask B#1
		A fatal_config -> A fatal_config: stop
		at 2s          -> 1s: abort B#1, B#1 stuck, the end
		end            -> well
		state A        -> failed#1
	`)
}

// What a table says of a good end, while the tree stops, is no more than that.
func TestPhaseOfAGoodEnd(t *testing.T) {
	play(t, tree(worker("A", on(policy.OutcomeSuccess, policy.ActionShutdown)), service("B", needs("A"))), `
		run         -> launch A#1, launch B#1
		shutdown    -> ask B#1
		A success   -> A success: stop
		B success   -> B#1 ended, the end
		state A     -> stopped(tree)#1
		failure A   -> none final false
	`)
}

// "its supervisor is being started": not while it goes down.
func TestPhaseOfASupervisorThatGoesDown(t *testing.T) {
	for verb, back := range map[string]string{"pause": "resume", "stop": "start", "quarantine": "release", "restart": ""} {
		t.Run(verb, func(t *testing.T) {
			s := newTheatre(t, tree(supervisor("S", service("A"), service("B", after("P"))), service("P", explicit)), 1)
			s.play(`
				run         -> launch A#1, launch P#1
				` + verb + ` S -> ask A#1
				P ready     ->
			`)
			if back == "" {
				s.play(`A success -> A#1 ended, launch A#2, launch B#1`)
				return
			}
			s.play(`
				A success   -> A#1 ended
				` + back + ` S -> launch A#2, launch B#1
			`)
		})
	}
}

// "any | remove (dynamic) | shutting_down if it runs → gone": though the tree stops meanwhile.
func TestPhaseOfWhoIsRemoved(t *testing.T) {
	play(t, tree(dynamic("D", 2)), `
		run          ->
		add D        -> D[1] added, launch D[1]#1
		add D        -> D[2] added, launch D[2]#2
		remove D[1]  -> ask D[1]#1
		shutdown     -> ask D[2]#2
		D[1] success -> D[1]#1 ended, D[1] removed, D[1] gone
		D[2] success -> D[2]#2 ended, the end
		state D[2]   -> stopped(tree)#2
		add D        -> refused: not running
	`)
}

// "A supervisor is ready when each of its children that is not optional or dynamic is ready": without any, at once.
func TestPhaseOfASupervisorThatWaitsForNobody(t *testing.T) {
	play(t, tree(supervisor("S", dynamic("D", 1)), service("A", optional, explicit), service("B", needs("S"))), `
		run          -> launch A#1, launch B#1
		state S Root -> ready#1, ready#1
		restart S    -> ask B#1
		B success    -> B#1 ended, launch B#2
		state S Root -> ready#2, ready#1
	`)
}

// "stopped | completed": a job that ended otherwise, or was stopped by hand, has not: who comes after it does not start.
func TestPhaseAfterAJobThatDidNotComplete(t *testing.T) {
	for name, script := range map[string]string{
		"failed": `
			J error      -> J error: stop
			state J A    -> stopped(ended)#1, declared`,
		"was switched off, which is no reason to wait": `
			J skip       -> J skip: stop, launch A#1`,
		"was stopped by hand": `
			stop J       -> ask J#1
			J error      -> J#1 ended
			state J A    -> stopped(by_hand)#1, declared
			start J      -> launch J#2
			J success    -> J success: stop, launch A#1`,
	} {
		t.Run(name, func(t *testing.T) {
			play(t, tree(job("J", on(policy.OutcomeError, policy.ActionStop)), service("A", after("J"))), `
				run      -> launch J#1`+script)
		})
	}
}

// docs/runtime.md, "Stopping": a tree that was asked to stop before it starts launches nothing, and ends.
func TestPhasesOfATreeThatWasAskedToStopBefore(t *testing.T) {
	play(t, tree(service("A"), supervisor("S", job("J"), service("B", explicit))), `
		run stopped   -> the end
		phase         -> ended
		end           -> well
		state Root A  -> stopped(tree), stopped(tree)
		state S J B   -> stopped(tree), stopped(tree), stopped(tree)
		deadline      ->
		run           ->
	`)
}

// "Request", "Abort": each is an event of the run, with whose fall it is.
func TestPhasesOfARunAreTold(t *testing.T) {
	s := newTheatre(t, tree(service("A", quick), service("B", needs("A"))), 1)
	told := func(kind EventKind, at Time) {
		t.Helper()
		e := s.last[s.node("B")]
		if e.Kind != kind || e.Run != 1 || e.Because != s.node("A") || e.At != at || e.To != LifecycleShuttingDown {
			t.Errorf("%s of #%d because of %s at %s, %s", e.Kind, e.Run, s.names[e.Because], e.At, e.To)
		}
	}
	s.play("run -> launch A#1, launch B#1\n A error -> A error: restart, ask B#1")
	told(EventAsked, 0)
	s.pass(5 * time.Second)
	told(EventAborted, 5*time.Second)
}
