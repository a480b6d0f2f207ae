package tree

import (
	"github.com/supgen/supgen/runtime"
	"math"
	"strings"
	"time"
)

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
		b.Chain = append(b.Chain, Link{Child: child, Amount: Saturated(budget.Drain, budget.Abort), Unlimited: budget.Unlimited})
	}
	return b
}

// From is the name of the child, and for a supervisor that does not contain it its path.
func (l Link) From(supervisor *Child) string {
	if IsBelow(l.Child, supervisor) {
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

func Saturated(a, b time.Duration) time.Duration {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// Short is a computed duration: what is below a millisecond says nothing.
func Short(d time.Duration) string {
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

func Times(n int, d time.Duration) time.Duration {
	if n > 0 && d > math.MaxInt64/time.Duration(n) {
		return math.MaxInt64
	}
	return time.Duration(n) * d
}
