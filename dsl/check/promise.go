package check

import (
	"slices"
	"strings"
	"time"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// bounds holds the promises of supervisors to how long their stops may take. It is only for trees whose children do not wait
// for each other in a circle.
func (c *checker) bounds() {
	stops := map[*tree.Child]*tree.Stops{} // by root: few promise anything
	for _, s := range c.subjects {
		if s.Role != policy.Supervisor || s.Shutdown.Source.Kind == tree.SourceRole || c.unsureBelow(s) {
			continue
		}
		root := s.Root()
		if stops[root] == nil {
			stops[root] = tree.StopsOf(root)
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

func (c *checker) promise(s *subject, longest tree.Bound) {
	pos := s.Shutdown.Source.Pos
	end := pos.Plus(len("shutdown"))
	var sum []string
	for _, link := range longest.Chain {
		if c.unsureBudget(c.of(link.Child)) {
			return
		}
		if link.Unlimited {
			c.Reportf(diag.CodeUnlimited, pos, end, "%q promises to stop within %s, and %q may take for ever", s.Name, tree.Short(s.Shutdown.Value.Drain), link.Child.Path()).
				Notef(link.Child.Shutdown.Source.Range, "unlimited by this")
			return
		}
		sum = append(sum, link.From(s.Child)+" "+tree.Short(link.Amount))
	}
	if s.Shutdown.Value.Drain < longest.Total {
		r := c.Reportf(diag.CodePromise, pos, end, "%q promises to stop within %s, and may take %s: %s", s.Name, tree.Short(s.Shutdown.Value.Drain), tree.Short(longest.Total), strings.Join(sum, " + ")).
			Hintf("write shutdown %s, or shorten a budget in the sum", tree.Short(longest.Total))
		c.writeStmt(r, s.layerAt(pos), "shutdown "+tree.Short(longest.Total))
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
		if p.Shutdown.Source.Kind == tree.SourceRole || drain <= within || longest > within || c.unsureBudget(p) {
			continue
		}
		r := c.Reportf(diag.CodeNoEffect, pos, pos.Plus(len("shutdown")), "%q may take %s to stop, but %q, which it is part of, promises %s: nothing is held to the longer time", s.Name, tree.Short(drain), p.Name, tree.Short(within)).
			Notef(p.Shutdown.Source.Range, "the shorter promise").
			Hintf("write shutdown %s or less, or remove it", tree.Short(within))
		c.remove(r, s.layerAt(pos))
		return
	}
}
