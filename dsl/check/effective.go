package check

import (
	"fmt"
	"slices"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// A layer is one source of statements for a subject.
type layer struct {
	kind     tree.SourceKind
	name     string
	settings *settings
}

func (l layer) source(s *syntax.Stmt) *tree.Source {
	return &tree.Source{Kind: l.kind, Name: l.name, Range: s.Range()}
}

// usePolicies resolves the policies that defaults use, before anybody inherits them.
func (c *checker) usePolicies() {
	for _, s := range c.subjects {
		if s.defaults != nil {
			s.inherited = c.policiesUsed(s.defaults)
		}
	}
}

// layersOf finds where the effective values of a subject come from, the strongest first: its own statements, the
// policies that it uses, the last one first, and the defaults above it from the inside out.
func (c *checker) layersOf(s *subject) {
	s.layers = []layer{{tree.SourceStatement, "", s.own}}
	used := c.policiesUsed(s.own)
	for _, p := range slices.Backward(used) {
		s.layers = append(s.layers, layer{tree.SourcePolicy, p.Name, p.settings})
	}
	for p := s.parent; p != nil; p = p.parent {
		if p.defaults == nil {
			continue
		}
		s.layers = append(s.layers, layer{tree.SourceDefaults, p.Path(), p.defaults})
		for _, policy := range slices.Backward(p.inherited) {
			s.layers = append(s.layers, layer{tree.SourceDefaults, p.Path(), policy.settings})
		}
	}
	for _, p := range slices.Backward(used) {
		c.useless(s, p)
	}
	for _, l := range s.layers {
		for _, st := range l.settings.stmts {
			if l.kind == tree.SourceDefaults && s.takes(st, l) {
				c.reached[st] = true
			}
		}
	}
}

// policiesUsed resolves a use statement.
func (c *checker) policiesUsed(s *settings) []*namedPolicy {
	st := s.find("use")
	if st == nil {
		return nil
	}
	var used []*namedPolicy
	policies := st.Node.(*syntax.UseDecl).Policies
	for i, d := range policies {
		t := d.Name
		p := c.policies[t.Value]
		s.broken = s.broken || p == nil // who knows what it says
		if p != nil {
			c.use(t, p.Definition)
		}
		switch {
		case p == nil && (c.lostPolicy() || c.misplacedNames[t.Value]):
		case p == nil:
			r := c.Reportf(diag.CodeUnknownName, syntax.Begin(t), syntax.End(t), "no policy is called %q%s", t.Value, c.didYouMean(t.Value, c.policyNames))
			c.writeNearest(r, t, c.policyNames)
		case slices.Contains(used, p):
			c.cutItem(c.Reportf(diag.CodeRepeatedName, syntax.Begin(t), syntax.End(t), "policy %q is used twice", p.Name), len(policies), i, func(i int) diag.Range { return syntax.RangeOf(policies[i].Name) })
		default:
			used = append(used, p)
		}
	}
	return used
}

// lostPolicy reports whether a policy may be declared on a line that could not be read.
func (c *checker) lostPolicy() bool {
	return slices.ContainsFunc(c.files, func(f *fileScope) bool { return f.file.Body.Lost || f.file.Conflicted })
}

func (c *checker) policyNames() []string {
	var names []string
	for _, p := range c.policyOf {
		names = append(names, p.Name)
	}
	return names
}

// useless reports a policy that says nothing that the subject can have. One that says something is passed over where
// the subject's role cannot have the rest: it is for several roles.
func (c *checker) useless(s *subject, p *namedPolicy) {
	l := layer{tree.SourcePolicy, p.Name, p.settings}
	takes := func(st *syntax.Stmt) bool { return s.takes(st, l) }
	if s.unread() || p.settings.broken || len(p.settings.stmts) == 0 || slices.ContainsFunc(p.settings.stmts, takes) {
		return
	}
	use := s.own.find("use")
	r := c.Reportf(diag.CodeMisplaced, use.Pos(), use.KeywordEnd(), "policy %q says nothing that %s can have", p.Name, s.container()).
		Notef(p.Range, "declared here")
	c.cutPolicy(r, use, p)
}

// takes reports whether a statement from a layer means something for the subject.
func (s *subject) takes(st *syntax.Stmt, l layer) bool {
	kind := syntax.KindOf(st)
	if !s.container().Takes(kind) || kind == "use" {
		return false
	}
	if on, ok := st.Node.(*syntax.OnDecl); ok {
		return s.hasRow(on) && (!syntax.Said(on.Start) || s.hasStart())
	}
	if s.Role != policy.Supervisor || l.kind == tree.SourceStatement {
		return true
	}
	switch d := st.Node.(type) {
	case *syntax.StrategyDecl, *syntax.RateDecl:
		return l.kind == tree.SourcePolicy || kind == "limit"
	case *syntax.ShutdownDecl: // a promise has no abort, and is not made by defaults
		return l.kind == tree.SourcePolicy && !syntax.Said(d.Unlimited) && !syntax.Said(d.Abort)
	}
	return true
}

// hasRow reports whether the subject's table has a row that is spoken of.
func (s *subject) hasRow(on *syntax.OnDecl) bool {
	return slices.ContainsFunc(s.Outcomes(), func(o policy.Outcome) bool { return exactness(on, o) > 0 })
}

// unread reports whether the declaration of a subject could not be read as it was written.
func (s *subject) unread() bool { return s.Role == syntax.NoRole || s.stmt.Broken }

// effective is the value of a kind of statement for a subject: that of the strongest layer that has one.
func effective[Decl interface{ Value() T }, T any](s *subject, kind string, role T) tree.Value[T] {
	for _, l := range s.layers {
		if st := l.settings.find(kind); st != nil && s.takes(st, l) {
			return tree.Value[T]{Value: st.Node.(Decl).Value(), Source: l.source(st)}
		}
	}
	return tree.Value[T]{Value: role, Source: s.roleSource()}
}

// roleSource is the source of all that nobody says.
func (s *subject) roleSource() *tree.Source {
	if s.byRole == nil {
		s.byRole = &tree.Source{Kind: tree.SourceRole, Name: s.word()}
	}
	return s.byRole
}

// effectiveValues computes the effective policy of a subject, and what only its own statements say.
func (c *checker) effectiveValues(s *subject) {
	s.Optional = s.own.find("optional") != nil
	role := s.Defaults()
	s.Strategy = effective[*syntax.StrategyDecl](s, "strategy", role.Strategy)
	s.Intensity = effective[*syntax.RateDecl](s, "intensity", role.Intensity)
	s.Limit = effective[*syntax.RateDecl](s, "limit", role.Limit)
	s.Backoff = effective[*syntax.BackoffDecl](s, "backoff", role.Backoff)
	s.Throttle = effective[*syntax.ThrottleDecl](s, "throttle", role.Throttle)
	s.Concurrency = effective[*syntax.ConcurrencyDecl](s, "concurrency", role.Concurrency)
	s.Ready = effective[*syntax.ReadyDecl](s, "ready", role.Ready)
	s.Health = effective[*syntax.HealthDecl](s, "health", role.Health)
	s.Shutdown = effective[*syntax.ShutdownDecl](s, "shutdown", role.Shutdown)
	s.LameDuck = effective[*syntax.LameDuckDecl](s, "lame_duck", role.LameDuck)
	s.Timeout = effective[*syntax.TimeoutDecl](s, "timeout", role.Timeout)
	s.tables()
	c.ownOnly(s)
}

// intensity is that of a supervisor or a group about which nothing is said: it depends on the effective children.
func (s *subject) intensity() {
	if s.Intensity.Source.Kind != tree.SourceRole || !syntax.HasChildren(s.Role) {
		return
	}
	s.Intensity.Value = s.DefaultIntensity()
	if s.Intensity.Value != policy.DefaultIntensity() {
		s.Intensity.Source = &tree.Source{Kind: tree.SourceRole, Name: fmt.Sprintf("%s with %d children that count", s.word(), s.Intensity.Value.N/2)}
	}
}

// ownOnly takes the statements that no policy can have.
func (c *checker) ownOnly(s *subject) {
	if st := s.own.find("tags"); st != nil {
		for _, tag := range st.Node.(*syntax.TagsDecl).Tags {
			s.Tags = append(s.Tags, syntax.Text(tag.Text))
		}
	}
	if st := s.own.find("provides"); st != nil && !st.Broken {
		s.Provides = c.typeOf(s.file, "provides", st.Node.(*syntax.ProvidesDecl).Type)
		s.def.Incomplete = s.Provides == ""
	}
	if st := s.own.find("max"); st != nil {
		s.Max = syntax.Count(st.Node.(*syntax.MaxDecl).N)
	}
	if s.Role == policy.Supervisor && s.Shutdown.Source.Kind != tree.SourceRole {
		s.Shutdown.Value = policy.Shutdown{Drain: s.Shutdown.Value.Drain}
	}
	if s.Dynamic && !s.stmt.Broken {
		c.params(s)
	}
}
