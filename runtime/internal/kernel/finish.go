package kernel

import (
	"iter"
	"slices"

	"github.com/supgen/supgen/runtime/policy"
)

// mayFinish ends a supervisor whose children have ended, if "finish when" says so.
func (k *Kernel) mayFinish(i Node) {
	if !k.finishing(i) {
		return
	}
	f := &k.rowOf(i).Finish
	well, failed, all := k.endedOf(f)
	if !well && failed == None || !f.Any && !all {
		return
	}
	first := End{Asked: true, Node: i, Outcome: policy.OutcomeSuccess}
	o := policy.OutcomeSuccess
	if failed != None {
		o, first = policy.OutcomeError, End{Node: failed, Outcome: k.nodes[failed].last}
		if first.Outcome != policy.OutcomeSuccess {
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

// finishing reports whether a supervisor finishes as soon as "finish when" says so.
func (k *Kernel) finishing(i Node) bool {
	n := &k.nodes[i]
	back := n.goal == goalRestart && !n.fresh // it would come back to what has ended
	return len(k.rowOf(i).Finish.Of) > 0 && n.up && (n.goal == goalNone || back) && !k.stopping()
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
	switch {
	case !k.stays(i):
		return finisherWorks
	case n.life == LifecycleQuarantined && k.rowOf(i).Optional && !n.held:
		return finisherMissing
	case n.life != LifecycleStopped, n.reason != StopEnded && n.reason != StopCompleted, n.last == policy.OutcomeNone:
		return finisherHeld
	case (n.last == policy.OutcomeSuccess || n.last == policy.OutcomeAgain) && p.decision.Outcome == n.last: // not too often
		return finisherWell
	case n.last == policy.OutcomeSkip:
		return finisherSkipped
	}
	return finisherFailed
}

// stays reports whether a node is at rest, and goes nowhere when its stuck run has returned, or its term is over.
func (k *Kernel) stays(i Node) bool {
	n, p := &k.nodes[i], k.nodes[i].was()
	return resting(n.life) && !p.over && p.wish == goalNone && (n.life != LifecycleQuarantined || p.term == 0 || n.held)
}

// endedOf reports of those that a "finish when" names, each replica for itself, whether one ended well, one that failed for
// good, and whether none is waited for.
func (k *Kernel) endedOf(f *policy.Finish) (well bool, failed Node, all bool) {
	failed, all = None, true
	for i := range k.named(f) {
		switch k.finisher(i) {
		case finisherWorks, finisherHeld:
			all = false
		case finisherWell:
			well = true
		case finisherFailed:
			if failed == None {
				failed = i
			}
		}
	}
	return well, failed, all
}

// named are those that a "finish when" names.
func (k *Kernel) named(f *policy.Finish) iter.Seq[Node] {
	return func(yield func(Node) bool) {
		for _, id := range f.Of {
			first := k.rows[id].first
			for i := first; i < first+Node(max(1, k.rows[id].Replicas)); i++ {
				if !yield(i) {
					return
				}
			}
		}
	}
}

// tellWaits tells, once, of each supervisor that does not finish by itself, for whom it waits. It is for the end of a step, when
// nothing moves any more.
func (k *Kernel) tellWaits() {
	for _, i := range k.finishers {
		if !k.finishing(i) {
			continue
		}
		s := &k.supers[k.nodes[i].super]
		told := s.idle
		held := k.heldUp(&k.rowOf(i).Finish)
		if s.idle = len(held) > 0; s.idle && !told {
			k.tell(i, EventWaits, k.nodes[i].life).Cause = held
		}
	}
}

// heldUp is who is waited for where nothing but an operator moves those that a "finish when" names: those of them that are held,
// and who holds up others of them. Who may be missing is waited for if nobody else is: nothing has ended.
func (k *Kernel) heldUp(f *policy.Finish) (held []Node) {
	for i := range k.named(f) {
		if k.finisher(i) == finisherWorks && !k.onItsWay(i) {
			return nil
		}
	}
	var missing []Node
	l := lookout{k, map[Node]bool{}, nil}
	for i := range k.named(f) {
		switch k.finisher(i) {
		case finisherWorks:
			if !l.held(i) {
				return nil
			}
		case finisherHeld:
			if !l.seen[i] {
				l.seen[i], l.holders = true, append(l.holders, i)
			}
		case finisherMissing:
			missing = append(missing, i)
		}
	}
	slices.Sort(l.holders)
	if f.Any || len(l.holders) == 0 {
		return append(l.holders, missing...)
	}
	return l.holders
}

// A lookout looks for those at rest that hold up others, and that only an operator moves.
type lookout struct {
	*Kernel
	seen    map[Node]bool // whether each is held up, or at rest
	holders []Node
}

// held reports whether nothing but an operator moves a node: it is at rest, or waits for one that is held. The order of starting has
// no circle.
func (l *lookout) held(i Node) bool {
	held, ok := l.seen[i]
	if ok {
		return held
	}
	switch parent := l.parentOf(i); {
	case parent != None && (!l.nodes[parent].up || l.nodes[parent].goal != goalNone):
		held = l.held(parent)
	case l.stays(i):
		held = true
		l.holders = append(l.holders, i)
	case l.onItsWay(i):
		l.holdUps(i, func(w Wait, x Node) bool {
			held = w != WaitStuck && l.held(x) || held
			return true
		})
	}
	l.seen[i] = held
	return held
}

// onItsWay reports whether a node has no run and will get one.
func (k *Kernel) onItsWay(i Node) bool {
	n := &k.nodes[i]
	return !n.up && (n.life == LifecycleDeclared || n.life == LifecycleStarting || n.life == LifecycleRestarting)
}
