package kernel

import "github.com/supgen/supgen/runtime/policy"

// failed is a failure that a run tells while it lives. The first counts, and only until it is asked to stop.
func (k *Kernel) failed(in *Input) {
	i, o := in.Node, in.Outcome
	before := len(k.events)
	n := k.current(i, in.Gen)
	if n != nil && o == policy.OutcomeSkip && len(k.rowOf(i).users) > 0 {
		o = policy.OutcomeFatalConfig
	}
	switch {
	case n == nil:
	case o == policy.OutcomeSuccess, n.decided, n.stage >= stageAsked, n.was().pending != policy.OutcomeNone, n.goal != goalNone && n.goal.absorbs(k.on(i, o)):
		k.tell(i, EventStale, n.life)
	case n.goal == goalNone:
		k.failAlive(i, o, in.Cause)
		return
	default:
		n.decided = true
		k.tried(i)
		k.leaveScope(i)
		k.decide(i, o, in.Cause)
		k.keepHeld(i, n.goal)
		return
	}
	if len(k.events) > before { // of nobody, there is none
		e := &k.events[len(k.events)-1]
		e.Outcome, e.Cause = o, in.Cause
	}
}

// ended is design.md's "When a run ends": the shell has classified, this fences, decides and carries out.
func (k *Kernel) ended(in *Input) {
	i, o, cause := in.Node, in.Outcome, in.Cause
	if i >= 0 && int(i) < len(k.nodes) && k.returned(i, in.Gen, in.Cleanups) {
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
	if n.was().pending != policy.OutcomeNone {
		if in.Unclean && o != policy.OutcomeExternal {
			k.tellEnd(in, o)
		}
		o, cause = k.verify(i, o, cause)
		asked = false // it failed by itself
		if was.scoped() {
			was = goalNone
		}
	} else if r.Role == policy.Job && o == policy.OutcomeSuccess && !asked && !k.runsAgain(i) {
		k.completed(i, in.Cleanups)
		return
	}
	if in.Cleanups || n.users > 0 {
		k.linger(i, in.Cleanups)
	} else {
		k.down(i)
	}
	switch {
	case r.Role == policy.Job && o == policy.OutcomeSuccess && !asked, asked, was != goalNone && was.absorbs(k.on(i, o)):
		k.tellEnd(in, o)
		k.arrive(i, was)
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
	if !n.held || k.stopping() {
		return
	}
	if n.up {
		n.doomed = false
	} else if n.life == LifecycleFailed {
		n.doomed = false
		k.rest(i, to)
	}
}

// linger is the end of a run that is not down yet: it left something to clean up, or others hold its value.
func (k *Kernel) linger(i Node, cleanups bool) {
	n := &k.nodes[i]
	k.disarm(timerProbe, int32(i))
	k.leaveSlot(i)
	k.tried(i)
	switch {
	case n.stage >= stageAsked: // nothing holds its value any more
		n.stage += stageCleaning - stageAsked
		k.effect(EffectCleanup, i)
		return
	case cleanups:
		n.stage = stageSpent
	default:
		n.stage = stageReturned
	}
	k.disarm(timerPhase, int32(i))
	k.touch(i)
}

// arrive puts a node where it was to go, once it is down.
func (k *Kernel) arrive(i Node, to goal) {
	if k.nodes[i].up {
		k.touch(i)
		return
	}
	k.settle(i, to)
}

// over is the moment from which nothing of a run is left.
func (k *Kernel) over(i Node) {
	to := k.nodes[i].goal
	k.down(i)
	k.settle(i, to)
}

// tellEnd tells the end of a run that nothing is decided about, or what its cleanups did.
func (k *Kernel) tellEnd(in *Input, o policy.Outcome) {
	b := k.bearer(in.Node, in.Gen)
	e := k.tell(b, EventEnded, k.nodes[b].life)
	e.Run, e.Outcome, e.Cause, e.Unclean = in.Gen, o, in.Cause, in.Unclean
	if in.Unclean {
		k.nodes[b].remember().unclean = in.Cause
	}
}

// cleaned is the end of a run's cleanups, or of one that was added late.
func (k *Kernel) cleaned(in *Input) {
	i := in.Node
	if i < 0 || int(i) >= len(k.nodes) {
		return
	}
	if in.Unclean {
		k.tellEnd(in, in.Outcome)
	}
	if in.Cleanups || k.returned(i, in.Gen, false) {
		return
	}
	if n := &k.nodes[i]; n.up && n.gen == in.Gen && (n.stage == stageCleaning || n.stage == stageCut) {
		k.over(i)
	}
}

// runsAgain reports whether a job that returns nil before it is asked to stop has to run again, since what it would hand
// over, or others would start on, is made of what goes down.
func (k *Kernel) runsAgain(i Node) bool {
	n := &k.nodes[i]
	if n.goal == goalRemove {
		return true
	}
	if n.goal == goalNone || k.stopping() {
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

// completed is the good end of a job. If it hands a value over, it is kept: all that there is of the run but its goroutine
// lasts as long as the value does, and so does what it needs.
func (k *Kernel) completed(i Node, cleanups bool) {
	n, r := &k.nodes[i], k.rowOf(i)
	n.last, n.held = policy.OutcomeSuccess, false
	k.prove(i)
	n.remember().decision = Decision{Outcome: policy.OutcomeSuccess, Action: policy.ActionStop, At: i}
	switch {
	case r.Provides && !r.Dynamic && n.goal == goalTree:
		k.completedLate(i, cleanups)
		return
	case r.Provides && !r.Dynamic:
		k.cease(i)
		n.stage = stageKept
		if cleanups {
			n.stage = stageStored
		}
	case cleanups:
		k.linger(i, true)
	default:
		k.down(i)
	}
	e := k.tell(i, EventEnded, n.life)
	e.Outcome, e.Decided = policy.OutcomeSuccess, true
	k.leaveScope(i)
	if n.up {
		k.goDown(i, goalStop)
		return
	}
	k.rest(i, goalStop)
}

// completedLate is for a job that completes, and hands over nothing any more: what is above it stops, and so it goes on
// down, in its turn, as if its value had been there.
func (k *Kernel) completedLate(i Node, cleanups bool) {
	n := &k.nodes[i]
	k.linger(i, cleanups)
	n.stage = stageKept
	if cleanups {
		n.stage = stageStored
	}
	e := k.tell(i, EventEnded, n.life)
	e.Outcome, e.Decided = policy.OutcomeSuccess, true
	if !k.stopping() {
		n.last = policy.OutcomeNone
	}
}

// withdraw makes a kept job one that goes down.
func (k *Kernel) withdraw(i Node) {
	n := &k.nodes[i]
	n.up = true
	if !k.stopping() {
		n.last = policy.OutcomeNone // its value is not there any more
	}
	k.fill(k.parentOf(i))
}

// fill counts one more child of a supervisor that is up. If that is down itself, it counts as one that is not, above.
func (k *Kernel) fill(p Node) {
	for ; p != None; p = k.parentOf(p) {
		s := &k.supers[k.nodes[p].super]
		if s.up++; s.up > 1 || k.nodes[p].up {
			return
		}
	}
}

// empty counts one less.
func (k *Kernel) empty(p Node) {
	for ; p != None; p = k.parentOf(p) {
		s := &k.supers[k.nodes[p].super]
		if s.up--; s.up > 0 {
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
		if !k.satisfied(x) || k.nodes[x].started > k.nodes[i].started {
			return true
		}
	}
	return false
}

// down is the end of all that a run was, or of a supervisor whose children are all down.
func (k *Kernel) down(i Node) {
	n, r := &k.nodes[i], k.rowOf(i)
	k.cease(i)
	for _, x := range r.needs {
		p := &k.nodes[x]
		if p.users--; p.users == 0 {
			k.touch(x)
		}
		if n.started < p.started {
			k.giveBack(x)
		}
	}
	if r.Provides {
		k.effect(EffectDrop, i)
	}
}

// cease is down but for what it needs and what it hands over.
func (k *Kernel) cease(i Node) {
	n, r := &k.nodes[i], k.rowOf(i)
	n.up = false
	k.disarm(timerPhase, int32(i))
	k.disarm(timerProbe, int32(i))
	k.leaveSlot(i)
	if n.goal != goalNone {
		k.stopInOrder(i, -1)
		k.letGo(i)
	}
	k.tried(i)
	for _, x := range r.sidecars {
		k.touch(x)
	}
	k.empty(r.parent)
	if n.scope >= 0 {
		k.scopes[n.scope].up--
	}
	n.goal, n.stage = goalNone, stageNone
}

// giveBack ends that a run has an older value of x than who starts now will be given.
func (k *Kernel) giveBack(x Node) {
	p := &k.nodes[x]
	if p.lentOld--; p.lentOld == 0 {
		k.passOn(x)
	}
}

// settle puts a node that is down where it was to go.
func (k *Kernel) settle(i Node, to goal) {
	n := &k.nodes[i]
	if k.stopping() && to != goalRemove {
		to = goalTree
	}
	if to != goalRestart {
		k.leaveScope(i)
	}
	k.rest(i, to)
	if n.scope >= 0 {
		k.tryOpen(n.scope)
	} else {
		k.touch(i)
	}
}

// rest puts a node that has no run where it goes.
func (k *Kernel) rest(i Node, to goal) {
	n, r := &k.nodes[i], k.rowOf(i)
	if n.gone {
		return
	}
	if n.doomed && !n.held && (to == goalStop || to == goalQuarantine) { // it escalated on its way
		k.setLife(i, LifecycleFailed, StopNone)
		return
	}
	switch to {
	case goalRestart:
		n.last = policy.OutcomeNone
		if n.life != LifecycleDeclared {
			k.setLife(i, LifecycleRestarting, StopNone)
		}
		return
	case goalPause:
		k.setLife(i, LifecyclePaused, StopNone)
	case goalQuarantine:
		term := n.was().term
		k.setLife(i, LifecycleQuarantined, StopNone)
		k.beginTerm(i, term)
	case goalHalt:
		k.setLife(i, LifecycleStopped, StopByHand)
	case goalStop, goalRetire:
		why := StopEnded
		if r.Role == policy.Job && n.last == policy.OutcomeSuccess {
			why = StopCompleted
		}
		if r.Dynamic {
			k.remove(i)
			return
		}
		k.setLife(i, LifecycleStopped, why)
	case goalTree:
		k.restWithTree(i)
	case goalRemove:
		k.remove(i)
	}
}

// restWithTree is the end of a child because what is above it stops. What it was before its end is kept where that
// tells more: a failure, and below a tree that goes on what an operator or its own table holds back.
func (k *Kernel) restWithTree(i Node) {
	n := &k.nodes[i]
	switch n.life {
	case LifecycleStopped, LifecycleFailed:
		return
	case LifecyclePaused, LifecycleQuarantined:
		if !k.stopping() {
			return
		}
	}
	switch {
	case n.doomed:
		k.setLife(i, LifecycleFailed, StopNone)
	case k.rowOf(i).Role == policy.Job && n.last == policy.OutcomeSuccess:
		k.setLife(i, LifecycleStopped, StopCompleted)
	default:
		k.setLife(i, LifecycleStopped, StopTree)
	}
}
