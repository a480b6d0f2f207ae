package kernel

import "github.com/supgen/supgen/runtime/policy"

// A scope is a barrier: its members start when every member's run has ended and the backoff has passed, once for all
// (design.md, "The scope is a barrier").
type scope struct {
	head  Node // the members, a list through the nodes
	size  int32
	up    int32 // members that are not down yet
	at    Time
	timer int32
	next  int32 // of the free ones
	free  bool  // it is one of them
}

// A fall is one thing that goes down by itself, and how.
type fall struct {
	root  Node
	goal  goal
	auto  bool // an automatic restart: strategies apply
	alone bool // but to none: it takes along only what needs it
	retry bool // it takes no sibling along that is a job and works
	fresh bool // of a supervisor: it starts everything anew
	delay Time
}

// takeDown takes down a node, others in the same way, and all that goes with them: what they contain, what needs them
// wherever that is, and, if it is an automatic restart, the siblings that the strategies say. Whoever is to come back
// waits in one scope.
func (k *Kernel) takeDown(f fall, others ...Node) {
	k.epoch++
	k.members = k.members[:0]
	k.join(f.root, f.goal, f.fresh)
	for _, i := range others {
		k.join(i, f.goal, f.fresh)
	}
	for next := 0; next < len(k.members); next++ {
		k.spread(k.members[next], &f)
	}
	k.sort(k.members)
	for _, i := range k.members {
		n := &k.nodes[i]
		if !n.want.scoped() { // before it counts as up
			k.leaveScope(i)
		}
		if n.stage >= stageKept && !n.up {
			k.withdraw(i)
		}
	}
	for _, i := range k.members {
		if k.nodes[i].up {
			k.holdBack(i)
		}
	}
	scope := int32(-1)
	for n := len(k.members) - 1; n >= 0; n-- { // requested in reverse order of the file
		k.nodes[k.members[n]].because = f.root
		scope = k.fell(k.members[n], scope, f.auto)
	}
	if scope >= 0 {
		s := &k.scopes[scope]
		s.at = max(s.at, policy.Sum(k.now, f.delay))
		k.tryOpen(scope)
	}
}

// join makes a node, and all it contains, a member of the fall that is being collected.
func (k *Kernel) join(i Node, want goal, fresh bool) {
	n := &k.nodes[i]
	switch {
	case n.mark != k.epoch:
		n.mark = k.epoch
		k.members = append(k.members, i)
	case want != goalTree && want != goalRemove || !n.want.scoped():
		return
	} // or it was to come back, and what is above it does not
	n.want = want
	if n.super < 0 {
		return
	}
	n.fresh = n.fresh || fresh
	if want.scoped() && n.goal != goalNone && !n.goal.scoped() {
		return // it goes elsewhere, and all that it contains
	}
	below, anew := goalTree, false
	if want == goalRestart || want == goalPause {
		below, anew = goalRestart, fresh
	}
	k.joinKids(n.super, below, anew)
}

// joinKids takes in the children of a supervisor.
func (k *Kernel) joinKids(super int32, below goal, anew bool) {
	for _, kid := range k.supers[super].kids {
		if !k.template(kid) {
			k.joinBelow(kid, below, anew)
		}
		for d := range k.startedOf(kid) {
			if !k.stopping() && (below == goalTree || anew) {
				k.join(d, goalRemove, false) // dynamic children do not come back
			} else {
				k.joinBelow(d, below, false)
			}
		}
	}
}

// joinBelow takes in a child of a supervisor that goes down.
func (k *Kernel) joinBelow(i Node, want goal, fresh bool) {
	n := &k.nodes[i]
	if want == goalTree {
		k.join(i, want, false)
		return
	}
	if n.goal == goalTree { // what is above it comes back
		n.goal = goalRestart
	}
	if !fresh {
		k.pull(i, false)
		if n.super >= 0 && n.mark != k.epoch && !resting(n.life) {
			k.joinKids(n.super, want, false) // it has no run, and who is in it may wait for more
		}
		return
	}
	n.fresh = n.super >= 0
	if n.up || !n.held && !k.leftBehind(i) {
		k.join(i, want, true)
	}
}

// pull takes in a node because of another's fall: what is on its way up only waits longer, what is at rest stays so.
func (k *Kernel) pull(i Node, sibling bool) {
	n, r := &k.nodes[i], k.rowOf(i)
	switch {
	case n.up && r.temporary() && n.goal != goalRestart:
		k.join(i, goalRetire, false)
	case n.up, n.scope >= 0, n.life == LifecycleStarting, sibling && !resting(n.life):
		k.join(i, goalRestart, false)
	}
}

// spread takes in whatever shares the fate of a member.
func (k *Kernel) spread(m Node, f *fall) {
	n, r := &k.nodes[m], k.rowOf(m)
	if n.want == goalTree && !n.up && k.satisfied(m) && n.stage < stageKept {
		return // a job that stays completed, and keeps nothing
	}
	for _, d := range r.users {
		if !k.template(d) {
			k.pullUser(d)
		}
		for x := range k.startedOf(d) {
			k.pullUser(x)
		}
	}
	for _, s := range r.sidecars {
		if k.rowOf(s).Linked {
			k.pull(s, true)
		}
	}
	if f.auto && !f.alone && r.gang >= 0 && (n.goal == goalNone || n.goal.scoped()) { // or it is not restarted, and so takes nobody along
		k.pullGang(r, f.retry)
	}
}

// pullUser takes in what needs a member. A completed job that handed something over must do so again.
func (k *Kernel) pullUser(d Node) {
	if n, r := &k.nodes[d], k.rowOf(d); r.Role == policy.Job && r.Provides && n.life == LifecycleStopped && n.reason == StopCompleted {
		k.join(d, goalRestart, false)
		return
	}
	k.pull(d, false)
}

// pullGang takes in the siblings that a strategy says. A retry spares jobs that work: they may take hours.
func (k *Kernel) pullGang(r *row, retry bool) {
	g := &k.gangs[r.gang]
	low := int32(-1)
	switch g.strategy {
	case policy.OneForOne:
		return
	case policy.RestForOne:
		low = r.slot
	}
	if g.mark == k.epoch && g.low <= low {
		return
	}
	g.mark, g.low = k.epoch, low
	for i := len(g.members) - 1; i >= 0; i-- {
		m := g.members[i]
		if low >= 0 && k.rowOf(m).slot <= low {
			return
		}
		if n := &k.nodes[m]; retry && n.up && n.goal == goalNone && k.rowOf(m).Role == policy.Job {
			continue
		}
		k.pull(m, true)
	}
}

// fell carries out what was collected for one member, and answers with the scope that those who come back wait in.
func (k *Kernel) fell(i Node, scope int32, auto bool) int32 {
	n := &k.nodes[i]
	if n.want == goalTree {
		k.endTerm(i)
	}
	if n.want.scoped() {
		n.auto = n.auto || auto
		if (n.goal == goalNone || n.goal.scoped()) && !k.belowPause(i) {
			scope = k.enter(i, scope)
		}
	}
	if !n.up {
		k.leaveTurn(i)
		k.rest(i, n.want)
		return scope
	}
	if n.goal == goalNone && (!auto || n.because != i) { // its own restart has looked, and raised the attempt
		k.calm(i)
	}
	to := n.goal
	if to == goalNone || to.scoped() || n.because == i && n.want > to && !n.doomed || n.want == goalRemove {
		to = n.want // what an operator or its own table has said stays said, unless that table now says more; who escalated is failed
	}
	k.goDown(i, to)
	return scope
}

// goDown has a node that is up go down, and then elsewhere.
func (k *Kernel) goDown(i Node, to goal) {
	n := &k.nodes[i]
	if n.goal == goalNone {
		if n.stage == stageNone {
			n.stage = stageWanted
		}
		k.stopInOrder(i, +1)
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
	if k.nodes[root].want != goalPause {
		return false
	}
	for p := k.parentOf(i); p != None; p = k.parentOf(p) {
		if p == root {
			return true
		}
	}
	return false
}

// enter puts a node into the scope, or joins the scope it is in with it.
func (k *Kernel) enter(i Node, scope int32) int32 {
	n := &k.nodes[i]
	if n.scope >= 0 && n.scope == scope {
		return scope
	}
	if n.scope >= 0 && scope >= 0 {
		return k.merge(n.scope, scope)
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
		s.up++
	}
	return scope
}

func (k *Kernel) newScope() int32 {
	if id := k.freeScope; id >= 0 {
		k.freeScope = k.scopes[id].next
		k.scopes[id] = scope{head: None, timer: -1}
		return id
	}
	k.scopes = append(k.scopes, scope{head: None, timer: -1})
	return int32(len(k.scopes) - 1)
}

// merge makes one scope of two: the union of the members, the later of the two times.
func (k *Kernel) merge(a, b int32) int32 {
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
	big.size, big.up, big.at = big.size+small.size, big.up+small.up, max(big.at, small.at)
	k.drop(b)
	return a
}

func (k *Kernel) drop(scope int32) {
	k.disarm(timerScope, scope)
	k.scopes[scope].next, k.scopes[scope].free, k.freeScope = k.freeScope, true, scope
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
		s.up--
	}
	k.tryOpen(id)
}

// tryOpen notes a scope whose members are down and whose time has come: it opens when nothing goes down any more.
func (k *Kernel) tryOpen(id int32) {
	switch s := &k.scopes[id]; {
	case s.size > 0 && s.up > 0:
		k.disarm(timerScope, id)
	case s.size > 0 && s.at > k.now:
		k.arm(timerScope, id, s.at)
	default:
		k.ripe = append(k.ripe, id)
	}
}

// openRipe opens the scopes that may, and reports whether there are any: the rules of starting are all that gates their
// members then.
func (k *Kernel) openRipe() bool {
	found := len(k.ripe) > 0
	for _, id := range k.ripe {
		s := &k.scopes[id]
		if s.free || s.size > 0 && (s.up > 0 || s.at > k.now) {
			continue // another has begun to go down in it, or it is one with another scope
		}
		for i := s.head; i != None; {
			n := &k.nodes[i]
			k.touch(i)
			i, n.scope, n.scopeNext, n.scopePrev = n.scopeNext, -1, None, None
		}
		k.drop(id)
	}
	k.ripe = k.ripe[:0]
	return found
}
