package kernel

import "github.com/supgen/supgen/runtime/policy"

// A scope is a barrier: its members start when every member's run has ended and the backoff has passed, once for all
// (design.md, "The scope is a barrier").
type scope struct {
	head      Node // the members, a list through the nodes
	size      int32
	upMembers int32 // members that are not down yet
	opensAt   Time
	timerAt   int32
	nextFree  int32 // of the free ones
	free      bool  // it is one of them
}

// A teardown is all that goes down because of one thing: its target, and what collect and collectAffected find to go with it.
type teardown struct {
	target    Node
	goal      goal
	automatic bool // an automatic restart: strategies apply
	onlyUsers bool // but to none: it takes along only what needs it
	retry     bool // it takes no sibling along that is a job and works
	fresh     bool // of a supervisor: it starts everything anew
	delay     Time
}

// takeDown takes down a node, others in the same way, and all that goes with them: what they contain, what needs them
// wherever that is, and, if it is an automatic restart, the siblings that the strategies say. All that is to come back
// waits in one scope.
func (k *Kernel) takeDown(f teardown, others ...Node) {
	k.teardowns++
	k.step.members = k.step.members[:0]
	k.collect(f.target, f.goal, f.fresh)
	for _, i := range others {
		k.collect(i, f.goal, f.fresh)
	}
	for next := 0; next < len(k.step.members); next++ {
		k.collectAffected(k.step.members[next], &f)
	}
	k.sortNodes(k.step.members)
	for _, i := range k.step.members {
		n := &k.nodes[i]
		if !n.teardownGoal.inScope() { // before it counts as up
			k.leaveScope(i)
		}
		if n.stage >= stageKept && !n.up {
			k.takeDownKept(i)
		}
	}
	for _, i := range k.step.members {
		if k.nodes[i].up {
			k.delayStops(i)
		}
	}
	scope := int32(-1)
	for n := len(k.step.members) - 1; n >= 0; n-- { // requested in reverse order of the file
		k.nodes[k.step.members[n]].because = f.target
		scope = k.takeDownMember(k.step.members[n], scope, f.automatic)
	}
	if scope >= 0 {
		s := &k.scopes[scope]
		s.opensAt = max(s.opensAt, policy.Sum(k.now, f.delay))
		k.tryOpenScope(scope)
	}
}

// collect makes a node, and all it contains, a member of the teardown that is being collected.
func (k *Kernel) collect(i Node, want goal, fresh bool) {
	n := &k.nodes[i]
	switch {
	case n.teardown != k.teardowns:
		n.teardown = k.teardowns
		k.step.members = append(k.step.members, i)
	case want != goalStopAbove && want != goalRemove || !n.teardownGoal.inScope():
		return
	} // or it was to come back, and what is above it does not
	n.teardownGoal = want
	if n.super < 0 {
		return
	}
	n.fresh = n.fresh || fresh
	if want.inScope() && n.goal != goalNone && !n.goal.inScope() {
		return // it goes elsewhere, and all that it contains
	}
	below, anew := goalStopAbove, false
	if want == goalRestart || want == goalPause {
		below, anew = goalRestart, fresh
	}
	k.collectKids(n.super, below, anew)
}

// collectKids takes in the children of a supervisor.
func (k *Kernel) collectKids(super int32, below goal, anew bool) {
	for _, kid := range k.supervisors[super].kids {
		if !k.template(kid) {
			k.collectKid(kid, below, anew)
		}
		for d := range k.startedOf(kid) {
			if !k.treeStopping() && (below == goalStopAbove || anew) {
				k.collect(d, goalRemove, false) // dynamic children do not come back
			} else {
				k.collectKid(d, below, false)
			}
		}
	}
}

// collectKid takes in a child of a supervisor that goes down.
func (k *Kernel) collectKid(i Node, want goal, fresh bool) {
	n := &k.nodes[i]
	if want == goalStopAbove {
		k.collect(i, want, false)
		return
	}
	if n.goal == goalStopAbove { // what is above it comes back
		n.goal = goalRestart
	}
	if !fresh {
		k.collectUnlessResting(i, false)
		if n.super >= 0 && n.teardown != k.teardowns && !resting(n.life) {
			k.collectKids(n.super, want, false) // it has no run, and who is in it may wait for more
		}
		return
	}
	n.fresh = n.super >= 0
	if n.up || !n.held && !k.restsStuck(i) {
		k.collect(i, want, true)
	}
}

// collectUnlessResting takes in a node because of another's teardown: what is on its way up only waits longer, what is at rest stays so.
func (k *Kernel) collectUnlessResting(i Node, sibling bool) {
	n, r := &k.nodes[i], k.rowOf(i)
	switch {
	case n.up && r.temporary() && n.goal != goalRestart:
		k.collect(i, goalStopTemporary, false)
	case n.up, n.scope >= 0, n.life == LifecycleStarting, sibling && !resting(n.life):
		k.collect(i, goalRestart, false)
	}
}

// collectAffected takes in whatever shares the fate of a member.
func (k *Kernel) collectAffected(m Node, f *teardown) {
	n, r := &k.nodes[m], k.rowOf(m)
	if n.teardownGoal == goalStopAbove && !n.up && k.satisfied(m) && n.stage < stageKept {
		return // a job that stays completed, and keeps nothing
	}
	for _, d := range r.users {
		if !k.template(d) {
			k.collectUser(d)
		}
		for x := range k.startedOf(d) {
			k.collectUser(x)
		}
	}
	for _, s := range r.sidecars {
		if k.rowOf(s).Linked {
			k.collectUnlessResting(s, true)
		}
	}
	if f.automatic && !f.onlyUsers && r.restartSet >= 0 && (n.goal == goalNone || n.goal.inScope()) { // or it is not restarted, and so takes none along
		k.collectRestartSet(r, f.retry)
	}
}

// collectUser takes in what needs a member. A completed job that handed something over must do so again.
func (k *Kernel) collectUser(d Node) {
	if n, r := &k.nodes[d], k.rowOf(d); r.Role == policy.Job && r.Provides && n.life == LifecycleStopped && n.reason == StopCompleted {
		k.collect(d, goalRestart, false)
		return
	}
	k.collectUnlessResting(d, false)
}

// collectRestartSet takes in the siblings that a strategy says. A retry spares jobs that work: they may take hours.
func (k *Kernel) collectRestartSet(r *row, retry bool) {
	g := &k.restartSets[r.restartSet]
	low := int32(-1)
	switch g.strategy {
	case policy.OneForOne:
		return
	case policy.RestForOne:
		low = r.slot
	}
	if g.teardown == k.teardowns && g.fromSlot <= low {
		return
	}
	g.teardown, g.fromSlot = k.teardowns, low
	for i := len(g.members) - 1; i >= 0; i-- {
		m := g.members[i]
		if low >= 0 && k.rowOf(m).slot <= low {
			return
		}
		if n := &k.nodes[m]; retry && n.up && n.goal == goalNone && k.rowOf(m).Role == policy.Job {
			continue
		}
		k.collectUnlessResting(m, true)
	}
}

// takeDownMember carries out what was collected for one member, and answers with the scope that those who come back wait in.
func (k *Kernel) takeDownMember(i Node, scope int32, auto bool) int32 {
	n := &k.nodes[i]
	if n.teardownGoal == goalStopAbove {
		k.clearTerm(i)
	}
	if n.teardownGoal.inScope() {
		n.throttled = n.throttled || auto
		if (n.goal == goalNone || n.goal.inScope()) && !k.belowPause(i) {
			scope = k.enterScope(i, scope)
		}
	}
	if !n.up {
		k.leaveTurn(i)
		k.applyGoal(i, n.teardownGoal)
		return scope
	}
	if n.goal == goalNone && (!auto || n.because != i) { // its own restart has looked, and raised the attempt
		k.resetIfStable(i)
	}
	to := n.goal
	if to == goalNone || to.inScope() || n.because == i && n.teardownGoal > to && !n.escalated || n.teardownGoal == goalRemove {
		to = n.teardownGoal // what an operator or its own table has said stays said, unless that table now says more; who escalated is failed
	}
	k.goDown(i, to)
	return scope
}

// goDown has a node that is up go down, and then elsewhere.
func (k *Kernel) goDown(i Node, to goal) {
	n := &k.nodes[i]
	if n.goal == goalNone {
		if n.stage == stageNone {
			n.stage = stageWaiting
		}
		k.countStopping(i, +1)
		k.disarm(timerPhase, int32(i))
		k.disarm(timerProbe, int32(i))
	}
	n.goal = to
	k.setLife(i, LifecycleShuttingDown, StopNone)
	k.touch(i)
}

// belowPause reports whether a node goes down because a supervisor above it pauses: that is all that it waits for then.
func (k *Kernel) belowPause(i Node) bool {
	root := k.nodes[i].because
	if k.nodes[root].teardownGoal != goalPause {
		return false
	}
	for p := k.parentOf(i); p != None; p = k.parentOf(p) {
		if p == root {
			return true
		}
	}
	return false
}

// enterScope puts a node into the scope, or joins the scope it is in with it.
func (k *Kernel) enterScope(i Node, scope int32) int32 {
	n := &k.nodes[i]
	if n.scope >= 0 && n.scope == scope {
		return scope
	}
	if n.scope >= 0 && scope >= 0 {
		return k.mergeScopes(n.scope, scope)
	}
	if n.scope >= 0 {
		return n.scope
	}
	if scope < 0 {
		scope = k.newScope()
	}
	s := &k.scopes[scope]
	n.scope, n.scopePrev, n.scopeNext = scope, None, s.head
	if s.head != None {
		k.nodes[s.head].scopePrev = i
	}
	s.head = i
	s.size++
	if n.up {
		s.upMembers++
	}
	return scope
}

func (k *Kernel) newScope() int32 {
	if id := k.freeScopes; id >= 0 {
		k.freeScopes = k.scopes[id].nextFree
		k.scopes[id] = scope{head: None, timerAt: -1}
		return id
	}
	k.scopes = append(k.scopes, scope{head: None, timerAt: -1})
	return int32(len(k.scopes) - 1)
}

// mergeScopes makes one scope of two: the union of the members, the later of the two times.
func (k *Kernel) mergeScopes(a, b int32) int32 {
	if k.scopes[a].size < k.scopes[b].size {
		a, b = b, a
	}
	big, small := &k.scopes[a], &k.scopes[b]
	for i := small.head; i != None; {
		n := &k.nodes[i]
		next := n.scopeNext
		n.scope, n.scopePrev, n.scopeNext = a, None, big.head
		if big.head != None {
			k.nodes[big.head].scopePrev = i
		}
		big.head = i
		i = next
	}
	big.size, big.upMembers, big.opensAt = big.size+small.size, big.upMembers+small.upMembers, max(big.opensAt, small.opensAt)
	k.recycleScope(b)
	return a
}

func (k *Kernel) recycleScope(scope int32) {
	k.disarm(timerScope, scope)
	k.scopes[scope].nextFree, k.scopes[scope].free, k.freeScopes = k.freeScopes, true, scope
}

// leaveScope takes a node, and only it, out of its scope.
func (k *Kernel) leaveScope(i Node) {
	n := &k.nodes[i]
	if n.scope < 0 {
		return
	}
	id, s := n.scope, &k.scopes[n.scope]
	if n.scopePrev == None {
		s.head = n.scopeNext
	} else {
		k.nodes[n.scopePrev].scopeNext = n.scopeNext
	}
	if n.scopeNext != None {
		k.nodes[n.scopeNext].scopePrev = n.scopePrev
	}
	n.scope, n.scopeNext, n.scopePrev = -1, None, None
	s.size--
	if n.up {
		s.upMembers--
	}
	k.tryOpenScope(id)
}

// tryOpenScope notes a scope whose members are down and whose time has come: it opens when nothing goes down any more.
func (k *Kernel) tryOpenScope(id int32) {
	switch s := &k.scopes[id]; {
	case s.size > 0 && s.upMembers > 0:
		k.disarm(timerScope, id)
	case s.size > 0 && s.opensAt > k.now:
		k.arm(timerScope, id, s.opensAt)
	default:
		k.step.openable = append(k.step.openable, id)
	}
}

// openScopes opens the scopes that may, and reports whether there are any: the rules of starting are all that gates their
// members then.
func (k *Kernel) openScopes() bool {
	found := len(k.step.openable) > 0
	for _, id := range k.step.openable {
		s := &k.scopes[id]
		if s.free || s.size > 0 && (s.upMembers > 0 || s.opensAt > k.now) {
			continue // another has begun to go down in it, or it is one with another scope
		}
		for i := s.head; i != None; {
			n := &k.nodes[i]
			k.touch(i)
			i, n.scope, n.scopeNext, n.scopePrev = n.scopeNext, -1, None, None
		}
		k.recycleScope(id)
	}
	k.step.openable = k.step.openable[:0]
	return found
}
