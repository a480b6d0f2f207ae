package kernel

import (
	"slices"

	"github.com/supgen/supgen/runtime/policy"
)

// stop ends the whole tree.
func (k *Kernel) stop(e End) {
	if k.phase != TreeRunning {
		return
	}
	k.end = e
	k.expect(len(k.nodes))
	k.timers[running] = slices.Grow(k.timers[running], len(k.nodes))
	k.setPhase(TreeStopping)
	k.takeDown(fall{root: root, goal: goalTree})
	k.touch(root) // it may be restarting as a whole
}

// finish closes the tree: the root is down.
func (k *Kernel) finish() {
	if k.phase == TreeEnded {
		return
	}
	k.setPhase(TreeReconciling)
	k.rest(root, goalTree)
	k.setPhase(TreeEnded)
	k.effects = append(k.effects, Effect{Kind: EffectEnded, Node: root})
}

// stopInOrder counts a node into, or out of, those of its chain that are up and going down.
func (k *Kernel) stopInOrder(i Node, by int32) {
	r := k.rowOf(i)
	if r.chain < 0 {
		return
	}
	c := &k.chains[r.chain]
	c.stopping[r.slot] += by
	if by > 0 {
		c.youngest = max(c.youngest, r.slot)
		return
	}
	for c.youngest >= 0 && c.stopping[c.youngest] == 0 {
		c.youngest--
	}
	if c.youngest >= 0 {
		for _, x := range c.slots[c.youngest] {
			k.touch(x)
		}
	}
}

// holdBack has what a node comes after wait until it is down, where one stop takes both; unless that was asked already.
func (k *Kernel) holdBack(i Node) {
	n, r := &k.nodes[i], k.rowOf(i)
	for at, x := range r.after {
		m := &k.nodes[x]
		if m.mark != k.epoch || !m.up {
			continue
		}
		p := n.remember()
		if p.holds == nil {
			p.holds = make([]bool, len(r.after))
		}
		if !p.holds[at] {
			p.holds[at] = true
			m.remember().heldBy++
		}
	}
}

// letGo ends what a node that is down holds back, and who holds it back.
func (k *Kernel) letGo(i Node) {
	p := k.nodes[i].past
	if p == nil {
		return
	}
	for at, held := range p.holds {
		if held {
			p.holds[at] = false
			x := k.rowOf(i).after[at]
			k.nodes[x].past.heldBy--
			k.touch(x)
		}
	}
	if p.heldBy == 0 {
		return
	}
	p.heldBy = 0 // it ended by itself
	for _, f := range k.rowOf(i).followers {
		k.forget(f, i)
		for d := k.rowOf(f).kin; d != None; d = k.nodes[d].kinNext {
			k.forget(d, i)
		}
	}
}

// forget has a node hold x back no more.
func (k *Kernel) forget(f, x Node) {
	if p := k.nodes[f].past; p != nil && p.holds != nil {
		for at, y := range k.rowOf(f).after {
			p.holds[at] = p.holds[at] && y != x
		}
	}
}

// mayStop reports whether all that stops before a node is down: what needs it or comes after it, the younger under
// rest_for_one, the primary of a sidecar, and whatever its supervisor waits for.
func (k *Kernel) mayStop(i Node) bool {
	n, r := &k.nodes[i], k.rowOf(i)
	if n.users > 0 || n.was().heldBy > 0 {
		return false
	}
	if r.chain >= 0 && r.slot < k.chains[r.chain].youngest {
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
	case stageWanted:
		if k.mayStop(i) {
			k.ask(i)
		}
	case stageReturned, stageSpent:
		if n.users == 0 {
			k.conclude(i)
		}
	case stageKept, stageStored:
		if k.mayStop(i) {
			k.unstore(i)
		}
	}
	if n.super >= 0 && n.stage == stageAsked && k.supers[n.super].up == 0 {
		k.superDown(i)
	}
}

// conclude is for a run that has ended, and whose value nothing holds any more.
func (k *Kernel) conclude(i Node) {
	n := &k.nodes[i]
	if n.stage == stageReturned {
		k.over(i)
		return
	}
	n.stage = stageCleaning
	k.budget(i, EffectCleanup)
}

// unstore ends what a completed job has kept: its context, and then what it left to be cleaned up.
func (k *Kernel) unstore(i Node) {
	n := &k.nodes[i]
	if n.stage == stageStored {
		n.stage = stageCleaning
		k.budget(i, EffectAsk, EffectCleanup)
		return
	}
	e := k.effect(EffectAsk, i)
	e.Until, e.Because = k.now, n.because
	k.tell(i, EventAsked, n.life).Because = n.because
	k.over(i)
}

// ask requests a run's end, or lets a supervisor's children be asked.
func (k *Kernel) ask(i Node) {
	n := &k.nodes[i]
	n.stage = stageAsked
	if n.super >= 0 {
		k.askKids(k.supers[n.super].kids)
		return
	}
	k.budget(i, EffectAsk)
}

// budget begins the drain of a run that is asked to stop, or of its cleanups.
func (k *Kernel) budget(i Node, effects ...EffectKind) {
	n, r := &k.nodes[i], k.rowOf(i)
	if k.stopping() {
		k.setPhase(TreeDraining)
	}
	until := Forever
	if !r.Shutdown.Unlimited {
		until = policy.Sum(k.now, r.Shutdown.Drain)
	}
	for _, kind := range effects {
		e := k.effect(kind, i)
		e.Until, e.Because = until, n.because
		if kind == EffectAsk {
			k.tell(i, EventAsked, n.life).Because = n.because
		}
	}
	if !r.Shutdown.Unlimited { // without a drain, it is aborted when all are asked that may be
		k.arm(timerPhase, int32(i), policy.Sum(k.ran(), r.Shutdown.Drain))
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
		for d := k.rowOf(kid).kinLast; d != None; {
			before := k.nodes[d].kinPrev // it may be gone after this
			ask(d)
			d = before
		}
		ask(kid)
	}
}

func (k *Kernel) superDown(i Node) {
	n := &k.nodes[i]
	to := n.goal
	k.down(i)
	if !k.stopping() || i != root {
		k.settle(i, to)
		return
	}
	k.finish()
}

// phaseOver is the deadline of what a run is in: its start, its work, its drain, its abort.
func (k *Kernel) phaseOver(i Node) {
	n := &k.nodes[i]
	switch {
	case !n.up:
	case n.stage == stageAsked, n.stage == stageCleaning:
		k.abort(i)
	case n.stage == stageAborted, n.stage == stageCut:
		k.stuck(i)
	case n.goal != goalNone:
	case k.rowOf(i).Role == policy.Job:
		k.failAlive(i, policy.OutcomeTimeout, n.why())
	case !n.sampled:
		k.sampleStart(i)
	default:
		k.suspect(i, policy.OutcomeTimeout)
	}
}

// failAlive decides about a run that failed and lives. What it returns does not matter any more.
func (k *Kernel) failAlive(i Node, o policy.Outcome, cause any) {
	k.nodes[i].decided = true
	k.tried(i)
	k.decide(i, o, cause)
}

// suspect takes down a run that was not ready in time, or is unhealthy. If the last check that failed came from outside,
// that says all. Else what the run returns may say that it did, and until then nothing is decided.
func (k *Kernel) suspect(i Node, o policy.Outcome) {
	n := &k.nodes[i]
	if v := n.vitals; v != nil && v.failed == policy.OutcomeExternal {
		k.failAlive(i, policy.OutcomeExternal, v.cause)
		return
	}
	n.remember().pending = o
	k.tried(i)
	k.setFailing(i, true)
	n.health = HealthUnhealthy
	e := k.tell(i, EventHealth, n.life)
	e.Outcome, e.Cause = o, n.why()
	k.takeDown(fall{root: i, goal: goalRestart})
}

// verify is how a run failed that was suspected, now that it has ended with an outcome.
func (k *Kernel) verify(i Node, o policy.Outcome, cause any) (policy.Outcome, any) {
	n := &k.nodes[i]
	suspected := n.past.pending
	n.past.pending = policy.OutcomeNone
	switch {
	case o == policy.OutcomeExternal:
		return o, cause
	case n.vitals != nil && n.vitals.failed == policy.OutcomeExternal:
		suspected = policy.OutcomeExternal
	}
	return suspected, n.why()
}

// abort is the end of a run's drain, or of its cleanups'.
func (k *Kernel) abort(i Node) {
	n, r := &k.nodes[i], k.rowOf(i)
	n.stage += stageAborted - stageAsked
	if k.stopping() {
		k.setPhase(TreeAborting)
	}
	k.effect(EffectAbort, i)
	k.tell(i, EventAborted, n.life).Because = n.because
	k.arm(timerPhase, int32(i), policy.Sum(k.ran(), r.Shutdown.Abort))
}

// stuck gives a run up. It cannot be ended from outside: it is leaked until it returns, and nothing waits for it. If only
// its cleanups are stuck, the child goes on as if they had ended.
func (k *Kernel) stuck(i Node) {
	n := &k.nodes[i]
	to := n.goal
	row := k.on(i, policy.OutcomeStuck)
	l := leak{Leak: Leak{i, n.gen, n.stage == stageCut}, started: n.started}
	closes := l.Cleanup && row != policy.ActionShutdown // nothing of it runs that another run could meet
	l.off = closes || row == policy.ActionQuarantine || row == policy.ActionStop
	l.beside = closes || row == policy.ActionRestart
	k.leaks = append(k.leaks, l)
	k.cling(l, +1)
	k.down(i)
	k.tell(i, EventStuck, n.life).Cleanup = l.Cleanup
	suspected := n.was().pending != policy.OutcomeNone && to.scoped()
	o, cause := policy.OutcomeStuck, any(nil)
	if suspected {
		o, cause = k.verify(i, o, nil)
	}
	switch {
	case closes, k.stopping():
		k.settle(i, to)
	case row == policy.ActionRestart && suspected:
		k.decide(i, o, cause)
	case row == policy.ActionRestart:
		k.settle(i, to)
	default:
		n.last = policy.OutcomeNone // a job may have completed
		doomed := n.doomed
		k.leaveScope(i)
		if cause == nil && n.health == HealthUnhealthy { // it had failed, and then did not come down
			cause = n.was().failure.Cause
		}
		k.decide(i, policy.OutcomeStuck, cause) // or a check's word, which is why it was asked to stop
		k.keepHeld(i, to)
		if l.off {
			k.writeOff(i, to)
			n.doomed = doomed && to == goalTree // as what it had failed
		} else if n.past != nil {
			n.past.byHand = false // its table has answered the operator
		}
	}
}

// cling counts a stuck run where it holds something back: at its node, at what it was given, and at the supervisors
// that cannot restart around it. One that was written off holds back nobody else.
func (k *Kernel) cling(l leak, by int32) {
	n, r := &k.nodes[l.Node], k.rowOf(l.Node)
	n.leaked += by
	if !l.beside {
		n.alone = by > 0 // there is one such run at the most
	}
	if l.off {
		return
	}
	for _, x := range r.needs {
		p := &k.nodes[x]
		p.lent += by
		if l.started < p.started {
			p.lentOld += by
		}
	}
	if l.beside {
		return
	}
	for p := r.parent; p != None; p = k.parentOf(p) {
		k.supers[k.nodes[p].super].leaked += by
	}
}

// writeOff keeps where somebody wanted a node whose run is stuck, and waited for by nobody: an operator, or what is above
// it that stopped (docs/runtime.md, "Stuck").
func (k *Kernel) writeOff(i Node, to goal) {
	n := &k.nodes[i]
	p := n.remember()
	switch {
	case to == goalRestart:
		p.over = p.byHand
	case to == goalRemove:
		k.remove(i)
	case to == goalPause, to == goalHalt, to == goalTree, to == goalQuarantine && n.held:
		p.wish = to
	}
	p.byHand = p.over
}

// grant has a node whose stuck run has returned go where somebody wanted it.
func (k *Kernel) grant(i Node) {
	n := &k.nodes[i]
	to := n.past.wish
	n.past.wish = goalNone
	k.touchFinish(i)
	if to == goalTree {
		k.setLife(i, LifecycleStopped, StopTree)
		return
	}
	k.rest(i, to)
}

// leftBehind reports whether a node is at rest since its run is stuck: it has no other until that returns.
func (k *Kernel) leftBehind(i Node) bool {
	n := &k.nodes[i]
	return n.alone && !n.up && resting(n.life)
}

// returned ends the leak of a stuck run, if it was one. What it left to be cleaned up is, and nothing waits for that.
func (k *Kernel) returned(i Node, gen uint64, cleanups bool) bool {
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
		k.effect(EffectCleanup, i).Gen = gen
	}
	k.cling(l, -1)
	n := &k.nodes[i]
	b := k.bearer(i, gen)
	e := k.tell(b, EventReturned, k.nodes[b].life)
	e.Run, e.Cleanup = gen, l.Cleanup
	k.touch(i)
	for _, x := range k.rowOf(i).needs {
		k.passOn(x)
	}
	switch {
	case n.gone:
		if n.leaked == 0 {
			k.recycle(i)
		}
	case l.beside: // nothing has waited for it
	case n.leaving:
		k.remove(i)
	case k.stopping():
	case n.was().over:
		n.past.wish = goalNone // it starts, whatever was wanted before
		k.endQuarantine(i)
	case n.was().wish != goalNone:
		k.grant(i)
	}
	return true
}

// Leaked are the runs that were told to stop, did not, and still run, the oldest first.
func (k *Kernel) Leaked() []Leak {
	leaked := make([]Leak, 0, len(k.leaks))
	for _, l := range k.leaks {
		leaked = append(leaked, l.Leak)
	}
	return leaked
}
