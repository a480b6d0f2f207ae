package dsl

import (
	"slices"

	"github.com/alecthomas/participle/v2/lexer"
)

// unused reports what is declared and has no effect.
func (c *checker) unused() {
	c.unusedImports()
	c.unusedPolicies()
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
		if len(f.file.diagnostics) > 0 {
			continue // a type may stand on a line that could not be read
		}
		used := map[string]bool{}
		f.file.body.walk(func(s *stmt) {
			for _, q := range qualifiers(s) {
				used[q] = true
			}
		})
		for _, i := range f.imports {
			if !used[i.Name] {
				c.reportf(CodeUnusedImport, i.Pos, i.end, "no type in this file is of package %q", i.Name).hintf("remove the import")
			}
		}
	}
}

// walk visits all statements, those in blocks too.
func (b *block) walk(visit func(*stmt)) {
	for _, s := range b.stmts {
		visit(s)
		if s.block != nil {
			s.block.walk(visit)
		}
	}
}

// qualifiers are the words before dots in the Go types of a statement.
func qualifiers(s *stmt) []string {
	var types []*typeDecl
	switch d := s.node.(type) {
	case *providesDecl:
		types = append(types, d.Type)
	case *childDecl:
		if d.Params != nil {
			for _, p := range d.Params.Params {
				types = append(types, p.Type)
			}
		}
	}
	var words []string
	for _, t := range types {
		for i, token := range t.Tokens {
			if i+1 < len(t.Tokens) && token.Type == identToken && t.Tokens[i+1].Value == "." {
				words = append(words, token.Value)
			}
		}
	}
	return words
}

// unusedPolicies goes by the text too: a use in the wrong place was reported, and a policy that was misspelt.
func (c *checker) unusedPolicies() {
	used := map[string]bool{}
	for _, f := range c.files {
		if len(f.file.diagnostics) > 0 {
			return
		}
		f.file.body.walk(func(s *stmt) {
			if d, ok := s.node.(*useDecl); ok {
				for _, p := range d.Policies {
					used[c.policyMeant(p.Name)] = true
				}
			}
		})
	}
	for _, p := range c.policyOf {
		if !used[p.name] {
			c.reportf(CodeUnusedPolicy, p.pos, p.end, "nobody uses policy %q", p.name).hintf("write use %s in a child, or remove it", p.name)
		}
	}
}

// policyMeant is the policy that a word names, or nearly names.
func (c *checker) policyMeant(t lexer.Token) string {
	if c.policies[t.Value] != nil || c.compared > maxComparisons {
		return t.Value
	}
	c.compared += len(c.policyOf)
	if near, ok := nearest(t.Value, c.policyNames()); ok {
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
	changes := func(st *stmt) bool { return c.effective[Source{Kind: SourceDefaults, Name: s.Path(), Pos: st.pos()}] }
	for _, st := range s.defaults.stmts {
		switch {
		case kindOf(st) == "use" || c.invalid[st.pos()] || changes(st):
		case !c.reached[st]:
			hint := "remove it"
			if slices.Contains([]string{"strategy", "intensity", "throttle", "concurrency"}, kindOf(st)) {
				hint = "defaults do not reach it; write it in each supervisor"
			}
			c.reportf(CodeUnusedDefault, st.pos(), st.keywordEnd(), "no child of %q can have %q", s.Name, kindOf(st)).hintf("%s", hint)
		default:
			c.reportf(CodeUnusedDefault, st.pos(), st.keywordEnd(), "no child of %q has its %q from here", s.Name, kindOf(st)).
				hintf("remove it: each says more strongly what it is, or it is about what cannot happen")
		}
	}
	use := s.defaults.find("use")
	for _, p := range s.inherited {
		if len(p.settings.stmts) == 0 || p.settings.broken || slices.ContainsFunc(p.settings.stmts, changes) {
			continue
		}
		d := use.node.(*useDecl)
		t := d.Policies[slices.IndexFunc(d.Policies, func(d *nameDecl) bool { return d.Name.Value == p.name })].Name
		c.reportf(CodeUnusedDefault, begin(t), end(t), "policy %q changes nothing below %q", p.name, s.Name).
			hintf("remove it: no child has anything that it says").notef(p.pos, "declared here")
	}
}

// inherit notes what each child has from defaults.
func (c *checker) inherit() {
	if !slices.ContainsFunc(c.subjects, func(s *subject) bool { return s.defaults != nil }) {
		return
	}
	for _, s := range c.subjects {
		var last Source
		s.sources(func(source Source) {
			if source.Kind == SourceDefaults && source != last {
				last = source
				c.effective[source] = true
			}
		})
	}
}
