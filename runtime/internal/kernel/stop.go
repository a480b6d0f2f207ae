package kernel

import (
	"slices"

	"github.com/supgen/supgen/runtime/policy"
)

// shutdown is a request to stop the tree. The first has it leave, if it has a lame duck and others may send it requests: it was
// ready once, or has served. Another ends that (design.md, "Leave").
func (k *Kernel) shutdown(cause any, served bool) {
	e := End{Asked: true, Node: None, Cause: cause}
	switch d := k.rowOf(root).LameDuck; {
	case k.phase == TreeLeaving:
		k.stopTree(k.end)
	case k.phase == TreeRunning && d > 0 && (served || k.nodes[root].readHistory().everReady):
		k.end = e
		k.setPhase(TreeLeaving)
		if k.nodes[root].life == LifecycleReady {
			k.setLife(root, LifecycleRunning, StopNone)
		}
		k.arm(timerLeave, int32(root), policy.Sum(k.now, d))
	default:
		k.stopTree(e)
	}
}

// stopTree ends the whole tree.
func (k *Kernel) stopTree(e End) {
	if k.treeStopping() {
		return
	}
	k.disarm(timerLeave, int32(root))
	k.end = e
	k.reserve(len(k.nodes))
	k.timers[running] = slices.Grow(k.timers[running], len(k.nodes))
	k.setPhase(TreeStopping)
	k.takeDown(teardown{target: root, goal: goalStopAbove})
	k.touch(root) // it may be restarting as a whole
}

// endTree closes the tree: the root is down.
func (k *Kernel) endTree() {
	if k.phase == TreeEnded {
		return
	}
	k.setPhase(TreeReconciling)
	k.applyGoal(root, goalStopAbove)
	k.setPhase(TreeEnded)
	k.step.effects = append(k.step.effects, Effect{Kind: EffectEnded, Node: root})
}

// countStopping counts a node into, or out of, those of its sibling order that are up and going down.
func (k *Kernel) countStopping(i Node, by int32) {
	r := k.rowOf(i)
	if r.siblingOrder < 0 {
		return
	}
	c := &k.siblingOrders[r.siblingOrder]
	c.stopping[r.slot] += by
	if by > 0 {
		c.lastStopping = max(c.lastStopping, r.slot)
		return
	}
	for c.lastStopping >= 0 && c.stopping[c.lastStopping] == 0 {
		c.lastStopping--
	}
	if c.lastStopping >= 0 {
		for _, x := range c.slots[c.lastStopping] {
			k.touch(x)
		}
	}
}

// delayStops has what a node follows wait until it is down, where one stop takes both; unless that was asked already.
func (k *Kernel) delayStops(i Node) {
	n, r := &k.nodes[i], k.rowOf(i)
	for at, x := range r.follows {
		m := &k.nodes[x]
		if m.teardown != k.teardowns || !m.up {
			continue
		}
		p := n.writeHistory()
		if p.delaysStop == nil {
			p.delaysStop = make([]bool, len(r.follows))
		}
		if !p.delaysStop[at] {
			p.delaysStop[at] = true
			m.writeHistory().stopDelays++
		}
	}
}

// releaseStops ends what a node that is down holds back, and who holds it back.
func (k *Kernel) releaseStops(i Node) {
	p := k.nodes[i].history
	if p == nil {
		return
	}
	for at, held := range p.delaysStop {
		if held {
			p.delaysStop[at] = false
			x := k.rowOf(i).follows[at]
			k.nodes[x].history.stopDelays--
			k.touch(x)
		}
	}
	if p.stopDelays == 0 {
		return
	}
	p.stopDelays = 0 // it ended by itself
	for _, f := range k.rowOf(i).followers {
		k.forgetDelay(f, i)
		for d := k.rowOf(f).firstDynamic; d != None; d = k.nodes[d].nextDynamic {
			k.forgetDelay(d, i)
		}
	}
}

// forgetDelay has a node hold x back no more.
func (k *Kernel) forgetDelay(f, x Node) {
	if p := k.nodes[f].history; p != nil && p.delaysStop != nil {
		for at, y := range k.rowOf(f).follows {
			p.delaysStop[at] = p.delaysStop[at] && y != x
		}
	}
}

// mayStop reports whether all that stops before a node is down: what needs it or comes after it, the younger under
// rest_for_one, the primary of a sidecar, and whatever its supervisor waits for.
func (k *Kernel) mayStop(i Node) bool {
	n, r := &k.nodes[i], k.rowOf(i)
	if n.usersUp > 0 || n.readHistory().stopDelays > 0 {
		return false
	}
	if r.siblingOrder >= 0 && r.slot < k.siblingOrders[r.siblingOrder].lastStopping {
		return false
	}
	for _, x := range r.primaries {
		if p := &k.nodes[x]; p.up && p.goal != goalNone {
			return false
		}
	}
	if r.parent == None {
		return true
	}
	p := &k.nodes[r.parent]
	return p.goal == goalNone || p.stage >= stageAsked
}

// tryStop moves a node that is going down one stage on.
func (k *Kernel) tryStop(i Node) {
	n := &k.nodes[i]
	switch n.stage {
	case stageWaiting:
		if k.mayStop(i) {
			k.ask(i)
		}
	case stageEnded, stageEndedUncleaned:
		if n.usersUp == 0 {
			k.cleanUpEnded(i)
		}
	case stageKept, stageKeptUncleaned:
		if k.mayStop(i) {
			k.withdrawValue(i)
		}
	}
	if n.super >= 0 && n.stage == stageAsked && k.supervisors[n.super].upKids == 0 {
		k.supervisorDown(i)
	}
}

// cleanUpEnded is for a run that has ended, and whose value nothing holds any more.
func (k *Kernel) cleanUpEnded(i Node) {
	n := &k.nodes[i]
	if n.stage == stageEnded {
		k.finishStop(i)
		return
	}
	n.stage = stageCleaning
	k.startDrain(i, EffectCleanup)
}

// withdrawValue ends what a completed job has kept: its context, and then what it left to be cleaned up.
func (k *Kernel) withdrawValue(i Node) {
	n := &k.nodes[i]
	if n.stage == stageKeptUncleaned {
		n.stage = stageCleaning
		k.startDrain(i, EffectAsk, EffectCleanup)
		return
	}
	e := k.emitEffect(EffectAsk, i)
	e.Until, e.Because = k.now, n.because
	k.emitEvent(i, EventAsked, n.life).Because = n.because
	k.finishStop(i)
}

// ask requests a run's end, or lets a supervisor's children be asked.
func (k *Kernel) ask(i Node) {
	n := &k.nodes[i]
	n.stage = stageAsked
	if n.super >= 0 {
		k.askKids(k.supervisors[n.super].kids)
		return
	}
	k.startDrain(i, EffectAsk)
}

// startDrain begins the drain of a run that is asked to stop, or of its cleanups.
func (k *Kernel) startDrain(i Node, effects ...EffectKind) {
	n, r := &k.nodes[i], k.rowOf(i)
	if k.treeStopping() {
		k.setPhase(TreeDraining)
	}
	until := Forever
	if !r.Shutdown.Unlimited {
		until = policy.Sum(k.now, r.Shutdown.Drain)
	}
	for _, kind := range effects {
		e := k.emitEffect(kind, i)
		e.Until, e.Because = until, n.because
		if kind == EffectAsk {
			k.emitEvent(i, EventAsked, n.life).Because = n.because
		}
	}
	if !r.Shutdown.Unlimited { // without a drain, it is aborted when all are asked that may be
		k.arm(timerPhase, int32(i), policy.Sum(k.nowRunning(), r.Shutdown.Drain))
	}
}

// askKids asks the children of a supervisor that may stop, at once: its elder siblings come after them.
func (k *Kernel) askKids(kids []Node) {
	ask := func(i Node) {
		if n := &k.nodes[i]; n.up && n.goal != goalNone {
			k.tryStop(i)
		}
	}
	for _, kid := range slices.Backward(kids) {
		for d := k.rowOf(kid).lastDynamic; d != None; {
			before := k.nodes[d].prevDynamic // it may be gone after this
			ask(d)
			d = before
		}
		ask(kid)
	}
}

func (k *Kernel) supervisorDown(i Node) {
	n := &k.nodes[i]
	to := n.goal
	k.setDown(i)
	if !k.treeStopping() || i != root {
		k.reachGoal(i, to)
		return
	}
	k.endTree()
}

// phaseTimeout is the deadline of what a run is in: its start, its work, its drain, its abort.
func (k *Kernel) phaseTimeout(i Node) {
	n := &k.nodes[i]
	switch {
	case !n.up:
	case n.stage == stageAsked, n.stage == stageCleaning:
		k.abort(i)
	case n.stage == stageAborted, n.stage == stageCleaningAborted:
		k.markStuck(i)
	case n.goal != goalNone:
	case k.rowOf(i).Role == policy.Job:
		k.failWhileAlive(i, policy.OutcomeTimeout, n.checkCause())
	case !n.progressAsked:
		k.askProgress(i)
	default:
		k.suspect(i, policy.OutcomeTimeout)
	}
}

// failWhileAlive decides about a run that failed and lives. What it returns does not matter any more.
func (k *Kernel) failWhileAlive(i Node, o policy.Outcome, cause any) {
	k.nodes[i].decided = true
	k.markTried(i)
	k.decide(i, o, cause)
}

// suspect takes down a run that was not ready in time, or is unhealthy. If the last check that failed came from outside,
// that says all. Else what the run returns may say that it did, and until then nothing is decided.
func (k *Kernel) suspect(i Node, o policy.Outcome) {
	n := &k.nodes[i]
	if v := n.vitals; v != nil && v.outcome == policy.OutcomeExternal {
		k.failWhileAlive(i, policy.OutcomeExternal, v.cause)
		return
	}
	n.writeHistory().suspected = o
	k.markTried(i)
	k.setFailing(i, true)
	n.health = HealthUnhealthy
	e := k.emitEvent(i, EventHealth, n.life)
	e.Outcome, e.Cause = o, n.checkCause()
	k.takeDown(teardown{target: i, goal: goalRestart})
}

// resolveSuspicion is how a run failed that was suspected, now that it has ended with an outcome.
func (k *Kernel) resolveSuspicion(i Node, o policy.Outcome, cause any) (policy.Outcome, any) {
	n := &k.nodes[i]
	suspected := n.history.suspected
	n.history.suspected = policy.OutcomeNone
	switch {
	case o == policy.OutcomeExternal:
		return o, cause
	case n.vitals != nil && n.vitals.outcome == policy.OutcomeExternal:
		suspected = policy.OutcomeExternal
	}
	return suspected, n.checkCause()
}

// abort is the end of a run's drain, or of its cleanups'.
func (k *Kernel) abort(i Node) {
	n, r := &k.nodes[i], k.rowOf(i)
	n.stage += stageAborted - stageAsked
	if k.treeStopping() {
		k.setPhase(TreeAborting)
	}
	k.emitEffect(EffectAbort, i)
	k.emitEvent(i, EventAborted, n.life).Because = n.because
	k.arm(timerPhase, int32(i), policy.Sum(k.nowRunning(), r.Shutdown.Abort))
}

// markStuck gives a run up. It cannot be ended from outside: it is leaked until it returns, and nothing waits for it. If only
// its cleanups are stuck, the child goes on as if they had ended.
func (k *Kernel) markStuck(i Node) {
	n := &k.nodes[i]
	to := n.goal
	row := k.action(i, policy.OutcomeStuck)
	l := leak{Leak: Leak{i, n.gen, n.stage == stageCleaningAborted}, launchOrder: n.launchOrder}
	closes := l.Cleanup && row != policy.ActionShutdown // nothing of it runs that another run could meet
	l.writtenOff = closes || row == policy.ActionQuarantine || row == policy.ActionStop
	l.allowsAnother = closes || row == policy.ActionRestart
	k.leaks = append(k.leaks, l)
	k.countLeak(l, +1)
	k.setDown(i)
	k.emitEvent(i, EventStuck, n.life).Cleanup = l.Cleanup
	suspected := n.readHistory().suspected != policy.OutcomeNone && to.inScope()
	o, cause := policy.OutcomeStuck, any(nil)
	if suspected {
		o, cause = k.resolveSuspicion(i, o, nil)
	}
	switch {
	case closes, k.treeStopping():
		k.reachGoal(i, to)
	case row == policy.ActionRestart && suspected:
		k.decide(i, o, cause)
	case row == policy.ActionRestart:
		k.reachGoal(i, to)
	default:
		n.lastOutcome = policy.OutcomeNone // a job may have completed
		doomed := n.escalated
		k.leaveScope(i)
		if cause == nil && n.health == HealthUnhealthy { // it had failed, and then did not come down
			cause = n.readHistory().failure.Cause
		}
		k.decide(i, policy.OutcomeStuck, cause) // or a check's word, which is why it was asked to stop
		k.keepHeld(i, to)
		if l.writtenOff {
			k.writeOff(i, to)
			n.escalated = doomed && to == goalStopAbove // as what it had failed
		} else if n.history != nil {
			n.history.byHand = false // its table has answered the operator
		}
	}
}

// countLeak counts a stuck run where it holds something back: at its node, at what it was given, and at the supervisors
// that cannot restart around it. One that was written off holds back only its own child.
func (k *Kernel) countLeak(l leak, by int32) {
	n, r := &k.nodes[l.Node], k.rowOf(l.Node)
	n.leaked += by
	if !l.allowsAnother {
		n.blockedByStuck = by > 0 // there is one such run at the most
	}
	if l.writtenOff {
		return
	}
	for _, x := range r.needs {
		p := &k.nodes[x]
		p.stuckUsers += by
		if l.launchOrder < p.launchOrder {
			p.staleUsers += by
		}
	}
	if l.allowsAnother {
		return
	}
	for p := r.parent; p != None; p = k.parentOf(p) {
		k.supervisors[k.nodes[p].super].leakedBelow += by
	}
}

// writeOff keeps where somebody wanted a node whose run is stuck, and not waited for: an operator, or what is above
// it that stopped (docs/runtime.md, "Stuck").
func (k *Kernel) writeOff(i Node, to goal) {
	n := &k.nodes[i]
	p := n.writeHistory()
	switch {
	case to == goalRestart:
		p.startOnReturn = p.byHand
	case to == goalRemove:
		k.removeDynamic(i)
	case to == goalPause, to == goalStopByHand, to == goalStopAbove, to == goalQuarantine && n.held:
		p.goalOnReturn = to
	}
	p.byHand = p.startOnReturn
}

// reachGoalOnReturn has a node whose stuck run has returned go where somebody wanted it.
func (k *Kernel) reachGoalOnReturn(i Node) {
	n := &k.nodes[i]
	to := n.history.goalOnReturn
	n.history.goalOnReturn = goalNone
	k.touchFinish(i)
	if to == goalStopAbove {
		k.setLife(i, LifecycleStopped, StopTree)
		return
	}
	k.applyGoal(i, to)
}

// restsStuck reports whether a node is at rest since its run is stuck: it has no other until that returns.
func (k *Kernel) restsStuck(i Node) bool {
	n := &k.nodes[i]
	return n.blockedByStuck && !n.up && resting(n.life)
}

// stuckReturned ends the leak of a stuck run, if it was one. What it left to be cleaned up is, and nothing waits for that.
func (k *Kernel) stuckReturned(i Node, gen uint64, cleanups bool) bool {
	if k.nodes[i].leaked == 0 {
		return false
	}
	at := slices.IndexFunc(k.leaks, func(l leak) bool { return l.Node == i && l.Gen == gen })
	if at < 0 {
		return false
	}
	l := k.leaks[at]
	k.leaks = slices.Delete(k.leaks, at, at+1)
	if cleanups {
		k.emitEffect(EffectCleanup, i).Gen = gen
	}
	k.countLeak(l, -1)
	n := &k.nodes[i]
	b := k.eventSubject(i, gen)
	e := k.emitEvent(b, EventReturned, k.nodes[b].life)
	e.Run, e.Cleanup = gen, l.Cleanup
	k.touch(i)
	for _, x := range k.rowOf(i).needs {
		k.touchWaiters(x)
	}
	switch {
	case n.gone:
		if n.leaked == 0 {
			k.recycleNode(i)
		}
	case l.allowsAnother: // nothing has waited for it
	case n.removeOnReturn:
		k.removeDynamic(i)
	case k.treeStopping():
	case n.readHistory().startOnReturn:
		n.history.goalOnReturn = goalNone // it starts, whatever was wanted before
		k.endQuarantine(i)
	case n.readHistory().goalOnReturn != goalNone:
		k.reachGoalOnReturn(i)
	}
	return true
}

// Leaked are the runs that were asked to stop, did not, and still run, the oldest first.
func (k *Kernel) Leaked() []Leak {
	leaked := make([]Leak, 0, len(k.leaks))
	for _, l := range k.leaks {
		leaked = append(leaked, l.Leak)
	}
	return leaked
}
