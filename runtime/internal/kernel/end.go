package kernel

import "github.com/supgen/supgen/runtime/policy"

// runFailed is a failure that a run tells while it lives. The first counts, and only until it is asked to stop.
func (k *Kernel) runFailed(in *Input) {
	i, o := in.Node, in.Outcome
	before := len(k.step.events)
	n := k.current(i, in.Gen)
	if n != nil && o == policy.OutcomeSkip && len(k.rowOf(i).users) > 0 {
		o = policy.OutcomeFatalConfig
	}
	switch {
	case n == nil:
	case o == policy.OutcomeSuccess, n.decided, n.stage >= stageAsked, n.readHistory().suspected != policy.OutcomeNone, n.goal != goalNone && n.goal.covers(k.action(i, o)):
		k.emitEvent(i, EventStale, n.life)
	case n.goal == goalNone:
		k.failWhileAlive(i, o, in.Cause)
		return
	default:
		n.decided = true
		k.markTried(i)
		k.leaveScope(i)
		k.decide(i, o, in.Cause)
		k.keepHeld(i, n.goal)
		return
	}
	if len(k.step.events) > before { // of no node, there is none
		e := &k.step.events[len(k.step.events)-1]
		e.Outcome, e.Cause = o, in.Cause
	}
}

// runEnded is design.md's "When a run ends": the shell has classified, this fences, decides and carries out.
func (k *Kernel) runEnded(in *Input) {
	i, o, cause := in.Node, in.Outcome, in.Cause
	if i >= 0 && int(i) < len(k.nodes) && k.stuckReturned(i, in.Gen, in.Cleanups) {
		return
	}
	n := k.current(i, in.Gen)
	if n == nil {
		return
	}
	r := k.rowOf(i)
	if o == policy.OutcomeSkip && len(r.users) > 0 {
		o = policy.OutcomeFatalConfig // what others need cannot be switched off
	}
	was := n.goal
	asked := n.stage >= stageAsked || n.decided
	if n.readHistory().suspected != policy.OutcomeNone {
		if in.Unclean && o != policy.OutcomeExternal {
			k.emitEnded(in, o)
		}
		o, cause = k.resolveSuspicion(i, o, cause)
		asked = false // it failed by itself
		if was.inScope() {
			was = goalNone
		}
	} else if r.Role == policy.Job && o == policy.OutcomeSuccess && !asked && !k.mustRunAgain(i) {
		k.jobCompleted(i, in.Cleanups)
		return
	}
	if in.Cleanups || n.usersUp > 0 {
		k.stayUp(i, in.Cleanups)
	} else {
		k.setDown(i)
	}
	switch {
	case r.Role == policy.Job && o == policy.OutcomeSuccess && !asked, asked, was != goalNone && was.covers(k.action(i, o)):
		k.emitEnded(in, o)
		k.reachGoalIfDown(i, was)
	case was == goalNone:
		k.decide(i, o, cause)
	default: // it ended by itself before it was asked to stop, and its table is stricter than where it was to go
		k.leaveScope(i)
		k.decide(i, o, cause)
		k.keepHeld(i, was)
	}
}

// keepHeld has a child that escalated rest where an operator wanted it: that stays so when its supervisor is back.
func (k *Kernel) keepHeld(i Node, to goal) {
	n := &k.nodes[i]
	if !n.held || k.treeStopping() {
		return
	}
	if n.up {
		n.escalated = false
	} else if n.life == LifecycleFailed {
		n.escalated = false
		k.applyGoal(i, to)
	}
}

// stayUp is the end of a run that is not down yet: it left something to clean up, or others hold its value.
func (k *Kernel) stayUp(i Node, cleanups bool) {
	n := &k.nodes[i]
	k.disarm(timerProbe, int32(i))
	k.leaveInflight(i)
	k.markTried(i)
	switch {
	case n.stage >= stageAsked: // nothing holds its value any more
		n.stage += stageCleaning - stageAsked
		k.emitEffect(EffectCleanup, i)
		return
	case cleanups:
		n.stage = stageEndedUncleaned
	default:
		n.stage = stageEnded
	}
	k.disarm(timerPhase, int32(i))
	k.touch(i)
}

// reachGoalIfDown puts a node where it was to go, once it is down.
func (k *Kernel) reachGoalIfDown(i Node, to goal) {
	if k.nodes[i].up {
		k.touch(i)
		return
	}
	k.reachGoal(i, to)
}

// finishStop is the moment from which nothing of a run is left.
func (k *Kernel) finishStop(i Node) {
	to := k.nodes[i].goal
	k.setDown(i)
	k.reachGoal(i, to)
}

// emitEnded tells the end of a run that nothing is decided about, or what its cleanups did.
func (k *Kernel) emitEnded(in *Input, o policy.Outcome) {
	b := k.eventSubject(in.Node, in.Gen)
	e := k.emitEvent(b, EventEnded, k.nodes[b].life)
	e.Run, e.Outcome, e.Cause, e.Unclean = in.Gen, o, in.Cause, in.Unclean
	if in.Unclean {
		k.nodes[b].writeHistory().unclean = in.Cause
	}
}

// runCleaned is the end of a run's cleanups, or of one that was added late.
func (k *Kernel) runCleaned(in *Input) {
	i := in.Node
	if i < 0 || int(i) >= len(k.nodes) {
		return
	}
	if in.Unclean {
		k.emitEnded(in, in.Outcome)
	}
	if in.Cleanups || k.stuckReturned(i, in.Gen, false) {
		return
	}
	if n := &k.nodes[i]; n.up && n.gen == in.Gen && (n.stage == stageCleaning || n.stage == stageCleaningAborted) {
		k.finishStop(i)
	}
}

// mustRunAgain reports whether a job that returns nil before it is asked to stop has to run again, since what it would hand
// over, or others would start on, is made of what goes down.
func (k *Kernel) mustRunAgain(i Node) bool {
	n := &k.nodes[i]
	if n.goal == goalRemove {
		return true
	}
	if n.goal == goalNone || k.treeStopping() {
		return false
	}
	if k.rowOf(i).Provides && k.needsDown(i) {
		return true
	}
	for p := k.parentOf(i); p != None; p = k.parentOf(p) {
		if k.nodes[p].fresh {
			return true
		}
	}
	return false
}

// jobCompleted is the good end of a job. If it hands a value over, it is kept: all that there is of the run but its goroutine
// lasts as long as the value does, and so does what it needs.
func (k *Kernel) jobCompleted(i Node, cleanups bool) {
	n, r := &k.nodes[i], k.rowOf(i)
	n.lastOutcome, n.held = policy.OutcomeSuccess, false
	k.markEverReady(i)
	n.writeHistory().decision = Decision{Outcome: policy.OutcomeSuccess, Action: policy.ActionStop, At: i}
	switch {
	case r.Provides && !r.Dynamic && n.goal == goalStopAbove:
		k.jobCompletedLate(i, cleanups)
		return
	case r.Provides && !r.Dynamic:
		k.setDownKeepingValue(i)
		n.stage = stageKept
		if cleanups {
			n.stage = stageKeptUncleaned
		}
	case cleanups:
		k.stayUp(i, true)
	default:
		k.setDown(i)
	}
	e := k.emitEvent(i, EventEnded, n.life)
	e.Outcome, e.Decided = policy.OutcomeSuccess, true
	k.leaveScope(i)
	if n.up {
		k.goDown(i, goalStop)
		return
	}
	k.applyGoal(i, goalStop)
}

// jobCompletedLate is for a job that completes, and hands over nothing any more: what is above it stops, and so it goes on
// down, in its turn, as if its value had been there.
func (k *Kernel) jobCompletedLate(i Node, cleanups bool) {
	n := &k.nodes[i]
	k.stayUp(i, cleanups)
	n.stage = stageKept
	if cleanups {
		n.stage = stageKeptUncleaned
	}
	e := k.emitEvent(i, EventEnded, n.life)
	e.Outcome, e.Decided = policy.OutcomeSuccess, true
	if !k.treeStopping() {
		n.lastOutcome = policy.OutcomeNone
	}
}

// takeDownKept makes a kept job one that goes down.
func (k *Kernel) takeDownKept(i Node) {
	n := &k.nodes[i]
	n.up = true
	if !k.treeStopping() {
		n.lastOutcome = policy.OutcomeNone // its value is not there any more
	}
	k.countUp(k.parentOf(i))
}

// countUp counts one more child of a supervisor that is up. If that is down itself, it counts as one that is not, above.
func (k *Kernel) countUp(p Node) {
	for ; p != None; p = k.parentOf(p) {
		s := &k.supervisors[k.nodes[p].super]
		if s.upKids++; s.upKids > 1 || k.nodes[p].up {
			return
		}
	}
}

// countDown counts one less.
func (k *Kernel) countDown(p Node) {
	for ; p != None; p = k.parentOf(p) {
		s := &k.supervisors[k.nodes[p].super]
		if s.upKids--; s.upKids > 0 {
			return
		}
		k.touch(p)
		if k.nodes[p].up {
			return
		}
	}
}

// needsDown reports whether something that the last run of i needs is not there, or not there any more.
func (k *Kernel) needsDown(i Node) bool {
	for _, x := range k.rowOf(i).needs {
		if !k.satisfied(x) || k.nodes[x].launchOrder > k.nodes[i].launchOrder {
			return true
		}
	}
	return false
}

// setDown is the end of all that a run was, or of a supervisor whose children are all down.
func (k *Kernel) setDown(i Node) {
	n, r := &k.nodes[i], k.rowOf(i)
	k.setDownKeepingValue(i)
	for _, x := range r.needs {
		p := &k.nodes[x]
		if p.usersUp--; p.usersUp == 0 {
			k.touch(x)
		}
		if n.launchOrder < p.launchOrder {
			k.dropStaleUser(x)
		}
	}
	if r.Provides {
		k.emitEffect(EffectDrop, i)
	}
}

// setDownKeepingValue is down but for what it needs and what it hands over.
func (k *Kernel) setDownKeepingValue(i Node) {
	n, r := &k.nodes[i], k.rowOf(i)
	n.up = false
	k.disarm(timerPhase, int32(i))
	k.disarm(timerProbe, int32(i))
	k.leaveInflight(i)
	if n.goal != goalNone {
		k.countStopping(i, -1)
		k.releaseStops(i)
	}
	k.markTried(i)
	for _, x := range r.sidecars {
		k.touch(x)
	}
	k.countDown(r.parent)
	if n.scope >= 0 {
		k.scopes[n.scope].upMembers--
	}
	n.goal, n.stage = goalNone, stageNone
}

// dropStaleUser ends that a run has an older value of x than who starts now will be given.
func (k *Kernel) dropStaleUser(x Node) {
	p := &k.nodes[x]
	if p.staleUsers--; p.staleUsers == 0 {
		k.touchWaiters(x)
	}
}

// reachGoal puts a node that is down where it was to go.
func (k *Kernel) reachGoal(i Node, to goal) {
	n := &k.nodes[i]
	if k.treeStopping() && to != goalRemove {
		to = goalStopAbove
	}
	if to != goalRestart {
		k.leaveScope(i)
	}
	k.applyGoal(i, to)
	if n.scope >= 0 {
		k.tryOpenScope(n.scope)
	} else {
		k.touch(i)
	}
}

// applyGoal puts a node that has no run where it goes.
func (k *Kernel) applyGoal(i Node, to goal) {
	n, r := &k.nodes[i], k.rowOf(i)
	if n.gone {
		return
	}
	if n.escalated && !n.held && (to == goalStop || to == goalQuarantine) { // it escalated on its way
		k.setLife(i, LifecycleFailed, StopNone)
		return
	}
	switch to {
	case goalRestart:
		n.lastOutcome = policy.OutcomeNone
		if n.life != LifecycleDeclared {
			k.setLife(i, LifecycleRestarting, StopNone)
		}
		return
	case goalPause:
		k.setLife(i, LifecyclePaused, StopNone)
	case goalQuarantine:
		term := n.readHistory().term
		k.setLife(i, LifecycleQuarantined, StopNone)
		k.beginTerm(i, term)
	case goalStopByHand:
		k.setLife(i, LifecycleStopped, StopByHand)
	case goalStop, goalStopTemporary:
		why := StopEnded
		if r.Role == policy.Job && n.lastOutcome == policy.OutcomeSuccess {
			why = StopCompleted
		}
		if r.Dynamic {
			k.removeDynamic(i)
			return
		}
		k.setLife(i, LifecycleStopped, why)
	case goalStopAbove:
		k.stopWithAbove(i)
	case goalRemove:
		k.removeDynamic(i)
	}
}

// stopWithAbove is the end of a child because what is above it stops. What it was before its end is kept where that
// tells more: a failure, and below a tree that goes on what an operator or its own table holds back.
func (k *Kernel) stopWithAbove(i Node) {
	n := &k.nodes[i]
	switch n.life {
	case LifecycleStopped, LifecycleFailed:
		return
	case LifecyclePaused, LifecycleQuarantined:
		if !k.treeStopping() {
			return
		}
	}
	switch {
	case n.escalated:
		k.setLife(i, LifecycleFailed, StopNone)
	case k.rowOf(i).Role == policy.Job && n.lastOutcome == policy.OutcomeSuccess:
		k.setLife(i, LifecycleStopped, StopCompleted)
	default:
		k.setLife(i, LifecycleStopped, StopTree)
	}
}
