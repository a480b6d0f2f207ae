package kernel

import "github.com/supgen/supgen/runtime/policy"

// goal is where a node that is going down will be.
type goal uint8

const (
	goalNone goal = iota
	goalRestart
	goalPause
	goalStopTemporary // it is temporary, and goes down with a scope
	goalStop          // its table said so
	goalStopByHand    // an operator said so
	goalStopAbove     // what is above it stops
	goalQuarantine
	goalRemove
)

// inScope reports whether who goes there is a member of a scope until it is down.
func (g goal) inScope() bool { return g == goalRestart || g == goalStopTemporary }

// stops reports whether who goes there will be stopped.
func (g goal) stops() bool {
	return g == goalStopTemporary || g == goalStop || g == goalStopByHand || g == goalStopAbove
}

// covers reports whether going there is as strict as an action.
func (g goal) covers(a policy.Action) bool {
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
	stageNone            stage = iota
	stageWaiting               // what stops before it is not down yet
	stageAsked                 // it was asked to stop
	stageAborted               // its drain is over
	stageEnded                 // it has ended; not all that hold its value are down
	stageEndedUncleaned        // the same, and it left something to clean up
	stageCleaning              // its cleanups run
	stageCleaningAborted       // the same, and their drain is over
	stageKept                  // a job that completed, and whose value is there: up only once that is withdrawn
	stageKeptUncleaned         // the same, and it left something to clean up
)

// A node is what changes about one child. Everything that does not is in its row.
type node struct {
	row   policy.ID
	index int32 // which replica, or the number of the dynamic child
	super int32 // in Kernel.supervisors, -1 for all but supervisors

	life        Lifecycle
	health      HealthState
	readiness   Readiness
	reason      StopReason
	goal        goal
	stage       stage
	turn        turn
	lastOutcome policy.Outcome // how it ended by itself, if its table said stop

	up             bool // launched, and not down, nor stuck
	touched        bool
	held           bool // an operator holds it
	throttled      bool // its next launch takes a token of the throttle
	inflight       bool // it has a place of its supervisor's concurrency
	decided        bool // this run failed while alive, and that is decided: how it ends does not matter
	escalated      bool // it escalated, and so did not just stop
	fresh          bool // of a supervisor: it starts everything anew
	wasReady       bool // this run was ready
	progressAsked  bool // it should be ready by now, and was asked when it last made progress
	removeOnReturn bool // it will be gone when its stuck run has returned
	blockedByStuck bool // a run of it is stuck, and no other may start until that returns
	gone           bool // a dynamic child's place that is free
	teardownGoal   goal // where the teardown that is being collected sends it

	gen         uint64
	genBefore   uint64 // of a dynamic child: the last generation of its row before it
	launchOrder uint64 // Kernel.launches at its last launch; while it waits for its turn, the supervisor's arrivals when it came
	attempt     int32
	teardown    uint32 // the last that it was a member of

	readySince Time

	usersUp    int32 // direct dependants that are up
	leaked     int32 // its own stuck runs
	stuckUsers int32 // stuck runs that were given a value of this one
	staleUsers int32 // those of them, and of its users, that were given an older one
	because    Node  // whose teardown took it down: its own, or one that took it along
	timerAt    [2]int32

	scope                    int32
	scopeNext, scopePrev     Node
	turnNext, turnPrev       Node
	nextDynamic, prevDynamic Node // dynamic children of one row

	history *history // nil until there is any
	vitals  *vitals  // nil of one without a heartbeat and a check
}

// vitals are what is known of the health of a run with a heartbeat or a check.
type vitals struct {
	beat         Time
	checkedAt    Time   // of the last check
	check        uint32 // its number
	failedChecks int32  // failed ones in a row
	checking     bool   // one is in flight
	hung         bool   // and has used up its time

	outcome policy.Outcome // how the last one ended; none if it passed, or hung
	cause   any            // and why; CheckHung if it hung
}

// checkCause is what the last check of a run said.
func (n *node) checkCause() any {
	if n.vitals == nil {
		return nil
	}
	return n.vitals.cause
}

// CheckHung is the cause of a failure whose last check did not return in time.
var CheckHung any = checkHung{}

type checkHung struct{}

// NoCause is the cause of a run that says that it is not ready any more, and not why.
var NoCause any = noCause{}

type noCause struct{}

// A history is what is kept of a node that ever failed or ended. Most never do.
type history struct {
	window     window
	delay      Time // the last backoff
	since      Time // of its attempts: when the first of them failed
	failure    Failure
	decision   Decision
	unclean    any            // the cause of the last unclean stop
	notReady   any            // why the run is not ready, as it or its last check said; nil unless it is running
	failures   uint64         // so far
	relaunches uint64         // launches after the first, of a dynamic child: the generations of others are in between
	suspected  policy.Outcome // of a run that failed while alive: what it returns will tell whether that came from outside
	windowRoom [3]Time        // of the window, until it needs more

	everReady     bool   // it was ready once: AtStart does not apply any more, and a root leaves before it stops
	term          Time   // of a quarantine that ends by itself: how long it lasts
	startOnReturn bool   // it is to start again, and only waits for its stuck run to return
	goalOnReturn  goal   // where somebody wanted it when its run was written off: it goes there when that has returned
	byHand        bool   // an operator restarts it: its run goes down for that, or is stuck
	tried         bool   // of one that is optional, or a sidecar: since its supervisor started, a run of it has ended or failed
	failing       bool   // of a sidecar, or one that is optional under rest_for_one: since its supervisor started, and it was last ready, a run of it has ended by itself or failed
	stopDelays    int32  // how many that come after it go down before it is asked to stop
	delaysStop    []bool // by what it comes after: whether the stop of that waits for it
}

// noHistory is the history of a node that has none. It is only read.
var noHistory history

// readHistory is a node's history, to be read.
func (n *node) readHistory() *history {
	if n.history == nil {
		return &noHistory
	}
	return n.history
}

// writeHistory is a node's history, to be written.
func (n *node) writeHistory() *history {
	if n.history == nil {
		n.history = new(history)
		n.history.window.at = n.history.windowRoom[:]
	}
	return n.history
}

// emptied is an empty history in the same memory, for another node.
func (p *history) emptied() *history {
	if p != nil {
		*p = history{window: window{at: p.window.at}}
	}
	return p
}

// resetAttempts has a node's attempts start again.
func (n *node) resetAttempts() {
	n.attempt = 1
	if n.history != nil {
		n.history.delay = 0
	}
}

// supervisorState is what a node has when it is a supervisor.
type supervisorState struct {
	node        Node
	kids        []Node // in the order of the file; a dynamic row is one, a group none
	groups      []Node
	upKids      int32 // children that are up
	unready     int32 // children that keep it from being ready
	leakedBelow int32 // stuck runs below that keep it from restarting
	toldWaits   bool  // its "finish when" waits only for those at rest, and that was reported
	intensity   window
	inflight    int32 // children between launched and ready
	turnFreed   bool  // there are fewer of them than when it was last looked who may be launched
	waiting     [2]turnQueue
	tokens      int
	refilled    Time // when the last token was put back
	timerAt     int32
	arrivals    uint64
}

// A Leak is a run that was asked to stop, did not, and is not waited for any more.
type Leak struct {
	Node    Node
	Gen     uint64
	Cleanup bool // all of it but its cleanups has ended
}

// A leak is what the kernel knows of one.
type leak struct {
	Leak
	launchOrder   uint64
	writtenOff    bool // it was written off: it hinders its own child alone
	allowsAnother bool // another run may be beside it: when it got stuck its row was restart, or it was in its cleanups
}

// isReadyOrDone reports whether a child leaves its supervisor ready: ready, or ended for good; of a sidecar, not waited for.
func (k *Kernel) isReadyOrDone(i Node) bool {
	n := &k.nodes[i]
	return n.life == LifecycleReady || n.life == LifecycleStopped || k.rowOf(i).Role == policy.Sidecar && n.notWaitedFor()
}

// notWaitedFor reports whether a sidecar that is not ready is not waited for: it is at rest, or failing and not paused.
func (n *node) notWaitedFor() bool {
	return terminal(n.life) || n.readHistory().failing && n.life != LifecyclePaused
}

// passedByYounger reports whether a rest_for_one sibling is passed by the younger ones: it is not on its way up, or optional and failing.
func (n *node) passedByYounger() bool {
	return resting(n.life) || n.life != LifecycleReady && n.readHistory().failing
}

// setFailing notes whether a sidecar fails, or an optional child under rest_for_one: then neither its primary nor its supervisor waits
// for it, nor its younger siblings (design.md, "Starting").
func (k *Kernel) setFailing(i Node, to bool) {
	n, r := &k.nodes[i], k.rowOf(i)
	if r.Role != policy.Sidecar && (!r.Optional || r.siblingOrder < 0) || n.readHistory().failing == to {
		return
	}
	ready := k.isReadyOrDone(i)
	n.writeHistory().failing = to
	k.recountUnready(i, ready)
	for _, p := range r.primaries {
		k.touch(p)
	}
	if r.siblingOrder >= 0 {
		k.touchYounger(r)
	}
}

// recountUnready keeps a supervisor's count of the children that are not ready; ready is what isReadyOrDone reported of this
// one before it changed.
func (k *Kernel) recountUnready(i Node, ready bool) {
	r := k.rowOf(i)
	if !r.readinessCounts() || ready == k.isReadyOrDone(i) {
		return
	}
	s := &k.supervisors[k.nodes[r.parent].super]
	if ready {
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

// waiterClass is what a lifecycle means to those that wait for a node: it is on its way, there, at rest, or paused, which a
// primary waits for.
func waiterClass(l Lifecycle) int {
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
		k.emitEvent(i, EventTransition, from)
	}
}

// move changes a node's lifecycle, keeps its supervisor's count of who is not ready, and has all that waits for the node
// looked at again.
func (k *Kernel) move(i Node, to Lifecycle, why StopReason) {
	n := &k.nodes[i]
	from, ready := n.life, k.isReadyOrDone(i)
	n.life, n.reason = to, why
	if n.history != nil {
		n.history.notReady = nil
	}
	if from == LifecycleQuarantined {
		k.clearTerm(i)
	}
	switch {
	case to == LifecycleReady && n.readiness == ReadinessPending:
		n.readiness = ReadinessReady
	case to != LifecycleReady && n.readiness == ReadinessReady:
		n.readiness = ReadinessPending
	}
	k.recountUnready(i, ready)
	if !resting(from) && resting(to) {
		k.touchFinish(i)
	}
	if r := k.rowOf(i); r.Dynamic && from != to {
		switch LifecycleQuarantined {
		case from:
			r.quarantined--
		case to:
			r.quarantined++
		}
	}
	if r := k.rowOf(i); r.awaited && waiterClass(from) != waiterClass(to) {
		k.touchWaiters(i)
	}
	if n.super >= 0 && terminal(to) {
		k.touchWaitersBelow(n.super)
	}
}

// emitEvent publishes an event about a node.
func (k *Kernel) emitEvent(i Node, kind EventKind, from Lifecycle) *Event {
	n := &k.nodes[i]
	k.seq++
	k.lastSeq[i] = k.seq
	k.step.events = append(k.step.events, Event{})
	e := &k.step.events[len(k.step.events)-1] // written in place: this is on every stack that a run ends on
	e.Seq, e.At, e.Node, e.Kind, e.From, e.To = k.seq, k.now, i, kind, from, n.life
	e.Health, e.Readiness, e.Reason, e.Phase = n.health, n.readiness, n.reason, k.phase
	e.Gen, e.Run, e.Attempt = n.gen, n.gen, n.attempt
	if p := n.history; p != nil {
		e.Failure, e.Decision, e.Restarts = p.failure, p.decision, int32(p.window.count(k.now, k.rowOf(i).Limit.In))
	}
	return e
}

func (k *Kernel) setPhase(p TreePhase) {
	if p <= k.phase {
		return
	}
	k.phase = p
	k.emitEvent(root, EventPhase, k.nodes[root].life)
}

func (k *Kernel) setHealth(i Node, h HealthState) {
	if n := &k.nodes[i]; n.health != h {
		n.health = h
		k.emitEvent(i, EventHealth, n.life)
	}
}

func (k *Kernel) emitEffect(kind EffectKind, i Node) *Effect {
	k.step.effects = append(k.step.effects, Effect{Kind: kind, Node: i, Gen: k.nodes[i].gen})
	return &k.step.effects[len(k.step.effects)-1]
}
