package kernel

import (
	"math"
	"math/rand/v2"

	"github.com/supgen/supgen/runtime/policy"
)

// A verdict is what the tables say about the end of a run, or its failure while it lives.
type verdict struct {
	level    Node           // whose table it is that does not escalate
	outcome  policy.Outcome // of the level
	cause    any
	decision Decision
	origin   End // what began it
}

// decide asks the tables, and does what they say in one step. It is shallow, since it is on the small stack of the
// goroutine that ended.
func (k *Kernel) decide(i Node, o policy.Outcome, cause any) {
	k.step.verdict.origin = End{Node: i, Outcome: o, Cause: cause}
	k.decideAndApply(i, o)
}

// decideFor is decide, for a supervisor that ends because of another: origin is what began it.
func (k *Kernel) decideFor(i Node, o policy.Outcome, origin End) {
	k.step.verdict.origin = origin
	k.decideAndApply(i, o)
}

// decideAndApply is decide with the origin in the verdict: there, and not on the stack.
func (k *Kernel) decideAndApply(i Node, o policy.Outcome) {
	if k.findVerdict(i, o) {
		k.applyVerdict()
	} else if s := k.nodes[i].scope; s >= 0 { // which it may have been the last of
		k.tryOpenScope(s)
	}
	for ; i != None && k.nodes[i].life == LifecycleFailed; i = k.parentOf(i) { // all levels passed through it
		if k.nodes[i].up {
			k.setLife(i, LifecycleShuttingDown, StopNone)
		}
	}
}

// findVerdict goes from the child's own table upwards to the one that does not escalate (design.md, "Decide", "Count",
// "Escalate"), and reports whether a verdict is to be carried out.
func (k *Kernel) findVerdict(i Node, o policy.Outcome) bool {
	v := &k.step.verdict
	k.setFailing(i, true)
	if k.treeStopping() { // all else is on its way down
		k.recordWhileStopping(i, o)
		return false
	}
	v.level, v.outcome, v.cause = i, o, v.origin.Cause
	for {
		v.decision = Decision{Outcome: v.outcome, Action: k.action(v.level, v.outcome), At: v.level}
		if v.decision.Action.Starts() {
			k.countRestart(v.level, &v.decision)
		}
		if v.decision.Action != policy.ActionEscalate {
			if n := &k.nodes[v.level]; n.goal != goalStopAbove { // where it would be failed
				n.escalated = false // whatever was decided before
			}
			return true
		}
		k.recordEnd(v.level, v.outcome, v.cause, &v.decision)
		k.nodes[v.level].escalated = true
		child := v.level
		v.level, v.outcome, v.cause = k.parentOf(child), policy.OutcomeError, nil
		if v.level == root {
			k.failRoot(nil)
			return false
		}
		k.setFailing(v.level, true)
		if k.coveredByGoal(v.level, policy.OutcomeError) {
			k.stayDownWith(child, v.level)
			return false
		}
	}
}

// recordWhileStopping is findVerdict while the tree stops.
//
//go:noinline // like applyRareVerdict
func (k *Kernel) recordWhileStopping(i Node, o policy.Outcome) {
	k.recordEnd(i, o, k.step.verdict.origin.Cause, &Decision{Outcome: o, Action: policy.ActionStop, At: i})
	n := &k.nodes[i]
	n.escalated = n.life == LifecycleFailed
	k.reachGoalIfDown(i, goalStopAbove)
}

// failRoot is the end of the root, which fails as the verdict began. The cause is its own, if it has one.
//
//go:noinline // like applyRareVerdict
func (k *Kernel) failRoot(cause any) {
	k.nodes[root].escalated = true
	k.recordEnd(root, policy.OutcomeError, cause, &Decision{Outcome: policy.OutcomeError, Action: policy.ActionEscalate, At: root})
	k.step.verdict.origin.Asked = false // however well it ended, that was too often
	k.stopTree(k.step.verdict.origin)
}

// stayDownWith has a node that escalated, and was to come back, stay down with a supervisor that does not.
//
//go:noinline // like applyRareVerdict
func (k *Kernel) stayDownWith(i, super Node) {
	if n := &k.nodes[i]; n.up && n.goal.inScope() && k.nodes[super].goal > goalPause {
		k.leaveScope(i)
		n.goal = goalStopAbove
	}
}

// coveredByGoal reports whether a supervisor that ends is going down anyway, and its table says no more. If it comes back,
// it starts everything anew.
func (k *Kernel) coveredByGoal(i Node, o policy.Outcome) bool {
	n := &k.nodes[i]
	if n.goal == goalNone || !n.goal.covers(k.action(i, o)) || k.supervisors[n.super].leakedBelow > 0 {
		return false
	}
	n.fresh = true
	if n.goal <= goalPause {
		k.takeDown(teardown{target: i, goal: n.goal, fresh: true}) // who failed in it comes back with it
	}
	return true
}

// applyVerdict does what the verdict says.
func (k *Kernel) applyVerdict() {
	v := &k.step.verdict
	level, d := v.level, &v.decision
	d.AtStart = k.atStartAnswers(d.At, d.Outcome)
	switch d.Action {
	case policy.ActionRetry, policy.ActionRestart:
		k.nextDelay(level, v.outcome, d)
	case policy.ActionQuarantine:
		d.Delay = k.quarantineTerm(d.At, d.Outcome)
	}
	k.recordEnd(level, v.outcome, v.cause, d)
	f := teardown{target: level}
	switch d.Action {
	case policy.ActionRetry, policy.ActionRestart:
		f.goal, f.automatic, f.fresh, f.delay = goalRestart, true, true, d.Delay
		f.retry = d.Action == policy.ActionRetry
		f.onlyUsers = f.retry && !k.nodes[level].wasReady // nothing was built on it
	case policy.ActionStop:
		k.nodes[level].lastOutcome = v.outcome
		f.goal = goalStop
	default:
		k.applyRareVerdict(level)
		return
	}
	k.takeDown(f)
}

// applyRareVerdict is applyVerdict for what is rare: a restart need not have room for it on its stack.
//
//go:noinline
func (k *Kernel) applyRareVerdict(level Node) {
	v := &k.step.verdict
	d := &v.decision
	switch d.Action {
	case policy.ActionQuarantine:
		others := k.quarantinedWith(level, d.At)
		for _, i := range others {
			k.setTerm(i, d.Delay)
			k.nodes[i].escalated = false // whatever was decided before
		}
		k.setTerm(level, d.Delay)
		k.takeDown(teardown{target: level, goal: goalQuarantine}, others...)
	case policy.ActionShutdown:
		v.origin.Asked = d.Outcome == policy.OutcomeSuccess // not that it succeeded too often
		if !v.origin.Asked {
			for i := level; i != None; i = k.parentOf(i) {
				k.nodes[i].escalated = true
			}
		}
		k.stopTree(v.origin)
	}
}

// recordEnd notes and tells how a run ended and what follows. A failure passes through failed on its way, and so does
// whatever makes a supervisor fail.
func (k *Kernel) recordEnd(i Node, o policy.Outcome, cause any, d *Decision) {
	n := &k.nodes[i]
	p := n.writeHistory()
	p.decision = *d
	from := n.life
	if o == policy.OutcomeSuccess || o == policy.OutcomeSkip || o == policy.OutcomeAgain {
		p.decision.Cause = cause
		if d.Action == policy.ActionEscalate {
			k.move(i, LifecycleFailed, StopNone)
		}
		e := k.emitEvent(i, EventEnded, from)
		e.Outcome, e.Decided, e.Cause = o, true, cause
		return
	}
	p.failure = Failure{Outcome: o, Cause: cause, Final: d.Action >= policy.ActionEscalate}
	p.failures++
	k.rowOf(i).countFailure(o)
	n.health = HealthUnhealthy
	k.move(i, LifecycleFailed, StopNone)
	e := k.emitEvent(i, EventFailed, from)
	e.Outcome, e.Decided = o, true
}

// countRestart holds a restart to what it counts in; a retry counts in nothing. It looks at the child's limit, its group's
// intensity and its supervisor's before it raises any: if one trips, none is raised and the strictest outcome wins.
func (k *Kernel) countRestart(i Node, d *Decision) {
	n, r := &k.nodes[i], k.rowOf(i)
	if n.super >= 0 && k.supervisors[n.super].leakedBelow > 0 {
		*d = Decision{Outcome: policy.OutcomeStuck, Action: policy.ActionEscalate, At: i}
		if a := k.action(i, policy.OutcomeStuck); a > policy.ActionRestart {
			d.Action = a
		}
		return
	}
	if d.Action == policy.ActionRetry {
		return
	}
	k.step.windows, k.step.tripped = [3]*window{&n.writeHistory().window}, Decision{}
	own := k.action(i, policy.OutcomeLimit)
	k.checkWindow(0, r.Limit, policy.OutcomeLimit, own, i)
	above := r.parent != None && !r.Optional && own != policy.ActionQuarantine
	if above && r.Group != 0 {
		g := &k.rows[r.Group]
		k.step.windows[1] = &k.nodes[g.firstNode].writeHistory().window
		k.checkWindow(1, g.Intensity, policy.OutcomeIntensity, g.On[policy.OutcomeIntensity], g.firstNode)
		above = g.On[policy.OutcomeIntensity] != policy.ActionQuarantine
	}
	if above {
		k.step.windows[2] = &k.supervisors[k.nodes[r.parent].super].intensity
		k.checkWindow(2, k.rowOf(r.parent).Intensity, policy.OutcomeIntensity, k.action(r.parent, policy.OutcomeIntensity), r.parent)
	}
	if k.step.tripped.Action != policy.ActionNone {
		*d = k.step.tripped
		return
	}
	for _, w := range k.step.windows {
		if w != nil {
			w.add(k.now)
		}
	}
}

// checkWindow notes whether one more would be too many for one of the windows, if its row is the strictest so far.
func (k *Kernel) checkWindow(window int, l policy.Limit, row policy.Outcome, a policy.Action, at Node) {
	if k.step.windows[window].full(k.now, l) && a >= k.step.tripped.Action {
		k.step.tripped.Outcome, k.step.tripped.Action, k.step.tripped.At = row, a, at
	}
}

// nextDelay raises the attempt and draws the backoff before it (design.md, "Backoff"). An Again after having been ready
// is not a failed attempt.
func (k *Kernel) nextDelay(i Node, o policy.Outcome, d *Decision) {
	n, p := &k.nodes[i], k.nodes[i].writeHistory()
	k.resetIfStable(i)
	if n.attempt == 1 || n.wasReady && !k.rowOf(i).Ready.Immediate() { // whose readiness proves nothing
		p.since = k.now
	}
	grows := o != policy.OutcomeAgain || !n.wasReady
	if grows && n.attempt < math.MaxInt32 {
		n.attempt++
	}
	d.Delay, d.Since = k.backoff(i), p.since
	if d.Action == policy.ActionRetry {
		d.Delay = max(d.Delay, policy.MinRetryDelay)
	}
	if grows {
		p.delay = d.Delay
	}
}

// backoff draws a delay before the node's attempt.
func (k *Kernel) backoff(i Node) Time {
	n, b := &k.nodes[i], k.rowOf(i).Backoff
	if b.None {
		return 0
	}
	random := rand.New(&k.rng)
	var d float64
	if b.Jitter == policy.DecorrelatedJitter {
		low := float64(b.Min)
		d = low + random.Float64()*(3*max(low, float64(n.readHistory().delay))-low)
	} else {
		growth := min(math.Pow(b.Factor, float64(max(0, n.attempt-2))), math.MaxFloat64) // infinity times zero is not a number
		d = min(float64(b.Min)*growth, float64(b.Max))
		if b.Jitter == policy.FullJitter {
			d *= random.Float64()
		} else if b.Jitter > 0 {
			d *= 1 + float64(b.Jitter)/100*(2*random.Float64()-1)
		}
	}
	if d < float64(b.Max) {
		return Time(d)
	}
	return b.Max
}

// resetIfStable starts the attempts again of a node whose run was ready for long enough, when it begins to go down: once.
func (k *Kernel) resetIfStable(i Node) {
	n := &k.nodes[i]
	if n.wasReady && k.now-n.readySince >= k.rowOf(i).Backoff.Reset {
		n.resetAttempts()
	}
	n.readySince = Forever
}

// quarantinedWith are the others that are quarantined with a child whose group's intensity said so: those that run or will, and
// do not go elsewhere.
func (k *Kernel) quarantinedWith(i, at Node) (others []Node) {
	if k.rowOf(at).Role != policy.Group {
		return nil
	}
	group := k.nodes[at].row
	add := func(m Node) {
		n := &k.nodes[m]
		if m != i && !k.template(m) && (n.up || !resting(n.life)) && (n.goal == goalNone || n.goal.inScope()) {
			others = append(others, m)
		}
	}
	for _, m := range k.supervisors[k.nodes[k.parentOf(i)].super].kids {
		if k.rowOf(m).Group != group {
			continue
		}
		for d := range k.startedOf(m) {
			add(d)
		}
		add(m)
	}
	return others
}
