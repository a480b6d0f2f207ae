package kernel

import "github.com/supgen/supgen/runtime/policy"

// turn is in which queue of its supervisor a node waits.
type turn uint8

const (
	turnNone        turn = iota
	turnConcurrency      // for a place
	turnThrottle         // for a place and a token: an automatic launch under a throttle
)

// turnQueue is first come, first served.
type turnQueue struct{ head, tail Node }

// turnOf is the queue that a node has to wait in, now that all else lets it start.
func (k *Kernel) turnOf(i Node) turn {
	n, r := &k.nodes[i], k.rowOf(i)
	if r.parent == None {
		return turnNone
	}
	switch p := k.rowOf(r.parent); {
	case n.throttled && n.gen > 0 && p.Throttle.N > 0:
		return turnThrottle
	case p.Concurrency > 0 && n.super < 0:
		return turnConcurrency
	}
	return turnNone
}

// queueForTurn lets a node wait for its turn (design.md, "Turns").
func (k *Kernel) queueForTurn(i Node, t turn) {
	n, r := &k.nodes[i], k.rowOf(i)
	s := &k.supervisors[k.nodes[r.parent].super]
	k.setLife(i, LifecycleStarting, StopNone)
	n.turn = t
	s.arrivals++
	n.launchOrder = s.arrivals // until it is launched: when it came
	q := &s.waiting[n.turn-1]
	n.turnPrev, n.turnNext = q.tail, None
	if q.tail == None {
		q.head = i
	} else {
		k.nodes[q.tail].turnNext = i
	}
	q.tail = i
	k.serveTurns(k.nodes[r.parent].super)
}

// serveTurns launches the first in line while there are places and tokens.
func (k *Kernel) serveTurns(super int32) {
	s := &k.supervisors[super]
	s.turnFreed = false
	r := k.rowOf(s.node)
	for {
		free, auto := s.waiting[turnConcurrency-1].head, s.waiting[turnThrottle-1].head
		if r.Concurrency > 0 && s.inflight >= int32(r.Concurrency) {
			free = None
			if auto != None && k.nodes[auto].super < 0 {
				auto = None
			}
		}
		if auto != None && !k.hasToken(super) {
			auto = None
		}
		next := free
		if next == None || auto != None && k.nodes[auto].launchOrder < k.nodes[free].launchOrder {
			next = auto
		}
		if next == None {
			return
		}
		k.leaveTurn(next)
		if w, _ := k.wait(next); w != WaitNothing { // what let it queue has gone again
			k.setLife(next, LifecycleRestarting, StopNone)
			continue
		}
		if next == auto {
			s.tokens--
		}
		if r.Concurrency > 0 && k.nodes[next].super < 0 { // a supervisor would hold what its own children may wait for
			s.inflight++
			k.nodes[next].inflight = true
		}
		k.launch(next)
	}
}

// hasToken refills a supervisor's tokens, and sets the deadline for the next one if there is none.
func (k *Kernel) hasToken(super int32) bool {
	s := &k.supervisors[super]
	t := k.rowOf(s.node).Throttle
	if n := (k.now - s.refilled) / t.Refill; n > 0 {
		s.tokens, s.refilled = s.tokens+int(min(n, Time(t.N-s.tokens))), s.refilled+n*t.Refill
	}
	if s.tokens == t.N {
		s.refilled = k.now // nothing refills what is full
	}
	if s.tokens > 0 {
		return true
	}
	k.arm(timerToken, super, policy.Sum(s.refilled, t.Refill))
	return false
}

// leaveTurn takes a node out of its queue.
func (k *Kernel) leaveTurn(i Node) {
	n := &k.nodes[i]
	if n.turn == turnNone {
		return
	}
	s := &k.supervisors[k.nodes[k.parentOf(i)].super]
	q := &s.waiting[n.turn-1]
	if n.turnPrev == None {
		q.head = n.turnNext
	} else {
		k.nodes[n.turnPrev].turnNext = n.turnNext
	}
	if n.turnNext == None {
		q.tail = n.turnPrev
	} else {
		k.nodes[n.turnNext].turnPrev = n.turnPrev
	}
	n.turn, n.turnNext, n.turnPrev = turnNone, None, None
}

// leaveInflight gives a run's place among its supervisor's starting children back.
func (k *Kernel) leaveInflight(i Node) {
	n := &k.nodes[i]
	if !n.inflight {
		return
	}
	n.inflight = false
	super := k.nodes[k.parentOf(i)].super
	k.supervisors[super].inflight--
	k.freeTurn(super)
}

// freeTurn has a supervisor give a turn, which has become free, to the next in line, once all that this step decides is decided.
func (k *Kernel) freeTurn(super int32) {
	s := &k.supervisors[super]
	s.turnFreed = true
	k.touch(s.node)
}
