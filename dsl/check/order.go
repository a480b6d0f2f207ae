package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// order reports children that could never start, or stop, as they wait for each other, and whether there are none.
func (c *checker) order() bool {
	mistakes := len(c.List)
	g := c.waits(c.younger())
	for round := 0; round < maxRounds; round++ {
		cycles := g.cycles()
		if len(cycles) == 0 {
			break
		}
		for _, cycle := range cycles {
			c.cycle(cycle)
		}
	}
	return len(c.List) == mistakes
}

// maxRounds bounds how many cycles are distinguished among children that are all in one tangle.
const maxRounds = 100

// younger reports the references that rest_for_one forbids, and answers with them.
func (c *checker) younger() map[diag.Pos]bool {
	forbidden := map[diag.Pos]bool{}
	for _, s := range c.subjects {
		slot := map[*subject]int{}
		for i, children := range s.Slots() {
			for _, child := range children {
				slot[c.of(child)] = i
			}
		}
		if len(slot) == 0 {
			continue
		}
		for _, user := range c.below(s) {
			for _, ref := range slices.Concat(user.Needs, user.Wants, user.After) {
				mine, okMine := lift(user, slot)
				its, okIts := lift(c.of(ref.Child), slot)
				if !okMine || !okIts || its <= mine || forbidden[ref.Pos] { // a group is reported with its supervisor
					continue
				}
				forbidden[ref.Pos] = true
				message, first := "%q waits for %q, which under rest_for_one starts after it", "needed"
				if slices.Contains(user.Wants, ref) {
					message, first = "%q stops before %q, which it wants, and under rest_for_one stops after it", "wanted"
				}
				c.Reportf(diag.CodeOrder, ref.Pos, ref.End, message, user.Name, ref.Child.Name).
					Notef(s.Strategy.Source.Range, "the order is by this").
					Notef(ref.Child.Range, "the younger one").
					Hintf("declare what is %s first", first)
			}
		}
	}
	return forbidden
}

// wants is the reason of who stops before what it wants.
const wants = "%q wants %q"

// waits is the combined order of needs, wants, after, sidecars, containment and rest_for_one.
func (c *checker) waits(forbidden map[diag.Pos]bool) *graph {
	g := newGraph(2 * len(c.subjects))
	start := func(s *tree.Child) int { return 2 * c.of(s).index() }
	ready := func(s *tree.Child) int { return start(s) + 1 }
	add := func(from, to int, at *diag.Range, why, one, other string) {
		if at == nil || !forbidden[at.Pos] {
			g.edges[from] = append(g.edges[from], edge{from, to, reason{why, one, other}, at})
		}
	}
	for _, s := range c.subjects {
		for i, need := range s.Needs {
			add(start(s.Child), ready(need.Child), &s.Needs[i].Range, "%q needs %q", s.Name, need.Child.Name)
		}
		for i, want := range s.Wants {
			add(start(s.Child), ready(want.Child), &s.Wants[i].Range, wants, s.Name, want.Child.Name)
		}
		for i, after := range s.After {
			add(start(s.Child), ready(after.Child), &s.After[i].Range, "%q comes after %q", s.Name, after.Child.Name)
		}
		if s.Of != nil {
			add(start(s.Of), ready(s.Child), &s.Range, "%q waits for its sidecar %q", s.Of.Name, s.Name)
		}
		if s.Parent != nil && s.Role != policy.Group {
			add(start(s.Child), start(s.Parent), &s.Range, "%q starts with its supervisor %q", s.Name, s.Parent.Name)
			add(ready(s.Parent), ready(s.Child), &s.Range, "%q is ready when its child %q is", s.Parent.Name, s.Name)
		}
		add(ready(s.Child), start(s.Child), nil, "", "", "")
		slots := s.Slots()
		for i := 1; i < len(slots); i++ {
			elders := g.join() // or each of two large slots would have an edge to each
			for _, elder := range slots[i-1] {
				add(elders, ready(elder), nil, "", elder.Name, "")
			}
			for _, younger := range slots[i] {
				add(start(younger), elders, &younger.Range, "%q starts after its elder sibling %q", younger.Name, "")
			}
		}
	}
	return g
}

// cycle reports a cycle, all of it.
func (c *checker) cycle(cycle []edge) {
	for i, e := range cycle {
		if e.to >= 2*len(c.subjects) { // it is the next edge that names the elder sibling
			cycle[i].why.other = cycle[(i+1)%len(cycle)].why.one
		}
	}
	cycle = slices.DeleteFunc(cycle, func(e edge) bool { return e.why.format == "" })
	var reasons []string
	for _, e := range cycle {
		reasons = append(reasons, e.why.String())
	}
	never := "start"
	if slices.ContainsFunc(cycle, func(e edge) bool { return e.why.format == wants }) { // which holds up no start
		never = "stop in order"
	}
	r := c.Reportf(diag.CodeCycle, cycle[0].Pos, cycle[0].End, "this could never %s: %s", never, strings.Join(reasons, ", "))
	for _, e := range cycle[1:] {
		r.Notef(*e.Range, "%s", e.why)
	}
	r.Hintf("take one of these out")
	if len(cycle) > maxWays {
		return
	}
	for _, e := range cycle {
		c.waitsNot(r, e)
	}
	if len(r.Fixes) == 1 {
		r.Fixes = nil // what is clear is made unasked
	}
}

// maxWays bounds how many ways out of a cycle are offered.
const maxWays = 5

// waitsNot adds the fix that takes out what an edge is from, if a child waits in so many words.
func (c *checker) waitsNot(r *diag.Diagnostic, e edge) {
	if e.from >= 2*len(c.subjects) || c.subjects[e.from/2].decl == nil {
		return
	}
	s := c.subjects[e.from/2]
	for _, decls := range [][]*syntax.RefDecl{s.decl.Needs, s.decl.Wants, s.decl.After} {
		item := func(i int) diag.Range { return decls[i].Range() }
		if i := slices.IndexFunc(decls, func(d *syntax.RefDecl) bool { return d.Range() == *e.Range }); i >= 0 {
			fixes := len(r.Fixes)
			if c.cutItem(r, len(decls), i, item); len(r.Fixes) > fixes {
				r.Fixes[fixes].Message = fmt.Sprintf("remove %s from what %s waits for", decls[i], s.Name)
			}
		}
	}
}
