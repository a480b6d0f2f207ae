package kernel

import (
	"slices"

	"github.com/supgen/supgen/runtime/policy"
)

// A row is a Spec, made ready to be walked: its references are nodes, and the inverse of each is there too.
type row struct {
	policy.Spec
	id     policy.ID
	parent Node // None for the root
	first  Node // its replicas follow each other; of a dynamic or group row, a place that never runs

	needs, after     []Node
	users, followers []Node // who needs it, and who comes after it; a dynamic row stands for its children
	sidecars         []Node
	primaries        []Node // of a sidecar
	awaited          bool   // there is somebody in these, or in its chain
	ends             bool   // its supervisor's "finish when" names it

	gang  int32 // whom an automatic restart of it may take along, -1 if nobody
	chain int32 // the order it stands in, -1 if in none
	slot  int32

	kin     Node // of a dynamic row: the first of its started children
	kinLast Node
	alive   int32
	held    int32  // those of them that are quarantined
	gen     uint64 // its launches so far
	firsts  uint64 // those of them that were a child's first
	failed  uint64 // failures so far, of those that are gone too
	numbers int32
	free    []Node
}

// A gang is the children that share a strategy: those of a supervisor, or of a group.
type gang struct {
	strategy policy.Strategy
	members  []Node
	mark     uint32 // scratch of takeDown: in which epoch
	low      int32  // and from which slot on all of them were taken
}

// A chain is the order of siblings under rest_for_one. Those of one slot (replicas, or the members of a group with
// another strategy) have no order among each other.
type chain struct {
	slots    [][]Node
	stopping []int32 // by slot: who is up and going down
	youngest int32   // the last slot with anybody stopping, or -1
}

// counts reports whether its supervisor waits for it to be ready.
func (r *row) counts() bool {
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
	k := &Kernel{freeScope: -1, end: End{Node: None}}
	k.rng.Seed(seed, 0x9e3779b97f4a7c15)
	total := 0
	for _, s := range specs {
		total += max(1, s.Replicas)
		k.clock.reach = max(k.clock.reach, s.Health.Dead, s.Ready.Within)
	}
	k.rows, k.nodes = make([]row, 0, len(specs)), make([]node, 0, total)
	for i, s := range specs {
		k.rows = append(k.rows, row{Spec: s, id: policy.ID(i), first: Node(len(k.nodes)), parent: None, gang: -1, chain: -1, kin: None, kinLast: None})
		for j := range max(1, s.Replicas) {
			k.nodes = append(k.nodes, k.blank(policy.ID(i), int32(j)))
		}
	}
	k.last = make([]uint64, len(k.nodes))
	for i := range k.rows {
		k.link(&k.rows[i])
	}
	under := k.siblings()
	for i := range k.rows {
		k.group(&k.rows[i], under[i])
	}
	for i := range k.rows {
		k.order(&k.rows[i], under[i])
	}
	for i := range k.rows {
		r := &k.rows[i]
		r.awaited = len(r.users)+len(r.followers)+len(r.primaries) > 0 || r.chain >= 0
	}
	return k
}

// blank is a new node (design.md, "A new child").
func (k *Kernel) blank(id policy.ID, index int32) node {
	n := node{
		row: id, index: index, super: -1, attempt: 1, scope: -1, timerAt: [2]int32{-1, -1},
		scopeNext: None, scopePrev: None, turnNext: None, turnPrev: None, kinNext: None, kinPrev: None,
	}
	r := &k.rows[id]
	if r.Role == policy.Supervisor || !r.Ready.Immediate() {
		n.readiness = ReadinessPending
	}
	if r.Health.Heartbeat > 0 || r.Health.Check.Every > 0 || r.Ready.Check.Every > 0 {
		n.vitals = new(vitals)
	}
	if r.Role == policy.Supervisor {
		n.super = int32(len(k.supers))
		k.supers = append(k.supers, super{
			node: Node(len(k.nodes)), timer: -1, tokens: r.Throttle.N,
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
		nodes[i] = r.first + Node(i)
	}
	return nodes
}

// link resolves a row's references, both ways.
func (k *Kernel) link(r *row) {
	own := k.nodesOf(r.id)
	if r.Parent >= 0 {
		r.parent = k.rows[r.Parent].first
		if s := &k.supers[k.nodes[r.parent].super]; r.Role == policy.Group {
			s.groups = append(s.groups, own...)
		} else {
			s.kids = append(s.kids, own...)
			if r.counts() {
				s.unready += int32(len(own))
			}
		}
	}
	if len(r.Finish.Of) > 0 {
		k.finishers = append(k.finishers, own...)
	}
	for _, id := range r.Finish.Of {
		k.rows[id].ends = true
	}
	for _, id := range r.Needs {
		r.needs = append(r.needs, k.nodesOf(id)...)
		k.rows[id].users = append(k.rows[id].users, own...)
	}
	for _, id := range r.After {
		r.after = append(r.after, k.nodesOf(id)...)
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

// group collects the gang of a supervisor or a group, and tells its members.
func (k *Kernel) group(r *row, under []policy.ID) {
	if r.Role != policy.Supervisor && r.Role != policy.Group {
		return
	}
	g := gang{strategy: r.Strategy}
	for _, id := range under {
		m := &k.rows[id]
		if r.Role == policy.Group || m.Group == 0 { // its group's strategy is its own; for the supervisor it is one sibling more
			m.gang = int32(len(k.gangs))
		}
		g.members = append(g.members, k.nodesOf(id)...)
	}
	k.gangs = append(k.gangs, g)
}

// order lays out the chain of a supervisor or group under rest_for_one.
func (k *Kernel) order(r *row, under []policy.ID) {
	if r.Role != policy.Supervisor && r.Role != policy.Group || r.Strategy != policy.RestForOne {
		return
	}
	var c chain
	var last policy.ID // the group whose members share the last slot
	for _, id := range under {
		m := &k.rows[id]
		if m.chain >= 0 {
			continue
		}
		if m.Group == 0 || m.Group != last || k.rows[m.Group].Strategy == policy.RestForOne {
			c.slots = append(c.slots, nil)
		}
		last = m.Group
		m.chain, m.slot = int32(len(k.chains)), int32(len(c.slots)-1)
		c.slots[m.slot] = append(c.slots[m.slot], k.nodesOf(m.id)...)
	}
	c.stopping, c.youngest = make([]int32, len(c.slots)), -1
	k.chains = append(k.chains, c)
}

// fewer reports which of two nodes stands earlier in the file. A dynamic child stands where its row does.
func (k *Kernel) fewer(a, b Node) int {
	x, y := &k.nodes[a], &k.nodes[b]
	if x.row != y.row {
		return int(x.row) - int(y.row)
	}
	return int(x.index) - int(y.index)
}

func (k *Kernel) sort(nodes []Node) {
	if !slices.IsSortedFunc(nodes, k.fewer) {
		slices.SortFunc(nodes, k.fewer)
	}
}
