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
		if !r.Dynamic || r.firstNode != i {
			return
		}
		for d := r.firstDynamic; d != None; {
			next := k.nodes[d].nextDynamic
			if !yield(d) {
				return
			}
			d = next
		}
	}
}

// restsOrStops reports whether a supervisor, or one above it, is at rest or goes there: a child added below would never start.
func (k *Kernel) restsOrStops(i Node) bool {
	for ; i != None; i = k.parentOf(i) {
		if n := &k.nodes[i]; resting(n.life) || n.goal != goalNone && n.goal != goalRestart {
			return true
		}
	}
	return false
}

// addDynamic makes a dynamic child. It starts when it may.
func (k *Kernel) addDynamic(id policy.ID) {
	if id < 0 || int(id) >= len(k.rows) || !k.rows[id].Dynamic {
		k.step.reply.Refusal = RefusedUnknown
		return
	}
	r := &k.rows[id]
	switch {
	case k.phase == TreeIdle || k.phase == TreeEnded:
		k.step.reply.Refusal = RefusedNotRunning
	case k.phase >= TreeLeaving:
		k.step.reply.Refusal = RefusedStopping
	case k.restsOrStops(r.parent):
		k.step.reply.Refusal = RefusedState
	case int(r.alive) >= r.Max:
		k.step.reply.Refusal = RefusedMax
	}
	if k.step.reply.Refusal != Accepted {
		return
	}
	r.lastNumber++
	n := k.newNode(id, r.lastNumber)
	n.prevDynamic, n.genBefore = r.lastDynamic, r.launches
	i := Node(len(k.nodes))
	if last := len(r.freeNodes) - 1; last >= 0 {
		i, r.freeNodes = r.freeNodes[last], r.freeNodes[:last]
		n.teardown, n.history = k.nodes[i].teardown, k.nodes[i].history.emptied()
		k.nodes[i] = n
	} else {
		k.nodes, k.lastSeq = append(k.nodes, n), append(k.lastSeq, 0)
	}
	if r.lastDynamic == None {
		r.firstDynamic = i
	} else {
		k.nodes[r.lastDynamic].nextDynamic = i
	}
	r.lastDynamic = i
	r.alive++
	k.step.reply = Reply{Changed: true, Node: i, Life: LifecycleDeclared, Next: LifecycleStarting}
	k.emitEvent(i, EventAdded, LifecycleDeclared)
	k.touch(i)
}

// removeDynamic makes a dynamic child that has no run be no more: its key and its place are free. While a run of it is stuck
// it only rests, lest another with its key is started beside that.
func (k *Kernel) removeDynamic(i Node) {
	n, r := &k.nodes[i], k.rowOf(i)
	if n.gone {
		return
	}
	if n.blockedByStuck {
		n.removeOnReturn = true
		k.setLife(i, LifecycleStopped, StopEnded)
		return
	}
	n.gone = true
	k.leaveScope(i)
	k.leaveTurn(i)
	from := n.life
	k.move(i, LifecycleStopped, StopEnded)
	k.emitEvent(i, EventRemoved, from).Outcome = n.lastOutcome
	k.emitEffect(EffectGone, i)
	if p := n.history; p != nil { // their causes may hold anything
		p.failure, p.unclean, p.decision.Cause = Failure{}, nil, nil
	}
	if n.prevDynamic == None {
		r.firstDynamic = n.nextDynamic
	} else {
		k.nodes[n.prevDynamic].nextDynamic = n.nextDynamic
	}
	if n.nextDynamic == None {
		r.lastDynamic = n.prevDynamic
	} else {
		k.nodes[n.nextDynamic].prevDynamic = n.prevDynamic
	}
	r.alive--
	if n.leaked == 0 {
		k.recycleNode(i)
	}
}

// recycleNode frees the place of a child that is gone, and whose last stuck run has returned, from the next step on: in one
// step, a node is one child, or its events and effects could be of either.
func (k *Kernel) recycleNode(i Node) { k.step.vacated = append(k.step.vacated, i) }

// freeVacated lets the places be used that the last step freed.
func (k *Kernel) freeVacated() {
	for _, i := range k.step.vacated {
		r := k.rowOf(i)
		r.freeNodes = append(r.freeNodes, i)
	}
	k.step.vacated = k.step.vacated[:0]
}

// eventSubject is whom an event is about that tells of a run: a node, unless the run is of a dynamic child that is gone. What
// has its place or its path by now has nothing to do with it, so the event is about its row, whose generations it shares.
func (k *Kernel) eventSubject(i Node, gen uint64) Node {
	if n, r := &k.nodes[i], k.rowOf(i); r.Dynamic && (n.gone || gen <= n.genBefore) {
		return r.firstNode
	}
	return i
}
