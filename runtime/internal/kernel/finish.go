package kernel

// mayFinish ends a supervisor whose children have ended, if "finish when" says so.
func (k *Kernel) mayFinish(i Node) {
	n, r := &k.nodes[i], k.rowOf(i)
	back := n.goal == goalRestart && !n.fresh // it would come back to what has ended
	if len(r.Finish.Of) == 0 || !n.up || n.goal != goalNone && !back || k.stopping() {
		return
	}
	well, failed, all, idle := k.endedOf(&r.Finish)
	ends := (well || failed != None) && (r.Finish.Any || all)
	k.tellWaits(i, idle && !ends)
	if !ends {
		return
	}
	first := End{Asked: true, Node: i, Outcome: OutcomeSuccess}
	o := OutcomeSuccess
	if failed != None {
		o, first = OutcomeError, End{Node: failed, Outcome: k.nodes[failed].last}
		if first.Outcome != OutcomeSuccess {
			first.Cause = k.nodes[failed].was().failure.Cause
		}
	}
	switch {
	case i != root && k.absorbed(i, o):
	case i != root:
		k.decideFor(i, o, first)
	case failed == None:
		k.stop(first)
	default:
		k.verdict.first = first
		k.giveUp(first.Cause)
	}
}

// touchFinish looks again whether a supervisor finishes that names a node.
func (k *Kernel) touchFinish(i Node) {
	if r := k.rowOf(i); r.ends {
		k.touch(r.parent)
	}
}

// A finisher is how one that "finish when" names stands (design.md, "finish when").
type finisher uint8

const (
	finisherWorks   finisher = iota // it may still end by itself
	finisherWell                    // it ended well by itself
	finisherFailed                  // it failed for good
	finisherSkipped                 // it is switched off
	finisherMissing                 // it may be missing, and its own table has quarantined it: nobody waits for it
	finisherHeld                    // it is waited for, and nothing but an operator moves it
)

func (k *Kernel) finisher(i Node) finisher {
	n, p := &k.nodes[i], k.nodes[i].was()
	quarantined := n.life == LifecycleQuarantined
	switch {
	case !resting(n.life), p.over, p.wish != goalNone, quarantined && p.term > 0 && !n.held:
		return finisherWorks // or goes elsewhere once its stuck run has returned, or its term is over
	case quarantined && k.rowOf(i).Optional && !n.held:
		return finisherMissing
	case n.life != LifecycleStopped, n.reason != StopEnded && n.reason != StopCompleted, n.last == OutcomeNone:
		return finisherHeld
	case (n.last == OutcomeSuccess || n.last == OutcomeAgain) && p.decision.Outcome == n.last: // not too often
		return finisherWell
	case n.last == OutcomeSkip:
		return finisherSkipped
	}
	return finisherFailed
}

// endedOf reports of those that a "finish when" names, each replica for itself, whether one ended well, one that failed for
// good, whether none is waited for, and whether nothing but an operator moves any.
func (k *Kernel) endedOf(f *Finish) (well bool, failed Node, all, idle bool) {
	failed, all, idle = None, true, true
	for _, id := range f.Of {
		first := k.rows[id].first
		for i := first; i < first+Node(max(1, k.rows[id].Replicas)); i++ {
			switch k.finisher(i) {
			case finisherWorks:
				all, idle = false, false
			case finisherWell:
				well = true
			case finisherFailed:
				if failed == None {
					failed = i
				}
			case finisherHeld:
				all = false
			}
		}
	}
	return well, failed, all, idle
}

// tellWaits tells, once, that a supervisor will not finish by itself, and whom it waits for. Who may be missing is waited for
// if nobody else is: nothing has ended.
func (k *Kernel) tellWaits(i Node, idle bool) {
	s := &k.supers[k.nodes[i].super]
	told := s.idle
	if s.idle = idle; !idle || told {
		return
	}
	f := &k.rowOf(i).Finish
	var held, missing []Node
	for _, id := range f.Of {
		for _, n := range k.nodesOf(id) {
			switch k.finisher(n) {
			case finisherHeld:
				held = append(held, n)
			case finisherMissing:
				missing = append(missing, n)
			}
		}
	}
	if f.Any || len(held) == 0 {
		held = append(held, missing...)
	}
	if len(held) > 0 {
		k.tell(i, EventWaits, k.nodes[i].life).Cause = held
	}
}
