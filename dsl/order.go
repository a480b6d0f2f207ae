package dsl

import (
	"fmt"
	"slices"
	"strings"

	"github.com/supgen/supgen/runtime"
)

// slots is the order that rest_for_one puts the children of a supervisor or a group in: those in a slot start when
// those in the slot before are ready, and stop before them. Sidecars and dynamic children stand outside of it. The
// members of a group share a slot, unless the group is under rest_for_one too. A group that is laid out with its
// supervisor has no slots of its own.
func (c *Child) slots() [][]*Child {
	if c.Strategy.Value != runtime.RestForOne || c.Role == runtime.Group && c.Parent.Strategy.Value == runtime.RestForOne {
		return nil
	}
	var slots [][]*Child
	add := func(slot []*Child) {
		if slot = slices.DeleteFunc(slot, outsideOrder); len(slot) > 0 {
			slots = append(slots, slot)
		}
	}
	for _, child := range c.Children {
		switch {
		case child.Role != runtime.Group:
			add([]*Child{child})
		case child.Strategy.Value == runtime.RestForOne:
			for _, member := range child.Children {
				add([]*Child{member})
			}
		default:
			add(slices.Clone(child.Children))
		}
	}
	return slots
}

func outsideOrder(c *Child) bool { return c.Dynamic || c.Role == runtime.Sidecar || c.Role == noRole }

// order reports children that could never start, as they wait for each other, and whether there are none.
func (c *checker) order() bool {
	mistakes := len(c.list)
	g := c.waits(c.younger())
	for {
		cycle := g.cycle()
		if cycle == nil {
			return len(c.list) == mistakes
		}
		c.cycle(cycle)
	}
}

// younger reports the references that rest_for_one forbids, and answers with them.
func (c *checker) younger() map[Pos]bool {
	forbidden := map[Pos]bool{}
	for _, s := range c.subjects {
		slot := map[*subject]int{}
		for i, children := range s.slots() {
			for _, child := range children {
				slot[c.of(child)] = i
			}
		}
		if len(slot) == 0 {
			continue
		}
		for _, user := range c.subjects {
			for _, ref := range slices.Concat(user.Needs, user.After) {
				mine, okMine := lift(user, slot)
				its, okIts := lift(c.of(ref.Child), slot)
				if !okMine || !okIts || its <= mine {
					continue
				}
				forbidden[ref.Pos] = true
				c.error(CodeOrder, ref.Pos, ref.End, "%q waits for %q, which under rest_for_one starts after it", user.Name, ref.Child.Name).
					note(s.Strategy.Source.Pos, "the order is by this").
					note(ref.Child.Pos, "the younger one").
					hint("declare what is needed first")
			}
		}
	}
	return forbidden
}

// A graph is who waits for whom: of each child, its start and its readiness are nodes.
type graph struct {
	edges   [][]edge
	covered []bool // by a cycle that was reported
}

// An edge is one reason to wait. That a child is ready after it started needs none.
type edge struct {
	from, to int
	why      string
	pos, end Pos
}

// waits is the combined order of needs, after, sidecars, containment and rest_for_one.
func (c *checker) waits(forbidden map[Pos]bool) *graph {
	g := &graph{make([][]edge, 2*len(c.subjects)), make([]bool, 2*len(c.subjects))}
	index := map[*Child]int{}
	for i, s := range c.subjects {
		index[s.Child] = i
	}
	start := func(s *Child) int { return 2 * index[s] }
	ready := func(s *Child) int { return 2*index[s] + 1 }
	add := func(from, to int, pos, end Pos, format string, args ...any) {
		if !forbidden[pos] {
			g.edges[from] = append(g.edges[from], edge{from, to, fmt.Sprintf(format, args...), pos, end})
		}
	}
	for _, s := range c.subjects {
		for _, need := range s.Needs {
			add(start(s.Child), ready(need.Child), need.Pos, need.End, "%q needs %q", s.Name, need.Child.Name)
		}
		for _, after := range s.After {
			add(start(s.Child), ready(after.Child), after.Pos, after.End, "%q comes after %q", s.Name, after.Child.Name)
		}
		if s.Of != nil {
			add(start(s.Of), ready(s.Child), s.Pos, s.nameEnd(), "%q waits for its sidecar %q", s.Of.Name, s.Name)
		}
		if s.Parent != nil && s.Role != runtime.Group {
			add(start(s.Child), start(s.Parent), s.Pos, s.nameEnd(), "%q starts with its supervisor %q", s.Name, s.Parent.Name)
			add(ready(s.Parent), ready(s.Child), s.Pos, s.nameEnd(), "%q is ready when its child %q is", s.Parent.Name, s.Name)
		}
		add(ready(s.Child), start(s.Child), Pos{}, Pos{}, "")
		slots := s.slots()
		for i := 1; i < len(slots); i++ {
			for _, younger := range slots[i] {
				for _, elder := range slots[i-1] {
					add(start(younger), ready(elder), younger.Pos, c.of(younger).nameEnd(), "%q starts after its elder sibling %q", younger.Name, elder.Name)
				}
			}
		}
	}
	return g
}

// cycle finds a cycle through nodes that no cycle found before goes through, or nil. It is the shortest through its
// first node.
func (g *graph) cycle() []edge {
	for _, start := range g.suspects() {
		if g.covered[start] {
			continue
		}
		if cycle := g.back(start); cycle != nil {
			for _, e := range cycle {
				g.covered[e.from] = true
			}
			return cycle
		}
	}
	return nil
}

// suspects are the nodes from which a cycle can be reached: what is left when those that wait for nothing are taken
// away, again and again.
func (g *graph) suspects() []int {
	waiting := make([]int, len(g.edges))
	waiters := make([][]int, len(g.edges))
	var free []int
	for from, edges := range g.edges {
		waiting[from] = len(edges)
		for _, e := range edges {
			waiters[e.to] = append(waiters[e.to], from)
		}
		if len(edges) == 0 || g.covered[from] {
			waiting[from] = 0
			free = append(free, from)
		}
	}
	for ; len(free) > 0; free = free[1:] {
		for _, from := range waiters[free[0]] {
			if waiting[from]--; waiting[from] == 0 {
				free = append(free, from)
			}
		}
	}
	var suspects []int
	for node, n := range waiting {
		if n > 0 {
			suspects = append(suspects, node)
		}
	}
	return suspects
}

// back is the shortest way from a node back to itself, or nil.
func (g *graph) back(start int) []edge {
	via := map[int]edge{}
	for queue := []int{start}; len(queue) > 0; queue = queue[1:] {
		for _, e := range g.edges[queue[0]] {
			if _, seen := via[e.to]; seen || g.covered[e.to] {
				continue
			}
			via[e.to] = e
			if e.to == start {
				return unwound(via, start)
			}
			queue = append(queue, e.to)
		}
	}
	return nil
}

func unwound(via map[int]edge, start int) []edge {
	cycle := []edge{via[start]}
	for node := via[start].from; node != start; node = via[node].from {
		cycle = append(cycle, via[node])
	}
	slices.Reverse(cycle)
	return cycle
}

// cycle reports a cycle, all of it.
func (c *checker) cycle(cycle []edge) {
	cycle = slices.DeleteFunc(cycle, func(e edge) bool { return e.why == "" })
	var reasons []string
	for _, e := range cycle {
		reasons = append(reasons, e.why)
	}
	r := c.error(CodeCycle, cycle[0].pos, cycle[0].end, "this could never start: %s", strings.Join(reasons, ", "))
	for _, e := range cycle[1:] {
		r.note(e.pos, "%s", e.why)
	}
	r.hint("take one of these out")
}
