package kernel

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// A verdict is what the tables say about the end of a run, or its failure while it lives.
type verdict struct {
	level    Node           // whose table it is that does not escalate
	outcome  policy.Outcome // of the level
	cause    any
	decision Decision
	first    End // what began it
}

// decide asks the tables, and does what they say in one step. It is shallow, since it is on the small stack of the
// goroutine that ended.
func (k *Kernel) decide(i Node, o policy.Outcome, cause any) {
	k.verdict.first = End{Node: i, Outcome: o, Cause: cause}
	k.decided(i, o)
}

// decideFor is decide, for a supervisor that ends because of another: first is what began it.
func (k *Kernel) decideFor(i Node, o policy.Outcome, first End) {
	k.verdict.first = first
	k.decided(i, o)
}

// decided is a decision whose beginning is in the verdict: there, and not on the stack.
func (k *Kernel) decided(i Node, o policy.Outcome) {
	if k.judged(i, o) {
		k.carryOut()
	} else if s := k.nodes[i].scope; s >= 0 { // which it may have been the last of
		k.tryOpen(s)
	}
	for ; i != None && k.nodes[i].life == LifecycleFailed; i = k.parentOf(i) { // all levels passed through it
		if k.nodes[i].up {
			k.setLife(i, LifecycleShuttingDown, StopNone)
		}
	}
}

// judged goes from the child's own table upwards to the one that does not escalate (design.md, "Decide", "Count",
// "Escalate"), and reports whether a verdict is to be carried out.
func (k *Kernel) judged(i Node, o policy.Outcome) bool {
	v := &k.verdict
	k.setFailing(i, true)
	if k.stopping() { // all else is on its way down
		k.judgedLate(i, o)
		return false
	}
	v.level, v.outcome, v.cause = i, o, v.first.Cause
	for {
		v.decision = Decision{Outcome: v.outcome, Action: k.on(v.level, v.outcome), At: v.level}
		if v.decision.Action.Starts() {
			k.count(v.level, &v.decision)
		}
		if v.decision.Action != policy.ActionEscalate {
			if n := &k.nodes[v.level]; n.goal != goalTree { // where it would be failed
				n.doomed = false // whatever was decided before
			}
			return true
		}
		k.record(v.level, v.outcome, v.cause, &v.decision)
		k.nodes[v.level].doomed = true
		child := v.level
		v.level, v.outcome, v.cause = k.parentOf(child), policy.OutcomeError, nil
		if v.level == root {
			k.giveUp(nil)
			return false
		}
		k.setFailing(v.level, true)
		if k.absorbed(v.level, policy.OutcomeError) {
			k.fallWith(child, v.level)
			return false
		}
	}
}

// judgedLate is judged, while the tree stops.
//
//go:noinline // like carryOutRare
func (k *Kernel) judgedLate(i Node, o policy.Outcome) {
	k.record(i, o, k.verdict.first.Cause, &Decision{Outcome: o, Action: policy.ActionStop, At: i})
	n := &k.nodes[i]
	n.doomed = n.life == LifecycleFailed
	k.arrive(i, goalTree)
}

// giveUp is the end of the root, which fails as the verdict began. The cause is its own, if it has one.
//
//go:noinline // like carryOutRare
func (k *Kernel) giveUp(cause any) {
	k.nodes[root].doomed = true
	k.record(root, policy.OutcomeError, cause, &Decision{Outcome: policy.OutcomeError, Action: policy.ActionEscalate, At: root})
	k.verdict.first.Asked = false // however well it ended, that was too often
	k.stop(k.verdict.first)
}

// fallWith has a node that escalated, and was to come back, stay down with a supervisor that does not.
//
//go:noinline // like carryOutRare
func (k *Kernel) fallWith(i, super Node) {
	if n := &k.nodes[i]; n.up && n.goal.scoped() && k.nodes[super].goal > goalPause {
		k.leaveScope(i)
		n.goal = goalTree
	}
}

// absorbed reports whether a supervisor that ends is going down anyway, and its table says no more. If it comes back,
// it starts everything anew.
func (k *Kernel) absorbed(i Node, o policy.Outcome) bool {
	n := &k.nodes[i]
	if n.goal == goalNone || !n.goal.absorbs(k.on(i, o)) || k.supers[n.super].leaked > 0 {
		return false
	}
	n.fresh = true
	if n.goal <= goalPause {
		k.takeDown(fall{root: i, goal: n.goal, fresh: true}) // who failed in it comes back with it
	}
	return true
}

// carryOut does what the verdict says.
func (k *Kernel) carryOut() {
	v := &k.verdict
	level, d := v.level, &v.decision
	switch d.Action {
	case policy.ActionRetry, policy.ActionRestart:
		k.nextDelay(level, v.outcome, d)
	case policy.ActionQuarantine:
		d.Delay = k.term(d.At, d.Outcome)
	}
	k.record(level, v.outcome, v.cause, d)
	f := fall{root: level}
	switch d.Action {
	case policy.ActionRetry, policy.ActionRestart:
		f.goal, f.auto, f.fresh, f.delay = goalRestart, true, true, d.Delay
		f.retry = d.Action == policy.ActionRetry
		f.alone = f.retry && !k.nodes[level].stable // nothing was built on it
	case policy.ActionStop:
		k.nodes[level].last = v.outcome
		f.goal = goalStop
	default:
		k.carryOutRare(level)
		return
	}
	k.takeDown(f)
}

// carryOutRare is carryOut, apart from the stack of a restart.
//
//go:noinline
func (k *Kernel) carryOutRare(level Node) {
	v := &k.verdict
	d := &v.decision
	switch d.Action {
	case policy.ActionQuarantine:
		others := k.isolated(level, d.At)
		for _, i := range others {
			k.setTerm(i, d.Delay)
			k.nodes[i].doomed = false // whatever was decided before
		}
		k.setTerm(level, d.Delay)
		k.takeDown(fall{root: level, goal: goalQuarantine}, others...)
	case policy.ActionShutdown:
		v.first.Asked = d.Outcome == policy.OutcomeSuccess // not that it succeeded too often
		if !v.first.Asked {
			for i := level; i != None; i = k.parentOf(i) {
				k.nodes[i].doomed = true
			}
		}
		k.stop(v.first)
	}
}

// record notes and tells how a run ended and what follows. A failure passes through failed on its way, and so does
// whatever makes a supervisor fail.
func (k *Kernel) record(i Node, o policy.Outcome, cause any, d *Decision) {
	n := &k.nodes[i]
	p := n.remember()
	p.decision = *d
	from := n.life
	if o == policy.OutcomeSuccess || o == policy.OutcomeSkip || o == policy.OutcomeAgain {
		p.decision.Cause = cause
		if d.Action == policy.ActionEscalate {
			k.move(i, LifecycleFailed, StopNone)
		}
		e := k.tell(i, EventEnded, from)
		e.Outcome, e.Decided, e.Cause = o, true, cause
		return
	}
	p.failure = Failure{Outcome: o, Cause: cause, Final: d.Action >= policy.ActionEscalate}
	p.failures++
	if r := k.rowOf(i); r.Dynamic {
		r.failed++
	}
	n.health = HealthUnhealthy
	k.move(i, LifecycleFailed, StopNone)
	e := k.tell(i, EventFailed, from)
	e.Outcome, e.Decided = o, true
}

// count holds a restart to what it counts in; a retry counts in nothing. It looks at the child's limit, its group's
// intensity and its supervisor's before it raises any: if one trips, none is raised and the strictest outcome wins.
func (k *Kernel) count(i Node, d *Decision) {
	n, r := &k.nodes[i], k.rowOf(i)
	if n.super >= 0 && k.supers[n.super].leaked > 0 {
		*d = Decision{Outcome: policy.OutcomeStuck, Action: policy.ActionEscalate, At: i}
		if a := k.on(i, policy.OutcomeStuck); a > policy.ActionRestart {
			d.Action = a
		}
		return
	}
	if d.Action == policy.ActionRetry {
		return
	}
	k.windows, k.tripped = [3]*window{&n.remember().window}, Decision{}
	own := k.on(i, policy.OutcomeLimit)
	k.look(0, r.Limit, policy.OutcomeLimit, own, i)
	above := r.parent != None && !r.Optional && own != policy.ActionQuarantine
	if above && r.Group != 0 {
		g := &k.rows[r.Group]
		k.windows[1] = &k.nodes[g.first].remember().window
		k.look(1, g.Intensity, policy.OutcomeIntensity, g.On[policy.OutcomeIntensity], g.first)
		above = g.On[policy.OutcomeIntensity] != policy.ActionQuarantine
	}
	if above {
		k.windows[2] = &k.supers[k.nodes[r.parent].super].intense
		k.look(2, k.rowOf(r.parent).Intensity, policy.OutcomeIntensity, k.on(r.parent, policy.OutcomeIntensity), r.parent)
	}
	if k.tripped.Action != policy.ActionNone {
		*d = k.tripped
		return
	}
	for _, w := range k.windows {
		if w != nil {
			w.add(k.now)
		}
	}
}

// look notes whether one more would be too many for one of the windows, if its row is the strictest so far.
func (k *Kernel) look(window int, l policy.Limit, row policy.Outcome, a policy.Action, at Node) {
	if k.windows[window].full(k.now, l) && a >= k.tripped.Action {
		k.tripped.Outcome, k.tripped.Action, k.tripped.At = row, a, at
	}
}

// nextDelay raises the attempt and draws the backoff before it (design.md, "Backoff"). An Again after having been ready
// is no attempt that failed.
func (k *Kernel) nextDelay(i Node, o policy.Outcome, d *Decision) {
	n, p := &k.nodes[i], k.nodes[i].remember()
	k.calm(i)
	if n.attempt == 1 || n.stable && !k.rowOf(i).Ready.Immediate() { // whose readiness proves nothing
		p.since = k.now
	}
	grows := o != policy.OutcomeAgain || !n.stable
	if grows && n.attempt < math.MaxInt32 {
		n.attempt++
	}
	d.Delay, d.Since = k.backoff(i), p.since
	if d.Action == policy.ActionRetry {
		d.Delay = max(d.Delay, leastRetry)
	}
	if grows {
		p.delay = d.Delay
	}
}

// leastRetry is the shortest delay before a retry, which no limit bounds.
const leastRetry = 50 * time.Millisecond

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
		d = low + random.Float64()*(3*max(low, float64(n.was().delay))-low)
	} else {
		growth := min(math.Pow(b.Factor, float64(max(0, n.attempt-2))), math.MaxFloat64) // infinitely often nothing is no number
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

// calm starts the attempts again of a node whose run was ready for long enough, when it begins to go down: once.
func (k *Kernel) calm(i Node) {
	n := &k.nodes[i]
	if n.stable && k.now-n.readySince >= k.rowOf(i).Backoff.Reset {
		n.again()
	}
	n.readySince = Forever
}

// isolated are the others that are quarantined with a child whose group's intensity said so: those that run or will, and
// do not go elsewhere.
func (k *Kernel) isolated(i, at Node) (others []Node) {
	if k.rowOf(at).Role != policy.Group {
		return nil
	}
	group := k.nodes[at].row
	add := func(m Node) {
		n := &k.nodes[m]
		if m != i && !k.template(m) && (n.up || !resting(n.life)) && (n.goal == goalNone || n.goal.scoped()) {
			others = append(others, m)
		}
	}
	for _, m := range k.supers[k.nodes[k.parentOf(i)].super].kids {
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
