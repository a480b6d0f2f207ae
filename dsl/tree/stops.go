package tree

import (
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// Stops are how long the children of a root take to stop at the most.
type Stops struct {
	order    *policy.StopOrder
	children []*Child // by row
	rows     map[*Child]policy.ID
}

// StopsOf is how long the children of a root take to stop.
func StopsOf(root *Child) *Stops {
	s := &Stops{rows: map[*Child]policy.ID{}} // of no child it is 0, which means none
	for c := range root.All() {
		s.rows[c] = policy.ID(len(s.children))
		s.children = append(s.children, c)
	}
	table := make([]policy.Spec, len(s.children))
	for i, c := range s.children {
		table[i] = policy.Spec{
			Parent: s.rows[c.Parent], Group: s.rows[c.Group], Of: s.rows[c.Of], Role: c.Role, Linked: c.Linked, Dynamic: c.Dynamic,
			Needs: s.refs(c.Needs), Wants: s.refs(c.Wants), After: s.refs(c.After), Strategy: c.Strategy.Value, Shutdown: c.Shutdown.Value,
			LameDuck: c.LameDuck.Value,
		}
	}
	s.order = policy.StopOrderOf(table)
	return s
}

func (s *Stops) refs(refs []Ref) (of []policy.ID) {
	for _, ref := range refs {
		if id, ok := s.rows[ref.Child]; ok { // or it is a mistake, in another root
			of = append(of, id)
		}
	}
	return of
}

// Of is the longest that a child takes to stop: see [policy.StopOrder.Longest]. Of a group it is nothing.
func (s *Stops) Of(c *Child) Bound {
	if c.Role == policy.Group {
		return Bound{}
	}
	longest := s.order.Longest(s.rows[c])
	b := Bound{Total: longest.Total, Unlimited: longest.Unlimited}
	for _, id := range longest.Chain {
		child := s.children[id]
		link := Link{Child: child, Amount: child.LameDuck.Value}
		if child.Role != policy.Supervisor {
			budget := child.Shutdown.Value
			link.Amount, link.Unlimited = policy.Sum(budget.Drain, budget.Abort), budget.Unlimited
		}
		b.Chain = append(b.Chain, link)
	}
	return b
}

// From is the name of the child, and for a supervisor that does not contain it its path. What the root itself adds is called
// lame_duck.
func (l Link) From(supervisor *Child) string {
	switch {
	case l.Child.Role == policy.Supervisor:
		return "lame_duck"
	case IsBelow(l.Child, supervisor):
		return l.Child.Name
	}
	return l.Child.Path()
}

// IsBelow reports whether c is somewhere below a supervisor.
func IsBelow(c, supervisor *Child) bool {
	for c = c.Parent; c != nil; c = c.Parent {
		if c == supervisor {
			return true
		}
	}
	return false
}

// Short is a computed duration: what is below a millisecond says nothing.
func Short(d time.Duration) string {
	if d >= time.Millisecond {
		d = d.Round(time.Millisecond)
	}
	return policy.Spell(d)
}
