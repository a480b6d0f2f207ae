package kernel

import "iter"

// startedOf are the children started from a dynamic row, the first first. Of any other node there are none.
// What it yields may be removed while it is walked.
func (k *Kernel) startedOf(i Node) iter.Seq[Node] {
	return func(yield func(Node) bool) {
		r := k.rowOf(i)
		if !r.Dynamic || r.first != i {
			return
		}
		for d := r.kin; d != None; {
			next := k.nodes[d].kinNext
			if !yield(d) {
				return
			}
			d = next
		}
	}
}

// add makes a dynamic child. It starts when it may.
func (k *Kernel) add(id ID) {
	if id < 0 || int(id) >= len(k.rows) || !k.rows[id].Dynamic {
		k.reply.Refusal = RefusedUnknown
		return
	}
	r := &k.rows[id]
	switch {
	case k.phase == TreeIdle || k.phase == TreeEnded:
		k.reply.Refusal = RefusedNotRunning
	case k.stopping():
		k.reply.Refusal = RefusedStopping
	case resting(k.nodes[r.parent].life):
		k.reply.Refusal = RefusedState
	case int(r.alive) >= r.Max:
		k.reply.Refusal = RefusedMax
	}
	if k.reply.Refusal != Accepted {
		return
	}
	r.numbers++
	n := k.blank(id, r.numbers)
	n.kinPrev = r.kinLast
	i := Node(len(k.nodes))
	if last := len(r.free) - 1; last >= 0 {
		i, r.free = r.free[last], r.free[:last]
		n.mark, n.past = k.nodes[i].mark, k.nodes[i].past.renewed()
		k.nodes[i] = n
	} else {
		k.nodes, k.last = append(k.nodes, n), append(k.last, 0)
	}
	if r.kinLast == None {
		r.kin = i
	} else {
		k.nodes[r.kinLast].kinNext = i
	}
	r.kinLast = i
	r.alive++
	k.reply = Reply{Changed: true, Node: i, Life: LifecycleDeclared, Next: LifecycleStarting}
	k.tell(i, EventAdded, LifecycleDeclared)
	k.touch(i)
}

// remove makes a dynamic child that has no run be no more: its key and its place are free. While a run of it is stuck
// it only rests, lest another with its key is started beside that.
func (k *Kernel) remove(i Node) {
	n, r := &k.nodes[i], k.rowOf(i)
	if n.gone {
		return
	}
	if n.leaked > 0 && r.On[OutcomeStuck] != ActionRestart {
		n.leaving = true
		k.setLife(i, LifecycleStopped, StopEnded)
		return
	}
	n.gone = true
	k.leaveScope(i)
	k.leaveTurn(i)
	k.move(i, LifecycleStopped, StopEnded)
	k.tell(i, EventRemoved, n.life).Outcome = n.last
	k.effect(EffectGone, i)
	if n.kinPrev == None {
		r.kin = n.kinNext
	} else {
		k.nodes[n.kinPrev].kinNext = n.kinNext
	}
	if n.kinNext == None {
		r.kinLast = n.kinPrev
	} else {
		k.nodes[n.kinNext].kinPrev = n.kinPrev
	}
	r.alive--
	if n.leaked == 0 {
		k.recycle(i)
	}
}

// recycle frees the place of a child that is gone, and whose last stuck run has returned.
func (k *Kernel) recycle(i Node) {
	r := k.rowOf(i)
	r.free = append(r.free, i)
}
