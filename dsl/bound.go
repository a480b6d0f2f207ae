package dsl

import (
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/supgen/supgen/runtime"
)

// bounds computes how long each supervisor takes to stop, and holds promises to it. It is only for trees whose
// children do not wait for each other in a circle.
func (c *checker) bounds() {
	orders := []func() map[*Child][]*Child{
		sync.OnceValue(func() map[*Child][]*Child { return c.stopsBefore(true) }),
		sync.OnceValue(func() map[*Child][]*Child { return c.stopsBefore(false) }), // which few packages need
	}
	for _, s := range c.subjects {
		if s.Role != runtime.Supervisor {
			continue
		}
		s.Bound = boundOf(s.Child, orders)
		if s.Shutdown.Source.Kind != SourceRole && !c.unsureBelow(s) {
			c.promise(s)
		}
	}
}

// unsureBelow reports whether a budget below s could not be read.
func (c *checker) unsureBelow(s *subject) bool {
	unsure := func(x *subject) bool { return x.unsure() || c.invalid[x.Shutdown.Source.Pos] }
	return unsure(s) || slices.ContainsFunc(c.below(s), unsure)
}

func (c *checker) promise(s *subject) {
	pos := s.Shutdown.Source.Pos
	end := pos.plus(len("shutdown"))
	var sum []string
	for _, link := range s.Bound.Chain {
		if link.Unlimited {
			c.error(CodeUnlimited, pos, end, "%q promises to stop within %s, and %q may take for ever", s.Name, short(s.Shutdown.Value.Drain), link.Child.Path()).
				note(link.Child.Shutdown.Source.Pos, "unlimited by this")
			return
		}
		sum = append(sum, link.Child.Name+" "+short(link.Amount))
	}
	if s.Shutdown.Value.Drain < s.Bound.Total {
		c.error(CodePromise, pos, end, "%q promises to stop within %s, and may take %s: %s", s.Name, short(s.Shutdown.Value.Drain), short(s.Bound.Total), strings.Join(sum, " + ")).
			hint("write shutdown %s, or shorten a budget in the sum", short(s.Bound.Total))
	}
}

// boundOf is the longest chain of children of s that stop one after another, by the first of the orders that is one:
// see stopsBefore.
func boundOf(s *Child, orders []func() map[*Child][]*Child) Bound {
	for _, before := range orders {
		w := &stopping{of: s, before: before(), chains: map[*Child]*chain{}, visiting: map[*Child]bool{}}
		if last := w.down(s); !w.circular {
			return last.bound()
		}
	}
	panic("dsl: the stop order has a cycle that the start order has not")
}

// stopsBefore lists for each child what must have stopped before it is asked to: all that needs it or comes after it, under
// rest_for_one the younger, and before a sidecar its primary.
//
// A supervisor that holds a dependant is taken as a whole, if whole is set. Where supervisors need each other's
// children both ways that is no order, and the dependants alone are taken.
func (c *checker) stopsBefore(whole bool) map[*Child][]*Child {
	before := map[*Child][]*Child{}
	for _, s := range c.subjects {
		for _, ref := range slices.Concat(s.Needs, s.After) {
			dependant := s
			for whole && !c.of(ref.Child).isPart(dependant.parent) {
				dependant = dependant.parent
			}
			before[ref.Child] = append(before[ref.Child], dependant.Child)
		}
		if s.Of != nil {
			before[s.Child] = append(before[s.Child], s.Of)
		}
		slots := s.Slots()
		for i := 1; i < len(slots); i++ {
			for _, elder := range slots[i-1] {
				before[elder] = append(before[elder], slots[i]...)
			}
		}
	}
	return before
}

// A chain is children that stop one after another, as its last link. The nil chain is empty.
type chain struct {
	before    *chain
	link      Link
	total     time.Duration
	unlimited bool
}

// longer reports whether a takes longer than b.
func longer(a, b *chain) bool {
	switch {
	case a == nil:
		return false
	case b == nil:
		return true
	case a.unlimited != b.unlimited:
		return a.unlimited
	}
	return a.total > b.total
}

// then is the chain with one more child.
func (c *chain) then(child *Child) *chain {
	budget := child.Shutdown.Value
	next := &chain{before: c, link: Link{Child: child, Amount: budget.Drain + budget.Abort, Unlimited: budget.Unlimited}}
	next.total, next.unlimited = next.link.Amount, budget.Unlimited
	if c != nil {
		next.total = saturated(c.total, next.total)
		next.unlimited = next.unlimited || c.unlimited
	}
	return next
}

func saturated(a, b time.Duration) time.Duration {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

func (c *chain) bound() Bound {
	var b Bound
	if c != nil {
		b.Total, b.Unlimited = c.total, c.unlimited
	}
	for ; c != nil; c = c.before {
		b.Chain = append(b.Chain, c.link)
	}
	slices.Reverse(b.Chain)
	return b
}

// stopping is the stop of one supervisor.
type stopping struct {
	of       *Child
	before   map[*Child][]*Child
	chains   map[*Child]*chain // up to the end of each child
	visiting map[*Child]bool
	circular bool
}

// asked is the longest chain before a child is asked to stop.
func (w *stopping) asked(c *Child) *chain {
	if c == w.of {
		return nil
	}
	longest := w.asked(c.Parent)
	for _, b := range w.before[c] {
		if !isBelow(b, w.of) {
			continue // another supervisor's time
		}
		if chain := w.down(b); longer(chain, longest) {
			longest = chain
		}
	}
	return longest
}

// down is the longest chain up to the end of a child: of a supervisor, of the last of its children.
func (w *stopping) down(c *Child) *chain {
	if done, ok := w.chains[c]; ok {
		return done
	}
	if w.visiting[c] {
		w.circular = true
		return nil
	}
	w.visiting[c] = true
	longest := w.asked(c)
	if c.Role == runtime.Supervisor {
		for _, member := range c.Members() {
			if chain := w.down(member); longer(chain, longest) {
				longest = chain
			}
		}
	} else {
		longest = longest.then(c)
	}
	delete(w.visiting, c)
	w.chains[c] = longest
	return longest
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
