package kernel

import "github.com/supgen/supgen/runtime/policy"

// timerHeap is a heap of deadlines. Each owner has one place for each of its timers, so that a deadline is moved or
// taken out in O(log n) and none is left behind. There is a heap for each clock: what a freeze puts off, it puts off
// together.
type timerHeap []timer

type timer struct {
	at   Time
	kind timerKind
	of   int32 // a node, a scope or a supervisor
}

type timerKind uint8

const (
	timerPhase timerKind = iota // of a node: readiness, a job's run, drain, abort
	timerProbe                  // of a node: heartbeat, check
	timerScope                  // of a scope: its backoff
	timerToken                  // of a supervisor: its throttle
	timerTerm                   // of a node: its quarantine
	timerLeave                  // of the root: its lame duck
)

// The clocks that deadlines are on.
const (
	running = iota // the running clock
	callers        // the caller's
)

// heapOf is where a kind of deadline is.
func (k *Kernel) heapOf(kind timerKind) *timerHeap {
	if kind <= timerProbe {
		return &k.timers[running]
	}
	return &k.timers[callers]
}

// nextTimer is the next deadline, on the caller's clock.
func (k *Kernel) nextTimer() (next timer, ok bool) {
	if t := k.timers[callers]; len(t) > 0 {
		next, ok = t[0], true
	}
	if t := k.timers[running]; len(t) > 0 {
		run := t[0]
		run.at = policy.Sum(run.at, k.clock.lost)
		if !ok || run.less(next) {
			next, ok = run, true
		}
	}
	return next, ok
}

// fireNext fires all deadlines of the next moment, if that has come, and reports whether it has.
func (k *Kernel) fireNext() bool {
	t, ok := k.nextTimer()
	if !ok || t.at > k.now {
		return false
	}
	for at := t.at; ok && t.at == at; t, ok = k.nextTimer() {
		k.disarm(t.kind, t.of)
		k.fire(t)
	}
	return true
}

// heapIndex is where the heap keeps an owner's position, -1 if it has no deadline.
func (k *Kernel) heapIndex(kind timerKind, of int32) *int32 {
	switch kind {
	case timerScope:
		return &k.scopes[of].timerAt
	case timerToken:
		return &k.supervisors[of].timerAt
	case timerTerm:
		return &k.nodes[of].timerAt[timerPhase] // who is quarantined has no run
	case timerLeave:
		return &k.leaveAt
	}
	return &k.nodes[of].timerAt[kind]
}

// arm sets, or moves, a deadline, on the clock of its kind.
func (k *Kernel) arm(kind timerKind, of int32, at Time) {
	h, p := k.heapOf(kind), k.heapIndex(kind, of)
	if *p < 0 {
		*h = append(*h, timer{})
		*p = int32(len(*h) - 1)
	}
	(*h)[*p] = timer{at, kind, of}
	k.sift(*h, int(*p))
}

// disarm takes a deadline out; it may not be there.
func (k *Kernel) disarm(kind timerKind, of int32) {
	h, p := k.heapOf(kind), k.heapIndex(kind, of)
	if *p < 0 {
		return
	}
	at, last := int(*p), len(*h)-1
	*p = -1
	moved := (*h)[last]
	*h = (*h)[:last]
	if at < last {
		(*h)[at] = moved
		*k.heapIndex(moved.kind, moved.of) = int32(at)
		k.sift(*h, at)
	}
}

// less orders deadlines of one moment by kind and owner, so that a history does not depend on the heap's shape.
func (t timer) less(u timer) bool {
	if t.at != u.at {
		return t.at < u.at
	}
	if t.kind != u.kind {
		return t.kind < u.kind
	}
	return t.of < u.of
}

// sift moves the entry at i up or down to where it belongs.
func (k *Kernel) sift(t timerHeap, i int) {
	for i > 0 {
		up := (i - 1) / 2
		if !t[i].less(t[up]) {
			break
		}
		k.swap(t, i, up)
		i = up
	}
	for {
		down := 2*i + 1
		if down >= len(t) {
			return
		}
		if right := down + 1; right < len(t) && t[right].less(t[down]) {
			down = right
		}
		if !t[down].less(t[i]) {
			return
		}
		k.swap(t, i, down)
		i = down
	}
}

func (k *Kernel) swap(t timerHeap, i, j int) {
	t[i], t[j] = t[j], t[i]
	*k.heapIndex(t[i].kind, t[i].of), *k.heapIndex(t[j].kind, t[j].of) = int32(i), int32(j)
}

// fire does what a deadline is for.
func (k *Kernel) fire(t timer) {
	switch t.kind {
	case timerPhase:
		k.phaseTimeout(Node(t.of))
	case timerProbe:
		k.probe(Node(t.of))
	case timerScope:
		k.tryOpenScope(t.of)
	case timerToken:
		k.freeTurn(t.of)
	case timerTerm:
		k.termOver(Node(t.of))
	case timerLeave:
		k.stopTree(k.end) // as it was asked for
	}
}
