package kernel

import (
	"iter"

	"github.com/supgen/supgen/runtime/policy"
)

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

// retires reports whether a supervisor, or one above it, is at rest or goes there: who is added below would wait for ever.
func (k *Kernel) retires(i Node) bool {
	for ; i != None; i = k.parentOf(i) {
		if n := &k.nodes[i]; resting(n.life) || n.goal != goalNone && n.goal != goalRestart {
			return true
		}
	}
	return false
}

// add makes a dynamic child. It starts when it may.
func (k *Kernel) add(id policy.ID) {
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
	case k.retires(r.parent):
		k.reply.Refusal = RefusedState
	case int(r.alive) >= r.Max:
		k.reply.Refusal = RefusedMax
	}
	if k.reply.Refusal != Accepted {
		return
	}
	r.numbers++
	n := k.blank(id, r.numbers)
	n.kinPrev, n.born = r.kinLast, r.gen
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
	if n.alone {
		n.leaving = true
		k.setLife(i, LifecycleStopped, StopEnded)
		return
	}
	n.gone = true
	k.leaveScope(i)
	k.leaveTurn(i)
	from := n.life
	k.move(i, LifecycleStopped, StopEnded)
	k.tell(i, EventRemoved, from).Outcome = n.last
	k.effect(EffectGone, i)
	if p := n.past; p != nil { // their causes may hold anything
		p.failure, p.unclean, p.decision.Cause = Failure{}, nil, nil
	}
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

// recycle frees the place of a child that is gone, and whose last stuck run has returned, from the next step on: in one
// step, a node is one child, or nobody could tell whose events and effects these are.
func (k *Kernel) recycle(i Node) { k.vacated = append(k.vacated, i) }

// vacate lets the places be used that the last step freed.
func (k *Kernel) vacate() {
	for _, i := range k.vacated {
		r := k.rowOf(i)
		r.free = append(r.free, i)
	}
	k.vacated = k.vacated[:0]
}

// bearer is whom an event is about that tells of a run: a node, unless the run is of a dynamic child that is gone. Whoever
// has its place or its path by now has nothing to do with it, and so its row is told of, whose generations it shares.
func (k *Kernel) bearer(i Node, gen uint64) Node {
	if n, r := &k.nodes[i], k.rowOf(i); r.Dynamic && (n.gone || gen <= n.born) {
		return r.first
	}
	return i
}
