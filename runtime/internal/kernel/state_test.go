package kernel

import (
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// "State of a child": "A new child is: declared, unknown, pending (not_required where readiness is immediate), generation
// 0, attempt 1, restart count 0."
func TestNewChild(t *testing.T) {
	k := New(tree(service("A"), service("B", explicit)).specs, 1)
	for i, readiness := range []Readiness{ReadinessPending, ReadinessNotRequired, ReadinessPending} {
		v := k.View(Node(i))
		if v.Lifecycle != LifecycleDeclared || v.Health != HealthUnknown || v.Readiness != readiness || v.Gen != 0 || v.Attempt != 1 || v.Restarts != 0 || v.LastSeq != 0 {
			t.Errorf("node %d is %+v", i, v)
		}
		if v.Wait != WaitTree {
			t.Errorf("node %d waits for %s, want %s", i, v.Wait, WaitTree)
		}
	}
}

// The state table, row by row: what is told, in order.
func TestStateTable(t *testing.T) {
	const run = "run -> phase running, Root declared>starting, A declared>running, A running>ready, Root starting>ready, launch A#1\n"
	for _, row := range []struct {
		name   string
		tree   *draft
		script string
	}{
		{"declared: starting while it waits for its turn", tree(concurrency(1), service("P", explicit), service("A")), `
			run       -> phase running, Root declared>starting, P declared>starting, P starting>running, A declared>starting, launch P#1
			P ready   -> P running>ready, A starting>running, A running>ready, Root starting>ready, launch A#1`},
		{"starting: launched, running: said so", tree(service("A", explicit)), `
			run       -> phase running, Root declared>starting, A declared>running, launch A#1
			A ready   -> A running>ready, Root starting>ready`},
		{"running: its check passed", tree(service("A", readyCheck(2*time.Second, time.Second, time.Minute))), `
			run       -> phase running, Root declared>starting, A declared>running, launch A#1, check readiness of A#1
			A passes  -> A running>ready, Root starting>ready`},
		{"ready: NotReady", tree(service("A", explicit)), `
			run       -> phase running, Root declared>starting, A declared>running, launch A#1
			A ready   -> A running>ready, Root starting>ready
			A unready -> A ready>running, Root ready>running`},
		{"ready: ended, restart: restarting from before the backoff", tree(service("A")), run + `
			A error   -> A error: restart in 50ms, A failed>restarting, Root ready>running
			at 50ms   -> A restarting>running, A running>ready, Root running>ready, launch A#2`},
		{"ready: ended well, restart", tree(service("A", quick)), run + `
			A success -> A success: restart, A ready>restarting, A restarting>running, A running>ready, launch A#2`},
		{"ready: ended, stop", tree(worker("A")), run + `
			A success -> A success: stop, A ready>stopped`},
		{"ready: ended, quarantine", tree(worker("A", on(policy.OutcomeError, policy.ActionQuarantine))), run + `
			A error   -> A error: quarantine, A failed>quarantined, Root ready>running`},
		{"ready: ended, escalate", tree(worker("A", on(policy.OutcomeError, policy.ActionEscalate))), run + `
			A error   -> A error: escalate, Root error: escalate, phase stopping, Root failed>shutting_down, phase reconciling, Root shutting_down>failed, phase ended, the end`},
		{"ready: failed while alive", tree(service("A", quick, healthCheck(time.Second, time.Second/2, 1))), run + `
			at 1s     -> check health of A#1
			A fails   -> A is unhealthy, A ready>shutting_down, Root ready>running, ask A#1
			A error   -> A unhealthy: restart, A failed>restarting, A restarting>running, A running>ready, Root running>ready, launch A#2`},
		{"ready: because a need went down", tree(service("B"), service("A", needs("B"))), `
			run       -> phase running, Root declared>starting, B declared>running, B running>ready, A declared>running, A running>ready, Root starting>ready, launch B#1, launch A#1
			stop B    -> stop by hand, A ready>shutting_down, B ready>shutting_down, Root ready>running, ask A#1
			A error   -> A#1 ended, A shutting_down>restarting, ask B#1
			B error   -> B#1 ended, B shutting_down>stopped`},
		{"restarting: pause, at once", tree(service("A")), run + `
			A error   -> A error: restart in 50ms, A failed>restarting, Root ready>running
			pause A   -> pause by hand, A restarting>paused`},
		{"ready: pause, resume", tree(service("A")), run + `
			pause A   -> pause by hand, A ready>shutting_down, Root ready>running, ask A#1
			A success -> A#1 ended, A shutting_down>paused
			resume A  -> resume by hand, A paused>restarting, A restarting>running, A running>ready, Root running>ready, launch A#2`},
	} {
		t.Run(row.name, func(t *testing.T) { narrate(t, row.tree, row.script) })
	}
}

// "Generation counts launches and is never reused", "Attempt ... from 1".
func TestGenerationCountsLaunches(t *testing.T) {
	play(t, tree(supervisor("S", quick, service("A", quick))), `
		run         -> launch A#1
		A error     -> A error: restart, launch A#2
		restart A   -> ask A#2
		A success   -> A#2 ended, launch A#3
		A fatal_bug -> A fatal_bug: escalate, S error: restart, launch A#4
		state S     -> ready#2
	`)
}

// What a node waits for, in the order in which it is looked at.
func TestWaits(t *testing.T) {
	play(t, tree(
		service("A", explicit, constant(10*time.Second)), supervisor("S", after("A"), service("X")), service("B", needs("A")),
		supervisor("T", concurrency(1), service("Y", explicit), service("Z")), service("C"),
	), `
		waits A S C     -> run, run, run
		run             -> launch A#1, launch Y#1, launch C#1
		waits S X B Z   -> ready A, supervisor S, ready A, turn
		waits A C       -> nothing, nothing
		A ready         -> launch X#1, launch B#1
		A error         -> A error: restart in 10s, ask B#1
		B success       -> B#1 ended
		waits A B       -> restart, restart
		pause A         ->
		waits A B       -> nothing, restart // only A has left the scope
		at 10s          ->
		waits B         -> ready A
	`)
}

// Time does not go backwards: an earlier now is taken for the last one. Deadlines that passed come first.
func TestTime(t *testing.T) {
	k := New(tree(service("A", constant(time.Second)), job("B", timeout(1300*time.Millisecond))).specs, 1)
	k.Step(time.Minute, &Input{Kind: InputRun})
	k.Step(0, &Input{Kind: InputEnded, Node: 1, Gen: 1, Outcome: policy.OutcomeError})
	if at, _ := k.Deadline(); at != time.Minute+time.Second {
		t.Errorf("deadline at %s, want 1m1s", at)
	}
	k.Step(time.Minute+1400*time.Millisecond, &Input{Kind: InputEnded, Node: 2, Gen: 1, Outcome: policy.OutcomeSuccess})
	if v := k.View(2); v.Failure.Outcome != policy.OutcomeTimeout {
		t.Errorf("the end of a job came before its deadline: %+v", v)
	}
}

// "Events": "sequence without gaps", in every history here: each step's are the next.
func TestSequence(t *testing.T) {
	s := newTheatre(t, tree(oneForAll, service("A", quick), service("B"), dynamic("D", 1)), 1)
	seq := uint64(0)
	for _, line := range [][]string{{"run"}, {"add", "D"}, {"A", "error"}, {"B", "error"}, {"B#1", "error"}, {"pause", "B"}, {"stop", "B"}, {"shutdown"}} {
		s.do(line)
		for _, e := range s.k.Events() {
			if seq++; e.Seq != seq || s.k.View(e.Node).LastSeq < seq {
				t.Errorf("%v: event %d, want %d; its node has %d", line, e.Seq, seq, s.k.View(e.Node).LastSeq)
			}
		}
	}
	if s.k.Seq() != seq {
		t.Errorf("the last is %d, want %d", s.k.Seq(), seq)
	}
}

// "allocates nothing on the restart path once warm".
func TestRestartAllocatesNothing(t *testing.T) {
	d := tree(intensity(1<<30, time.Second), service("A", delays(policy.Backoff{Min: time.Second, Max: time.Minute, Factor: 2, Jitter: 20}), limit(1<<30, time.Second)),
		service("B", needs("A")), service("C", needs("A")))
	k := New(d.specs, 1)
	k.Step(0, &Input{Kind: InputRun})
	now, gen := Time(0), uint64(0)
	restart := func() {
		now, gen = now+2*time.Minute, gen+1
		k.Step(now, &Input{Kind: InputEnded, Node: 1, Gen: gen, Outcome: policy.OutcomeError})
		for i := Node(2); i <= 3; i++ {
			k.Step(now, &Input{Kind: InputEnded, Node: i, Gen: gen, Outcome: policy.OutcomeError})
		}
		k.Step(now+time.Minute, &Input{})
	}
	for range 100 {
		restart()
	}
	if allocs := testing.AllocsPerRun(1000, restart); allocs != 0 {
		t.Errorf("%v allocations a restart", allocs)
	}
	if v := k.View(3); v.Gen != gen+1 || v.Lifecycle != LifecycleReady {
		t.Errorf("it is %s#%d", v.Lifecycle, v.Gen)
	}
}

// I8: "no input, in any order, makes the kernel panic": not of nodes that are none, nor of runs, rows and verbs.
func TestNoInputPanics(t *testing.T) {
	d := tree(service("A", healthCheck(time.Second, time.Second/2, 1)), dynamic("D", 1), group("G", service("B")))
	for _, started := range []bool{false, true} {
		k := New(d.specs, 1)
		if started {
			k.Step(0, &Input{Kind: InputRun})
		}
		seq := k.Seq()
		for kind := InputEnded; kind <= InputCommand; kind++ {
			for _, n := range []Node{None, -99, 2, 3, 99} {
				k.Step(0, &Input{Kind: kind, Node: n, Gen: 7, Row: policy.ID(n), Verb: VerbRestart + 100, Outcome: policy.OutcomeError})
				if r := k.Reply().Refusal; kind >= InputAdd && r == Accepted && !(started && kind == InputAdd && n == 2) {
					t.Errorf("input %d of node %d was accepted", kind, n)
				}
			}
		}
		k.Step(0, &Input{Kind: InputCommand, Node: 1, Verb: VerbRestart + 100})
		if got := k.Reply().Refusal; started && got != RefusedUnknown {
			t.Errorf("a verb that is none is refused for %d", got)
		}
		if !started && k.Seq() > seq+20 {
			t.Errorf("%d events", k.Seq()-seq)
		}
	}
}

// What changes nothing is not told as a transition: who is going down goes down, whoever says so too.
func TestTransitionsAreChanges(t *testing.T) {
	narrate(t, tree(oneForAll, service("A"), service("B", quick)), `
		run         -> phase running, Root declared>starting, A declared>running, A running>ready, B declared>running, B running>ready, Root starting>ready, launch A#1, launch B#1
		restart A   -> restart by hand, A ready>shutting_down, Root ready>running, ask A#1
		B error     -> B error: restart, B failed>restarting
		stop A      -> stop by hand, B restarting>running, B running>ready, launch B#2
		A success   -> A#1 ended, A shutting_down>stopped, Root running>ready
	`)
}
