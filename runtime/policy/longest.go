package policy

import (
	"slices"
	"sort"
	"time"
)

// A StopOrder is what stops before what in a tree, and how long that takes at the most. The compiler holds the promises of
// supervisors to it, and New those that an Override changes.
type StopOrder struct {
	table     []Spec
	kids      [][]ID // of a supervisor: all but its groups
	users     [][]ID // by row: who needs it
	followers [][]ID // and who wants it, or comes after it
	linked    [][]ID // and its linked sidecars
	rest      RestOrders
}

// A StopBound is the longest that a child takes to stop: the budgets of children that stop one after another.
type StopBound struct {
	Total     time.Duration // drains and aborts, and of a root its lame duck before them; the largest that there is if it would be more
	Unlimited bool          // one of them has no limit, and Total means nothing
	Chain     []ID          // in the order they stop; a root with a lame duck is the first
}

// StopOrderOf is the order of a table in which runtime.Validate finds nothing.
func StopOrderOf(table []Spec) *StopOrder {
	n := len(table)
	o := &StopOrder{table: table, kids: make([][]ID, n), users: make([][]ID, n), followers: make([][]ID, n), linked: make([][]ID, n)}
	o.rest = RestOrdersOf(table)
	for i, c := range table {
		id := ID(i)
		if i > 0 && c.Role != Group {
			o.kids[c.Parent] = append(o.kids[c.Parent], id)
		}
		for _, x := range c.Needs {
			o.users[x] = append(o.users[x], id)
		}
		for _, x := range slices.Concat(c.Wants, c.After) {
			o.followers[x] = append(o.followers[x], id)
		}
		if c.Role == Sidecar && c.Linked {
			o.linked[c.Of] = append(o.linked[c.Of], id)
		}
	}
	return o
}

// Longest is the longest that a child takes to stop, of a supervisor with all that it contains. No group is asked about.
//
// It holds for each stop that begins with all of the tree up:
//
//   - Where it is stopped alone, as by an operator, that takes along what it contains and whatever needs any of this, which stops
//     before it. The time counts from the request.
//   - Where more stops, as when a strategy takes its siblings along, or the tree stops, the time counts from its turn: what
//     itself or a supervisor above it stops after is down then. Where something inside it stops after what is outside, that and
//     all before it counts, if any stop could take it along.
//
// Of a root it begins with the lame duck: the time counts from when somebody asks for the stop.
//
// Of a root, and of all that nothing outside has to wait for, a stop can take as long. Else it may be too long:
//
//   - by what is outside and stops only with what the supervisor's own turn comes after;
//   - by the budgets of jobs that something needs: one that hands over nothing never runs while what needs it is up, and one
//     with a value keeps that where its supervisor goes down for what that alone needs.
func (o *StopOrder) Longest(id ID) StopBound {
	last := o.stopOf(o.closure(id)).down(id)
	if o.table[id].Role == Supervisor && o.entangled(id) {
		last = longer(last, o.fromTurn(id))
	}
	b := last.bound()
	if leaves := o.table[id].LameDuck; leaves > 0 {
		b.Total, b.Chain = Sum(leaves, b.Total), slices.Insert(b.Chain, 0, id)
	}
	return b
}

// closure is what stops with a child that is stopped alone, itself first (design.md, "Scope": by hand).
func (o *StopOrder) closure(id ID) []ID {
	all, seen := []ID{id}, map[ID]bool{id: true}
	for next := 0; next < len(all); next++ {
		for _, more := range [...][]ID{o.kids[all[next]], o.users[all[next]], o.linked[all[next]]} {
			for _, x := range more {
				if !seen[x] {
					seen[x] = true
					all = append(all, x)
				}
			}
		}
	}
	return all
}

// entangled reports whether anything inside a supervisor stops after something that is outside.
func (o *StopOrder) entangled(supervisor ID) bool {
	for inside := slices.Clone(o.kids[supervisor]); len(inside) > 0; {
		id := inside[0]
		inside = append(inside[1:], o.kids[id]...)
		for _, dependants := range [...][]ID{o.users[id], o.followers[id]} {
			if slices.ContainsFunc(dependants, func(x ID) bool { return !isBelow(o.table, x, supervisor) }) {
				return true
			}
		}
	}
	return false
}

// fromTurn is the longest chain from the turn of a supervisor to its end, whatever else stops: what itself stops after is down then,
// and all else may have just begun.
func (o *StopOrder) fromTurn(id ID) *stopChain {
	f := o.stopOf(nil)
	for _, first := range [...][]ID{o.users[id], o.followers[id], f.younger(id)} {
		for _, x := range first {
			f.downs[x] = nil
		}
	}
	for p := id; ; p = o.table[p].Parent {
		if f.askeds[p] = nil; p == 0 {
			return f.down(id)
		}
	}
}

// A partialStop is one stop, of some children or of all.
type partialStop struct {
	*StopOrder
	takes  map[ID]bool       // nil is all
	orders map[ID][]ID       // of each order those that it takes
	askeds map[ID]*stopChain // up to when a child is asked to stop
	downs  map[ID]*stopChain // up to its end
	rests  map[ID]*stopChain // up to the end of it and of its younger siblings
}

// stopOf is the stop of some children, or of all where these are nil.
func (o *StopOrder) stopOf(taken []ID) *partialStop {
	f := &partialStop{StopOrder: o, orders: o.rest.Members, askeds: make(map[ID]*stopChain), downs: make(map[ID]*stopChain), rests: make(map[ID]*stopChain)}
	if taken == nil {
		return f
	}
	f.takes, f.orders = make(map[ID]bool, len(taken)), make(map[ID][]ID)
	for _, id := range taken {
		f.takes[id] = true
	}
	slices.Sort(taken)
	for _, id := range taken {
		if s := o.rest.Seats[id]; s.Slot > 0 {
			f.orders[s.In] = append(f.orders[s.In], id)
		}
	}
	return f
}

func (f *partialStop) has(id ID) bool { return f.takes == nil || f.takes[id] }

// down is the longest chain up to the end of a child: of a supervisor, of the last of its children.
func (f *partialStop) down(id ID) *stopChain {
	last, known := f.downs[id]
	if known {
		return last
	}
	last = f.asked(id)
	if f.table[id].Role == Supervisor {
		for _, kid := range f.kids[id] {
			last = longer(last, f.down(kid))
		}
	} else {
		last = last.then(id, Effective(f.table[id]).Shutdown)
	}
	f.downs[id] = last
	return last
}

// asked is the longest chain up to when a child is asked to stop. Before that stops what needs it or comes after it, the younger
// under rest_for_one, the primary of a sidecar, and what its supervisor waits for (docs/runtime.md, "Stopping").
func (f *partialStop) asked(id ID) *stopChain {
	last, known := f.askeds[id]
	if known || !f.has(id) {
		return last
	}
	for _, dependants := range [...][]ID{f.users[id], f.followers[id]} {
		for _, x := range dependants {
			if f.has(x) {
				last = longer(last, f.down(x))
			}
		}
	}
	last = longer(last, f.youngest(f.younger(id)))
	c := &f.table[id]
	if c.Role == Sidecar && c.Of != 0 && f.has(c.Of) {
		last = longer(last, f.down(c.Of))
	}
	if id > 0 {
		last = longer(last, f.asked(c.Parent))
	}
	f.askeds[id] = last
	return last
}

// younger are the siblings of a child that stop before it, under rest_for_one.
func (f *partialStop) younger(id ID) []ID {
	s := f.rest.Seats[id]
	if s.Slot == 0 {
		return nil
	}
	siblings := f.orders[s.In]
	return siblings[sort.Search(len(siblings), func(i int) bool { return f.rest.Seats[siblings[i]].Slot > s.Slot }):]
}

// youngest is the longest chain up to the end of one of the youngest siblings.
func (f *partialStop) youngest(siblings []ID) *stopChain {
	if len(siblings) == 0 {
		return nil
	}
	last, known := f.rests[siblings[0]]
	if !known {
		last = longer(f.down(siblings[0]), f.youngest(siblings[1:]))
		f.rests[siblings[0]] = last
	}
	return last
}

// A stopChain is children that stop one after another, as its last. The nil chain is empty.
type stopChain struct {
	before    *stopChain
	id        ID
	total     time.Duration
	unlimited bool
}

// longer is the chain that takes longer, or the first.
func longer(a, b *stopChain) *stopChain {
	switch {
	case b == nil, a != nil && a.unlimited:
		return a
	case a == nil, b.unlimited, b.total > a.total:
		return b
	}
	return a
}

// then is the chain with one more child.
func (c *stopChain) then(id ID, budget Shutdown) *stopChain {
	next := &stopChain{before: c, id: id, total: Sum(budget.Drain, budget.Abort), unlimited: budget.Unlimited}
	if c != nil {
		next.total, next.unlimited = Sum(c.total, next.total), next.unlimited || c.unlimited
	}
	return next
}

func (c *stopChain) bound() (b StopBound) {
	if c == nil {
		return b
	}
	b.Total, b.Unlimited = c.total, c.unlimited
	for ; c != nil; c = c.before {
		b.Chain = append(b.Chain, c.id)
	}
	slices.Reverse(b.Chain)
	return b
}

// isBelow reports whether a row is somewhere below a supervisor.
func isBelow(table []Spec, id, supervisor ID) bool {
	for id > 0 {
		if id = table[id].Parent; id == supervisor {
			return true
		}
	}
	return false
}
