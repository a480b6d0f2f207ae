package kernel

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// Time is monotonic, counted from the caller's zero.
type Time = time.Duration

// Node is one child of a tree: a replica, or a started dynamic child, is a node of its own.
type Node int32

// None is the absence of a node.
const None Node = -1

// root is the node of row 0.
const root Node = 0

// A Kernel is one tree. It is not safe for concurrent use: its owner brings one input at a time.
type Kernel struct {
	rows          []row
	nodes         []node
	lastSeq       []uint64 // by node: the sequence of the last event about it; apart, since a reader who catches up reads nothing else
	supervisors   []supervisorState
	restartSets   []restartSet
	siblingOrders []siblingOrder
	scopes        []scope
	finishers     []Node       // supervisors with a "finish when"
	timers        [2]timerHeap // by clock
	leaveAt       int32        // where the deadline of the tree's leave is in its heap, or -1
	clock         clock
	leaks         []leak

	now      Time
	rng      rand.PCG
	phase    TreePhase
	end      End
	seq      uint64 // of the last event
	launches uint64 // so far: orders them across nodes

	freeScopes int32  // the first scope that is free
	teardowns  uint32 // so far: the number of one marks its members

	step step
}

// End is why a tree ends.
type End struct {
	Asked   bool           // somebody asked, or it finished well
	Node    Node           // else the child whose end it was
	Outcome policy.Outcome // and how that ended
	Cause   any            // or the cause of the command that asked
}

// Step tells the kernel one thing that happened. Deadlines that passed until now come first.
// What is to be done is in Effects and Events until the next Step; to a command, the answer is in Reply.
// An input about a run that is not there any more changes nothing. Time never goes backwards: an earlier now is
// taken for the last one.
func (k *Kernel) Step(now Time, in *Input) {
	k.beginStep(now)
	k.runRounds()
	k.dispatch(in)
	k.runRounds()
	if len(k.step.events) > 0 || in.Kind == InputCommand { // else nothing has moved
		k.emitWaits()
	}
	k.setPulse()
}

// Deadline is when the kernel wants its next Tick at the latest; false is never. Often it changes nothing: see Next.
func (k *Kernel) Deadline() (Time, bool) {
	at, ok := k.Next()
	if len(k.timers[running]) > 0 {
		at = min(at, k.clock.pulse)
	}
	return at, ok
}

// Next is when something happens by itself if nothing else does; false is never.
func (k *Kernel) Next() (Time, bool) {
	t, ok := k.nextTimer()
	return t.at, ok
}

// Effects are what the last Step wants done, in order. They are overwritten by the next.
func (k *Kernel) Effects() []Effect { return k.step.effects }

// Events are what the last Step has to tell, in order. They are overwritten by the next.
func (k *Kernel) Events() []Event { return k.step.events }

// Reply is the answer to the last Step's command.
func (k *Kernel) Reply() Reply { return k.step.reply }

// Phase is where the whole tree stands.
func (k *Kernel) Phase() TreePhase { return k.phase }

// End is why the tree ends; it is set once stopping began, and of one that leaves it is what was asked for.
func (k *Kernel) End() End { return k.end }

func (k *Kernel) dispatch(in *Input) {
	switch in.Kind {
	case InputTick:
	case InputRun:
		k.runTree(in)
	case InputFailed:
		k.runFailed(in)
	case InputEnded:
		k.runEnded(in)
	case InputCleaned:
		k.runCleaned(in)
	case InputReady:
		k.saidReady(in.Node, in.Gen)
	case InputNotReady:
		k.saidNotReady(in.Node, in.Gen, in.Cause)
	case InputBeat:
		k.sampleAnswered(in.Node, in.Gen, in.At)
	case InputChecked:
		k.checkEnded(in)
	case InputAdd:
		k.addDynamic(in.Row)
	case InputCommand:
		k.command(in)
	case InputStacks:
		if i := in.Node; i >= 0 && int(i) < len(k.nodes) {
			i = k.eventSubject(i, in.Gen)
			e := k.emitEvent(i, EventStacks, k.nodes[i].life)
			e.Run, e.Cause = in.Gen, in.Cause
		}
	}
}

// runTree starts the tree. One that was asked to stop before launches nothing, and ends.
func (k *Kernel) runTree(in *Input) {
	if k.phase != TreeIdle {
		return
	}
	k.reserve(len(k.nodes))
	k.setPhase(TreeRunning)
	if in.Verb == VerbShutdown {
		k.command(&Input{Node: root, Verb: VerbShutdown, Cause: in.Cause})
		return
	}
	k.touch(root)
}

// runRounds fires the deadlines that have passed, and looks at every touched node until nothing moves any more: what a node
// does touches others. What goes down comes before what comes up (design.md, "One step").
func (k *Kernel) runRounds() {
	for k.stopAll(); len(k.step.touched) > 0; k.stopAll() {
		k.step.round, k.step.touched = k.step.touched, k.step.round[:0]
		k.sortNodes(k.step.round)
		k.startRound()
	}
}

// stopAll stops what may be stopped, and all that this brings, in rounds; then it fires the deadlines of the next moment, and
// once none is left opens the barriers.
func (k *Kernel) stopAll() {
	for seen := 0; seen < len(k.step.touched) || k.fireNext() || k.openScopes(); {
		more := k.step.touched[seen:]
		seen = len(k.step.touched)
		k.stopRound(more)
	}
}

// stopRound ends who has finished, and stops what may be stopped. Who finishes since another has stopped ends before the
// next does.
func (k *Kernel) stopRound(nodes []Node) {
	k.sortNodes(nodes)
	for _, i := range nodes {
		k.nodes[i].touched = false
	}
	k.tryFinishAll(nodes)
	seen := len(k.step.touched)
	for _, i := range slices.Backward(nodes) {
		switch n := &k.nodes[i]; {
		case n.up && n.goal != goalNone:
			k.tryStop(i)
		case i == root && !n.up && k.phase >= TreeStopping && k.supervisors[n.super].upKids == 0: // it was restarting as a whole
			k.endTree()
		}
		more := k.step.touched[seen:]
		seen = len(k.step.touched)
		k.tryFinishAll(more)
	}
}

// tryFinishAll ends those of some nodes that have finished.
func (k *Kernel) tryFinishAll(nodes []Node) {
	for _, i := range nodes {
		if n := &k.nodes[i]; n.super >= 0 {
			n.touched = false // the next that stops touches it again
			k.tryFinish(i)
		}
	}
}

// startRound starts what may be, always the first in the file of those who may; then it looks which supervisors are ready.
func (k *Kernel) startRound() {
	k.step.inStartRound = true
	for round := k.step.round; len(round) > 0 || k.step.lateDone < len(k.step.lateStarts); {
		var i Node
		if k.step.lateDone < len(k.step.lateStarts) && (len(round) == 0 || k.fileOrder(k.step.lateStarts[k.step.lateDone], round[0]) <= 0) {
			i = k.step.lateStarts[k.step.lateDone]
			k.step.lateDone++
			k.nodes[i].touched = false
		} else {
			i, round = round[0], round[1:]
		}
		switch n := &k.nodes[i]; {
		case !n.up:
			k.tryStart(i)
		case n.super >= 0 && k.supervisors[n.super].turnFreed:
			k.serveTurns(n.super)
		}
	}
	k.step.inStartRound = false
	k.updateReadiness()
}

// updateReadiness looks which of the supervisors of this round are not ready any more, all the way up, and then which are ready, in
// the order of the file: or it would depend on who came late how many levels become ready at once.
func (k *Kernel) updateReadiness() {
	if len(k.step.lateStarts) > 0 {
		k.step.round = append(k.step.round, k.step.lateStarts...)
		k.sortNodes(k.step.round)
		k.step.lateStarts, k.step.lateDone = k.step.lateStarts[:0], 0
	}
	for _, i := range k.step.round {
		for ; i != None && k.supervisorStaysUp(i) && k.nodes[i].life == LifecycleReady && k.supervisors[k.nodes[i].super].unready > 0; i = k.parentOf(i) {
			k.setLife(i, LifecycleRunning, StopNone)
		}
	}
	for _, i := range k.step.round {
		leaves := i == root && k.phase == TreeLeaving
		if k.supervisorStaysUp(i) && !leaves && k.nodes[i].life != LifecycleReady && k.supervisors[k.nodes[i].super].unready == 0 {
			k.markReady(i)
		}
	}
}

// supervisorStaysUp reports whether a node is a supervisor that is up, and stays so.
func (k *Kernel) supervisorStaysUp(i Node) bool {
	n := &k.nodes[i]
	return n.up && n.goal == goalNone && n.super >= 0
}

// touch has a node looked at again: in this round of starts, if it may start.
func (k *Kernel) touch(i Node) {
	n := &k.nodes[i]
	if n.touched {
		return
	}
	n.touched = true
	if k.step.inStartRound && !n.up {
		k.touchLate(i)
		return
	}
	k.step.touched = append(k.step.touched, i)
}

// touchLate has a node start in this round, after those before it in the file.
func (k *Kernel) touchLate(i Node) {
	at, _ := slices.BinarySearchFunc(k.step.lateStarts[k.step.lateDone:], i, k.fileOrder)
	k.step.lateStarts = slices.Insert(k.step.lateStarts, k.step.lateDone+at, i)
}

func (k *Kernel) treeStopping() bool { return k.phase >= TreeStopping }
