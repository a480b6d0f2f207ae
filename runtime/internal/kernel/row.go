package kernel

import (
	"slices"

	"github.com/supgen/supgen/runtime/policy"
)

// A row is a Spec, made ready to be walked: its references are nodes, and the inverse of each is there too.
type row struct {
	policy.Spec
	id        policy.ID
	parent    Node // None for the root
	firstNode Node // its replicas follow each other; of a dynamic or group row, a place that never runs

	needs, after     []Node
	follows          []Node // what it comes after, and then what it wants: it stops before these
	users, followers []Node // who needs it, and who follows it; a dynamic row stands for its children
	sidecars         []Node
	primaries        []Node // of a sidecar
	awaited          bool   // one of these is not empty, or it has a sibling order
	inFinish         bool   // its supervisor's "finish when" names it

	failures *Failures // so far, of children that are gone too; nil before the first

	restartSet   int32 // whom an automatic restart of it may take along, -1 if none
	siblingOrder int32 // the one it stands in, -1 if in none
	slot         int32

	firstDynamic  Node // of a dynamic row: the first of its started children
	lastDynamic   Node
	alive         int32
	quarantined   int32  // those of them that are quarantined
	launches      uint64 // its launches so far
	firstLaunches uint64 // those of them that were a child's first
	lastNumber    int32
	freeNodes     []Node
}

// Failures are how many there were, by outcome.
type Failures [policy.OutcomeIntensity + 1]uint64

// countFailure counts a failure. Only the first one of a row allocates.
func (r *row) countFailure(o policy.Outcome) {
	if r.failures == nil {
		r.failures = new(Failures)
	}
	r.failures[o]++
}

// A restartSet is the children that share a strategy: those of a supervisor, or of a group.
type restartSet struct {
	strategy policy.Strategy
	members  []Node
	teardown uint32 // the last that took some of them along
	fromSlot int32  // and the slot after which it took all
}

// A siblingOrder is the order of siblings under rest_for_one. Those of one slot (replicas, or the members of a group with
// another strategy) have no order among each other.
type siblingOrder struct {
	slots        [][]Node
	stopping     []int32 // by slot: who is up and going down
	lastStopping int32   // the last slot with anybody stopping, or -1
}

// readinessCounts reports whether its supervisor waits for it to be ready.
func (r *row) readinessCounts() bool {
	return r.parent != None && !r.Optional && !r.Dynamic && r.Role != policy.Group
}

// sibling reports whether strategies and their order know it: sidecars and dynamic children are one_for_one.
func (r *row) sibling() bool {
	return r.parent != None && !r.Dynamic && r.Role != policy.Group && r.Role != policy.Sidecar
}

// temporary reports OTP's temporary: not started again, whatever the reason.
func (r *row) temporary() bool {
	return r.On[policy.OutcomeSuccess] == policy.ActionStop && r.On[policy.OutcomeError] == policy.ActionStop && r.Role != policy.Job
}

// New makes a tree that can be run once. The rows must be valid: Validate finds nothing.
func New(specs []policy.Spec, seed uint64) *Kernel {
	k := &Kernel{freeScopes: -1, leaveAt: -1, end: End{Node: None}}
	k.rng.Seed(seed, 0x9e3779b97f4a7c15)
	total := 0
	for _, s := range specs {
		total += max(1, s.Replicas)
		k.clock.longestAge = max(k.clock.longestAge, s.Health.Dead, s.Ready.Within)
	}
	k.rows, k.nodes = make([]row, 0, len(specs)), make([]node, 0, total)
	for i, s := range specs {
		k.rows = append(k.rows, row{Spec: s, id: policy.ID(i), firstNode: Node(len(k.nodes)), parent: None, restartSet: -1, siblingOrder: -1, firstDynamic: None, lastDynamic: None})
		for j := range max(1, s.Replicas) {
			k.nodes = append(k.nodes, k.newNode(policy.ID(i), int32(j)))
		}
	}
	k.lastSeq = make([]uint64, len(k.nodes))
	for i := range k.rows {
		k.linkRow(&k.rows[i])
	}
	under := k.siblings()
	for i := range k.rows {
		k.linkRestartSet(&k.rows[i], under[i])
	}
	orders := policy.RestOrdersOf(specs)
	for i := range k.rows {
		if slots := orders.Slots(policy.ID(i)); slots != nil {
			k.linkSiblingOrder(slots)
		}
	}
	for i := range k.rows {
		r := &k.rows[i]
		r.awaited = len(r.users)+len(r.followers)+len(r.primaries) > 0 || r.siblingOrder >= 0
	}
	return k
}

// newNode is a new node (design.md, "A new child").
func (k *Kernel) newNode(id policy.ID, index int32) node {
	n := node{
		row: id, index: index, super: -1, attempt: 1, scope: -1, timerAt: [2]int32{-1, -1},
		scopeNext: None, scopePrev: None, turnNext: None, turnPrev: None, nextDynamic: None, prevDynamic: None,
	}
	r := &k.rows[id]
	if r.Role == policy.Supervisor || !r.Ready.Immediate() {
		n.readiness = ReadinessPending
	}
	if r.Health.Heartbeat > 0 || r.Health.Check.Every > 0 || r.Ready.Check.Every > 0 {
		n.vitals = new(vitals)
	}
	if r.Role == policy.Supervisor {
		n.super = int32(len(k.supervisors))
		k.supervisors = append(k.supervisors, supervisorState{
			node: Node(len(k.nodes)), timerAt: -1, tokens: r.Throttle.N,
			waiting: [2]turnQueue{{None, None}, {None, None}},
		})
	}
	return n
}

// nodesOf are the replicas of a row.
func (k *Kernel) nodesOf(id policy.ID) []Node {
	r := &k.rows[id]
	nodes := make([]Node, max(1, r.Replicas))
	for i := range nodes {
		nodes[i] = r.firstNode + Node(i)
	}
	return nodes
}

// linkRow resolves a row's references, both ways.
func (k *Kernel) linkRow(r *row) {
	own := k.nodesOf(r.id)
	if r.Parent >= 0 {
		r.parent = k.rows[r.Parent].firstNode
		if s := &k.supervisors[k.nodes[r.parent].super]; r.Role == policy.Group {
			s.groups = append(s.groups, own...)
		} else {
			s.kids = append(s.kids, own...)
			if r.readinessCounts() {
				s.unready += int32(len(own))
			}
		}
	}
	if len(r.Finish.Of) > 0 {
		k.finishers = append(k.finishers, own...)
	}
	for _, id := range r.Finish.Of {
		k.rows[id].inFinish = true
	}
	for _, id := range r.Needs {
		r.needs = append(r.needs, k.nodesOf(id)...)
		k.rows[id].users = append(k.rows[id].users, own...)
	}
	for i, id := range slices.Concat(r.After, r.Wants) {
		r.follows = append(r.follows, k.nodesOf(id)...)
		if i < len(r.After) {
			r.after = r.follows
		}
		k.rows[id].followers = append(k.rows[id].followers, own...)
	}
	if r.Role == policy.Sidecar {
		r.primaries = k.nodesOf(r.Of)
		k.rows[r.Of].sidecars = append(k.rows[r.Of].sidecars, own...)
	}
}

// siblings are, by supervisor and by group, the rows that strategies and their order know.
func (k *Kernel) siblings() (under [][]policy.ID) {
	under = make([][]policy.ID, len(k.rows))
	for i := range k.rows {
		r := &k.rows[i]
		if !r.sibling() {
			continue
		}
		under[r.Parent] = append(under[r.Parent], r.id)
		if r.Group != 0 {
			under[r.Group] = append(under[r.Group], r.id)
		}
	}
	return under
}

// linkRestartSet collects the restart set of a supervisor or a group, and notes it in the rows of the members.
func (k *Kernel) linkRestartSet(r *row, under []policy.ID) {
	if r.Role != policy.Supervisor && r.Role != policy.Group {
		return
	}
	g := restartSet{strategy: r.Strategy}
	for _, id := range under {
		m := &k.rows[id]
		if r.Role == policy.Group || m.Group == 0 { // its group's strategy is its own; for the supervisor it is one sibling more
			m.restartSet = int32(len(k.restartSets))
		}
		g.members = append(g.members, k.nodesOf(id)...)
	}
	k.restartSets = append(k.restartSets, g)
}

// linkSiblingOrder notes the order of the siblings of one supervisor or group under rest_for_one.
func (k *Kernel) linkSiblingOrder(slots [][]policy.ID) {
	c := siblingOrder{slots: make([][]Node, len(slots)), stopping: make([]int32, len(slots)), lastStopping: -1}
	for i, members := range slots {
		for _, id := range members {
			m := &k.rows[id]
			m.siblingOrder, m.slot = int32(len(k.siblingOrders)), int32(i)
			c.slots[i] = append(c.slots[i], k.nodesOf(id)...)
		}
	}
	k.siblingOrders = append(k.siblingOrders, c)
}

// fileOrder compares the places of two nodes in the file, for package slices. A dynamic child stands where its row does.
func (k *Kernel) fileOrder(a, b Node) int {
	x, y := &k.nodes[a], &k.nodes[b]
	if x.row != y.row {
		return int(x.row) - int(y.row)
	}
	return int(x.index) - int(y.index)
}

func (k *Kernel) sortNodes(nodes []Node) {
	if !slices.IsSortedFunc(nodes, k.fileOrder) {
		slices.SortFunc(nodes, k.fileOrder)
	}
}
