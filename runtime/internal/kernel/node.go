package kernel

import "github.com/supgen/supgen/runtime/policy"

// goal is where a node that is going down will be.
type goal uint8

const (
	goalNone goal = iota
	goalRestart
	goalPause
	goalRetire // it is temporary, and goes down with a scope
	goalStop   // its table said so
	goalHalt   // an operator said so
	goalTree   // what is above it stops
	goalQuarantine
	goalRemove
)

// scoped reports whether who goes there is a member of a scope until it is down.
func (g goal) scoped() bool { return g == goalRestart || g == goalRetire }

// stops reports whether who goes there will be stopped.
func (g goal) stops() bool {
	return g == goalRetire || g == goalStop || g == goalHalt || g == goalTree
}

// absorbs reports whether going there is as strict as an action.
func (g goal) absorbs(a policy.Action) bool {
	switch a {
	case policy.ActionRetry, policy.ActionRestart:
		return g >= goalRestart
	case policy.ActionStop:
		return g >= goalStop
	case policy.ActionQuarantine:
		return g >= goalQuarantine
	}
	return false
}

// stage is how far a node on its way down has come. A run goes through those that doc.go draws; a supervisor is wanted,
// then asked: its children may be.
type stage uint8

const (
	stageNone     stage = iota
	stageWanted         // what stops before it is not down yet
	stageAsked          // it was asked to stop
	stageAborted        // its drain is over
	stageReturned       // it has ended; not all that hold its value are down
	stageSpent          // the same, and it left something to clean up
	stageCleaning       // its cleanups run
	stageCut            // the same, and their drain is over
	stageKept           // a job that completed, and whose value is there: up only once that is withdrawn
	stageStored         // the same, and it left something to clean up
)

// A node is what changes about one child. Everything that does not is in its row.
type node struct {
	row   policy.ID
	index int32 // which replica, or the number of the dynamic child
	super int32 // in Kernel.supers, -1 for all but supervisors

	life      Lifecycle
	health    HealthState
	readiness Readiness
	reason    StopReason
	goal      goal
	stage     stage
	turn      turn
	last      policy.Outcome // how it ended by itself, if its table said stop

	up      bool // launched, and not down, nor stuck
	touched bool
	held    bool // an operator holds it
	auto    bool // its next launch takes a token of the throttle
	slot    bool // it has a place of its supervisor's concurrency
	decided bool // this run failed while alive, and that is decided: how it ends does not matter
	doomed  bool // it escalated, and so did not just stop
	fresh   bool // of a supervisor: it starts everything anew
	stable  bool // this run was ready
	sampled bool // it should be by now, and is asked when it last moved on
	leaving bool // it will be gone when its stuck run has returned
	alone   bool // its stuck run may have no other beside it
	gone    bool // a dynamic child's place that is free
	want    goal // scratch of takeDown

	gen     uint64
	born    uint64 // of a dynamic child: the last generation of its row before it
	started uint64 // Kernel.started at its last launch
	attempt int32
	mark    uint32 // scratch of takeDown

	readySince Time

	users   int32 // direct dependants that are up
	leaked  int32 // its own stuck runs
	lent    int32 // stuck runs that were given a value of this one
	lentOld int32 // those of them, and of its users, that were given an older one
	because Node  // whose fall took it down
	timerAt [2]int32

	scope                int32
	scopeNext, scopePrev Node
	turnNext, turnPrev   Node
	kinNext, kinPrev     Node // dynamic children of one row

	past   *past   // nil until there is any
	vitals *vitals // nil of whom nobody looks after
}

// vitals are what is known of the health of a run with a heartbeat or a check.
type vitals struct {
	beat     Time
	tick     Time   // of the last check
	check    uint32 // its number
	fails    int32  // failed ones in a row
	checking bool   // one is in flight
	hung     bool   // and has used up its time

	failed policy.Outcome // how the last one ended; none if it passed, or hung
	cause  any            // and why; CheckHung if it hung
}

// why is what the last check of a run said.
func (n *node) why() any {
	if n.vitals == nil {
		return nil
	}
	return n.vitals.cause
}

// CheckHung is the cause of a failure whose last check did not return in time.
var CheckHung any = checkHung{}

type checkHung struct{}

// A past is what a node has that ever failed or ended. Most never do.
type past struct {
	window   window
	delay    Time // the last backoff
	since    Time // of its attempts: when the first of them failed
	failure  Failure
	decision Decision
	unclean  any            // the cause of the last unclean stop
	failures uint64         // so far
	again    uint64         // launches after the first, of a dynamic child: the generations of others are in between
	pending  policy.Outcome // of a run that failed while alive: what it returns will tell whether that came from outside
	room     [3]Time        // of the window, until it needs more

	proved  bool   // it was ready once: what AtStart says is over
	term    Time   // of a quarantine that ends by itself: how long it lasts
	over    bool   // it is to start again, and only waits for its stuck run to return
	wish    goal   // where somebody wanted it when its run was written off: it goes there when that has returned
	byHand  bool   // an operator restarts it: its run goes down for that, or is stuck
	tried   bool   // of one that is optional, or a sidecar: since its supervisor started, a run of it has ended or failed
	failing bool   // of a sidecar, or one that is optional under rest_for_one: since its supervisor started, and it was last ready, a run of it has ended by itself or failed
	heldBy  int32  // who comes after it, and goes down before it does
	holds   []bool // by what it comes after: what is held by it
}

// nothing is the past of who has none. It is only read.
var nothing past

// was is a node's past, to be read.
func (n *node) was() *past {
	if n.past == nil {
		return &nothing
	}
	return n.past
}

// remember is a node's past, to be written.
func (n *node) remember() *past {
	if n.past == nil {
		n.past = new(past)
		n.past.window.at = n.past.room[:]
	}
	return n.past
}

// renewed is the place of a past, for another node.
func (p *past) renewed() *past {
	if p != nil {
		*p = past{window: window{at: p.window.at}}
	}
	return p
}

// again has a node's attempts start again.
func (n *node) again() {
	n.attempt = 1
	if n.past != nil {
		n.past.delay = 0
	}
}

// super is what a node has when it is a supervisor.
type super struct {
	node     Node
	kids     []Node // in the order of the file; a dynamic row is one, a group none
	groups   []Node
	up       int32 // children that are up
	unready  int32 // children that keep it from being ready
	leaked   int32 // stuck runs below that keep it from restarting
	idle     bool  // its "finish when" waits for nobody but who is at rest, and that was told
	intense  window
	inflight int32 // children between launched and ready
	freed    bool  // there are fewer of them than when it was last looked who may be launched
	waiting  [2]turnQueue
	tokens   int
	refill   Time // when the last token was put back
	timer    int32
	arrivals uint64
}

// A Leak is a run that was told to stop, did not, and is not waited for any more.
type Leak struct {
	Node    Node
	Gen     uint64
	Cleanup bool // all of it but its cleanups has ended
}

// A leak is what the kernel knows of one.
type leak struct {
	Leak
	started uint64
	off     bool // it was written off: it hinders nobody but its own child
	beside  bool // another run may be beside it: when it got stuck its row was restart, or it was in its cleanups
}

// good reports whether a child leaves its supervisor ready: ready, or ended for good; of a sidecar, not waited for.
func (k *Kernel) good(i Node) bool {
	n := &k.nodes[i]
	return n.life == LifecycleReady || n.life == LifecycleStopped || k.rowOf(i).Role == policy.Sidecar && n.spared()
}

// spared reports whether a sidecar that is not ready is not waited for: it is at rest, or failing and not paused.
func (n *node) spared() bool {
	return terminal(n.life) || n.was().failing && n.life != LifecyclePaused
}

// aside reports whether a rest_for_one sibling is passed by the younger ones: it is not on its way up, or optional and failing.
func (n *node) aside() bool { return resting(n.life) || n.life != LifecycleReady && n.was().failing }

// setFailing notes whether a sidecar fails, or an optional child under rest_for_one: then neither its primary nor its supervisor waits
// for it, nor its younger siblings (design.md, "Starting").
func (k *Kernel) setFailing(i Node, to bool) {
	n, r := &k.nodes[i], k.rowOf(i)
	if r.Role != policy.Sidecar && (!r.Optional || r.chain < 0) || n.was().failing == to {
		return
	}
	good := k.good(i)
	n.remember().failing = to
	k.recount(i, good)
	for _, p := range r.primaries {
		k.touch(p)
	}
	if r.chain >= 0 {
		k.passOnYounger(r)
	}
}

// recount keeps a supervisor's count of who is not ready, now that a child of it is not good, or good, as it was.
func (k *Kernel) recount(i Node, good bool) {
	r := k.rowOf(i)
	if !r.counts() || good == k.good(i) {
		return
	}
	s := &k.supers[k.nodes[r.parent].super]
	if good {
		s.unready++
	} else {
		s.unready--
	}
	k.touch(r.parent)
}

// resting reports whether a child is not on its way up and will not be by itself.
func resting(l Lifecycle) bool {
	switch l {
	case LifecyclePaused, LifecycleQuarantined, LifecycleStopped, LifecycleFailed:
		return true
	}
	return false
}

// terminal is design.md's "terminal for automatic restart".
func terminal(l Lifecycle) bool { return resting(l) && l != LifecyclePaused }

func (k *Kernel) rowOf(i Node) *row { return &k.rows[k.nodes[i].row] }

// parentOf is None for the root.
func (k *Kernel) parentOf(i Node) Node { return k.rowOf(i).parent }

// opens is what a lifecycle means to those that wait for a node: it is on its way, there, at rest, or paused, which a
// primary waits for.
func opens(l Lifecycle) int {
	switch {
	case l == LifecycleReady:
		return 1
	case l == LifecyclePaused:
		return 2
	case resting(l):
		return 3
	}
	return 0
}

// setLife moves a node, and tells.
func (k *Kernel) setLife(i Node, to Lifecycle, why StopReason) {
	n := &k.nodes[i]
	if from := n.life; from != to || n.reason != why {
		k.move(i, to, why)
		k.tell(i, EventTransition, from)
	}
}

// move changes a node's lifecycle, keeps its supervisor's count of who is not ready, and has all that waits for the node
// looked at again.
func (k *Kernel) move(i Node, to Lifecycle, why StopReason) {
	n := &k.nodes[i]
	from, good := n.life, k.good(i)
	n.life, n.reason = to, why
	if from == LifecycleQuarantined {
		k.endTerm(i)
	}
	switch {
	case to == LifecycleReady && n.readiness == ReadinessPending:
		n.readiness = ReadinessReady
	case to != LifecycleReady && n.readiness == ReadinessReady:
		n.readiness = ReadinessPending
	}
	k.recount(i, good)
	if !resting(from) && resting(to) {
		k.touchFinish(i)
	}
	if r := k.rowOf(i); r.Dynamic && from != to {
		switch LifecycleQuarantined {
		case from:
			r.held--
		case to:
			r.held++
		}
	}
	if r := k.rowOf(i); r.awaited && opens(from) != opens(to) {
		k.passOn(i)
	}
	if n.super >= 0 && terminal(to) {
		k.passOnBelow(n.super)
	}
}

// tell publishes an event about a node.
func (k *Kernel) tell(i Node, kind EventKind, from Lifecycle) *Event {
	n := &k.nodes[i]
	k.seq++
	k.last[i] = k.seq
	k.events = append(k.events, Event{})
	e := &k.events[len(k.events)-1] // written in place: this is on every stack that a run ends on
	e.Seq, e.At, e.Node, e.Kind, e.From, e.To = k.seq, k.now, i, kind, from, n.life
	e.Health, e.Readiness, e.Reason, e.Phase = n.health, n.readiness, n.reason, k.phase
	e.Gen, e.Run, e.Attempt = n.gen, n.gen, n.attempt
	if p := n.past; p != nil {
		e.Failure, e.Decision, e.Restarts = p.failure, p.decision, int32(p.window.count(k.now, k.rowOf(i).Limit.In))
	}
	return e
}

func (k *Kernel) setPhase(p TreePhase) {
	if p <= k.phase {
		return
	}
	k.phase = p
	k.tell(root, EventPhase, k.nodes[root].life)
}

func (k *Kernel) setHealth(i Node, h HealthState) {
	if n := &k.nodes[i]; n.health != h {
		n.health = h
		k.tell(i, EventHealth, n.life)
	}
}

func (k *Kernel) effect(kind EffectKind, i Node) *Effect {
	k.effects = append(k.effects, Effect{Kind: kind, Node: i, Gen: k.nodes[i].gen})
	return &k.effects[len(k.effects)-1]
}
