package kernel

// ended is runtime.md's "When a run ends": the shell has classified, this fences, decides and carries out.
func (k *Kernel) ended(in *Input) {
	i, gen, o, cause := in.Node, in.Gen, in.Outcome, in.Cause
	if i >= 0 && int(i) < len(k.nodes) && k.returned(i, gen) {
		return
	}
	n := k.current(i, gen)
	if n == nil {
		return
	}
	r := k.rowOf(i)
	if o == OutcomeSkip && len(r.users) > 0 {
		o = OutcomeFatalConfig // what others need cannot be switched off
	}
	asked, was := n.stage >= stageAsked || n.decided, n.goal
	k.down(i)
	switch {
	case r.Role == Job && o == OutcomeSuccess && !n.decided:
		k.completed(i, was)
	case was == goalNone:
		k.decide(i, o, cause)
	case asked || was.absorbs(k.on(i, o)):
		e := k.tell(i, EventEnded, n.life)
		e.Outcome, e.Cause, e.Unclean = o, cause, in.Unclean
		if in.Unclean {
			n.remember().unclean = cause
		}
		k.settle(i, was)
	default: // it ended by itself before it was asked to stop, and its table is stricter than where it was to go
		k.leaveScope(i)
		k.decide(i, o, cause)
		k.keepHeld(i, was)
	}
}

// keepHeld has a child that escalated rest where an operator wanted it: that stays so when its supervisor is back.
func (k *Kernel) keepHeld(i Node, to goal) {
	if n := &k.nodes[i]; n.held && n.life == LifecycleFailed && !k.stopping() {
		n.doomed = false
		k.rest(i, to)
	}
}

// completed is for a job that returned nil, asked to stop or not.
func (k *Kernel) completed(i Node, was goal) {
	n := &k.nodes[i]
	again := k.rowOf(i).Provides && k.needsDown(i) // what it would hand over was made of something that went down
	for p := k.parentOf(i); p != None; p = k.parentOf(p) {
		again = again || k.nodes[p].fresh // it runs its jobs again, so nobody may start on this
	}
	if was == goalRemove || again && was != goalNone && !k.stopping() {
		k.tell(i, EventEnded, n.life).Outcome = OutcomeSuccess
		k.settle(i, was)
		return
	}
	n.last, n.held = OutcomeSuccess, false
	k.prove(i)
	n.remember().decision = Decision{Outcome: OutcomeSuccess, Action: ActionStop, At: i}
	e := k.tell(i, EventEnded, n.life)
	e.Outcome, e.Decided = OutcomeSuccess, true
	k.leaveScope(i)
	k.rest(i, goalStop)
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

// down is the end of a run, or of a supervisor whose children are all down.
func (k *Kernel) down(i Node) {
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
	for _, x := range r.needs {
		p := &k.nodes[x]
		if p.users--; p.users == 0 {
			k.touch(x)
		}
		if n.started < p.started {
			k.giveBack(x)
		}
	}
	for _, x := range r.sidecars {
		k.touch(x)
	}
	if r.parent != None {
		s := &k.supers[k.nodes[r.parent].super]
		if s.up--; s.up == 0 {
			k.touch(r.parent)
		}
	}
	if n.scope >= 0 {
		k.scopes[n.scope].up--
	}
	if r.Provides && r.Role != Job {
		k.effect(EffectDrop, i)
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
	switch to {
	case goalRestart:
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
		if r.Role == Job && n.last == OutcomeSuccess {
			why = StopCompleted
		}
		if r.Dynamic {
			k.remove(i)
			return
		}
		k.setLife(i, LifecycleStopped, why)
		k.touch(r.parent) // which may finish
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
			k.endTerm(i)
			return
		}
	}
	if n.doomed {
		k.setLife(i, LifecycleFailed, StopNone)
		return
	}
	k.setLife(i, LifecycleStopped, StopTree)
}
