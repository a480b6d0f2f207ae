package kernel

import (
	"iter"
	"slices"

	"github.com/supgen/supgen/runtime/policy"
)

// tryFinish ends a supervisor whose children have ended, if "finish when" says so.
func (k *Kernel) tryFinish(i Node) {
	if !k.canFinish(i) {
		return
	}
	f := &k.rowOf(i).Finish
	well, failed, all := k.finishStatus(f)
	if !well && failed == None || !f.Any && !all {
		return
	}
	first := End{Asked: true, Node: i, Outcome: policy.OutcomeSuccess}
	o := policy.OutcomeSuccess
	if failed != None {
		o, first = policy.OutcomeError, End{Node: failed, Outcome: k.nodes[failed].lastOutcome}
		if first.Outcome != policy.OutcomeSuccess {
			first.Cause = k.nodes[failed].readHistory().failure.Cause
		}
	}
	switch {
	case i != root && k.coveredByGoal(i, o):
	case i != root:
		k.decideFor(i, o, first)
	case failed == None:
		k.stopTree(first)
	default:
		k.step.verdict.origin = first
		k.failRoot(first.Cause)
	}
}

// canFinish reports whether a supervisor finishes as soon as "finish when" says so.
func (k *Kernel) canFinish(i Node) bool {
	n := &k.nodes[i]
	back := n.goal == goalRestart && !n.fresh // it would come back to what has ended
	return len(k.rowOf(i).Finish.Of) > 0 && n.up && (n.goal == goalNone || back) && !k.treeStopping()
}

// touchFinish looks again whether a supervisor finishes that names a node.
func (k *Kernel) touchFinish(i Node) {
	if r := k.rowOf(i); r.inFinish {
		k.touch(r.parent)
	}
}

// A finisherState is how one that "finish when" names stands (design.md, "finish when").
type finisherState uint8

const (
	finisherWorks   finisherState = iota // it may still end by itself
	finisherWell                         // it ended well by itself
	finisherFailed                       // it failed for good
	finisherSkipped                      // it is switched off
	finisherMissing                      // it may be missing, and its own table has quarantined it: it is not waited for
	finisherHeld                         // it is waited for, and nothing but an operator moves it
)

func (k *Kernel) finisher(i Node) finisherState {
	n, p := &k.nodes[i], k.nodes[i].readHistory()
	switch {
	case !k.restsForGood(i):
		return finisherWorks
	case n.life == LifecycleQuarantined && k.rowOf(i).Optional && !n.held:
		return finisherMissing
	case n.life != LifecycleStopped, n.reason != StopEnded && n.reason != StopCompleted, n.lastOutcome == policy.OutcomeNone:
		return finisherHeld
	case (n.lastOutcome == policy.OutcomeSuccess || n.lastOutcome == policy.OutcomeAgain) && p.decision.Outcome == n.lastOutcome: // not too often
		return finisherWell
	case n.lastOutcome == policy.OutcomeSkip:
		return finisherSkipped
	}
	return finisherFailed
}

// restsForGood reports whether a node is at rest, and goes nowhere when its stuck run has returned, or its term is over.
func (k *Kernel) restsForGood(i Node) bool {
	n, p := &k.nodes[i], k.nodes[i].readHistory()
	return resting(n.life) && !p.startOnReturn && p.goalOnReturn == goalNone && (n.life != LifecycleQuarantined || p.term == 0 || n.held)
}

// finishStatus reports of those that a "finish when" names, each replica for itself, whether one ended well, one that failed for
// good, and whether none is waited for.
func (k *Kernel) finishStatus(f *policy.Finish) (well bool, failed Node, all bool) {
	failed, all = None, true
	for i := range k.finishNodes(f) {
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

// finishNodes are those that a "finish when" names.
func (k *Kernel) finishNodes(f *policy.Finish) iter.Seq[Node] {
	return func(yield func(Node) bool) {
		for _, id := range f.Of {
			first := k.rows[id].firstNode
			for i := first; i < first+Node(max(1, k.rows[id].Replicas)); i++ {
				if !yield(i) {
					return
				}
			}
		}
	}
}

// emitWaits tells, once, of each supervisor that does not finish by itself, for whom it waits. It is for the end of a step, when
// nothing moves any more.
func (k *Kernel) emitWaits() {
	for _, i := range k.finishers {
		if !k.canFinish(i) {
			continue
		}
		s := &k.supervisors[k.nodes[i].super]
		told := s.toldWaits
		held := k.finishWaitsFor(&k.rowOf(i).Finish)
		if s.toldWaits = len(held) > 0; s.toldWaits && !told {
			k.emitEvent(i, EventWaits, k.nodes[i].life).Cause = held
		}
	}
}

// finishWaitsFor is who is waited for where nothing but an operator moves those that a "finish when" names: those of them that are held,
// and who holds up others of them. Those that may be missing are waited for if no others are: nothing has ended.
func (k *Kernel) finishWaitsFor(f *policy.Finish) (held []Node) {
	for i := range k.finishNodes(f) {
		if k.finisher(i) == finisherWorks && !k.onItsWay(i) {
			return nil
		}
	}
	var missing []Node
	l := holdUpSearch{k, map[Node]bool{}, nil}
	for i := range k.finishNodes(f) {
		switch k.finisher(i) {
		case finisherWorks:
			if !l.heldUp(i) {
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

// A holdUpSearch looks for those at rest that hold up others, and that only an operator moves.
type holdUpSearch struct {
	*Kernel
	seen    map[Node]bool // whether each is held up, or at rest
	holders []Node
}

// heldUp reports whether nothing but an operator moves a node: it is at rest, or waits for one that is held. The order of starting has
// no circle.
func (l *holdUpSearch) heldUp(i Node) bool {
	held, ok := l.seen[i]
	if ok {
		return held
	}
	switch parent := l.parentOf(i); {
	case parent != None && (!l.nodes[parent].up || l.nodes[parent].goal != goalNone):
		held = l.heldUp(parent)
	case l.restsForGood(i):
		held = true
		l.holders = append(l.holders, i)
	case l.onItsWay(i):
		l.holdUps(i, func(w Wait, x Node) bool {
			held = w != WaitStuck && l.heldUp(x) || held
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
