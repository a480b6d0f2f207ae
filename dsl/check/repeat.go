package check

import (
	"slices"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// repeats warns of a statement of a child that says what holds without it, by defaults above it. One that says what its role does
// is for its readers.
func (c *checker) repeats(s *subject) {
	for _, st := range s.own.stmts {
		kind := syntax.KindOf(st)
		if !s.takes(st, s.layers[0]) || kind == "on" || kind == "restart" {
			continue
		}
		for _, l := range s.layers[1:] {
			by := l.settings.find(kind)
			if by == nil || !s.takes(by, l) {
				continue
			}
			if l.kind == tree.SourceDefaults && c.saySame(st.Range(), by.Range()) {
				r := c.Reportf(diag.CodeNoEffect, st.Pos(), st.KeywordEnd(), "%q of %q changes nothing: it is the same by the defaults of %q", kind, s.Name, l.name).
					Notef(by.Range(), "declared here").Hintf("remove it")
				c.remove(r, st)
			}
			break
		}
	}
}

// inheritsFirst reports whether the next layer below a policy that a child uses, and that says something about the same, is
// that policy again, used by defaults. Those reach less of a supervisor.
func (c *checker) inheritsFirst(s *subject, p *namedPolicy) bool {
	if syntax.HasChildren(s.Role) {
		return false
	}
	about := func(st *syntax.Stmt) string {
		if kind := syntax.KindOf(st); kind != "restart" {
			return kind
		}
		return "on"
	}
	i := slices.IndexFunc(s.layers, func(l layer) bool { return l.settings == p.settings })
	for _, l := range s.layers[i+1:] {
		if l.settings == p.settings {
			return true
		}
		for _, st := range l.settings.stmts {
			if slices.ContainsFunc(p.settings.stmts, func(said *syntax.Stmt) bool { return about(said) == about(st) }) {
				return false
			}
		}
	}
	return false
}

// outerSame is the statement of defaults around a supervisor that says what one of its own defaults does, if the defaults
// between them, and the policies that they use, say nothing of the kind; or nil.
func (c *checker) outerSame(s *subject, st *syntax.Stmt) *syntax.Stmt {
	kind, layers := syntax.KindOf(st), s.children[0].layers
	if kind == "use" || kind == "on" || kind == "restart" {
		return nil
	}
	i := slices.IndexFunc(layers, func(l layer) bool { return l.settings == s.defaults })
	for _, l := range layers[i+1:] {
		if by := l.settings.find(kind); by != nil {
			if c.saySame(st.Range(), by.Range()) {
				return by
			}
			return nil
		}
	}
	return nil
}

// idleGroup warns of a group that changes nothing: its members restart alone, and its intensity is not exceeded before the one
// above it.
func (c *checker) idleGroup(s *subject) {
	above := s.Parent
	if s.Role != policy.Group || len(s.own.stmts) > 0 || above.Strategy.Value != policy.OneForOne ||
		above.Intensity.Value.N > s.Intensity.Value.N || above.Intensity.Value.In < s.Intensity.Value.In {
		return
	}
	c.Reportf(diag.CodeNoEffect, s.Pos, s.End, "group %q changes nothing: its members are restarted alone, and count in the intensity of %q all the same", s.Name, above.Name).
		Hintf("write a strategy or an intensity in it, or take the members out of it")
}
