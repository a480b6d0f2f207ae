package check

import (
	"slices"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// unused reports what is declared and has no effect.
func (c *checker) unused() {
	c.unusedImports()
	c.unusedPolicies()
	c.unusedParts()
	c.inherit()
	for _, s := range c.subjects {
		if s.defaults != nil {
			c.unusedDefaults(s)
		}
	}
}

// unusedImports goes by the text of the types, so that one with a mistake in it uses its package all the same.
func (c *checker) unusedImports() {
	for _, f := range c.files {
		if len(f.file.Diagnostics) > 0 {
			continue // a type may stand on a line that could not be read
		}
		used := map[string]bool{}
		f.file.Body.Walk(func(s *syntax.Stmt) {
			for _, q := range qualifiers(s) {
				used[q.Value] = true
			}
		})
		for _, i := range f.tree.Imports {
			if !used[i.Name] && !slices.Contains(f.misnamed, i.Name) {
				r := c.Reportf(diag.CodeUnusedImport, i.Pos, i.End, "no type in this file is of package %q", i.Name).Hintf("remove the import")
				c.removeRange(r, f.imports[i.Name].Whole)
			}
		}
	}
}

// qualifiers are the words before dots in the Go types of a statement.
func qualifiers(s *syntax.Stmt) []lexer.Token {
	var types []*syntax.TypeDecl
	switch d := s.Node.(type) {
	case *syntax.ProvidesDecl:
		types = append(types, d.Type)
	case *syntax.ChildDecl:
		if d.Params != nil {
			for _, p := range d.Params.Params {
				types = append(types, p.Type)
			}
		}
	}
	var words []lexer.Token
	for _, t := range types {
		for i, token := range t.Tokens {
			if i+1 < len(t.Tokens) && token.Type == syntax.IdentToken && t.Tokens[i+1].Value == "." {
				words = append(words, token)
			}
		}
	}
	return words
}

// unusedPolicies goes by the text too: a use in the wrong place was reported, and a policy that was misspelt. While a use names a
// policy that is not there, none is unused: that one has another name now, or will be written.
func (c *checker) unusedPolicies() {
	used := map[string]bool{}
	isUnknown := false
	for _, f := range c.files {
		if len(f.file.Diagnostics) > 0 {
			return
		}
		f.file.Body.Walk(func(s *syntax.Stmt) {
			if d, ok := s.Node.(*syntax.UseDecl); ok {
				for _, p := range d.Policies {
					meant := c.policyMeant(p.Name)
					used[meant] = true
					isUnknown = isUnknown || c.policies[meant] == nil
				}
			}
		})
	}
	if isUnknown {
		return
	}
	for _, p := range c.policyOf {
		if !used[p.Name] {
			r := c.Reportf(diag.CodeUnusedPolicy, p.Pos, p.End, "nobody uses policy %q", p.Name).Hintf("write use %s in a child, or remove it", p.Name)
			c.removeRange(r, p.Whole)
		}
	}
}

// unusedParts reports what a policy says and none of those that use it can have, beside what some can: a throttle where no
// supervisor uses it, or a row for what cannot happen to any. What all replace by something stronger may be for the next one.
// A policy of which nothing is left was reported where it is used.
func (c *checker) unusedParts() {
	means := map[*syntax.Stmt]bool{}
	for _, s := range c.subjects {
		for _, l := range s.layers[1:] {
			for _, st := range l.settings.stmts {
				means[st] = means[st] || s.unsure() || s.takes(st, l) && s.asks(st)
			}
		}
	}
	for _, p := range c.policyOf {
		if p.settings.broken || !slices.ContainsFunc(p.settings.stmts, func(st *syntax.Stmt) bool { return means[st] }) {
			continue
		}
		for _, st := range p.settings.stmts {
			if alive, used := means[st]; used && !alive && !c.invalid[st.Pos()] {
				r := c.Reportf(diag.CodeUnusedPolicy, st.Pos(), st.KeywordEnd(), "%q is for none of those that use policy %q", syntax.UniqueKey(st), p.Name).
					Hintf("remove it: they cannot have it, or it cannot happen to them")
				c.remove(r, st)
			}
		}
	}
}

// asks reports whether a statement is not a row, or one for something that can happen to the subject.
func (s *subject) asks(st *syntax.Stmt) bool {
	if _, ok := st.Node.(*syntax.OnDecl); !ok {
		return true
	}
	return slices.ContainsFunc(s.Outcomes(), func(o policy.Outcome) bool {
		return exactness(st.Node, o) > 0 && s.NeverAsked(o, isAtStart(st.Node)) == ""
	})
}

// policyMeant is the policy that a word names, or nearly names.
func (c *checker) policyMeant(t lexer.Token) string {
	if c.policies[t.Value] != nil || c.compared > diag.MaxComparisons {
		return t.Value
	}
	c.compared += len(c.policyOf)
	if near, ok := diag.Nearest(t.Value, c.policyNames()); ok {
		return near
	}
	return t.Value
}

// unusedDefaults reports what defaults say and no child has from them: the role of none can have it, or each has a
// stronger statement.
func (c *checker) unusedDefaults(s *subject) {
	if s.unsure() || slices.ContainsFunc(c.below(s), (*subject).unsure) || len(s.children) == 0 {
		return
	}
	changes := func(st *syntax.Stmt) bool {
		return c.effective[tree.Source{Kind: tree.SourceDefaults, Name: s.Path(), Range: st.Range()}]
	}
	for _, st := range s.defaults.stmts {
		outer := c.outerSame(s, st)
		switch {
		case outer != nil && !c.invalid[st.Pos()]:
			r := c.Reportf(diag.CodeUnusedDefault, st.Pos(), st.KeywordEnd(), "%q changes nothing below %q: the defaults around it say the same", syntax.KindOf(st), s.Name).
				Notef(outer.Range(), "declared here").Hintf("remove it")
			c.remove(r, st)
		case syntax.KindOf(st) == "use" || c.invalid[st.Pos()] || changes(st):
		case !c.reached[st] && isAtStart(st.Node) && slices.ContainsFunc(c.below(s), func(x *subject) bool { return x.hasRow(st.Node.(*syntax.OnDecl)) }):
			r := c.Reportf(diag.CodeUnusedDefault, st.Pos(), st.KeywordEnd(), "each child of %q is ready as soon as it is launched, so that %q holds for none", s.Name, syntax.UniqueKey(st)).
				Hintf("write ready explicit in those that may fail at their start, or remove it")
			c.remove(r, st)
		case !c.reached[st]:
			hint := "remove it"
			if slices.Contains([]string{"strategy", "intensity", "throttle", "concurrency"}, syntax.KindOf(st)) {
				hint = "defaults do not reach it; write it in each supervisor"
			}
			r := c.Reportf(diag.CodeUnusedDefault, st.Pos(), st.KeywordEnd(), "no child of %q can have %q", s.Name, syntax.KindOf(st)).Hintf("%s", hint)
			if hint == "remove it" {
				c.remove(r, st)
			}
		default:
			c.remove(c.Reportf(diag.CodeUnusedDefault, st.Pos(), st.KeywordEnd(), "no child of %q has its %q from here", s.Name, syntax.KindOf(st)).
				Hintf("remove it: each says more strongly what it is, or it is about what cannot happen"), st)
		}
	}
	use := s.defaults.find("use")
	for _, p := range s.inherited {
		if len(p.settings.stmts) == 0 || p.settings.broken || slices.ContainsFunc(p.settings.stmts, changes) {
			continue
		}
		d := use.Node.(*syntax.UseDecl)
		t := d.Policies[slices.IndexFunc(d.Policies, func(d *syntax.NameDecl) bool { return d.Name.Value == p.Name })].Name
		r := c.Reportf(diag.CodeUnusedDefault, syntax.Begin(t), syntax.End(t), "policy %q changes nothing below %q", p.Name, s.Name).
			Hintf("remove it: no child has anything that it says").Notef(p.Range, "declared here")
		c.cutPolicy(r, use, p)
	}
}

// inherit notes what each child has from defaults.
func (c *checker) inherit() {
	if !slices.ContainsFunc(c.subjects, func(s *subject) bool { return s.defaults != nil }) {
		return
	}
	for _, s := range c.subjects {
		var last tree.Source
		s.sources(func(source *tree.Source) {
			if source.Kind == tree.SourceDefaults && *source != last {
				last = *source
				c.effective[last] = true
			}
		})
	}
}
