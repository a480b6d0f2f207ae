package kernel

import "github.com/supgen/supgen/runtime/policy"

// hold is what a verb that takes a child out of the supervisor's hands leads to.
type hold struct {
	goal goal
	life Lifecycle
}

var holds = map[Verb]hold{
	VerbPause:      {goalPause, LifecyclePaused},
	VerbQuarantine: {goalQuarantine, LifecycleQuarantined},
	VerbStop:       {goalHalt, LifecycleStopped},
}

// frees is which hold a verb ends.
var frees = map[Verb]Verb{
	VerbResume:  VerbPause,
	VerbRelease: VerbQuarantine,
	VerbStart:   VerbStop,
}

// command carries out what an operator says, or says why not (design.md, "Operators"). Who and why are the shell's.
func (k *Kernel) command(i Node, v Verb, cause any) {
	k.reply.Node = i
	switch {
	case k.phase == TreeIdle || k.phase == TreeEnded:
		k.reply.Refusal = RefusedNotRunning
		return
	case v == VerbShutdown:
		k.audit(root, v, cause)
		k.reply = Reply{Changed: !k.stopping(), Node: root, Life: k.nodes[root].life, Gen: k.nodes[root].gen, Next: LifecycleStopped}
		k.stop(End{Asked: true, Node: None})
		return
	case i < 0 || int(i) >= len(k.nodes) || k.nodes[i].gone || k.template(i):
		k.reply.Refusal = RefusedUnknown
		return
	case k.stopping():
		k.reply.Refusal = RefusedStopping
		return
	}
	n := &k.nodes[i]
	k.reply.Life, k.reply.Gen, k.reply.Next = n.life, n.gen, n.life
	at, last := len(k.events), k.last[i]
	k.audit(i, v, cause)
	switch {
	case v == VerbRestart:
		k.restart(i)
	case i == root:
		k.reply.Refusal = RefusedState // what it would do is Shutdown
	case v == VerbRemove:
		k.discard(i)
	default:
		if h, ok := holds[v]; ok {
			k.hold(i, h)
		} else if held, ok := frees[v]; ok {
			k.release(i, v, holds[held])
		} else {
			k.reply.Refusal = RefusedUnknown
		}
	}
	k.events[at].Attempt = n.attempt // which starts again by hand
	if k.reply.Refusal != Accepted { // nothing happened, so nothing is told
		k.seq -= uint64(len(k.events) - at)
		k.events, k.last[i] = k.events[:at], last
	}
}

func (k *Kernel) audit(i Node, v Verb, cause any) {
	e := k.tell(i, EventCommand, k.nodes[i].life)
	e.Verb, e.Cause = v, cause
}

// hindered reports, and answers, that a stuck run keeps a node from starting.
func (k *Kernel) hindered(i Node) bool {
	n := &k.nodes[i]
	stuck := n.alone || n.super >= 0 && k.supers[n.super].leaked > 0
	if stuck {
		k.reply.Refusal = RefusedStuck
	}
	return stuck
}

// restart gives a node a new run, from wherever it is. It counts nowhere, and no strategy applies.
func (k *Kernel) restart(i Node) {
	n := &k.nodes[i]
	if k.hindered(i) {
		return
	}
	k.reply.Changed, k.reply.Next = true, LifecycleRestarting
	switch {
	case n.life == LifecycleDeclared, n.turn == turnFree: // it is about to start
		k.reply.Changed, k.reply.Next = false, LifecycleStarting
	case n.life == LifecycleShuttingDown:
		k.turnBack(i, true)
	case n.turn == turnAuto, n.life == LifecycleRestarting:
		k.hurry(i)
	default:
		k.again(i, true)
	}
}

// byHand forgets what held a node back: its next launch is free.
func (k *Kernel) byHand(i Node) {
	n := &k.nodes[i]
	n.auto, n.doomed, n.last = false, false, policy.OutcomeNone
	k.setHeld(i, false)
	n.again()
}

// hurry ends the delay of a node that waits to restart, not the barrier.
func (k *Kernel) hurry(i Node) {
	n := &k.nodes[i]
	k.byHand(i)
	if n.turn == turnAuto {
		k.leaveTurn(i)
		k.setLife(i, LifecycleRestarting, StopNone)
	}
	k.endDelay(i)
	k.touch(i)
}

// turnBack has a node that is going down come up again, and what it contains with it.
func (k *Kernel) turnBack(i Node, fresh bool) {
	k.nodes[i].goal = goalRestart
	k.again(i, fresh)
}

// again gives a node a new run by hand, without a delay: not that of a scope that it meets either.
func (k *Kernel) again(i Node, fresh bool) {
	k.byHand(i)
	if n := &k.nodes[i]; n.up {
		n.remember().byHand = true
	}
	k.takeDown(fall{root: i, goal: goalRestart, fresh: fresh})
	k.endDelay(i)
}

// endDelay ends the backoff of the scope that a node is in.
func (k *Kernel) endDelay(i Node) {
	if n := &k.nodes[i]; n.scope >= 0 {
		k.scopes[n.scope].at = k.now
		k.tryOpen(n.scope)
	}
}

// setHeld notes whether an operator holds a node: what comes after it waits for what is held.
func (k *Kernel) setHeld(i Node, held bool) {
	k.endTerm(i)
	n := &k.nodes[i]
	if n.past != nil {
		n.past.wish = goalNone
	}
	k.touchFinish(i) // it waits for an operator now, or not any more
	if n.held != held {
		n.held = held
		k.touchAll(k.rowOf(i).followers)
	}
}

// hold takes a node out of automatic restart.
func (k *Kernel) hold(i Node, h hold) {
	n := &k.nodes[i]
	k.reply.Next = h.life
	switch {
	case n.life == h.life:
		k.setHeld(i, true) // by an operator from now on, whoever did it
		return
	case n.life == LifecycleShuttingDown && n.goal == h.goal:
		k.setHeld(i, true)
		return
	case n.life == LifecycleShuttingDown && !n.goal.scoped(), resting(n.life):
		k.reply.Refusal = RefusedState
		return
	}
	k.reply.Changed = true
	k.setHeld(i, true)
	n.again()
	k.takeDown(fall{root: i, goal: h.goal})
}

// release gives a node back to its supervisor.
func (k *Kernel) release(i Node, v Verb, h hold) {
	n := &k.nodes[i]
	k.reply.Next = LifecycleRestarting
	switch {
	case n.life == LifecycleShuttingDown && (n.goal == h.goal || v == VerbStart && n.goal.stops()):
		if k.hindered(i) {
			return
		}
		k.reply.Changed = true
		k.turnBack(i, v != VerbResume)
	case n.life == h.life, v == VerbStart && n.life == LifecycleFailed:
		if k.hindered(i) {
			return
		}
		k.reply.Changed = true
		k.again(i, v != VerbResume)
	case resting(n.life), n.life == LifecycleShuttingDown && n.goal != goalRestart:
		k.reply.Refusal = RefusedState
	case n.life != LifecycleShuttingDown:
		k.reply.Next = n.life // it is free already
	}
}

// discard removes a dynamic child.
func (k *Kernel) discard(i Node) {
	n := &k.nodes[i]
	if !k.rowOf(i).Dynamic {
		k.reply.Refusal = RefusedState
		return
	}
	k.reply.Next, k.reply.Changed = LifecycleStopped, n.goal != goalRemove && !n.leaving
	k.takeDown(fall{root: i, goal: goalRemove})
}
