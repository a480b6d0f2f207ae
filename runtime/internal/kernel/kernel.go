package kernel

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// Time is monotonic, counted from whatever moment the caller calls zero.
type Time = time.Duration

// Node is one child of a tree: a replica, or a started dynamic child, is a node of its own.
type Node int32

// None is no node.
const None Node = -1

// root is the node of row 0.
const root Node = 0

// A Kernel is one tree. It is not safe for concurrent use: whoever owns it brings one input at a time.
type Kernel struct {
	rows      []row
	nodes     []node
	last      []uint64 // by node: the sequence of the last event about it; apart, since it is all that whoever catches up reads
	supers    []super
	gangs     []gang
	chains    []chain
	scopes    []scope
	finishers []Node    // supervisors with a "finish when"
	timers    [2]timers // by clock
	clock     clock
	leaks     []leak

	now     Time
	rng     rand.PCG
	phase   TreePhase
	end     End
	seq     uint64 // of the last event
	started uint64 // launches so far: orders them across nodes

	freeScope int32
	vacated   []Node  // places of dynamic children that are free from the next step on
	touched   []Node  // to be looked at again before the step ends
	round     []Node  // those of them that are being looked at
	late      []Node  // and those that are to be, since another of them was
	came      int     // how many of these were
	starting  bool    // a round of starts is going on
	ripe      []int32 // scopes to be opened once nothing stops any more
	members   []Node  // scratch of takeDown
	epoch     uint32  // of the marks of takeDown
	verdict   verdict
	windows   [3]*window // scratch of count, which is on every stack that a run ends on
	tripped   Decision
	reply     Reply
	effects   []Effect
	events    []Event
}

// End is why a tree ends.
type End struct {
	Asked   bool           // somebody asked, or it finished well
	Node    Node           // else the child whose end it was
	Outcome policy.Outcome // and how that ended
	Cause   any
}

// Step tells the kernel one thing that happened. Deadlines that passed until now come first.
// What is to be done is in Effects and Events until the next Step; to a command, the answer is in Reply.
// An input about a run that is not there any more changes nothing. Time never goes backwards: an earlier now is
// taken for the last one.
func (k *Kernel) Step(now Time, in *Input) {
	k.begin(now)
	k.settleAll()
	k.take(in)
	k.settleAll()
	if len(k.events) > 0 || in.Kind == InputCommand { // else nobody has moved
		k.tellWaits()
	}
	k.keepPulse()
}

// begin begins a step: nothing is to be told yet.
//
//go:noinline // nothing of it is to be on the stack of a run that ended
func (k *Kernel) begin(now Time) {
	k.effects, k.events = k.effects[:0], k.events[:0]
	k.reply = Reply{Node: None}
	k.vacate()
	k.advance(now)
}

// Forget lets go of Effects and Events, which are carried out, and of whatever else a whole tree's start or stop has made
// large. To call it is never needed.
func (k *Kernel) Forget() {
	const large = 4096
	if max(cap(k.effects), cap(k.events), cap(k.touched), cap(k.round), cap(k.late), cap(k.ripe), cap(k.members)) > large {
		k.effects, k.events = nil, nil
		k.touched, k.round, k.late, k.ripe, k.members = nil, nil, nil, nil, nil
	}
}

// expect makes room for what a step tells that moves so many nodes.
func (k *Kernel) expect(nodes int) {
	k.effects, k.events = slices.Grow(k.effects, nodes), slices.Grow(k.events, 2*nodes)
}

// Deadline is when the kernel wants its next Tick at the latest; false is never. Often nothing comes of it: see Next.
func (k *Kernel) Deadline() (Time, bool) {
	at, ok := k.Next()
	if len(k.timers[running]) > 0 {
		at = min(at, k.clock.pulse)
	}
	return at, ok
}

// Next is when something happens by itself if nothing else does; false is never.
func (k *Kernel) Next() (Time, bool) {
	t, ok := k.first()
	return t.at, ok
}

// Effects are what the last Step wants done, in order. They are overwritten by the next.
func (k *Kernel) Effects() []Effect { return k.effects }

// Events are what the last Step has to tell, in order. They are overwritten by the next.
func (k *Kernel) Events() []Event { return k.events }

// Reply is the answer to the last Step's command.
func (k *Kernel) Reply() Reply { return k.reply }

// Phase is where the whole tree stands.
func (k *Kernel) Phase() TreePhase { return k.phase }

// End is why the tree ends; it is set once stopping began.
func (k *Kernel) End() End { return k.end }

func (k *Kernel) take(in *Input) {
	switch in.Kind {
	case InputTick:
	case InputRun:
		k.run(in)
	case InputFailed:
		k.failed(in)
	case InputEnded:
		k.ended(in)
	case InputCleaned:
		k.cleaned(in)
	case InputReady:
		k.saidReady(in.Node, in.Gen)
	case InputNotReady:
		k.saidNotReady(in.Node, in.Gen)
	case InputBeat:
		k.beat(in.Node, in.Gen, in.At)
	case InputChecked:
		k.checked(in)
	case InputAdd:
		k.add(in.Row)
	case InputCommand:
		k.command(in.Node, in.Verb, in.Cause)
	case InputStacks:
		if i := in.Node; i >= 0 && int(i) < len(k.nodes) {
			i = k.bearer(i, in.Gen)
			e := k.tell(i, EventStacks, k.nodes[i].life)
			e.Run, e.Cause = in.Gen, in.Cause
		}
	}
}

// run starts the tree. One that was asked to stop before launches nothing, and ends.
func (k *Kernel) run(in *Input) {
	if k.phase != TreeIdle {
		return
	}
	k.expect(len(k.nodes))
	k.setPhase(TreeRunning)
	if in.Verb == VerbShutdown {
		k.command(root, VerbShutdown, in.Cause)
		return
	}
	k.touch(root)
}

// settleAll keeps the deadlines that have passed, and looks at every touched node until nothing moves any more: what a node
// does touches others. What goes down comes before what comes up (design.md, "One step").
func (k *Kernel) settleAll() {
	for k.stopAll(); len(k.touched) > 0; k.stopAll() {
		k.round, k.touched = k.touched, k.round[:0]
		k.sort(k.round)
		k.startRound()
	}
}

// stopAll stops what may be stopped, and all that this brings, in rounds; then it keeps the deadlines of the next moment, and
// once none is left opens the barriers.
func (k *Kernel) stopAll() {
	for seen := 0; seen < len(k.touched) || k.fireNext() || k.openRipe(); {
		more := k.touched[seen:]
		seen = len(k.touched)
		k.stopRound(more)
	}
}

// stopRound ends who has finished, and stops what may be stopped. Who finishes since another has stopped ends before the
// next does.
func (k *Kernel) stopRound(nodes []Node) {
	k.sort(nodes)
	for _, i := range nodes {
		k.nodes[i].touched = false
	}
	k.finishAll(nodes)
	seen := len(k.touched)
	for _, i := range slices.Backward(nodes) {
		switch n := &k.nodes[i]; {
		case n.up && n.goal != goalNone:
			k.tryStop(i)
		case i == root && !n.up && k.phase >= TreeStopping && k.supers[n.super].up == 0: // it was restarting as a whole
			k.finish()
		}
		more := k.touched[seen:]
		seen = len(k.touched)
		k.finishAll(more)
	}
}

// finishAll ends those of some nodes that have finished.
func (k *Kernel) finishAll(nodes []Node) {
	for _, i := range nodes {
		if n := &k.nodes[i]; n.super >= 0 {
			n.touched = false // the next that stops touches it again
			k.mayFinish(i)
		}
	}
}

// startRound starts what may be, always the first in the file of those who may; then it looks which supervisors are ready.
func (k *Kernel) startRound() {
	k.starting = true
	for round := k.round; len(round) > 0 || k.came < len(k.late); {
		var i Node
		if k.came < len(k.late) && (len(round) == 0 || k.fewer(k.late[k.came], round[0]) <= 0) {
			i = k.late[k.came]
			k.came++
			k.nodes[i].touched = false
		} else {
			i, round = round[0], round[1:]
		}
		switch n := &k.nodes[i]; {
		case !n.up:
			k.tryStart(i)
		case n.super >= 0 && k.supers[n.super].freed:
			k.serve(n.super)
		}
	}
	k.starting = false
	k.judgeAll()
}

// judgeAll looks which of the supervisors of this round are not ready any more, all the way up, and then which are ready, in
// the order of the file: or it would depend on who came late how many levels become ready at once.
func (k *Kernel) judgeAll() {
	if len(k.late) > 0 {
		k.round = append(k.round, k.late...)
		k.sort(k.round)
		k.late, k.came = k.late[:0], 0
	}
	for _, i := range k.round {
		for ; i != None && k.runs(i) && k.nodes[i].life == LifecycleReady && k.supers[k.nodes[i].super].unready > 0; i = k.parentOf(i) {
			k.setLife(i, LifecycleRunning, StopNone)
		}
	}
	for _, i := range k.round {
		if k.runs(i) && k.nodes[i].life != LifecycleReady && k.supers[k.nodes[i].super].unready == 0 {
			k.markReady(i)
		}
	}
}

// runs reports whether a node is a supervisor that is up, and stays so.
func (k *Kernel) runs(i Node) bool {
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
	if k.starting && !n.up {
		k.touchLate(i)
		return
	}
	k.touched = append(k.touched, i)
}

// touchLate has a node start in this round, after those before it in the file.
func (k *Kernel) touchLate(i Node) {
	at, _ := slices.BinarySearchFunc(k.late[k.came:], i, k.fewer)
	k.late = slices.Insert(k.late, k.came+at, i)
}

func (k *Kernel) stopping() bool { return k.phase >= TreeStopping }
