package kernel

import "github.com/supgen/supgen/runtime/policy"

// holdState is what a verb that takes a child out of the supervisor's hands leads to.
type holdState struct {
	goal goal
	life Lifecycle
}

var holds = map[Verb]holdState{
	VerbPause:      {goalPause, LifecyclePaused},
	VerbQuarantine: {goalQuarantine, LifecycleQuarantined},
	VerbStop:       {goalStopByHand, LifecycleStopped},
}

// releases is which hold a verb ends.
var releases = map[Verb]Verb{
	VerbResume:  VerbPause,
	VerbRelease: VerbQuarantine,
	VerbStart:   VerbStop,
}

// command carries out what an operator says, or says why not (design.md, "Operators"). Who and why are the shell's.
func (k *Kernel) command(in *Input) {
	i, v, cause := in.Node, in.Verb, in.Cause
	k.step.reply.Node = i
	switch {
	case k.phase == TreeIdle || k.phase == TreeEnded:
		k.step.reply.Refusal = RefusedNotRunning
		return
	case v == VerbShutdown:
		k.emitCommand(root, v, cause)
		k.step.reply = Reply{Changed: !k.treeStopping(), Node: root, Life: k.nodes[root].life, Gen: k.nodes[root].gen, Next: LifecycleStopped}
		k.shutdown(cause, in.Served)
		return
	case i < 0 || int(i) >= len(k.nodes) || k.nodes[i].gone || k.template(i):
		k.step.reply.Refusal = RefusedUnknown
		return
	case k.treeStopping():
		k.step.reply.Refusal = RefusedStopping
		return
	}
	n := &k.nodes[i]
	k.step.reply.Life, k.step.reply.Gen, k.step.reply.Next = n.life, n.gen, n.life
	at, last := len(k.step.events), k.lastSeq[i]
	k.emitCommand(i, v, cause)
	switch {
	case v == VerbRestart:
		k.commandRestart(i)
	case i == root:
		k.step.reply.Refusal = RefusedState // what it would do is Shutdown
	case v == VerbRemove:
		k.commandRemove(i)
	default:
		if h, ok := holds[v]; ok {
			k.commandHold(i, h)
		} else if held, ok := releases[v]; ok {
			k.commandRelease(i, v, holds[held])
		} else {
			k.step.reply.Refusal = RefusedUnknown
		}
	}
	k.step.events[at].Attempt = n.attempt // which starts again by hand
	if k.step.reply.Refusal != Accepted { // nothing happened, so there is no event
		k.seq -= uint64(len(k.step.events) - at)
		k.step.events, k.lastSeq[i] = k.step.events[:at], last
	}
}

func (k *Kernel) emitCommand(i Node, v Verb, cause any) {
	e := k.emitEvent(i, EventCommand, k.nodes[i].life)
	e.Verb, e.Cause = v, cause
}

// refuseStuck reports, and answers, that a stuck run keeps a node from starting.
func (k *Kernel) refuseStuck(i Node) bool {
	n := &k.nodes[i]
	stuck := n.blockedByStuck || n.super >= 0 && k.supervisors[n.super].leakedBelow > 0
	if stuck {
		k.step.reply.Refusal = RefusedStuck
	}
	return stuck
}

// commandRestart gives a node a new run, from wherever it is. It does not count, and no strategy applies.
func (k *Kernel) commandRestart(i Node) {
	n := &k.nodes[i]
	if k.refuseStuck(i) {
		return
	}
	k.step.reply.Changed, k.step.reply.Next = true, LifecycleRestarting
	switch {
	case n.life == LifecycleDeclared, n.turn == turnConcurrency: // it is about to start
		k.step.reply.Changed, k.step.reply.Next = false, LifecycleStarting
	case n.life == LifecycleShuttingDown:
		k.reverseStop(i, true)
	case n.turn == turnThrottle, n.life == LifecycleRestarting:
		k.skipDelay(i)
	default:
		k.restartByHand(i, true)
	}
}

// resetByHand forgets what held a node back: its next launch is free.
func (k *Kernel) resetByHand(i Node) {
	n := &k.nodes[i]
	n.throttled, n.escalated, n.lastOutcome = false, false, policy.OutcomeNone
	k.setHeld(i, false)
	n.resetAttempts()
}

// skipDelay ends the delay of a node that waits to restart, not the barrier.
func (k *Kernel) skipDelay(i Node) {
	n := &k.nodes[i]
	k.resetByHand(i)
	if n.turn == turnThrottle {
		k.leaveTurn(i)
		k.setLife(i, LifecycleRestarting, StopNone)
	}
	k.endBackoff(i)
	k.touch(i)
}

// reverseStop has a node that is going down come up again, and what it contains with it.
func (k *Kernel) reverseStop(i Node, fresh bool) {
	k.nodes[i].goal = goalRestart
	k.restartByHand(i, fresh)
}

// restartByHand gives a node a new run by hand, without a delay: not that of a scope that it meets either.
func (k *Kernel) restartByHand(i Node, fresh bool) {
	k.resetByHand(i)
	if n := &k.nodes[i]; n.up {
		n.writeHistory().byHand = true
	}
	k.takeDown(teardown{target: i, goal: goalRestart, fresh: fresh})
	k.endBackoff(i)
}

// endBackoff ends the backoff of the scope that a node is in.
func (k *Kernel) endBackoff(i Node) {
	if n := &k.nodes[i]; n.scope >= 0 {
		k.scopes[n.scope].opensAt = k.now
		k.tryOpenScope(n.scope)
	}
}

// setHeld notes whether an operator holds a node: what comes after it waits for what is held.
func (k *Kernel) setHeld(i Node, held bool) {
	k.clearTerm(i)
	n := &k.nodes[i]
	if n.history != nil {
		n.history.goalOnReturn = goalNone
	}
	k.touchFinish(i) // it waits for an operator now, or not any more
	if n.held != held {
		n.held = held
		k.touchAll(k.rowOf(i).followers)
	}
}

// commandHold takes a node out of automatic restart.
func (k *Kernel) commandHold(i Node, h holdState) {
	n := &k.nodes[i]
	k.step.reply.Next = h.life
	switch {
	case n.life == h.life:
		k.setHeld(i, true) // by an operator from now on, whatever put it there
		return
	case n.life == LifecycleShuttingDown && n.goal == h.goal:
		k.setHeld(i, true)
		return
	case n.life == LifecycleShuttingDown && !n.goal.inScope(), resting(n.life):
		k.step.reply.Refusal = RefusedState
		return
	}
	k.step.reply.Changed = true
	k.setHeld(i, true)
	n.resetAttempts()
	k.takeDown(teardown{target: i, goal: h.goal})
}

// commandRelease gives a node back to its supervisor.
func (k *Kernel) commandRelease(i Node, v Verb, h holdState) {
	n := &k.nodes[i]
	k.step.reply.Next = LifecycleRestarting
	switch {
	case n.life == LifecycleShuttingDown && (n.goal == h.goal || v == VerbStart && n.goal.stops()):
		if k.refuseStuck(i) {
			return
		}
		k.step.reply.Changed = true
		k.reverseStop(i, v != VerbResume)
	case n.life == h.life, v == VerbStart && n.life == LifecycleFailed:
		if k.refuseStuck(i) {
			return
		}
		k.step.reply.Changed = true
		k.restartByHand(i, v != VerbResume)
	case resting(n.life), n.life == LifecycleShuttingDown && n.goal != goalRestart:
		k.step.reply.Refusal = RefusedState
	case n.life != LifecycleShuttingDown:
		k.step.reply.Next = n.life // it is free already
	}
}

// commandRemove removes a dynamic child.
func (k *Kernel) commandRemove(i Node) {
	n := &k.nodes[i]
	if !k.rowOf(i).Dynamic {
		k.step.reply.Refusal = RefusedState
		return
	}
	k.step.reply.Next, k.step.reply.Changed = LifecycleStopped, n.goal != goalRemove && !n.removeOnReturn
	k.takeDown(teardown{target: i, goal: goalRemove})
}
