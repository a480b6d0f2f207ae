package kernel

import "github.com/supgen/supgen/runtime/policy"

// action is what a node's table says about an outcome: until the node was ready once, that is what AtStart says, if it says
// anything (design.md, "Rows at the start").
func (k *Kernel) action(i Node, o policy.Outcome) policy.Action {
	if k.atStartAnswers(i, o) {
		return k.rowOf(i).AtStart.On[o]
	}
	return k.rowOf(i).On[o]
}

// quarantineTerm is how long a quarantine that on has answered lasts; zero is until an operator ends it.
func (k *Kernel) quarantineTerm(i Node, o policy.Outcome) Time {
	r := k.rowOf(i)
	terms := r.Quarantine
	if k.atStartAnswers(i, o) {
		terms = r.AtStart.Quarantine
	}
	if terms == nil {
		return 0
	}
	return terms[o]
}

// atStartAnswers reports whether AtStart answers an outcome of a node.
func (k *Kernel) atStartAnswers(i Node, o policy.Outcome) bool {
	a := k.rowOf(i).AtStart
	return a != nil && a.On[o] != policy.ActionNone && !k.nodes[i].readHistory().everReady
}

// markEverReady notes that a node was ready, or has completed: its start is over, restarts of its supervisor included. It notes
// it of those alone for which that matters.
func (k *Kernel) markEverReady(i Node) {
	if r := k.rowOf(i); r.AtStart != nil || r.LameDuck > 0 {
		k.nodes[i].writeHistory().everReady = true
	}
}

// setTerm notes how long a node will be quarantined that is about to be.
func (k *Kernel) setTerm(i Node, term Time) {
	if n := &k.nodes[i]; term > 0 {
		n.writeHistory().term = term
	} else {
		k.clearTerm(i)
	}
}

// beginTerm is for a node that is quarantined from now on: what an operator holds has no term.
func (k *Kernel) beginTerm(i Node, term Time) {
	if term > 0 && !k.nodes[i].held {
		k.nodes[i].writeHistory().term = term
		k.arm(timerTerm, int32(i), policy.Sum(k.now, term))
	}
}

// clearTerm has a quarantine last until an operator ends it, or is for one that is over.
func (k *Kernel) clearTerm(i Node) {
	n := &k.nodes[i]
	if p := n.history; p != nil && (p.term > 0 || p.startOnReturn) {
		p.term, p.startOnReturn, p.byHand = 0, false, false
		if !n.up {
			k.disarm(timerTerm, int32(i))
		}
	}
}

// termOver is the end of a quarantine's term. A stuck run may have no other beside it: it is waited for.
func (k *Kernel) termOver(i Node) {
	if n := &k.nodes[i]; n.blockedByStuck {
		n.history.startOnReturn = true
		return
	}
	k.endQuarantine(i)
}

// endQuarantine starts a node again whose quarantine had a term, as if it had not failed: attempt 1, and its own window,
// or that of the group that isolated it, empty. It does not count, and waits for its supervisor as any start does.
func (k *Kernel) endQuarantine(i Node) {
	n := &k.nodes[i]
	p := n.writeHistory()
	auto := !p.startOnReturn || !p.byHand
	k.clearTerm(i)
	p.window.clear()
	if at := p.decision.At; p.decision.Outcome == policy.OutcomeIntensity && k.rowOf(at).Role == policy.Group {
		k.nodes[at].writeHistory().window.clear()
	}
	n.resetAttempts()
	n.escalated = false
	k.takeDown(teardown{target: i, goal: goalRestart, automatic: auto, onlyUsers: true, fresh: true})
}
