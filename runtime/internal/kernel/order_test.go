package kernel

import (
	"fmt"
	"testing"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// "Whatever does not depend on each other starts at the same time, requested in declaration order."
func TestStartOrder(t *testing.T) {
	t.Run("of siblings", func(t *testing.T) {
		play(t, tree(service("A"), worker("B", replicas(2)), job("C")), `
			run     -> launch A#1, launch B[0]#1, launch B[1]#1, launch C#1
		`)
	})
	t.Run("of subtrees", func(t *testing.T) {
		play(t, tree(service("A"), supervisor("S", service("B"), supervisor("T", service("C")), service("D")), service("E")), `
			run     -> launch A#1, launch B#1, launch C#1, launch D#1, launch E#1
		`)
	})
	t.Run("of who waits for one", func(t *testing.T) {
		play(t, tree(
			service("Before", after("P")), service("P", explicit), service("Needs", needs("P")),
			supervisor("S", service("X", after("P"))), service("Last", needs("P")),
		), `
			run     -> launch P#1
			P ready -> launch Before#1, launch Needs#1, launch X#1, launch Last#1
		`)
	})
	t.Run("of dynamic children", func(t *testing.T) {
		play(t, tree(service("P", quick), supervisor("S", needs("P"), dynamic("D", 3), service("A")), service("B", after("P"))), `
			run            -> launch P#1, launch A#1, launch B#1
			add D          -> D[1] added, launch D[1]#1
			add D          -> D[2] added, launch D[2]#2
			P error        -> P error: restart, ask A#1, ask D[2]#2, ask D[1]#1
			A success      -> A#1 ended
			D[2] error     -> D[2]#2 ended
			D[1] error     -> D[1]#1 ended, launch P#2, launch D[1]#3, launch D[2]#4, launch A#2
		`)
	})
	t.Run("of who waits for a sidecar", func(t *testing.T) {
		play(t, tree(service("A"), sidecar("S", "A", explicit), service("B", needs("S"))), `
			run     -> launch S#1
			S ready -> launch A#1, launch B#1
		`)
	})
}

// "Going down": "independent ones at once (requested in reverse declaration order)".
func TestStopOrder(t *testing.T) {
	t.Run("of siblings", func(t *testing.T) {
		play(t, tree(service("A"), worker("B", replicas(2)), job("C")), `
			run      -> launch A#1, launch B[0]#1, launch B[1]#1, launch C#1
			shutdown -> ask C#1, ask B[1]#1, ask B[0]#1, ask A#1
		`)
	})
	t.Run("of subtrees", func(t *testing.T) {
		play(t, tree(service("A"), supervisor("S", service("B"), supervisor("T", service("C")), service("D")), service("E")), `
			run      -> launch A#1, launch B#1, launch C#1, launch D#1, launch E#1
			shutdown -> ask E#1, ask D#1, ask C#1, ask B#1, ask A#1
		`)
	})
	t.Run("of a scope", func(t *testing.T) {
		play(t, tree(oneForAll, service("A"), service("B"), supervisor("S", service("C")), service("D")), `
			run      -> launch A#1, launch B#1, launch C#1, launch D#1
			B error  -> B error: restart in 50ms, ask D#1, ask C#1, ask A#1
		`)
	})
	t.Run("of who stops after one", func(t *testing.T) {
		play(t, tree(service("A"), service("B"), service("C", needs("A", "B"))), `
			run       -> launch A#1, launch B#1, launch C#1
			shutdown  -> ask C#1
			C success -> C#1 ended, ask B#1, ask A#1
		`)
	})
}

// What a strategy knows is collected once, and not once a supervisor: each child is looked at for its supervisor and its group. A
// tree whose making is quadratic in its supervisors would not be made here before the test binary is ended.
func TestSiblings(t *testing.T) {
	words := []word{restForOne}
	const many = 30_000
	for i := range many {
		words = append(words, supervisor(fmt.Sprintf("S%d", i), restForOne, service(fmt.Sprintf("A%d", i)), group(fmt.Sprintf("G%d", i), oneForAll, service(fmt.Sprintf("B%d", i)))))
	}
	k := New(tree(words...).specs, 1)
	known := 0
	for _, under := range k.siblings() {
		known += len(under)
	}
	if known != many*4 { // S, A and B for their supervisor, and B for its group
		t.Errorf("%d siblings are collected, want %d", known, many*4)
	}
	if g := k.restartSets[k.rowOf(k.Nodes(1)[0]).restartSet]; len(g.members) != many {
		t.Errorf("the root's strategy knows %d children, want %d", len(g.members), many)
	}
}

// "One step": "What goes down comes before what comes up."
func TestOneStep(t *testing.T) {
	t.Run("a barrier opens once nothing stops any more", func(t *testing.T) {
		beats := heartbeat(time.Second, 2*time.Second, 4*time.Second)
		play(t, tree(restForOne, service("A", constant(time.Second), replicas(2), beats, shutdown(0, 0), on(policy.OutcomeStuck, policy.ActionRestart)), service("B")), `
			run           -> launch A[0]#1, launch A[1]#1, launch B#1
			at 5s         -> 2.000000001s: sample A[0]#1, sample A[1]#1, 3.000000001s: sample A[0]#1, sample A[1]#1, 4.000000001s: sample A[0]#1, sample A[1]#1
			A[0] beats 0s -> A[0] is unhealthy, A[0]#1 stuck, A[0] unhealthy: restart in 1s, ask A[0]#1, abort A[0]#1, ask B#1
			A[1] beats 0s -> A[1] is unhealthy
			at 7s         ->
			B success     -> B#1 ended, A[1]#1 stuck, A[1] unhealthy: restart in 1s, ask A[1]#1, abort A[1]#1
			at 8s         -> launch A[0]#2, launch A[1]#2, launch B#2
		`)
	})
	t.Run("all are asked before one is given up", func(t *testing.T) {
		play(t, tree(service("A"), service("B", shutdown(0, 0)), service("C", needs("A", "B"))), `
			run       -> launch A#1, launch B#1, launch C#1
			restart A -> ask C#1
			restart B ->
			C success -> C#1 ended, B#1 stuck, B stuck: escalate, Root error: escalate, ask B#1, ask A#1, abort B#1
		`)
	})
	t.Run("who has finished ends before anything else goes on", func(t *testing.T) {
		play(t, tree(finishAll("S"), worker("A"), supervisor("S", needs("A"), on(policy.OutcomeStuck, policy.ActionStop), service("B", after("A")))), `
			run       -> launch A#1, launch B#1
			A success -> A success: stop, ask B#1
			at 6s     -> 5s: abort B#1, B#1 stuck, B stuck: escalate, S error: stuck stop, Root error: escalate, the end
			state A   -> stopped(tree)#1 // it had waited for S
		`)
	})
	t.Run("what is due at one moment starts in the order of the file", func(t *testing.T) {
		play(t, tree(service("A", quarantine(policy.OutcomeError, 3*time.Second)), service("B", constant(3*time.Second))), `
			run     -> launch A#1, launch B#1
			A error -> A error: quarantine for 3s
			B error -> B error: restart in 3s
			at 3s   -> launch A#2, launch B#2
		`)
	})
	t.Run("what is due by then stops before anything starts", func(t *testing.T) {
		play(t, tree(service("A", constant(time.Second)), job("B", timeout(1200*time.Millisecond))), `
			run       -> launch A#1, launch B#1
			A error   -> A error: restart in 1s
			late 1.4s -> B timeout: escalate, Root error: escalate, ask B#1
		`)
	})
}
