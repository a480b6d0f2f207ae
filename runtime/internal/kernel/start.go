package kernel

import "github.com/supgen/supgen/runtime/policy"

// Wait is what a child that is on its way up waits for.
type Wait uint8

const (
	WaitNothing    Wait = iota
	WaitTree            // Run
	WaitScope           // the backoff, or the end of those that restart with it, because of On
	WaitSupervisor      // its supervisor is not started
	WaitReady           // On is not ready
	WaitElder           // under rest_for_one, On stands before it
	WaitStuck           // a stuck run of itself, or a run that has an older value of what it needs, which is On
	WaitTurn            // concurrency or throttle of On, its supervisor
	WaitTerm            // the end of its quarantine
)

var waits = []string{"nothing", "run", "restart", "supervisor", "ready", "elder", "stuck", "turn", "quarantine"}

func (w Wait) String() string { return policy.Label(waits, uint8(w)) }

// MarshalText writes the label.
func (w Wait) MarshalText() ([]byte, error) { return policy.MarshalLabel("wait", waits, uint8(w)) }

// UnmarshalText reads a label.
func (w *Wait) UnmarshalText(text []byte) error {
	return policy.UnmarshalLabel("wait", waits, text, (*uint8)(w))
}

// satisfied reports whether what needs x, or comes after it, may start as far as x goes.
func (k *Kernel) satisfied(x Node) bool {
	n := &k.nodes[x]
	return n.life == LifecycleReady ||
		n.life == LifecycleStopped && n.reason == StopCompleted && k.rowOf(x).Role == policy.Job
}

// waitedEnough reports whether what comes after x has waited for it long enough: it was skipped, it is at rest by its own doing,
// or, if it is optional or a sidecar, a run of it has ended or failed since its supervisor started. Of a job that must complete only the
// first is enough; what an operator holds is waited for (design.md, "Starting").
func (k *Kernel) waitedEnough(x Node) bool {
	n, r := &k.nodes[x], k.rowOf(x)
	if n.life == LifecycleStopped && n.lastOutcome == policy.OutcomeSkip {
		return true
	}
	if n.held || r.Role == policy.Job && !r.Optional {
		return false
	}
	if n.readHistory().tried {
		return true
	}
	for ; x != None; x = k.parentOf(x) {
		if k.restsByItself(x) {
			return true
		}
	}
	return false
}

// restsByItself reports whether a node is at rest, and neither an operator nor what is above it is why.
func (k *Kernel) restsByItself(i Node) bool {
	n := &k.nodes[i]
	return terminal(n.life) && !n.held && n.reason != StopTree && n.reason != StopByHand
}

// markTried notes that a run of what is optional, or a sidecar, has ended or failed: what comes after it waits for no more.
func (k *Kernel) markTried(i Node) {
	if r := k.rowOf(i); (r.Optional || r.Role == policy.Sidecar) && len(r.followers) > 0 {
		if p := k.nodes[i].writeHistory(); !p.tried {
			p.tried = true
			k.touchAll(r.followers)
		}
	}
}

// wait is design.md's "Starting": the first thing that keeps i from being launched but for its turn.
func (k *Kernel) wait(i Node) (Wait, Node) {
	n, r := &k.nodes[i], k.rowOf(i)
	if k.phase == TreeIdle || k.treeStopping() {
		return WaitTree, None
	}
	if n.scope >= 0 {
		return WaitScope, None
	}
	if r.parent != None {
		if p := &k.nodes[r.parent]; !p.up || p.goal != goalNone {
			return WaitSupervisor, r.parent
		}
	}
	if n.blockedByStuck {
		return WaitStuck, i
	}
	wait, on := WaitNothing, None
	k.holdUps(i, func(w Wait, x Node) bool {
		wait, on = w, x
		return false
	})
	return wait, on
}

// holdUps visits what keeps a node from being launched beside its supervisor, its scope and a stuck run of itself.
func (k *Kernel) holdUps(i Node, visit func(Wait, Node) bool) {
	r := k.rowOf(i)
	for _, x := range r.needs {
		switch {
		case !k.satisfied(x):
			if !visit(WaitReady, x) {
				return
			}
		case k.nodes[x].staleUsers > 0 && k.rowOf(x).Provides:
			if !visit(WaitStuck, x) {
				return
			}
		}
	}
	for _, x := range r.after {
		if !k.satisfied(x) && !k.waitedEnough(x) && !visit(WaitReady, x) {
			return
		}
	}
	for _, x := range r.sidecars {
		if s := &k.nodes[x]; s.life != LifecycleReady && !s.notWaitedFor() && !visit(WaitReady, x) {
			return
		}
	}
	k.elders(r, visit)
}

// elders visits those that a rest_for_one sibling waits for: the nearest slot before it that is not wholly passed must be
// ready.
func (k *Kernel) elders(r *row, visit func(Wait, Node) bool) {
	if r.siblingOrder < 0 {
		return
	}
	for s, nearest := r.slot-1, false; s >= 0 && !nearest; s-- {
		for _, x := range k.siblingOrders[r.siblingOrder].slots[s] {
			n := &k.nodes[x]
			if n.passedByYounger() {
				continue
			}
			if nearest = true; n.life != LifecycleReady && !visit(WaitElder, x) {
				return
			}
		}
	}
}

// tryStart launches a node, or has it queue for its turn, if nothing else keeps it.
func (k *Kernel) tryStart(i Node) {
	n := &k.nodes[i]
	if n.gone || n.life != LifecycleDeclared && n.life != LifecycleRestarting && n.life != LifecycleStarting || k.template(i) {
		return
	}
	if w, _ := k.wait(i); w != WaitNothing {
		if n.life == LifecycleStarting { // what let it queue has gone again
			k.leaveTurn(i)
			k.setLife(i, LifecycleRestarting, StopNone)
		}
		return
	}
	switch t := k.turnOf(i); {
	case n.life == LifecycleStarting: // it has its place in the queue already
	case t != turnNone:
		k.queueForTurn(i, t)
	default:
		k.launch(i)
	}
}

// template reports whether a node is only the place of a row that has none of its own.
func (k *Kernel) template(i Node) bool {
	r := k.rowOf(i)
	return r.Role == policy.Group || r.Dynamic && r.firstNode == i
}

// launch starts the next run of a node. Its supervisor's turn was given to it.
func (k *Kernel) launch(i Node) {
	n, r := &k.nodes[i], k.rowOf(i)
	if r.Dynamic {
		if n.gen > n.genBefore {
			n.writeHistory().relaunches++
		} else {
			r.firstLaunches++
		}
		r.launches++
		n.gen = r.launches
	} else {
		n.gen++
	}
	k.launches++
	n.launchOrder = k.launches
	n.up, n.throttled, n.held = true, false, false
	n.goal, n.stage, n.lastOutcome = goalNone, stageNone, policy.OutcomeNone
	n.decided, n.escalated, n.wasReady, n.progressAsked = false, false, false, false
	if n.history != nil {
		n.history.suspected = policy.OutcomeNone
	}
	if v := n.vitals; v != nil {
		v.forgetFailedChecks()
		v.checking, v.hung = false, false
	}
	n.health = HealthUnknown
	if n.history != nil {
		n.history.byHand = false
	}
	n.staleUsers = n.stuckUsers + n.usersUp // those that still have what it handed over have an older one now
	for _, x := range r.needs {
		k.nodes[x].usersUp++
	}
	if n.super < 0 || k.supervisors[n.super].upKids == 0 {
		k.countUp(r.parent)
	}
	if r.Role == policy.Supervisor {
		from := n.life
		k.move(i, LifecycleStarting, StopNone)
		k.emitEvent(i, EventTransition, from)
		k.startSupervisor(i)
		return
	}
	k.setLife(i, LifecycleRunning, StopNone)
	k.emitEffect(EffectLaunch, i)
	switch {
	case r.Role == policy.Job:
		k.leaveInflight(i)
		if r.Timeout > 0 {
			k.arm(timerPhase, int32(i), policy.Sum(k.nowRunning(), r.Timeout))
		}
		k.startHealth(i)
	case r.Ready.Immediate():
		k.markReady(i)
	default:
		if r.Ready.Within > 0 {
			k.arm(timerPhase, int32(i), policy.Sum(k.nowRunning(), r.Ready.Within))
		}
		if r.Ready.Check.Every > 0 {
			k.probe(i)
		}
	}
}

// startSupervisor starts a supervisor: its children may start.
func (k *Kernel) startSupervisor(i Node) {
	n := &k.nodes[i]
	s := &k.supervisors[n.super]
	if n.fresh {
		n.fresh = false
		s.intensity.clear()
		for _, g := range s.groups {
			k.nodes[g].writeHistory().window.clear()
		}
		for _, kid := range s.kids {
			k.startAnew(kid)
		}
	}
	for _, kid := range s.kids {
		if p := k.nodes[kid].history; p != nil && p.tried {
			p.tried = false
			k.touchAll(k.rowOf(kid).followers) // one that waits for its turn waits for this one again
		}
		k.setFailing(kid, false)
	}
	k.touchAll(s.kids)
	k.touch(i)
}

// startAnew makes a child as if it had never run: its supervisor starts everything anew. What an operator holds only loses
// its counts.
func (k *Kernel) startAnew(i Node) {
	n := &k.nodes[i]
	if n.up || k.template(i) {
		return
	}
	from, news := n.life, n.attempt > 1 || n.readHistory().window.n > 0
	if n.history != nil {
		n.history.window.clear()
	}
	n.resetAttempts()
	n.fresh = n.super >= 0
	switch {
	case n.held:
	case k.restsStuck(i):
		n.lastOutcome = policy.OutcomeNone
		n.history.startOnReturn, n.history.goalOnReturn = true, goalNone // it starts when its stuck run has returned
	case n.stage >= stageKept:
		k.takeDown(teardown{target: i, goal: goalRestart})
		return
	default:
		n.lastOutcome, n.escalated = policy.OutcomeNone, false
		if from != LifecycleDeclared {
			k.move(i, LifecycleRestarting, StopNone)
		}
	}
	if news || from != n.life {
		k.emitEvent(i, EventTransition, from)
	}
}

// markReady is for a run, or a supervisor whose children are ready.
func (k *Kernel) markReady(i Node) {
	n, r := &k.nodes[i], k.rowOf(i)
	first := !n.wasReady
	if first {
		n.wasReady, n.readySince = true, k.now
		k.markEverReady(i)
	}
	k.leaveInflight(i)
	k.setLife(i, LifecycleReady, StopNone)
	k.setFailing(i, false)
	if first && r.Role != policy.Supervisor {
		k.disarm(timerPhase, int32(i))
		k.startHealth(i)
	}
}

// touchWaiters looks again at all that may start, or may not, now that i is ready, or at rest, or not any more.
func (k *Kernel) touchWaiters(i Node) {
	r := k.rowOf(i)
	k.touchAll(r.users)
	k.touchAll(r.followers)
	for _, p := range r.primaries {
		k.touch(p)
	}
	if r.siblingOrder >= 0 {
		k.touchYounger(r)
	}
}

// touchWaitersBelow looks again at all that comes after something in a supervisor that is at rest.
func (k *Kernel) touchWaitersBelow(super int32) {
	for _, kid := range k.supervisors[super].kids {
		k.touchAll(k.rowOf(kid).followers)
		if s := k.nodes[kid].super; s >= 0 {
			k.touchWaitersBelow(s)
		}
	}
}

// touchAll touches nodes, and the children started from those that are dynamic rows.
func (k *Kernel) touchAll(nodes []Node) {
	for _, d := range nodes {
		k.touch(d)
		for x := k.rowOf(d).firstDynamic; x != None; x = k.nodes[x].nextDynamic {
			k.touch(x)
		}
	}
}

// touchYounger touches the next slots, past those that are wholly passed.
func (k *Kernel) touchYounger(r *row) {
	slots := k.siblingOrders[r.siblingOrder].slots
	for s := r.slot + 1; s < int32(len(slots)); s++ {
		aside := true
		for _, x := range slots[s] {
			k.touch(x)
			aside = aside && k.nodes[x].passedByYounger()
		}
		if !aside {
			return
		}
	}
}

// askProgress asks a run that should be ready by now when it last said that it moves on.
func (k *Kernel) askProgress(i Node) {
	k.nodes[i].progressAsked = true
	k.emitEffect(EffectSample, i).Readiness = true
	k.arm(timerPhase, int32(i), policy.Sum(k.nowRunning(), 1)) // if no answer comes
}

// progressed is the answer: its time to be ready begins anew (docs/runtime.md, "Ready and not ready").
func (k *Kernel) progressed(i Node, at Time) {
	n := &k.nodes[i]
	if !n.progressAsked {
		return
	}
	n.progressAsked = false
	until := policy.Sum(min(k.clock.toRunning(at), k.nowRunning()), k.rowOf(i).Ready.Within)
	if until <= k.nowRunning() {
		k.suspect(i, policy.OutcomeTimeout)
		return
	}
	k.arm(timerPhase, int32(i), until)
}

func (k *Kernel) saidReady(i Node, gen uint64) {
	n := k.current(i, gen)
	if n == nil {
		return
	}
	if n.life == LifecycleRunning && k.rowOf(i).Ready.Explicit {
		k.markReady(i)
	}
}

// saidNotReady is what a run says that is not ready any more, or not yet: of the latter, only why is news.
func (k *Kernel) saidNotReady(i Node, gen uint64, cause any) {
	n := k.current(i, gen)
	switch {
	case n == nil || !k.rowOf(i).Ready.Explicit:
	case n.life == LifecycleRunning:
		k.explainNotReady(i, cause)
	case n.life == LifecycleReady:
		if cause == nil {
			cause = NoCause
		}
		k.move(i, LifecycleRunning, StopNone)
		n.writeHistory().notReady = cause
		k.emitEvent(i, EventTransition, LifecycleReady).Cause = cause
	}
}

// explainNotReady keeps why a run is not ready, and tells it if it is news.
func (k *Kernel) explainNotReady(i Node, cause any) {
	n := &k.nodes[i]
	if cause == nil || cause == n.readHistory().notReady {
		return
	}
	n.writeHistory().notReady = cause
	k.emitEvent(i, EventNotReady, n.life).Cause = cause
}

// current is the node if that run of it lives, and has not ended; otherwise what was said is stale, and told so.
func (k *Kernel) current(i Node, gen uint64) *node {
	if i < 0 || int(i) >= len(k.nodes) {
		return nil
	}
	n := &k.nodes[i]
	if !n.up || n.gen != gen || n.super >= 0 || n.stage >= stageEnded { // a supervisor has no run
		b := k.eventSubject(i, gen)
		k.emitEvent(b, EventStale, k.nodes[b].life).Run = gen
		return nil
	}
	return n
}
