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

// leftovers warns of what is left to do nothing, in a tree without mistakes: one with mistakes may not be complete.
func (c *checker) leftovers() {
	if diag.HasErrors(c.List) {
		return
	}
	unread := map[*tree.Child]bool{}
	for _, s := range c.subjects {
		if s.parent == nil {
			c.nothingLeft(s)
			c.onlyOptional(s)
		}
		c.idleGroup(s)
		for _, after := range s.After {
			if x := after.Child; x.Provides != "" && !x.Needed && !x.Wanted && !unread[x] {
				unread[x] = true
				c.comesAfter(s, after)
			}
		}
		for _, need := range s.Needs {
			c.needsNothing(s, need)
		}
	}
}

// nothingLeft warns of a tree without finish in which everything ends by itself and is not started again: it runs on with
// nothing in it.
func (c *checker) nothingLeft(root *subject) {
	if root.unsure() || slices.ContainsFunc(c.below(root), c.unknown) {
		return
	}
	var names []string
	var last *tree.Child
	for _, s := range c.below(root) {
		switch {
		case s.Role == policy.Group, s.Role == policy.Sidecar:
			continue
		case s.Role == policy.Supervisor:
			if row := s.On[policy.OutcomeSuccess].Value.Action; len(s.Finish.Of) > 0 && row != policy.ActionStop {
				return
			}
			continue
		case s.Dynamic, s.Role != policy.Job && !s.Temporary():
			return
		case s.Provides != "" && !s.Needed && !s.Wanted: // its value is left, for what is not written yet
			return
		case s.Role == policy.Job && s.On[policy.OutcomeSuccess].Value.Action != policy.ActionStop: // which was reported
			return
		case s.Optional:
			continue
		}
		last = s.Child
		if s.parent == root {
			names = append(names, s.Name)
		}
	}
	if len(root.Finish.Of) > 0 || last == nil {
		return
	}
	hint := "write finish when in it, and in the supervisors below"
	if len(names) > 0 && !slices.ContainsFunc(root.Members(), func(x *tree.Child) bool { return x.Role == policy.Supervisor }) {
		hint = "write finish when all " + strings.Join(names, ", ")
	}
	what := fmt.Sprintf("%q has", last.Name)
	if len(names) > 1 {
		what = "all in it have"
	}
	c.Reportf(diag.CodeNothingLeft, root.Pos, root.End, "%q does not end when %s ended, and nothing is left in it then", root.Name, what).
		Hintf("%s", hint)
}

// onlyOptional warns of a tree whose only child may be missing: it never ends by itself, and is ready without the child.
func (c *checker) onlyOptional(root *subject) {
	if root.unsure() || len(root.Finish.Of) > 0 || slices.ContainsFunc(c.below(root), c.unknown) {
		return
	}
	var only *subject
	for _, s := range root.members() {
		switch {
		case s.Role == policy.Group || s.Role == policy.Sidecar:
		case only == nil && s.Optional:
			only = s
		default:
			return
		}
	}
	if only == nil {
		return
	}
	c.Reportf(diag.CodeNothingLeft, only.Pos, only.End, "%q is all that %q runs, and optional: when it has failed for good, nothing is left, and %[2]q runs on", only.Name, root.Name).
		Notef(only.own.find("optional").Range(), "by this").
		Hintf("remove optional, so that the tree ends then")
}

// comesAfter warns of a child that comes after another which provides a value, where nothing needs it. A value that is not
// even waited for is left: for what is not written yet.
func (c *checker) comesAfter(s *subject, after tree.Ref) {
	x := c.of(after.Child)
	r := c.Reportf(diag.CodeNoEffect, after.Pos, after.End, "%q comes after %q, which hands nothing over: nothing needs the value that it provides", s.Name, x.Name).
		Notef(x.own.find("provides").Range(), "provided here")
	if x.Optional {
		r.Hintf("remove the value: what is optional cannot be needed")
		c.remove(r, x.own.find("provides"))
		return
	}
	r.Hintf("write needs %s to be handed it, or remove the value", x.Name)
	meant, decls := *s.decl, s.decl.After
	i := slices.IndexFunc(decls, func(d *syntax.RefDecl) bool { return d.Pos() == after.Pos })
	meant.Needs, meant.After = append(slices.Clip(meant.Needs), decls[i]), slices.Concat(decls[:i], decls[i+1:])
	c.writeHeader(r, s, meant)
	c.remove(r, x.own.find("provides"))
}

// linkedEnds warns of a linked sidecar that a restart of its primary leaves stopped, and of one whose primary is never started
// again.
func (c *checker) linkedEnds(s *subject, restarted pulls) {
	if s.Of == nil || !s.Linked || s.unsure() || c.anyInvalid(s) || c.unknown(c.of(s.Of)) {
		return
	}
	pulled := s.Of.Restarts() || s.Of.Retries() || restarted.of(s.Of) != nil || restarted.sibling(s.Of) != nil
	if !pulled && !s.Temporary() && !comesBack(s.Of) {
		r := c.Reportf(diag.CodeLinkedStops, syntax.Begin(s.decl.Linked), syntax.End(s.decl.Linked), "%q is not started again when it has ended, so that linked restarts %q for nothing", s.Of.Name, s.Name).
			Hintf("remove linked")
		c.cut(r, syntax.RangeOf(s.decl.Linked))
		if by := s.Of.On[policy.OutcomeError].Source.Range; by.Pos.IsValid() {
			r.Notef(by, "it is not, by this")
		}
	}
	if !pulled || !s.Temporary() {
		return
	}
	row := s.On[policy.OutcomeError].Source.Range
	r := c.Reportf(diag.CodeLinkedStops, s.Pos, s.End, "%q goes down with the first restart of %q, which it is linked to, and is not started again", s.Name, s.Of.Name).
		Hintf("write restart transient in %s, or remove linked", s.Name)
	if row.Pos.IsValid() {
		r.Notef(row, "it is temporary by this")
	}
}

// comesBack reports whether something is started again beside a run of it that is stuck, or after a quarantine of its own or
// its group's.
func comesBack(x *tree.Child) bool {
	ends := func(x *tree.Child) bool {
		return slices.ContainsFunc(x.Outcomes(), func(o policy.Outcome) bool { return x.On[o].Value.For > 0 || x.AtStart.Of(o).Value.For > 0 })
	}
	return x.Answers(policy.OutcomeStuck, policy.ActionRestart) || ends(x) || x.Group != nil && ends(x.Group)
}

// closes warns of what is started at run time in a supervisor that soon ends by itself and stays ended.
func (c *checker) closes(s *subject) {
	if len(s.Finish.Of) == 0 || s.Parent == nil || s.On[policy.OutcomeSuccess].Value.Action != policy.ActionStop || slices.ContainsFunc(s.members(), c.unknown) {
		return
	}
	for _, ref := range s.Finish.Of {
		if ref.Child.Role != policy.Job && !ref.Child.Temporary() {
			return
		}
	}
	what := "all have ended that it finishes with"
	if len(s.Finish.Of) == 1 {
		what = fmt.Sprintf("%q has ended", s.Finish.Of[0].Child.Name)
	} else if s.Finish.Any {
		what = "the first has ended that it finishes with"
	}
	for _, x := range s.children {
		if x.Dynamic && x.Role != policy.Job && x.Role != policy.Supervisor {
			c.Reportf(diag.CodeFinishBefore, x.Pos, x.End, "%q can be started only until %q finishes, which it does when %s", x.Name, s.Name, what).
				Notef(s.Finish.Range, "by this").
				Hintf("take what ends out of %s, and the finish with it", s.Name)
		}
	}
}

// needsNothing warns of the need of a supervisor that is ready at once, whatever fails in it, since all in it is optional.
func (c *checker) needsNothing(s *subject, need tree.Ref) {
	x := c.of(need.Child)
	if x.Role != policy.Supervisor || s.isPart(x) || slices.ContainsFunc(c.below(x), c.unknown) || c.unknown(x) || x.FailsAfter != tree.Never {
		return
	}
	var optional *tree.Child
	for _, y := range c.below(x) {
		switch {
		case y.Optional:
			if optional == nil {
				optional = y.Child
			}
		case y.Role == policy.Group, y.Role == policy.Sidecar:
		case y.parent != x && y.belowOptional(x), y.Role == policy.Supervisor && !y.Dynamic:
		default:
			return
		}
	}
	if optional == nil {
		return
	}
	c.Reportf(diag.CodeNoEffect, need.Pos, need.End, "%q waits for nothing in %q: all in it is optional, so that it is ready at once and stays so", s.Name, x.Name).
		Notef(optional.Range, "such as this").
		Hintf("remove optional there, or write after %s, which orders the stops", need.Child.Name)
}

// belowOptional reports whether the subject is part of something optional in x.
func (s *subject) belowOptional(x *subject) bool {
	for p := s.parent; p != x; p = p.parent {
		if p.Optional {
			return true
		}
	}
	return false
}
