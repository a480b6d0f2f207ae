package kernel

import (
	"fmt"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// "Each is one event with its audit data": of what is refused there is none, and no sequence number is spent.
func TestCommandsAreTold(t *testing.T) {
	s := newTheatre(t, tree(service("A")), 1)
	s.do([]string{"run"})
	for _, c := range []struct {
		verb Verb
		told int
	}{
		{VerbPause, 1}, {VerbPause, 1}, {VerbStop, 0}, {VerbRemove, 0}, {VerbResume, 1}, {VerbShutdown, 1}, {VerbPause, 0}, {VerbShutdown, 1},
	} {
		before, told := s.k.Seq(), 0
		s.k.Step(0, &Input{Kind: InputCommand, Node: 1, Verb: c.verb, Cause: "who and why"})
		for _, e := range s.k.Events() {
			if e.Kind == EventCommand {
				if told++; e.Verb != c.verb || e.Cause != "who and why" {
					t.Errorf("%s: told as %s by %v", c.verb, e.Verb, e.Cause)
				}
			}
		}
		if told != c.told || s.k.Seq()-before != uint64(len(s.k.Events())) {
			t.Errorf("%s: told %d times, want %d; %d events, %d numbers", c.verb, told, c.told, len(s.k.Events()), s.k.Seq()-before)
		}
	}
}

// "Each answers at acceptance with the state and generation before".
func TestCommandsAnswerWithWhatWas(t *testing.T) {
	k := play(t, tree(service("A", quick)), `
		run        -> launch A#1
		A error    -> A error: restart, launch A#2
		pause A    -> ask A#2
	`)
	if r := k.Reply(); r.Node != 1 || r.Life != LifecycleReady || r.Gen != 2 {
		t.Errorf("answers %+v", r)
	}
}

// "failed" is who brought its supervisor down: not any more, once an operator restarts it.
func TestRestartOfWhoFailedWithItsSupervisor(t *testing.T) {
	play(t, tree(supervisor("S", service("A"), service("B"))), `
		run             -> launch A#1, launch B#1
		A fatal_bug     -> A fatal_bug: escalate, S error: restart in 50ms, ask B#1
		restart A       ->
		quarantine S    ->
		state A         -> stopped(tree)#1
	`)
}

// "shutting_down | resume, restart, release by hand | its target changes to restarting", a supervisor's with all below.
func TestSupervisorTurnsBack(t *testing.T) {
	for _, c := range [][2]string{{"stop", "start"}, {"stop", "restart"}, {"quarantine", "release"}, {"quarantine", "restart"}, {"pause", "resume"}, {"pause", "restart"}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			play(t, tree(supervisor("S", service("A"), supervisor("T", service("B"))), service("C", needs("S"))), `
				run             -> launch A#1, launch B#1, launch C#1
				`+c[0]+` S      -> ask C#1
				C success       -> C#1 ended, ask B#1, ask A#1
				A success       -> A#1 ended
				`+c[1]+` S      ->
				B success       -> B#1 ended, launch A#2, launch B#2, launch C#2
			`)
		})
	}
}

// "paused, stopped or quarantined" by an operator: what is in it does not come back with who is above it.
func TestRestartAboveWhoGoesToItsQuarantine(t *testing.T) {
	play(t, tree(supervisor("S", service("A", constant(time.Hour)), service("B"))), `
		run             -> launch A#1, launch B#1
		A error         -> A error: restart in 1h0m0s
		quarantine S    -> ask B#1
		state A         -> stopped(tree)#1
		restart Root    ->
		state A         -> stopped(tree)#1
		B success       -> B#1 ended
		state S A B     -> quarantined#1, stopped(tree)#1, stopped(tree)#1
		release S       -> launch A#2, launch B#2
	`)
}

// "shutting_down | resume, restart, release by hand | its target changes to restarting": of all that goes down with it, too.
func TestTurningBackTurnsAllBack(t *testing.T) {
	play(t, tree(supervisor("S", supervisor("T", service("A", explicit), service("B", needs("A"))))), `
		run             -> launch A#1
		quarantine S    -> ask A#1
		state B         -> stopped(tree)
		release S       ->
		state T A B     -> shutting_down#1, shutting_down#1, restarting
		A success       -> A#1 ended, launch A#2
	`)
}

// "The scope is a barrier": an operator stops a supervisor that restarts: those below it do not come back either.
func TestSupervisorIsStoppedWhileItRestarts(t *testing.T) {
	for verb, state := range map[string]string{"stop": "stopped(by_hand)#1", "quarantine": "quarantined#1"} {
		t.Run(verb, func(t *testing.T) {
			play(t, tree(supervisor("S", service("A"), dynamic("D", 1), service("B"))), `
				run             -> launch A#1, launch B#1
				add D           -> D[1] added, launch D[1]#1
				restart S       -> ask B#1, ask D[1]#1, ask A#1
				B success       -> B#1 ended
				`+verb+` S      ->
				state B         -> stopped(tree)#1
				A success       -> A#1 ended
				D[1] success    -> D[1]#1 ended, D[1] removed, D[1] gone
				state S A B     -> `+state+`, stopped(tree)#1, stopped(tree)#1
			`)
		})
	}
}

// A supervisor that is paused keeps what its children are; resumed, they go on.
func TestSupervisorIsPaused(t *testing.T) {
	play(t, tree(supervisor("S", job("J"), worker("W", temporary), service("A", quick, limit(1, time.Hour)), dynamic("D", 1))), `
		run             -> launch J#1, launch W#1, launch A#1
		add D           -> D[1] added, launch D[1]#1
		J success       -> J success: stop
		A error         -> A error: restart, launch A#2
		pause S         -> ask D[1]#1, ask A#2, ask W#1
		D[1] success    -> D[1]#1 ended
		A success       -> A#2 ended
		W success       -> W#1 ended
		state S A D[1]  -> paused#1, restarting#2, restarting#1
		resume S        -> launch A#3, launch D[1]#2
		state J W       -> stopped(completed)#1, stopped(ended)#1
		restarts A      -> 1
	`)
}

// "restart by hand of a member ends the delay": of one that ran too, and whoever's delay it is that it meets.
func TestRestartByHandEndsDelays(t *testing.T) {
	t.Run("of a child below", func(t *testing.T) {
		play(t, tree(supervisor("S", service("A", constant(time.Hour)), service("B"))), `
			run             -> launch A#1, launch B#1
			A error         -> A error: restart in 1h0m0s
			restart S       -> ask B#1
			B success       -> B#1 ended, launch A#2, launch B#2
		`)
	})
	t.Run("of a dependant", func(t *testing.T) {
		d := tree(service("P"), service("A", needs("P"), constant(time.Hour)))
		play(t, d, `
			run             -> launch P#1, launch A#1
			A error         -> A error: restart in 1h0m0s
			restart P       -> ask P#1
			P success       -> P#1 ended, launch P#2, launch A#2
		`)
		play(t, d, `
			run             -> launch P#1, launch A#1
			stop P          -> ask A#1
			A success       -> A#1 ended, ask P#1
			P success       -> P#1 ended
			start P         -> launch P#2, launch A#2
			A error         -> A error: restart in 1h0m0s
			pause P         -> ask P#2
			P success       -> P#2 ended
			resume P        -> launch P#3, launch A#3
		`)
	})
}

// What an operator, or its own table, holds back below a supervisor that is stopped stays what it is.
func TestSupervisorIsStoppedAroundWhoIsHeld(t *testing.T) {
	play(t, tree(supervisor("S", service("A"), service("L", limit(0, time.Hour), on(policy.OutcomeLimit, policy.ActionQuarantine)), service("B"))), `
		run             -> launch A#1, launch L#1, launch B#1
		pause A         -> ask A#1
		A success       -> A#1 ended
		L error         -> L error: limit quarantine
		stop S          -> ask B#1
		B success       -> B#1 ended
		state A L B     -> paused#1, quarantined#1, stopped(tree)#1
		start S         -> launch L#2, launch B#2
		state A         -> paused#1
	`)
}

// A supervisor that an operator stops stays so, whatever happens below it meanwhile, and takes no sibling along.
func TestSupervisorIsStoppedWhileAChildFails(t *testing.T) {
	play(t, tree(oneForAll, supervisor("S", quick, service("A"), service("B", needs("A"))), service("C")), `
		run             -> launch A#1, launch B#1, launch C#1
		stop S          -> ask B#1
		A error         -> A#1 ended
		B success       -> B#1 ended
		state S A B C   -> stopped(by_hand)#1, stopped(tree)#1, stopped(tree)#1, ready#1
	`)
	play(t, tree(oneForAll, supervisor("S", quick, service("A"), service("B", needs("A"))), service("C")), `
		run             -> launch A#1, launch B#1, launch C#1
		stop S          -> ask B#1
		A fatal_bug     -> A fatal_bug: escalate // "a restart is absorbed uncounted"
		B success       -> B#1 ended
		state S A B C   -> stopped(by_hand)#1, failed#1, stopped(tree)#1, ready#1
		restarts S      -> 0
	`)
}

// A supervisor that an operator pauses, and that gives up on its way down, starts everything anew when it is resumed.
func TestSupervisorIsPausedWhileAChildFails(t *testing.T) {
	play(t, tree(supervisor("S", quick, job("J"), service("A"), service("B", needs("A"))), service("C")), `
		run             -> launch J#1, launch A#1, launch B#1, launch C#1
		J success       -> J success: stop
		pause S         -> ask B#1
		A fatal_bug     -> A fatal_bug: escalate
		B success       -> B#1 ended
		state S         -> paused#1
		resume S        -> launch J#2, launch A#2, launch B#2
	`)
	play(t, tree(supervisor("S", on(policy.OutcomeError, policy.ActionShutdown), service("A"), service("B", needs("A"))), service("C")), `
		run             -> launch A#1, launch B#1, launch C#1
		pause S         -> ask B#1
		A fatal_bug     -> A fatal_bug: escalate, S error: shutdown, ask C#1 // "anything stricter is carried out"
		end             -> A fatal_bug (cause of A)
	`)
}

// "What an operator had asked of it stays its goal": a child that fails before it is asked brings its supervisor down, and
// is at rest where it was to be when that is back.
func TestHeldChildThatEscalates(t *testing.T) {
	for verb, state := range map[string]string{"pause": "paused", "stop": "stopped(by_hand)", "quarantine": "quarantined"} {
		t.Run(verb, func(t *testing.T) {
			d := tree(supervisor("S", quick, service("A"), service("B", needs("A"))), service("C"))
			play(t, d, `
				run             -> launch A#1, launch B#1, launch C#1
				`+verb+` A      -> ask B#1
				A fatal_bug     -> A fatal_bug: escalate, S error: restart
				state A         -> shutting_down#1
				B success       -> B#1 ended
				state A         -> `+state+`#1
			`)
			play(t, tree(supervisor("S", on(policy.OutcomeError, policy.ActionStop), service("A"), service("B", needs("A")))), `
				run             -> launch A#1, launch B#1
				`+verb+` A      -> ask B#1
				A fatal_bug     -> A fatal_bug: escalate, S error: stop
				B success       -> B#1 ended
				start S         ->
				state A B       -> `+state+`#1, restarting#1
			`)
		})
	}
	play(t, tree(service("A"), service("B", needs("A"))), `
		run             -> launch A#1, launch B#1
		pause A         -> ask B#1
		A fatal_bug     -> A fatal_bug: escalate, Root error: escalate
		B success       -> B#1 ended, the end
		state A         -> failed#1 // it took the tree with it
	`)
	play(t, tree(supervisor("S", quick, service("A"), service("B", needs("A")))), `
		run             -> launch A#1, launch B#1
		pause A         -> ask B#1
		A fatal_bug     -> A fatal_bug: escalate, S error: restart
		B success       -> B#1 ended
		shutdown        -> the end
		state A         -> stopped(tree)#1 // as who is paused is
	`)
}

// "anything stricter is carried out": a supervisor that an operator pauses, and whose own table says more, goes there, and
// its children with it; by hand it starts them.
func TestPausedSupervisorWhoseTableSaysMore(t *testing.T) {
	for _, c := range []struct {
		action      policy.Action
		state, verb string
	}{{policy.ActionStop, "stopped(ended)#1", "start"}, {policy.ActionQuarantine, "quarantined#1", "release"}} {
		t.Run(c.state, func(t *testing.T) {
			play(t, tree(supervisor("S", on(policy.OutcomeError, c.action), service("A"), service("B", needs("A"))), service("C")), `
				run             -> launch A#1, launch B#1, launch C#1
				pause S         -> ask B#1
				A fatal_bug     -> A fatal_bug: escalate, S error: `+c.action.String()+`
				B success       -> B#1 ended
				state S B       -> `+c.state+`, stopped(tree)#1
				resume S        -> refused: state
				`+c.verb+` S    -> launch A#2, launch B#2
			`)
		})
	}
}

// "a member that is pulled in pulls what its own supervisor's strategy says": who drains for an operator is no member.
func TestDrainingForAnOperatorTakesNobodyAlong(t *testing.T) {
	play(t, tree(service("P", quick), supervisor("S", oneForAll, service("A", needs("P")), service("B"))), `
		run             -> launch P#1, launch A#1, launch B#1
		pause A         -> ask A#1
		P error         -> P error: restart
		state A B       -> shutting_down#1, ready#1
		A success       -> A#1 ended, launch P#2
		state A B       -> paused#1, ready#1
	`)
	play(t, tree(service("P", quick), supervisor("S", oneForAll, service("A", needs("P")), service("B"))), `
		run             -> launch P#1, launch A#1, launch B#1
		P error         -> P error: restart, ask B#1, ask A#1 // and who runs does
	`)
}

// "ended; escalate": who goes down with a scope, and not for an operator, has failed, and stays so below who is stopped.
func TestChildOfAScopeThatEscalates(t *testing.T) {
	play(t, tree(supervisor("S", on(policy.OutcomeError, policy.ActionStop), service("A"), service("B", needs("A")))), `
		run             -> launch A#1, launch B#1
		restart A       -> ask B#1
		A fatal_bug     -> A fatal_bug: escalate, S error: stop
		B success       -> B#1 ended
		state S A B     -> stopped(ended)#1, failed#1, stopped(tree)#1
	`)
}

// "What an operator had asked of it stays its goal": of one that does not stop, and takes its supervisor down by that, too.
func TestHeldChildThatIsStuck(t *testing.T) {
	play(t, tree(supervisor("S", on(policy.OutcomeError, policy.ActionStop), service("A", shutdown(0, 0)), service("B"))), `
		run             -> launch A#1, launch B#1
		pause A         -> A#1 stuck, A stuck: escalate, S error: stop, ask A#1, abort A#1, ask B#1
		B success       -> B#1 ended
		state S A       -> stopped(ended)#1, paused#1
		A#1 success     -> A#1 returned
		start S         -> launch B#2
		state A         -> paused#1
	`)
}

// "what an operator has said stays said": a supervisor that drains for its pause is paused, though the one above it is
// stopped meanwhile.
func TestPausedSupervisorBelowOneThatStops(t *testing.T) {
	play(t, tree(supervisor("S", supervisor("T", service("A")), service("B"))), `
		run             -> launch A#1, launch B#1
		pause T         -> ask A#1
		stop S          -> ask B#1
		A success       -> A#1 ended
		B success       -> B#1 ended
		state S T       -> stopped(by_hand)#1, paused#1
	`)
}
