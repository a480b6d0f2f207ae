package kernel

// timers is a heap of deadlines. Each owner has one place for each of its timers, so that a deadline is moved or
// taken out in O(log n) and none is left behind.
type timers []timer

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
)

func (t timers) due(now Time) bool { return len(t) > 0 && t[0].at <= now }

func (t timers) next() (Time, bool) {
	if len(t) == 0 {
		return 0, false
	}
	return t[0].at, true
}

// another reports whether the next deadline is one of the same moment and kind as u.
func (t timers) another(u timer) bool { return len(t) > 0 && t[0].at == u.at && t[0].kind == u.kind }

// place is where the heap keeps an owner's position, -1 if it has no deadline.
func (k *Kernel) place(kind timerKind, of int32) *int32 {
	switch kind {
	case timerScope:
		return &k.scopes[of].timer
	case timerToken:
		return &k.supers[of].timer
	}
	return &k.nodes[of].timerAt[kind]
}

// arm sets, or moves, a deadline.
func (k *Kernel) arm(kind timerKind, of int32, at Time) {
	p := k.place(kind, of)
	if *p < 0 {
		k.timers = append(k.timers, timer{})
		*p = int32(len(k.timers) - 1)
	}
	k.timers[*p] = timer{at, kind, of}
	k.sift(int(*p))
}

// disarm takes a deadline out; it may not be there.
func (k *Kernel) disarm(kind timerKind, of int32) {
	p := k.place(kind, of)
	if *p < 0 {
		return
	}
	at, last := int(*p), len(k.timers)-1
	*p = -1
	moved := k.timers[last]
	k.timers = k.timers[:last]
	if at < last {
		k.timers[at] = moved
		*k.place(moved.kind, moved.of) = int32(at)
		k.sift(at)
	}
}

// pop takes the first deadline out.
func (k *Kernel) pop() timer {
	t := k.timers[0]
	k.disarm(t.kind, t.of)
	return t
}

// before orders deadlines of one moment by kind and owner, so that a history does not depend on the heap's shape.
func (t timer) before(u timer) bool {
	if t.at != u.at {
		return t.at < u.at
	}
	if t.kind != u.kind {
		return t.kind < u.kind
	}
	return t.of < u.of
}

// sift moves the entry at i up or down to where it belongs.
func (k *Kernel) sift(i int) {
	t := k.timers
	for i > 0 {
		up := (i - 1) / 2
		if !t[i].before(t[up]) {
			break
		}
		k.swap(i, up)
		i = up
	}
	for {
		down := 2*i + 1
		if down >= len(t) {
			return
		}
		if right := down + 1; right < len(t) && t[right].before(t[down]) {
			down = right
		}
		if !t[down].before(t[i]) {
			return
		}
		k.swap(i, down)
		i = down
	}
}

func (k *Kernel) swap(i, j int) {
	t := k.timers
	t[i], t[j] = t[j], t[i]
	*k.place(t[i].kind, t[i].of), *k.place(t[j].kind, t[j].of) = int32(i), int32(j)
}

// fire does what a deadline is for.
func (k *Kernel) fire(t timer) {
	switch t.kind {
	case timerPhase:
		k.phaseOver(Node(t.of))
	case timerProbe:
		k.probe(Node(t.of))
	case timerScope:
		k.tryOpen(t.of)
	case timerToken:
		k.serve(t.of)
	}
}
