package kernel

import "github.com/supgen/supgen/runtime/policy"

// Wait is what a child that is on its way up waits for.
type Wait uint8

const (
	WaitNothing    Wait = iota
	WaitTree            // Run
	WaitScope           // the backoff, or the end of those that restart with it
	WaitSupervisor      // its supervisor is not started
	WaitReady           // On is not ready
	WaitElder           // under rest_for_one, On stands before it
	WaitStuck           // a stuck run of itself, or a run that has an older value of what it needs, which is On
	WaitTurn            // concurrency or throttle
)

var waits = []string{"nothing", "run", "restart", "supervisor", "ready", "elder", "stuck", "turn"}

func (w Wait) String() string { return policy.Label(waits, uint8(w)) }

// MarshalText writes the label.
func (w Wait) MarshalText() ([]byte, error) { return policy.MarshalLabel("wait", waits, uint8(w)) }

// UnmarshalText reads a label.
func (w *Wait) UnmarshalText(text []byte) error {
	return policy.UnmarshalLabel("wait", waits, text, (*uint8)(w))
}

// satisfied reports whether what needs x, or comes after it, may start as far as x goes.
func (k *Kernel) satisfied(x Node) bool {
	n := &k.nodes[x]
	return n.life == LifecycleReady ||
		n.life == LifecycleStopped && n.reason == StopCompleted && k.rowOf(x).Role == policy.Job
}

// passed reports whether what comes after x has waited for it long enough: it was skipped, it is at rest by its own doing,
// or, if it is optional or a sidecar, a run of it has ended or failed since its supervisor started. Of a job that must complete only the
// first is enough; what an operator holds is waited for (design.md, "Starting").
func (k *Kernel) passed(x Node) bool {
	n, r := &k.nodes[x], k.rowOf(x)
	if n.life == LifecycleStopped && n.last == policy.OutcomeSkip {
		return true
	}
	if n.held || r.Role == policy.Job && !r.Optional {
		return false
	}
	if n.was().tried {
		return true
	}
	for ; x != None; x = k.parentOf(x) {
		if k.restsByItself(x) {
			return true
		}
	}
	return false
}

// restsByItself reports whether a node is at rest, and neither an operator nor what is above it is why.
func (k *Kernel) restsByItself(i Node) bool {
	n := &k.nodes[i]
	return terminal(n.life) && !n.held && n.reason != StopTree && n.reason != StopByHand
}

// tried notes that a run of what is optional, or a sidecar, has ended or failed: what comes after it waits for no more.
func (k *Kernel) tried(i Node) {
	if r := k.rowOf(i); (r.Optional || r.Role == policy.Sidecar) && len(r.followers) > 0 {
		if p := k.nodes[i].remember(); !p.tried {
			p.tried = true
			k.touchAll(r.followers)
		}
	}
}

// wait is design.md's "Starting": the first thing that keeps i from being launched but for its turn.
func (k *Kernel) wait(i Node) (Wait, Node) {
	n, r := &k.nodes[i], k.rowOf(i)
	if k.phase != TreeRunning {
		return WaitTree, None
	}
	if n.scope >= 0 {
		return WaitScope, None
	}
	if r.parent != None {
		if p := &k.nodes[r.parent]; !p.up || p.goal != goalNone {
			return WaitSupervisor, r.parent
		}
	}
	if n.alone {
		return WaitStuck, i
	}
	wait, on := WaitNothing, None
	k.holdUps(i, func(w Wait, x Node) bool {
		wait, on = w, x
		return false
	})
	return wait, on
}

// holdUps visits what keeps a node from being launched beside its supervisor, its scope and a stuck run of itself.
func (k *Kernel) holdUps(i Node, visit func(Wait, Node) bool) {
	r := k.rowOf(i)
	for _, x := range r.needs {
		switch {
		case !k.satisfied(x):
			if !visit(WaitReady, x) {
				return
			}
		case k.nodes[x].lentOld > 0 && k.rowOf(x).Provides:
			if !visit(WaitStuck, x) {
				return
			}
		}
	}
	for _, x := range r.after {
		if !k.satisfied(x) && !k.passed(x) && !visit(WaitReady, x) {
			return
		}
	}
	for _, x := range r.sidecars {
		if s := &k.nodes[x]; s.life != LifecycleReady && !s.spared() && !visit(WaitReady, x) {
			return
		}
	}
	k.elders(r, visit)
}

// elders visits those that a rest_for_one sibling waits for: the nearest slot before it that is not wholly passed must be
// ready.
func (k *Kernel) elders(r *row, visit func(Wait, Node) bool) {
	if r.chain < 0 {
		return
	}
	for s, nearest := r.slot-1, false; s >= 0 && !nearest; s-- {
		for _, x := range k.chains[r.chain].slots[s] {
			n := &k.nodes[x]
			if n.aside() {
				continue
			}
			if nearest = true; n.life != LifecycleReady && !visit(WaitElder, x) {
				return
			}
		}
	}
}

// tryStart launches a node, or has it queue for its turn, if nothing else keeps it.
func (k *Kernel) tryStart(i Node) {
	n := &k.nodes[i]
	if n.gone || n.life != LifecycleDeclared && n.life != LifecycleRestarting && n.life != LifecycleStarting || k.template(i) {
		return
	}
	if w, _ := k.wait(i); w != WaitNothing {
		if n.life == LifecycleStarting { // what let it queue has gone again
			k.leaveTurn(i)
			k.setLife(i, LifecycleRestarting, StopNone)
		}
		return
	}
	switch t := k.turnOf(i); {
	case n.life == LifecycleStarting: // it has its place in the queue already
	case t != turnNone:
		k.queue(i, t)
	default:
		k.launch(i)
	}
}

// template reports whether a node is only the place of a row that has none of its own.
func (k *Kernel) template(i Node) bool {
	r := k.rowOf(i)
	return r.Role == policy.Group || r.Dynamic && r.first == i
}

// launch starts the next run of a node. Its supervisor's turn was given to it.
func (k *Kernel) launch(i Node) {
	n, r := &k.nodes[i], k.rowOf(i)
	if r.Dynamic {
		if n.gen > n.born {
			n.remember().again++
		} else {
			r.firsts++
		}
		r.gen++
		n.gen = r.gen
	} else {
		n.gen++
	}
	k.started++
	n.started = k.started
	n.up, n.auto, n.held = true, false, false
	n.goal, n.stage, n.last = goalNone, stageNone, policy.OutcomeNone
	n.decided, n.doomed, n.stable, n.sampled = false, false, false, false
	if n.past != nil {
		n.past.pending = policy.OutcomeNone
	}
	if v := n.vitals; v != nil {
		v.passed()
		v.checking, v.hung = false, false
	}
	n.health = HealthUnknown
	if n.past != nil {
		n.past.byHand = false
	}
	n.lentOld = n.lent + n.users // whoever still has what it handed over has an older one now
	for _, x := range r.needs {
		k.nodes[x].users++
	}
	if n.super < 0 || k.supers[n.super].up == 0 {
		k.fill(r.parent)
	}
	if r.Role == policy.Supervisor {
		from := n.life
		k.move(i, LifecycleStarting, StopNone)
		k.tell(i, EventTransition, from)
		k.open(i)
		return
	}
	k.setLife(i, LifecycleRunning, StopNone)
	k.effect(EffectLaunch, i)
	switch {
	case r.Role == policy.Job:
		k.leaveSlot(i)
		if r.Timeout > 0 {
			k.arm(timerPhase, int32(i), policy.Sum(k.ran(), r.Timeout))
		}
		k.watch(i)
	case r.Ready.Immediate():
		k.markReady(i)
	default:
		if r.Ready.Within > 0 {
			k.arm(timerPhase, int32(i), policy.Sum(k.ran(), r.Ready.Within))
		}
		if r.Ready.Check.Every > 0 {
			k.probe(i)
		}
	}
}

// open starts a supervisor: its children may start.
func (k *Kernel) open(i Node) {
	n := &k.nodes[i]
	s := &k.supers[n.super]
	if n.fresh {
		n.fresh = false
		s.intense.clear()
		for _, g := range s.groups {
			k.nodes[g].remember().window.clear()
		}
		for _, kid := range s.kids {
			k.renew(kid)
		}
	}
	for _, kid := range s.kids {
		if p := k.nodes[kid].past; p != nil && p.tried {
			p.tried = false
			k.touchAll(k.rowOf(kid).followers) // one that waits for its turn waits for this one again
		}
		k.setFailing(kid, false)
	}
	k.touchAll(s.kids)
	k.touch(i)
}

// renew makes a child as if it had never run: its supervisor starts everything anew. What an operator holds only loses
// its counts.
func (k *Kernel) renew(i Node) {
	n := &k.nodes[i]
	if n.up || k.template(i) {
		return
	}
	from, news := n.life, n.attempt > 1 || n.was().window.n > 0
	if n.past != nil {
		n.past.window.clear()
	}
	n.again()
	n.fresh = n.super >= 0
	switch {
	case n.held:
	case k.leftBehind(i):
		n.last = policy.OutcomeNone
		n.past.over, n.past.wish = true, goalNone // it starts when its stuck run has returned
	case n.stage >= stageKept:
		k.takeDown(fall{root: i, goal: goalRestart})
		return
	default:
		n.last, n.doomed = policy.OutcomeNone, false
		if from != LifecycleDeclared {
			k.move(i, LifecycleRestarting, StopNone)
		}
	}
	if news || from != n.life {
		k.tell(i, EventTransition, from)
	}
}

// markReady is for a run, or a supervisor whose children are ready.
func (k *Kernel) markReady(i Node) {
	n, r := &k.nodes[i], k.rowOf(i)
	first := !n.stable
	if first {
		n.stable, n.readySince = true, k.now
		k.prove(i)
	}
	k.leaveSlot(i)
	k.setLife(i, LifecycleReady, StopNone)
	k.setFailing(i, false)
	if first && r.Role != policy.Supervisor {
		k.disarm(timerPhase, int32(i))
		k.watch(i)
	}
}

// passOn looks again at all that may start, or may not, now that i is ready, or at rest, or not any more.
func (k *Kernel) passOn(i Node) {
	r := k.rowOf(i)
	k.touchAll(r.users)
	k.touchAll(r.followers)
	for _, p := range r.primaries {
		k.touch(p)
	}
	if r.chain >= 0 {
		k.passOnYounger(r)
	}
}

// passOnBelow looks again at all that comes after something in a supervisor that is at rest.
func (k *Kernel) passOnBelow(super int32) {
	for _, kid := range k.supers[super].kids {
		k.touchAll(k.rowOf(kid).followers)
		if s := k.nodes[kid].super; s >= 0 {
			k.passOnBelow(s)
		}
	}
}

// touchAll touches nodes, and the children started from those that are dynamic rows.
func (k *Kernel) touchAll(nodes []Node) {
	for _, d := range nodes {
		k.touch(d)
		for x := k.rowOf(d).kin; x != None; x = k.nodes[x].kinNext {
			k.touch(x)
		}
	}
}

// passOnYounger touches the next slots, past those that are wholly passed.
func (k *Kernel) passOnYounger(r *row) {
	slots := k.chains[r.chain].slots
	for s := r.slot + 1; s < int32(len(slots)); s++ {
		aside := true
		for _, x := range slots[s] {
			k.touch(x)
			aside = aside && k.nodes[x].aside()
		}
		if !aside {
			return
		}
	}
}

// sampleStart asks a run that should be ready by now when it last said that it moves on.
func (k *Kernel) sampleStart(i Node) {
	k.nodes[i].sampled = true
	k.effect(EffectSample, i).Readiness = true
	k.arm(timerPhase, int32(i), policy.Sum(k.ran(), 1)) // should nobody answer
}

// movedOn is the answer: its time to be ready begins anew (docs/runtime.md, "Ready and not ready").
func (k *Kernel) movedOn(i Node, at Time) {
	n := &k.nodes[i]
	if !n.sampled {
		return
	}
	n.sampled = false
	until := policy.Sum(min(k.clock.at(at), k.ran()), k.rowOf(i).Ready.Within)
	if until <= k.ran() {
		k.suspect(i, policy.OutcomeTimeout)
		return
	}
	k.arm(timerPhase, int32(i), until)
}

func (k *Kernel) saidReady(i Node, gen uint64) {
	n := k.current(i, gen)
	if n == nil {
		return
	}
	if n.life == LifecycleRunning && k.rowOf(i).Ready.Explicit {
		k.markReady(i)
	}
}

func (k *Kernel) saidNotReady(i Node, gen uint64) {
	n := k.current(i, gen)
	if n == nil {
		return
	}
	if n.life == LifecycleReady && k.rowOf(i).Ready.Explicit {
		k.setLife(i, LifecycleRunning, StopNone)
	}
}

// current is the node if that run of it lives, and has not ended; otherwise what was said is stale, and told so.
func (k *Kernel) current(i Node, gen uint64) *node {
	if i < 0 || int(i) >= len(k.nodes) {
		return nil
	}
	n := &k.nodes[i]
	if !n.up || n.gen != gen || n.super >= 0 || n.stage >= stageReturned { // a supervisor has no run
		b := k.bearer(i, gen)
		k.tell(b, EventStale, k.nodes[b].life).Run = gen
		return nil
	}
	return n
}
