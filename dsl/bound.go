package dsl

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/supgen/supgen/runtime"
)

// bounds holds the promises of supervisors to how long their stops may take. It is only for trees whose children do not wait
// for each other in a circle.
func (c *checker) bounds() {
	stops := map[*Child]*Stops{} // by root: few promise anything
	for _, s := range c.subjects {
		if s.Role != runtime.Supervisor || s.Shutdown.Source.Kind == SourceRole || c.unsureBelow(s) {
			continue
		}
		root := s.Root()
		if stops[root] == nil {
			stops[root] = StopsOf(root)
		}
		c.promise(s, stops[root].Of(s.Child))
	}
}

// unsureBudget reports whether the budget of s could not be read.
func (c *checker) unsureBudget(s *subject) bool {
	return s.unsure() || c.invalid[s.Shutdown.Source.Pos]
}

// unsureBelow reports whether a budget below s could not be read.
func (c *checker) unsureBelow(s *subject) bool {
	return c.unsureBudget(s) || slices.ContainsFunc(c.below(s), c.unsureBudget)
}

func (c *checker) promise(s *subject, longest Bound) {
	pos := s.Shutdown.Source.Pos
	end := pos.plus(len("shutdown"))
	var sum []string
	for _, link := range longest.Chain {
		if c.unsureBudget(c.of(link.Child)) {
			return
		}
		if link.Unlimited {
			c.reportf(CodeUnlimited, pos, end, "%q promises to stop within %s, and %q may take for ever", s.Name, short(s.Shutdown.Value.Drain), link.Child.Path()).
				notef(link.Child.Shutdown.Source.Pos, "unlimited by this")
			return
		}
		sum = append(sum, link.From(s.Child)+" "+short(link.Amount))
	}
	if s.Shutdown.Value.Drain < longest.Total {
		c.reportf(CodePromise, pos, end, "%q promises to stop within %s, and may take %s: %s", s.Name, short(s.Shutdown.Value.Drain), short(longest.Total), strings.Join(sum, " + ")).
			hintf("write shutdown %s, or shorten a budget in the sum", short(longest.Total))
		return
	}
	c.longerPromise(s, longest.Total)
}

// longerPromise warns of a promise to which nothing is held that a supervisor around it has not promised already. The bound of
// what stops alone may be longer than that of all: then it is.
func (c *checker) longerPromise(s *subject, longest time.Duration) {
	pos, drain := s.Shutdown.Source.Pos, s.Shutdown.Value.Drain
	for p := s.parent; p != nil; p = p.parent {
		within := p.Shutdown.Value.Drain
		if p.Shutdown.Source.Kind == SourceRole || drain <= within || longest > within || c.unsureBudget(p) {
			continue
		}
		c.reportf(CodeNoEffect, pos, pos.plus(len("shutdown")), "%q may take %s to stop, but %q, which it is part of, promises %s: nothing is held to the longer time", s.Name, short(drain), p.Name, short(within)).
			notef(p.Shutdown.Source.Pos, "the shorter promise").
			hintf("write shutdown %s or less, or remove it", short(within))
		return
	}
}

// Stops are how long the children of a root take to stop at the most.
type Stops struct {
	order    *runtime.StopOrder
	children []*Child // by row
	rows     map[*Child]runtime.ID
}

// StopsOf is how long the children of a root take to stop.
func StopsOf(root *Child) *Stops {
	s := &Stops{rows: map[*Child]runtime.ID{}} // of no child it is 0, which means none
	for c := range root.All() {
		s.rows[c] = runtime.ID(len(s.children))
		s.children = append(s.children, c)
	}
	table := make([]runtime.Child, len(s.children))
	for i, c := range s.children {
		table[i] = runtime.Child{
			Parent: s.rows[c.Parent], Group: s.rows[c.Group], Of: s.rows[c.Of], Role: c.Role, Linked: c.Linked, Dynamic: c.Dynamic,
			Needs: s.refs(c.Needs), After: s.refs(c.After), Strategy: c.Strategy.Value, Shutdown: c.Shutdown.Value,
		}
	}
	s.order = runtime.StopOrderOf(table)
	return s
}

func (s *Stops) refs(refs []Ref) (of []runtime.ID) {
	for _, ref := range refs {
		if id, ok := s.rows[ref.Child]; ok { // or it is a mistake, in another root
			of = append(of, id)
		}
	}
	return of
}

// Of is the longest that a child takes to stop: see [runtime.StopOrder.Longest]. Of a group it is nothing.
func (s *Stops) Of(c *Child) Bound {
	if c.Role == runtime.Group {
		return Bound{}
	}
	longest := s.order.Longest(s.rows[c])
	b := Bound{Total: longest.Total, Unlimited: longest.Unlimited}
	for _, id := range longest.Chain {
		child := s.children[id]
		budget := child.Shutdown.Value
		b.Chain = append(b.Chain, Link{Child: child, Amount: saturated(budget.Drain, budget.Abort), Unlimited: budget.Unlimited})
	}
	return b
}

// From is the name of the child, and for a supervisor that does not contain it its path.
func (l Link) From(supervisor *Child) string {
	if isBelow(l.Child, supervisor) {
		return l.Child.Name
	}
	return l.Child.Path()
}

// isBelow reports whether c is somewhere below a supervisor.
func isBelow(c, supervisor *Child) bool {
	for c = c.Parent; c != nil; c = c.Parent {
		if c == supervisor {
			return true
		}
	}
	return false
}

func saturated(a, b time.Duration) time.Duration {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// short is a computed duration: what is below a millisecond says nothing.
func short(d time.Duration) string {
	if d >= time.Millisecond {
		d = d.Round(time.Millisecond)
	}
	return Duration(d)
}

// Duration writes a duration without the units that are zero: "10m", where package time says "10m0s".
func Duration(d time.Duration) string {
	text := d.String()
	if t, ok := strings.CutSuffix(text, "m0s"); ok {
		text = t + "m"
	}
	if t, ok := strings.CutSuffix(text, "h0m"); ok {
		text = t + "h"
	}
	return text
}
