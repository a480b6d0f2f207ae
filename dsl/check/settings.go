package check

import (
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
)

// settings are the statements of a block that may stand there, each said once.
type settings struct {
	stmts  []*syntax.Stmt
	broken bool // something else stands there too, and could not be read
}

// find is the statement of a kind, or nil.
func (s *settings) find(kind string) *syntax.Stmt {
	if s == nil {
		return nil
	}
	for _, st := range s.stmts {
		if syntax.KindOf(st) == kind {
			return st
		}
	}
	return nil
}

// at is the statement at a position.
func (s *settings) at(pos diag.Pos) *syntax.Stmt {
	return s.stmts[slices.IndexFunc(s.stmts, func(st *syntax.Stmt) bool { return st.Pos() == pos })]
}

// container is where the statements of the subject's own block stand.
func (s *subject) container() syntax.Container {
	return syntax.ContainerOf(s.Role, s.Dynamic, s.parent == nil)
}

// settingsOf takes the statements of owner's block that may stand there, and reports the others, those that say
// something twice, and those with a value that makes no sense.
func (c *checker) settingsOf(owner *syntax.Stmt, p syntax.Container) *settings {
	b, settings := owner.Block, &settings{}
	if b == nil {
		return settings
	}
	settings.broken = b.Broken
	first := map[string]*syntax.Stmt{}
	for _, s := range b.Stmts {
		kind := syntax.KindOf(s)
		_, isChild := s.Node.(*syntax.ChildDecl)
		switch subject := syntax.UniqueKey(s); {
		case s.Node == nil || p == 0 || isChild && syntax.RoleOf(s.Node.(*syntax.ChildDecl).Role) == syntax.NoRole:
		case !p.Takes(kind):
			c.misplaced(s, p, owner)
		case isChild:
		case first[subject] != nil && s.Broken:
		case first[subject] != nil:
			r := c.Reportf(diag.CodeDuplicateStatement, s.Pos(), s.KeywordEnd(), "%q is said twice", subject).
				Notef(first[subject].Range(), "first said here")
			if c.remove(r, s); !c.saySame(s.Range(), first[subject].Range()) {
				c.remove(r, first[subject])
			}
		default:
			first[subject] = s
			settings.stmts = append(settings.stmts, s)
			c.value(s)
			c.fatal(s)
			c.unusedFactor(s)
		}
	}
	return settings
}

func (c *checker) misplaced(s *syntax.Stmt, p syntax.Container, owner *syntax.Stmt) {
	kind := syntax.KindOf(s)
	switch d := s.Node.(type) {
	case *syntax.ChildDecl:
		c.misplacedNames[d.Name.Value] = true
	case *syntax.PolicyDecl:
		c.misplacedNames[d.Name.Value] = true
	}
	if s.Broken {
		return // the line was reported, and perhaps another statement was meant
	}
	if p == syntax.AtTop {
		c.Reportf(diag.CodeMisplaced, s.Pos(), s.KeywordEnd(), "%q cannot stand at the top of a file", kind).
			Hintf("put it into a supervisor")
		return
	}
	r := c.Reportf(diag.CodeMisplaced, s.Pos(), s.KeywordEnd(), "%s cannot have %q", p, kind).Hintf("%s", syntax.Instead(s, kind, p, owner))
	switch s.Node.(type) {
	case *syntax.ReadyDecl:
		if strings.Contains(r.Hint, ": remove it") {
			c.remove(r, s)
		}
	case *syntax.RateDecl:
		called := map[string]string{"limit": "intensity", "intensity": "limit"}[kind]
		if p.Has(called) && !slices.ContainsFunc(owner.Block.Stmts, func(s *syntax.Stmt) bool { return syntax.KindOf(s) == called }) {
			c.writeStmt(r, s, called+strings.TrimPrefix(c.sourceOf(s.Pos()).TextOf(s.Line()), kind))
		}
	}
}
