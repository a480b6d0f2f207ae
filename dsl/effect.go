package dsl

import (
	"fmt"
	"slices"

	"github.com/supgen/supgen/runtime"
)

// A layer is one source of statements for a subject.
type layer struct {
	kind     SourceKind
	name     string
	settings *settings
}

func (l layer) source(s *stmt) Source { return Source{Kind: l.kind, Name: l.name, Pos: s.pos()} }

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
	s.layers = []layer{{SourceStatement, "", s.own}}
	used := c.policiesUsed(s.own)
	for _, p := range slices.Backward(used) {
		s.layers = append(s.layers, layer{SourcePolicy, p.name, p.settings})
	}
	for p := s.parent; p != nil; p = p.parent {
		if p.defaults == nil {
			continue
		}
		s.layers = append(s.layers, layer{SourceDefaults, p.Path(), p.defaults})
		for _, policy := range slices.Backward(p.inherited) {
			s.layers = append(s.layers, layer{SourceDefaults, p.Path(), policy.settings})
		}
	}
	for _, p := range slices.Backward(used) {
		c.useless(s, p)
	}
	for _, l := range s.layers {
		for _, st := range l.settings.stmts {
			if l.kind == SourceDefaults && s.takes(st, l) {
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
	for _, d := range st.node.(*useDecl).Policies {
		t := d.Name
		p := c.policies[t.Value]
		s.broken = s.broken || p == nil // who knows what it says
		switch {
		case p == nil && (c.lostPolicy() || c.misplacedNames[t.Value]):
		case p == nil:
			c.reportf(CodeUnknownName, begin(t), end(t), "no policy is called %q%s", t.Value, c.didYouMean(t.Value, c.policyNames))
		case slices.Contains(used, p):
			c.reportf(CodeRepeatedName, begin(t), end(t), "policy %q is used twice", p.name)
		default:
			used = append(used, p)
		}
	}
	return used
}

// lostPolicy reports whether a policy may be declared on a line that could not be read.
func (c *checker) lostPolicy() bool {
	return slices.ContainsFunc(c.files, func(f *fileScope) bool { return f.file.body.lost || f.file.conflicted })
}

func (c *checker) policyNames() []string {
	var names []string
	for _, p := range c.policyOf {
		names = append(names, p.name)
	}
	return names
}

// useless reports a policy that says nothing that the subject can have. One that says something is passed over where
// the subject's role cannot have the rest: it is for several roles.
func (c *checker) useless(s *subject, p *namedPolicy) {
	l := layer{SourcePolicy, p.name, p.settings}
	takes := func(st *stmt) bool { return s.takes(st, l) }
	if s.unread() || p.settings.broken || len(p.settings.stmts) == 0 || slices.ContainsFunc(p.settings.stmts, takes) {
		return
	}
	use := s.own.find("use")
	c.reportf(CodeMisplaced, use.pos(), use.keywordEnd(), "policy %q says nothing that %s can have", p.name, s.place()).
		notef(p.pos, "declared here")
}

// takes reports whether a statement from a layer means something for the subject.
func (s *subject) takes(st *stmt, l layer) bool {
	kind := kindOf(st)
	if !s.place().takes(kind) || kind == "use" {
		return false
	}
	if on, ok := st.node.(*onDecl); ok {
		return s.hasRow(on) && (!said(on.Start) || s.hasStart())
	}
	if s.Role != runtime.Supervisor || l.kind == SourceStatement {
		return true
	}
	switch d := st.node.(type) {
	case *strategyDecl, *rateDecl:
		return l.kind == SourcePolicy || kind == "limit"
	case *shutdownDecl: // a promise has no abort, and is not made by defaults
		return l.kind == SourcePolicy && !said(d.Unlimited) && !said(d.Abort)
	}
	return true
}

// hasRow reports whether the subject's table has a row that is spoken of.
func (s *subject) hasRow(on *onDecl) bool {
	return slices.ContainsFunc(s.Outcomes(), func(o runtime.Outcome) bool { return exactness(on, o) > 0 })
}

// unread reports whether the declaration of a subject could not be read as it was written.
func (s *subject) unread() bool { return s.Role == noRole || s.stmt.broken }

// effective is the value of a kind of statement for a subject: that of the strongest layer that has one.
func effective[Decl interface{ Value() T }, T any](s *subject, kind string, role T) Value[T] {
	for _, l := range s.layers {
		if st := l.settings.find(kind); st != nil && s.takes(st, l) {
			return Value[T]{Value: st.node.(Decl).Value(), Source: l.source(st)}
		}
	}
	return Value[T]{Value: role, Source: s.roleSource()}
}

func (s *subject) roleSource() Source { return Source{Kind: SourceRole, Name: s.word()} }

// effect computes the effective policy of a subject, and what only its own statements say.
func (c *checker) effect(s *subject) {
	s.Optional = s.own.find("optional") != nil
	role := s.Defaults()
	s.Strategy = effective[*strategyDecl](s, "strategy", role.Strategy)
	s.Intensity = effective[*rateDecl](s, "intensity", role.Intensity)
	s.Limit = effective[*rateDecl](s, "limit", role.Limit)
	s.Backoff = effective[*backoffDecl](s, "backoff", role.Backoff)
	s.Throttle = effective[*throttleDecl](s, "throttle", role.Throttle)
	s.Concurrency = effective[*concurrencyDecl](s, "concurrency", role.Concurrency)
	s.Ready = effective[*readyDecl](s, "ready", role.Ready)
	s.Health = effective[*healthDecl](s, "health", role.Health)
	s.Shutdown = effective[*shutdownDecl](s, "shutdown", role.Shutdown)
	s.Timeout = effective[*timeoutDecl](s, "timeout", role.Timeout)
	s.tables()
	c.ownOnly(s)
}

// intensity is that of a supervisor or a group about which nothing is said: it depends on the effective children.
func (s *subject) intensity() {
	if s.Intensity.Source.Kind != SourceRole || !hasChildren(s.Role) {
		return
	}
	s.Intensity.Value = s.defaultIntensity()
	if s.Intensity.Value != runtime.DefaultIntensity() {
		s.Intensity.Source.Name = fmt.Sprintf("%s with %d children that count", s.word(), s.Intensity.Value.N/2)
	}
}

// ownOnly takes the statements that no policy can have.
func (c *checker) ownOnly(s *subject) {
	if st := s.own.find("tags"); st != nil {
		for _, tag := range st.node.(*tagsDecl).Tags {
			s.Tags = append(s.Tags, text(tag.Text))
		}
	}
	if st := s.own.find("provides"); st != nil && !st.broken {
		s.Provides = c.typeOf(s.file, "provides", st.node.(*providesDecl).Type)
	}
	if st := s.own.find("max"); st != nil {
		s.Max = count(st.node.(*maxDecl).N)
	}
	if s.Role == runtime.Supervisor && s.Shutdown.Source.Kind != SourceRole {
		s.Shutdown.Value = runtime.Shutdown{Drain: s.Shutdown.Value.Drain}
	}
	if s.Dynamic && !s.stmt.broken {
		c.params(s)
	}
}
