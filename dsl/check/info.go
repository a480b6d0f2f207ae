package check

import (
	"slices"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
)

// define notes that a name is declared.
func (c *checker) define(kind tree.DefinitionKind, name string, at lexer.Token, whole diag.Range, parent *tree.Definition) *tree.Definition {
	d := &tree.Definition{Kind: kind, Name: name, Range: syntax.RangeOf(at), Whole: whole, Parent: parent}
	c.definitions = append(c.definitions, d)
	return d
}

// defineChild notes that a subject is declared.
func (c *checker) defineChild(s *subject) {
	kind, parent := tree.TreeDefinition, (*tree.Definition)(nil)
	if s.parent != nil {
		kind, parent = tree.ChildDefinition, s.parent.def
	}
	if s.group != nil {
		parent = s.group.def
	}
	s.def = c.define(kind, s.Name, s.decl.Name, s.stmt.Range(), parent)
	s.def.Doc, s.def.Child = s.Doc, s.Child
}

// use notes that a definition is named.
func (c *checker) use(t lexer.Token, d *tree.Definition) {
	c.uses = append(c.uses, tree.Use{Range: syntax.RangeOf(t), Definition: d})
}

// info is what is known in the end.
func (c *checker) info() *tree.Info {
	i := &tree.Info{Package: c.declaredPackage(), Definitions: c.definitions, Uses: c.uses}
	for _, f := range c.files {
		i.Files = append(i.Files, f.tree)
	}
	for _, s := range c.subjects {
		s.def.Incomplete = s.def.Incomplete || s.unsure() || c.anyInvalid(s)
	}
	slices.SortFunc(i.Definitions, func(a, b *tree.Definition) int { return a.Pos.Compare(b.Pos) })
	slices.SortFunc(i.Uses, func(a, b tree.Use) int { return a.Pos.Compare(b.Pos) })
	for _, d := range c.List {
		if d.Severity == diag.Error {
			i.Errors++
		}
	}
	return i
}

// declaredPackage is what the .sup files say their package is, the first that does.
func (c *checker) declaredPackage() string {
	for _, f := range c.files {
		if f.pkg != nil {
			return f.pkg.Node.(*syntax.PackageDecl).Name.Value
		}
	}
	return ""
}
