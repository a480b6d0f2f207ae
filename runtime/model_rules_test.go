package runtime

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/supgen/supgen/runtime/internal/kernel"
)

// failed is a failure that a run tells while it lives (design.md, "What a run may do").
func (m *model) failed(x *mnode, o Outcome) {
	r := x.run
	if o == OutcomeSuccess || r.failed || r.asked || r.pending != OutcomeNone {
		return
	}
	o = m.skips(x, o)
	if x.life != LifecycleShuttingDown || x.stricter(o) {
		r.failed, x.tried = true, true
		m.decideNow(x, o)
	}
}

// skips is what becomes of a skip: nobody can have what was switched off.
func (m *model) skips(x *mnode, o Outcome) Outcome {
	if o == OutcomeSkip && slices.ContainsFunc(m.table, func(c Child) bool { return slices.Contains(c.Needs, ID(x.row)) }) {
		return OutcomeFatalConfig
	}
	return o
}

// decideNow decides about a failure, also of what the tree's stop takes down.
func (m *model) decideNow(x *mnode, o Outcome) {
	switch {
	case m.phase == TreeRunning:
		x.scope = nil // which may open it, once nothing goes down any more
		m.decide(x, o)
	case x.on(o) >= ActionEscalate && o != OutcomeSuccess:
		x.aim = aim{life: LifecycleFailed}
	}
}

// ended is the end of a run (design.md, "When a run ends").
func (m *model) ended(x *mnode, o Outcome, cleanups bool) {
	r := x.run
	r.ended, r.cleans, x.tried = true, cleanups, true
	o = m.skips(x, o)
	asked := r.asked || r.failed
	if m.runsAgain(r) && o == OutcomeSuccess && x.c.Role == Job {
		asked = true
	}
	suspected := r.pending != OutcomeNone
	if suspected {
		o = m.verified(r, o)
	}
	if x.c.Role == Job && o == OutcomeSuccess && !asked {
		m.completes(x)
		return
	}
	switch {
	case r.asked && cleanups:
		m.call(r) // in what is left of its drain
	case !cleanups && !m.isHeld(x):
		x.run, x.stops = nil, nil
	}
	switch {
	case x.life != LifecycleShuttingDown:
		m.decide(x, o)
	case suspected && (x.aim == again || x.aim == retire):
		m.decide(x, o)
	case suspected && x.stricter(o), !asked && x.stricter(o):
		m.decideNow(x, o)
	}
}

// completes is the good end of a job. What it has handed over, it keeps.
func (m *model) completes(x *mnode) {
	r := x.run
	x.held, x.proved, x.isolated = false, true, 0
	x.well, x.bad, x.scope, m.changed = true, false, nil, true
	switch {
	case x.c.Provides && !x.c.Dynamic && x.life == LifecycleShuttingDown && x.aim.reason == StopTree:
		if r.offered, x.well = true, m.phase != TreeRunning; x.well {
			x.aim.reason = StopCompleted
		}
		return // there is nobody to hand it to
	case x.c.Provides && !x.c.Dynamic:
		x.kept, x.run, x.stops = r, nil, nil
	case !r.cleans:
		x.run, x.stops = nil, nil
	default:
		x.aim, x.life = aim{life: LifecycleStopped, reason: StopCompleted}, LifecycleShuttingDown
		return
	}
	if x.life == LifecycleShuttingDown {
		x.aim = aim{life: LifecycleStopped, reason: StopCompleted}
		return
	}
	x.life, x.reason = LifecycleStopped, StopCompleted
	if x.c.Dynamic {
		x.leaving = true
		m.leave(x)
	}
}

// isHeld reports whether something has what x has handed over, or was built on x being there.
func (m *model) isHeld(x *mnode) bool {
	return slices.ContainsFunc(m.members, func(y *mnode) bool {
		runs := y.run != nil || y.kept != nil || y.supervisor() && (y.up || y.life == LifecycleShuttingDown)
		return runs && slices.Contains(y.c.Needs, ID(x.row))
	})
}

// mayBeOver goes on with a run that has ended, once nothing holds its value: its cleanups, and then nothing is left of it.
func (m *model) mayBeOver(x *mnode) {
	r := x.run
	if r == nil || !r.ended || r.called || r.offered || x.life != LifecycleShuttingDown || m.isHeld(x) {
		return
	}
	m.changed = true
	if !r.cleans {
		m.over(x)
		return
	}
	m.call(r)
	m.drain(r)
}

// call calls the cleanups of a run.
func (m *model) call(r *mrun) {
	r.called = true
	m.act("cleanup", r.runID)
}

// over is the moment from which nothing is left of a run.
func (m *model) over(x *mnode) {
	x.run, x.stops, m.changed = nil, nil, true
	m.mayArrive(x)
}

// withdraw is the end of what a completed job has kept.
func (m *model) withdraw(x *mnode) {
	if x.kept == nil {
		return
	}
	x.run, x.kept = x.kept, nil
	x.run.offered = true
	if m.phase == TreeRunning {
		x.well = false
	}
}

// suspect takes down a run that was not ready in time, or is unhealthy: it is decided about when it has ended, unless its
// check has said why.
func (m *model) suspect(x *mnode, o Outcome) {
	if x.run.outside {
		m.fails(x, OutcomeExternal)
		return
	}
	x.run.pending, x.tried, x.failing = o, true, true
	m.stops++
	m.scope(x, m.pulled(x, false), 0, false)
}

// verified is how a run failed that was suspected, and has ended now.
func (m *model) verified(r *mrun, o Outcome) Outcome {
	suspected := r.pending
	r.pending = OutcomeNone
	if o == OutcomeExternal || r.outside {
		return OutcomeExternal
	}
	return suspected
}

// runsAgain reports whether a job has to run again even if it completes now: its supervisor starts anew, or what it
// needed has gone, and what it made with it.
func (m *model) runsAgain(r *mrun) bool {
	x := r.of
	if m.phase != TreeRunning || x.life != LifecycleShuttingDown {
		return false
	}
	for s := x.in; s != nil; s = s.in {
		if s.anew {
			return true
		}
	}
	gone := slices.ContainsFunc(x.c.Needs, func(id ID) bool { return !m.availableRow(id) })
	return x.c.Provides && (gone || !maps.Equal(r.found, m.found(x)))
}

// stricter reports whether the table says something about an outcome that is stricter than where x goes anyway.
func (x *mnode) stricter(o Outcome) bool {
	weight := map[Lifecycle]Action{LifecycleRestarting: ActionRestart, LifecyclePaused: ActionRestart, LifecycleStopped: ActionStop,
		LifecycleQuarantined: ActionQuarantine, LifecycleFailed: ActionEscalate}
	switch {
	case x.aim == retire: // which is no end of its own
		return x.on(o) > ActionRestart
	case x.aim.gone: // nothing that a table says of it alone matters to who is removed
		return x.on(o) > ActionQuarantine
	}
	return x.on(o) > weight[x.aim.life]
}

// stricterOf is where x goes whose table says a, or where it goes anyway.
func (m *model) stricterOf(x *mnode, o Outcome, a aim) aim {
	if x.supervisor() && x.elsewhere() && !x.stricter(o) {
		return x.aim
	}
	return a
}

// fails is a failure while the run lives.
func (m *model) fails(x *mnode, o Outcome) {
	x.run.failed, x.tried = true, true
	m.decide(x, o)
}

// decide is what a table says, done.
func (m *model) decide(x *mnode, o Outcome) {
	x.failing = true
	if x.in == nil { // nobody is above the root to restart it
		x.doomed = o != OutcomeSuccess
		m.stopTree()
		return
	}
	if x.supervisor() && x.life == LifecycleShuttingDown && !m.holdsStuck(x) && !x.stricter(o) {
		x.anew = true // it is going down anyway
		m.stops++
		if x.aim == again || x.aim.life == LifecyclePaused {
			m.anew(x)
		}
		if x.aim == again { // with all that is in it
			m.scope(x, m.pulled(x, false), 0, false)
		}
		return
	}
	action, of, term := m.action(x, o)
	by := o // the row that decided
	if x.supervisor() && x.on(o) <= ActionRestart && m.holdsStuck(x) {
		by = OutcomeStuck
	}
	x.doomed, x.isolated = false, 0
	if of != 0 && m.table[of].Role == Group {
		x.isolated = of
	}
	switch action {
	case ActionRetry, ActionRestart:
		m.restart(x, o, action == ActionRetry)
	case ActionStop:
		x.well, x.skipped = (o == OutcomeSuccess || o == OutcomeAgain) && x.on(o) == ActionStop, o == OutcomeSkip // not too often
		x.bad = !x.well && !x.skipped
		m.down(m.stricterOf(x, by, aim{life: LifecycleStopped, reason: StopEnded}), x)
	case ActionQuarantine:
		all := []*mnode{x}
		for _, y := range m.members {
			if of != 0 && y != x && y.c.Group == of && !y.atRest() && y.life != LifecyclePaused && !y.elsewhere() {
				all = append(all, y)
			}
		}
		for _, y := range all {
			y.term, y.overdue = term, false
		}
		m.down(m.stricterOf(x, by, aim{life: LifecycleQuarantined}), all...)
	case ActionEscalate, ActionShutdown:
		if o == OutcomeSuccess && x.on(o) == ActionShutdown {
			m.stopTree() // which is no failure
			return
		}
		defer m.keepHeld(x, x.life, x.aim)
		x.doomed = true
		if x.life == LifecycleShuttingDown {
			x.aim, x.scope = aim{life: LifecycleFailed}, nil
		} else if !m.alive(x) && !x.up {
			x.life = LifecycleFailed
		}
		if action == ActionShutdown {
			for s := x.in; s != nil; s = s.in {
				s.doomed = true
			}
			m.decide(m.members[0], OutcomeError)
		} else {
			m.decide(x.in, OutcomeError)
		}
	}
}

// keepHeld lets one that brought its supervisor down, on its way to where an operator holds it, still go there.
func (m *model) keepHeld(x *mnode, was Lifecycle, to aim) {
	if m.phase != TreeRunning || !x.held || was != LifecycleShuttingDown || x.aim.gone {
		return
	}
	x.aim, x.doomed = to, false
	if x.life == LifecycleFailed {
		x.life, x.reason = to.life, to.reason
	}
}

// on is the row of an outcome: what holds at the start, until it was ready once or has completed, is stronger.
func (x *mnode) on(o Outcome) Action {
	if x.c.AtStart != nil && !x.proved && x.c.AtStart.On[o] != ActionNone {
		return x.c.AtStart.On[o]
	}
	return x.c.On[o]
}

// lasts is how long a quarantine of that row is.
func (x *mnode) lasts(o Outcome) time.Duration {
	terms := x.c.Quarantine
	if x.c.AtStart != nil && !x.proved && x.c.AtStart.On[o] != ActionNone {
		terms = x.c.AtStart.Quarantine
	}
	if terms == nil {
		return 0
	}
	return terms[o]
}

// action is the row that counts, the one whose intensity decided, and how long a quarantine lasts.
func (m *model) action(x *mnode, o Outcome) (Action, ID, time.Duration) {
	action, of, term := x.on(o), ID(0), x.lasts(o)
	if action > ActionRestart || o == OutcomeStuck {
		return action, 0, term
	}
	if m.holdsStuck(x) { // so it cannot restart
		if x.on(OutcomeStuck) <= ActionRestart {
			return ActionEscalate, 0, 0
		}
		return x.on(OutcomeStuck), 0, x.lasts(OutcomeStuck)
	}
	if action == ActionRetry {
		return action, 0, 0 // it counts nowhere
	}
	if len(within(x.restarts, x.c.Limit, m.now)) >= x.c.Limit.N {
		action, term = x.on(OutcomeLimit), x.lasts(OutcomeLimit)
	}
	above := m.above(x)
	for _, id := range above {
		over := &mnode{c: &m.table[id]}
		if over.c.Role == Supervisor {
			over = m.of(id)[0]
		}
		if len(within(m.counted[id], over.c.Intensity, m.now)) >= over.c.Intensity.N && over.on(OutcomeIntensity) > action {
			action, of, term = over.on(OutcomeIntensity), id, over.lasts(OutcomeIntensity)
		}
	}
	if action == ActionRestart {
		x.restarts = append(x.restarts, m.now)
		for _, id := range above {
			m.counted[id] = append(m.counted[id], m.now)
		}
	}
	return action, of, term
}

// release ends a quarantine whose time is over: as if x had not failed, but for what a throttle has left.
func (m *model) release(x *mnode) {
	if m.phase != TreeRunning {
		return
	}
	m.stops++
	byHand := x.overdue && x.byHand
	x.term, x.overdue, x.byHand = 0, false, false
	x.restarts, x.attempt, x.before, x.doomed = nil, 1, 0, false
	delete(m.counted, cmp.Or(x.isolated, ID(-1)))
	if x.supervisor() {
		m.anew(x)
	}
	m.scope(x, m.pulled(x, false), 0, !byHand)
}

// stuckRun reports whether a run of x is stuck that may have no other beside it.
func (m *model) stuckRun(x *mnode) bool {
	return slices.ContainsFunc(m.leaked, func(r *mrun) bool { return r.of == x && !r.beside })
}

// leftBehind reports whether x stays where it is, since its run is stuck and may have no other beside it.
func (m *model) leftBehind(x *mnode) bool {
	return m.stuckRun(x) && x.run == nil && !x.up && (x.atRest() || x.life == LifecyclePaused)
}

// writtenOff reports whether a stuck run is.
func (m *model) writtenOff(id runID) bool {
	return slices.ContainsFunc(m.leaked, func(r *mrun) bool { return r.runID == id && r.off })
}

// beside reports whether another run may be beside a stuck one: its row said so when it got stuck, in this step too.
func (m *model) beside(id runID, c Child) bool {
	for _, r := range m.leaked {
		if r.runID == id {
			return r.beside
		}
	}
	return effective(c).On[OutcomeStuck] == ActionRestart
}

// holdsStuck reports whether something below x is stuck, and may have no other run beside it.
func (m *model) holdsStuck(x *mnode) bool {
	return slices.ContainsFunc(m.leaked, func(r *mrun) bool { return r.of.below(x) && !r.beside && !r.off })
}

// above are those whose intensity the restarts of x count in.
func (m *model) above(x *mnode) (ids []ID) {
	if x.in == nil || x.c.Optional || x.on(OutcomeLimit) == ActionQuarantine {
		return nil
	}
	if x.c.Group != 0 {
		ids = append(ids, x.c.Group)
		if m.table[x.c.Group].On[OutcomeIntensity] == ActionQuarantine {
			return ids // it is isolated from its supervisor
		}
	}
	return append(ids, x.c.Parent)
}

// restart is an automatic one: its delay, its scope. A retry takes siblings along only if it was ready, and none that is a
// job and works.
func (m *model) restart(x *mnode, o Outcome, retry bool) {
	m.stops++
	m.steady(x)
	before := x.before
	if o != OutcomeAgain || !x.wasReady {
		x.attempt++
	}
	delay := m.delay(x, retry)
	if o == OutcomeAgain && x.wasReady {
		x.before = before // it is no attempt that failed
	}
	if x.supervisor() {
		m.anew(x)
	}
	m.sparing = retry
	all := m.pulled(x, !retry || x.wasReady)
	m.sparing = false
	m.scope(x, all, m.now+delay, true)
}

// steady starts the attempts of a child anew that was ready for long enough.
func (m *model) steady(x *mnode) {
	if !x.steadied && x.wasReady && m.now-x.readyAt >= x.c.Backoff.Reset {
		x.attempt, x.before = 1, 0
	}
	x.steadied = true
}

// delay is the kernel's, if it is within the bounds.
func (m *model) delay(x *mnode, retry bool) time.Duration {
	decided := m.delays[x.node]
	if len(decided) == 0 {
		m.failf("the model restarts node %d, and the kernel did not decide to", x.node)
		return 0
	}
	d := decided[0]
	m.delays[x.node] = decided[1:]
	b := x.c.Backoff
	low := float64(b.Min)
	for range x.attempt - 2 {
		low = min(low*b.Factor, float64(b.Max))
	}
	low = min(low, float64(b.Max))
	high := low
	switch {
	case b.None:
		low, high = 0, 0
	case b.Jitter == FullJitter:
		low = 0
	case b.Jitter == DecorrelatedJitter:
		low, high = float64(b.Min), 3*float64(max(b.Min, x.before))
	default:
		low, high = low*(1-float64(b.Jitter)/100), high*(1+float64(b.Jitter)/100)
	}
	if !b.None {
		high = min(high, float64(b.Max))
	}
	if retry {
		low, high = max(low, 0.05e9), max(high, 0.05e9)
	}
	if float64(d) < low-1 || float64(d) > high+1 {
		m.failf("the delay of node %d is %s, its bounds are %s and %s", x.node, d, time.Duration(low), time.Duration(high))
	}
	x.before = d
	return d
}

// anew has a supervisor that goes down start all that is declared below it when it comes back, but for what an operator
// holds back.
func (m *model) anew(s *mnode) {
	s.anew = true
	back := s.life != LifecycleShuttingDown || s.aim == again || s.aim.life == LifecyclePaused
	for _, x := range slices.Clone(m.members) {
		if x.in != s {
			continue
		}
		x.anew = x.supervisor()
		own := x.life == LifecycleShuttingDown && (x.aim.life == LifecycleQuarantined || x.aim.reason == StopCompleted || x.aim.reason == StopEnded && x.aim != retire)
		if back && x.life == LifecycleShuttingDown && !x.held && !own {
			x.aim = again
		}
		if back && x.supervisor() && !own && !x.held {
			m.anew(x)
		}
		switch {
		case x.c.Dynamic:
			x.scope = nil
			m.lower(x, aim{gone: true})
		case x.held, !back, own, m.leftBehind(x):
		case x.life == LifecycleShuttingDown || m.alive(x) || x.up || x.kept != nil:
			x.well = false
			m.lower(x, again)
		case !x.onItsWay():
			x.life, x.reason, x.well = LifecycleRestarting, StopNone, false
		}
	}
}

// renew makes all below a supervisor that starts anew as if it had never run. What an operator holds back loses its
// counts only.
func (m *model) renew(s *mnode) {
	delete(m.counted, ID(s.row))
	for id, c := range m.table {
		if c.Role == Group && c.Parent == ID(s.row) {
			delete(m.counted, ID(id))
		}
	}
	for _, x := range m.members {
		if x.in != s || x.c.Dynamic {
			continue
		}
		x.restarts, x.before, x.attempt, x.anew = nil, 0, 1, x.supervisor()
		switch {
		case x.held:
		case m.leftBehind(x):
			x.overdue, x.wish = true, aim{}
			x.well, x.bad, x.skipped = false, false, false
		case x.kept != nil:
			m.stops++
			m.scope(x, m.pulled(x, false), 0, false)
		default:
			x.doomed = false
			if x.life != LifecycleDeclared {
				x.life, x.reason = LifecycleRestarting, StopNone
			}
		}
	}
}

// scope makes all of them restart together, not before a time: those that are temporary end, but for whose restart it is.
func (m *model) scope(whose *mnode, all []*mnode, until time.Duration, auto bool) {
	s := &mscope{until: until}
	m.scopes = append(m.scopes, s)
	ends := map[*mnode]bool{}
	for _, x := range all {
		own := x == whose || whose != nil && whose.anew && x.below(whose) || x.life == LifecycleShuttingDown
		ends[x] = x.temporary() && (x.run != nil || x.up) && !own
	}
	if whose != nil && whose.run != nil {
		m.lower(whose, again) // before what is above it, which would retire it
	}
	slices.SortStableFunc(all, func(a, b *mnode) int { return cmp.Compare(a.row, b.row) }) // what is above comes first
	for _, x := range all {
		if slices.ContainsFunc(all, func(s *mnode) bool { return ends[s] && x.below(s) }) {
			continue // it goes where that takes it
		}
		if ends[x] {
			m.lower(x, retire)
			x.aim = retire
		}
		m.lower(x, again)
		m.dequeue(x)
		x.auto = x.auto || auto
		if old := x.scope; old != nil {
			s.until = max(s.until, old.until) // of two that meet, the later time
			for _, y := range m.members {
				if y.scope == old {
					y.scope = s
				}
			}
		}
		if x.onItsWay() || x.life == LifecycleShuttingDown && (x.aim == again || x.aim == retire) {
			x.scope = s
		}
	}
}

// pulled is x and all that goes down with it: what needs it, and under strategies its siblings, at any distance.
func (m *model) pulled(x *mnode, strategies bool) []*mnode {
	set := []*mnode{x}
	m.pulling = x
	for i := 0; i < len(set); i++ {
		for _, y := range m.members {
			if slices.Contains(set, y) {
				continue
			}
			need := slices.Contains(y.c.Needs, ID(set[i].row))
			linked := y.c.Role == Sidecar && y.c.Linked && y.c.Of == ID(set[i].row)
			with := linked || x.anew && m.sharesLife(y, x) || strategies && !set[i].elsewhere() && m.takesAlong(set[i], y)
			withdrawn := y.kept != nil && (x.anew && !y.held && m.sharesLife(y, x) || m.forGood && m.sharesLife(y, x) && !x.elsewhere())
			if withdrawn || with && m.moves(y) || need && m.goes(y) || m.sharesLife(y, set[i]) && (m.goes(y) && !y.completed() || y.doomed && y.in.up && !m.leftBehind(y)) {
				set = append(set, y)
			}
		}
	}
	return set
}

// sharesLife reports whether y is inside s, and nothing in between goes elsewhere, or is held by an operator.
func (m *model) sharesLife(y, s *mnode) bool {
	if !y.below(s) {
		return false
	}
	for in := y.in; in != s; in = in.in {
		if in.elsewhere() || in.held && !in.up && in.life != LifecycleShuttingDown {
			return false
		}
	}
	return m.pulling == s || !s.elsewhere()
}

// moves reports whether y has anything to restart, or is on its way up.
func (m *model) moves(y *mnode) bool { return m.goes(y) && !y.completed() || y.onItsWay() }

// goes reports whether y goes down with what it needs. Who has no run waits for that anyway; a job that has completed
// and provides something runs again.
func (m *model) goes(y *mnode) bool {
	if y.supervisor() && (y.atRest() || y.life == LifecyclePaused) {
		return false // whatever a job in it still cleans up
	}
	return m.alive(y) || y.up || y.life == LifecycleShuttingDown || y.scope != nil || y.life == LifecycleStarting || y.completed() && y.c.Provides
}

// takesAlong reports whether the strategy that x stands under makes y restart with x.
func (m *model) takesAlong(x, y *mnode) bool {
	if x.in == nil || x.in != y.in || x.c.Role == Sidecar || y.c.Role == Sidecar || x.c.Dynamic || y.c.Dynamic {
		return false
	}
	if m.sparing && y.c.Role == Job && y.life == LifecycleRunning {
		return false
	}
	strategy := x.in.c.Strategy
	if x.c.Group != 0 {
		if y.c.Group != x.c.Group {
			return false
		}
		strategy = m.table[x.c.Group].Strategy
	}
	return strategy == OneForAll || strategy == RestForOne && y.row > x.row
}

// down takes them down, and what needs them.
func (m *model) down(a aim, all ...*mnode) {
	m.stops++
	var others []*mnode
	m.forGood = a.life != LifecyclePaused
	for _, x := range all {
		others = append(others, m.pulled(x, false)...)
	}
	m.forGood = false
	for _, x := range all {
		for _, y := range m.members {
			if y == x || y.below(x) && a.life != LifecyclePaused {
				y.scope = nil
			}
		}
		others = slices.DeleteFunc(others, func(y *mnode) bool {
			return y == x || y.below(x) && !(a.life == LifecyclePaused && y.completed()) // whose value is made again
		})
		m.lower(x, a)
	}
	m.scope(nil, others, 0, false)
}

// takes notes that the stop that is going on takes x down, wherever that goes.
func (m *model) takes(x *mnode) {
	if x.run != nil || x.kept != nil || x.up || x.life == LifecycleShuttingDown {
		if x.stops == nil {
			x.stops = map[int]bool{}
		}
		x.stops[m.stops] = true
	}
}

// lower sends a mnode where it is to go, at once if nothing of it runs.
func (m *model) lower(x *mnode, a aim) {
	m.changed = true
	m.takes(x)
	if a == again && x.life == LifecycleShuttingDown && x.aim != again {
		return
	}
	if a == again && x.onItsWay() && !m.alive(x) {
		m.dequeue(x)
		return
	}
	up := x.up
	if a.reason == StopTree && (x.kept != nil && m.phase == TreeStopping || x.life == LifecycleShuttingDown && x.aim.reason == StopCompleted) {
		a.reason = StopCompleted // which it has
	}
	m.withdraw(x)
	if x.supervisor() {
		x.up = false
		inside := again
		if a != again && a.life != LifecyclePaused {
			inside = aim{life: LifecycleStopped, reason: StopTree}
		}
		m.lowerInside(x, inside)
	}
	if x.run != nil || up {
		m.steady(x)
	}
	x.aim = a
	if up || x.supervisor() && x.life == LifecycleShuttingDown || x.run != nil {
		x.life, x.reason = LifecycleShuttingDown, StopNone
		return
	}
	m.arrive(x)
}

// lowerInside sends what is in a supervisor where that takes it.
func (m *model) lowerInside(x *mnode, inside aim) {
	for _, y := range m.members {
		if y.in == x || y.below(x) && inside != again {
			m.takes(y)
		}
		if y.below(x) && inside != again {
			y.term, y.overdue, y.byHand = 0, false, y.byHand && y.run != nil // what it held back stays so
		}
	}
	for _, y := range slices.Clone(m.members) {
		switch {
		case y.in == x && y.c.Dynamic && m.phase == TreeRunning && inside != again:
			m.lower(y, aim{gone: true})
		case y.in == x && y.doomed && inside != again:
			m.lower(y, aim{life: LifecycleFailed})
		case y.in == x && inside == again && !x.anew && y.temporary() && (y.run != nil || y.up) && y.life != LifecycleShuttingDown:
			m.lower(y, retire)
		case y.in == x && (y.held || y.atRest()) && y.supervisor() && inside != again:
			m.lowerInside(y, inside)
		case y.in == x && y.kept != nil && inside != again:
			m.lower(y, inside)
		case y.in != x || y.held || inside != again && (y.atRest() || y.life == LifecycleShuttingDown && y.aim != again && y.aim != retire):
		case y.life == LifecycleShuttingDown && y.aim == again || y.life == LifecycleStarting || m.alive(y) || y.up || inside != again:
			m.lower(y, inside)
		}
	}
}

// shutdown is a request to stop the tree (design.md, "Leave").
func (m *model) shutdown(served bool) {
	root := m.members[0]
	if m.leaves || root.c.LameDuck == 0 || !root.proved && !served {
		m.stopTree()
		return
	}
	if m.leaves, m.leaveEnd = true, m.now+root.c.LameDuck; root.life == LifecycleReady {
		root.life = LifecycleRunning
	}
}

// stopTree takes everything down.
func (m *model) stopTree() {
	if m.phase != TreeRunning {
		return
	}
	m.phase, m.leaves = TreeStopping, false
	m.stops++
	for _, x := range slices.Clone(m.members) {
		x.scope = nil
		switch {
		case x.life == LifecycleShuttingDown && x.aim.gone:
		case x.doomed:
			m.lower(x, aim{life: LifecycleFailed})
		case x.kept != nil, x.life != LifecycleStopped && x.life != LifecycleFailed:
			m.lower(x, aim{life: LifecycleStopped, reason: StopTree})
		}
	}
}

// askAll asks those to stop that may be, the last one first.
func (m *model) askAll() {
	for _, x := range slices.Backward(slices.Clone(m.members)) {
		going := x.life == LifecycleShuttingDown
		if m.askOne(x); going && x.life != LifecycleShuttingDown {
			return // who finishes with it ends, and then who waited for it is asked in the same order
		}
	}
}

// askOne asks a run to stop, if nothing is to stop before it. A supervisor whose turn it is lets those in it be asked.
func (m *model) askOne(x *mnode) {
	switch {
	case x.life == LifecycleShuttingDown && x.run != nil && x.run.ended && !x.run.offered:
		m.mayBeOver(x)
	case x.life != LifecycleShuttingDown || m.waitsToStop(x) && !x.cleared:
	case x.in != nil && x.in.life == LifecycleShuttingDown && !x.in.cleared && !x.cleared:
	case x.supervisor() && !x.cleared:
		x.cleared, m.changed = true, true
		for _, y := range slices.Backward(slices.Clone(m.members)) {
			if y.in == x {
				m.askOne(y)
			}
		}
		m.mayArrive(x)
	case x.supervisor():
		m.mayArrive(x)
	case x.run != nil && x.run.offered && !x.run.asked:
		m.changed, x.run.asked = true, true
		m.act("ask", x.run.runID)
		if !x.run.cleans {
			m.over(x)
			return
		}
		m.call(x.run)
		m.drain(x.run)
	case x.run != nil && !x.run.asked && !x.run.ended:
		m.changed = true
		m.ask(x.run)
	}
}

// waitsToStop reports whether something is to stop before x.
func (m *model) waitsToStop(x *mnode) bool {
	return slices.ContainsFunc(m.members, func(y *mnode) bool {
		return y.life == LifecycleShuttingDown && m.before(y, x)
	})
}

func (m *model) ask(r *mrun) {
	r.asked = true
	m.act("ask", r.runID)
	m.drain(r)
}

// drain begins the stop budget of a run, or of its cleanups.
func (m *model) drain(r *mrun) {
	s := r.of.c.Shutdown
	r.abortAt = m.ran(m.now) + s.Drain
	if s.Unlimited {
		r.abortAt = kernel.Forever
	}
}

func (m *model) abort(r *mrun) {
	r.aborted, r.stuckAt = true, m.ran(m.now)+r.of.c.Shutdown.Abort
	m.act("abort", r.runID)
}

// stuck gives a run up.
func (m *model) stuck(x *mnode) {
	m.act("stuck", x.run.runID)
	r, to := x.run, x.aim
	r.beside = x.on(OutcomeStuck) == ActionRestart
	m.leaked = append(m.leaked, r)
	x.run, x.tried, x.stops = nil, true, nil
	if r.called && x.on(OutcomeStuck) != ActionShutdown { // it hinders nobody, and x goes on
		r.off, r.beside = true, true
		m.mayArrive(x)
		return
	}
	if r.pending != OutcomeNone && m.phase == TreeRunning && x.on(OutcomeStuck) == ActionRestart && (x.aim == again || x.aim == retire) {
		m.decide(x, m.verified(r, OutcomeNone))
		return
	}
	if m.phase == TreeRunning && x.on(OutcomeStuck) != ActionRestart {
		r.off = x.on(OutcomeStuck) == ActionQuarantine || x.on(OutcomeStuck) == ActionStop
		x.scope = nil // which may open it, once nothing goes down any more
		m.decide(x, OutcomeStuck)
		byHand := to == again && x.byHand
		x.byHand = r.off && byHand
		switch { // what an operator or the tree wanted is kept
		case !r.off:
		case to == again:
			x.overdue = byHand
		case to.life == LifecycleFailed: // with its supervisor
			x.wish = aim{life: LifecycleStopped, reason: StopTree}
		case to.gone:
			x.life, x.reason, x.leaving = LifecycleStopped, StopEnded, true
		case to.life == LifecyclePaused, to.reason == StopByHand, to.reason == StopTree, to.life == LifecycleQuarantined && x.held:
			x.wish = to
		}
	} else {
		m.mayArrive(x)
	}
}

// before reports whether a is to be down before b goes: it, or what contains it and goes down as a whole, needs b, or
// what contains that, or is younger, or has it as a sidecar.
func (m *model) before(a, b *mnode) bool {
	for x := a; x != nil && x != b && !b.below(x); x = x.in {
		for y := b; y != nil && y != a && !a.below(y) && !(y != b && y.cleared); y = y.in {
			if x.life != LifecycleShuttingDown || y.life != LifecycleShuttingDown {
				continue
			}
			one := slices.Contains(slices.Concat(x.c.After, x.c.Wants), ID(y.row)) && slices.ContainsFunc(slices.Collect(maps.Keys(x.stops)), func(stop int) bool { return y.stops[stop] })
			if one || slices.Contains(x.c.Needs, ID(y.row)) || y.c.Role == Sidecar && y.c.Of == ID(x.row) || m.elder(ID(y.row), ID(x.row)) {
				return true
			}
		}
	}
	return false
}

// elder reports whether row a stands before row b in an order of siblings that is one of starting and stopping.
func (m *model) elder(a, b ID) bool {
	x, y := m.table[a], m.table[b]
	if a == 0 || a >= b || x.Parent != y.Parent || x.Role == Sidecar || y.Role == Sidecar || x.Dynamic || y.Dynamic {
		return false
	}
	if x.Group != 0 && x.Group == y.Group {
		return m.table[x.Group].Strategy == RestForOne
	}
	return m.table[x.Parent].Strategy == RestForOne
}

// startNext starts the first that can be (design.md, "Starting"), in the order of declaration.
func (m *model) startNext() bool {
	for _, x := range m.members {
		if x.up && m.freed(x) && m.turns(ID(x.row)) {
			return true
		}
		if !m.canStart(x) {
			m.dequeue(x)
			continue
		}
		if q := m.queues[x.c.Parent]; !slices.Contains(q, x) {
			m.queues[x.c.Parent] = append(q, x)
			x.life = LifecycleStarting
			if m.turns(x.c.Parent) {
				return true
			}
		}
	}
	return false
}

// dequeue takes x out of its queue, if it stands in one.
func (m *model) dequeue(x *mnode) {
	q := m.queues[x.c.Parent]
	if i := slices.Index(q, x); i >= 0 {
		m.queues[x.c.Parent] = slices.Delete(q, i, i+1)
		if x.life == LifecycleStarting {
			x.life = LifecycleRestarting
		}
	}
}

// turns launches those that wait for nothing else, first come first served; an automatic launch waits for a token, too,
// and lets others pass then.
func (m *model) turns(id ID) (launched bool) {
	for {
		line := m.queues[id]
		second := slices.IndexFunc(line, m.throttled) + 1 // among the throttled, the first is served first
		i := slices.IndexFunc(line, func(x *mnode) bool {
			return !m.full(x) && (!m.throttled(x) || m.bucket(id).tokens > 0 && x == line[second-1])
		})
		if i < 0 {
			return launched
		}
		x := line[i]
		m.dequeue(x)
		if !m.canStart(x) {
			continue
		}
		if m.throttled(x) {
			m.bucket(id).tokens--
		}
		m.launch(x)
		launched = true
	}
}

func (m *model) throttled(x *mnode) bool {
	return x.in != nil && x.in.c.Throttle.N > 0 && x.auto && !x.first
}

// freed reports whether a slot under a supervisor is free that was not when it was last asked.
func (m *model) freed(s *mnode) bool {
	before := s.slots
	s.slots = m.slots(s)
	return s.slots < before
}

// full reports whether x waits for the end or the first readiness of another run.
func (m *model) full(x *mnode) bool {
	if x.in == nil || x.in.c.Concurrency == 0 || x.supervisor() {
		return false
	}
	return m.slots(x.in) >= x.in.c.Concurrency
}

// slots are held by runs that have not been ready.
func (m *model) slots(s *mnode) (n int) {
	for _, y := range m.members {
		if y.in == s && y.run != nil && !y.run.ended && !y.wasReady && y.c.Role != Job {
			n++
		}
	}
	return n
}

// bucket is what a throttle has left.
func (m *model) bucket(id ID) *bucket {
	b, t := m.tokens[id], m.table[id].Throttle
	if b == nil {
		b = &bucket{tokens: t.N}
		m.tokens[id] = b
	}
	for b.tokens < t.N && m.now-b.since >= t.Refill {
		b.tokens++
		b.since += t.Refill
	}
	if b.tokens == t.N {
		b.since = m.now
	}
	return b
}

// canStart reports whether all of a start but its turn holds.
func (m *model) canStart(x *mnode) bool {
	if m.phase != TreeRunning || !x.onItsWay() || x.supervisor() && x.up || x.scope != nil || x.in != nil && !x.in.up {
		return false
	}
	if len(m.blockers(x)) > 0 {
		return false
	}
	given := m.values(x)
	for _, r := range m.living() {
		if r.of == x && !r.beside {
			return false
		}
		for g := range r.given {
			if r.off {
				break
			}
			for h := range given {
				if g.node == h.node && g.gen != h.gen {
					return false
				}
			}
		}
	}
	return true
}

// blockers are those that x waits for, as they are not ready.
func (m *model) blockers(x *mnode) (of []*mnode) {
	for _, y := range m.members {
		waits := slices.Contains(x.c.Needs, ID(y.row)) || slices.Contains(x.c.After, ID(y.row)) && !y.passed()
		sidecar := y.c.Role == Sidecar && y.c.Of == ID(x.row)
		if waits && !y.available() || sidecar && y.life != LifecycleReady && !y.spared() {
			of = append(of, y)
		}
	}
	return append(of, m.elders(x)...)
}

// passed reports whether what comes after x waits for it no more, though it is not ready: it was skipped, or is at rest by
// its own doing, or it may be missing (optional, or a sidecar) and was tried. A job must complete, unless it may be missing.
func (x *mnode) passed() bool {
	switch {
	case x.skipped && x.life == LifecycleStopped && x.reason == StopEnded: // not since what is above it stopped
		return true
	case x.held, x.c.Role == Job && !x.c.Optional:
		return false
	case (x.c.Optional || x.c.Role == Sidecar) && x.tried:
		return true
	}
	for ; x != nil; x = x.in {
		if x.atRest() && !x.held && x.reason != StopTree && x.reason != StopByHand {
			return true
		}
	}
	return false
}

// elders are those that stand before x under rest_for_one, past what is at rest, paused, or optional and failing, and are not
// ready.
func (m *model) elders(x *mnode) (of []*mnode) {
	slot := func(y *mnode) ID { // from outside, a group is one if there is no order in it
		if y.c.Group != 0 && y.c.Group != x.c.Group && m.table[y.c.Group].Strategy != RestForOne {
			return y.c.Group
		}
		return ID(y.row)
	}
	var nearest *mnode
	for _, y := range slices.Backward(m.members) {
		rests := y.atRest() || y.life == LifecyclePaused || y.c.Optional && y.failing
		if rests || !m.elder(ID(y.row), ID(x.row)) || nearest != nil && slot(nearest) != slot(y) {
			continue
		}
		if y.life != LifecycleReady {
			of = append(of, y)
		}
		nearest = y
	}
	return of
}

// spared reports whether neither the primary of a sidecar nor its supervisor waits for it, though it is not ready.
func (x *mnode) spared() bool {
	return x.atRest() || x.failing && x.life != LifecyclePaused
}

// atRest reports whether x is terminal for automatic restart.
func (x *mnode) atRest() bool {
	return x.life == LifecycleQuarantined || x.life == LifecycleStopped || x.life == LifecycleFailed
}

// values are the generations that a launch of x is given.
func (m *model) values(x *mnode) map[runID]bool {
	given := map[runID]bool{}
	for _, id := range x.c.Needs {
		for _, y := range m.of(id) {
			if y.c.Provides {
				given[y.runID] = true
			}
		}
	}
	return given
}

// found are the generations of all that x needs.
func (m *model) found(x *mnode) map[runID]bool {
	found := map[runID]bool{}
	for _, id := range x.c.Needs {
		for _, y := range m.of(id) {
			found[y.runID] = true
		}
	}
	return found
}

func (m *model) living() []*mrun {
	all := slices.Clone(m.leaked)
	for _, x := range m.members {
		if x.run != nil {
			all = append(all, x.run)
		}
	}
	return all
}

func (m *model) launch(x *mnode) {
	m.changed = true
	x.gen++
	if gens := m.launched[x.node]; x.c.Dynamic && len(gens) > 0 { // which of two comes first is the kernel's business
		x.gen, m.launched[x.node] = gens[0], gens[1:]
	}
	x.life, x.reason, x.first, x.auto, x.well, x.bad, x.skipped, x.doomed, x.wasReady, x.steadied, x.lacks = LifecycleRunning, StopNone, false, false, false, false, false, false, false, false, nil
	if x.supervisor() {
		if x.anew {
			m.renew(x)
		}
		x.up, x.anew, x.life = true, false, LifecycleStarting
		for _, y := range m.members {
			if y.in == x {
				y.tried, y.failing = false, false
			}
		}
		return
	}
	x.byHand = false
	x.run = &mrun{runID: x.runID, of: x, given: m.values(x), found: m.found(x), began: m.ran(m.now), moved: m.ran(m.now)}
	m.act("launch", x.runID)
	x.readyAt, x.ranReady = m.now, m.ran(m.now)
	if x.c.Ready.Immediate() && x.c.Role != Job {
		m.ready(x)
	}
}

// command is an operator's, accepted.
func (m *model) command(x *mnode, v Verb) {
	x.held, x.doomed, x.term, x.overdue, x.byHand, x.wish = false, false, 0, false, false, aim{}
	if v != VerbRemove {
		x.attempt, x.before = 1, 0
	}
	switch v {
	case VerbPause:
		x.held = true
		m.down(aim{life: LifecyclePaused}, x)
	case VerbQuarantine:
		x.held = true
		m.down(aim{life: LifecycleQuarantined}, x)
	case VerbStop:
		x.held = true
		m.down(aim{life: LifecycleStopped, reason: StopByHand}, x)
	case VerbRemove:
		m.down(aim{gone: true}, x)
	default:
		m.again(x, v)
	}
}

// again is a restart by hand, of a child in whatever state.
func (m *model) again(x *mnode, v Verb) {
	m.stops++
	if m.throttled(x) {
		m.dequeue(x) // it needs no token
	}
	x.auto, x.well = false, false
	x.byHand = x.run != nil
	if x.life == LifecycleShuttingDown {
		x.aim = again
	}
	if x.supervisor() && v != VerbResume && !x.onItsWay() {
		m.anew(x)
	}
	switch {
	case !x.onItsWay():
		m.scope(x, m.pulled(x, false), 0, false)
	}
	if x.scope != nil {
		x.scope.until, x.scope.armed = m.now, false // it ends the delay of those it meets, too
	}
}

// String tells where every mnode is.
func (m *model) String() string {
	s := fmt.Sprintf("%s %s", m.now, m.phase)
	for _, x := range m.members {
		s += fmt.Sprintf("; %d %s %s#%d", x.node, x.c.Name, x.life, x.gen)
	}
	return s
}
