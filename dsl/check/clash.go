package check

import (
	"go/token"
	"slices"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// clashes reports children whose generated identifiers Go could not tell apart.
func (c *checker) clashes() {
	c.shareIDs()
	declared := make(map[string]*subject, 2*len(c.subjects))
	for _, s := range c.subjects {
		if s.duplicate || s.unread() || !s.hasStem() {
			continue
		}
		names := s.Declares()
		c.packageClash(s, names, declared)
		c.goClash(s, names)
		if s.Role == policy.Supervisor {
			c.reservedChildren(s)
			c.methodClash(s)
		}
	}
	for _, f := range c.files {
		for _, i := range f.tree.Imports {
			c.importClash(i, declared)
		}
	}
	c.generatedTypes(declared)
	c.methodsOfGo(declared)
	c.goMeanings()
	for _, root := range c.roots {
		c.localClash(root)
	}
}

// shareIDs tells all files which names are taken by children.
func (c *checker) shareIDs() {
	ids := make(map[string]bool, len(c.subjects))
	for _, s := range c.subjects {
		if s.parent != nil {
			ids[s.ID()] = true
		}
	}
	for _, f := range c.files {
		f.tree.Ids = ids
	}
}

// hasStem reports whether something may be generated under the GoName of a subject: no name on its path was reported.
func (s *subject) hasStem() bool {
	for ; s != nil; s = s.parent {
		if s.duplicate || s.Role == syntax.NoRole {
			return false
		}
	}
	return true
}

func (c *checker) packageClash(s *subject, names []string, declared map[string]*subject) {
	for _, name := range names {
		if other := declared[name]; other != nil {
			c.Reportf(diag.CodeNameClash, s.Pos, s.End, "%q would be generated both for %q and for %q", name, other.Path(), s.Path()).
				Notef(other.Range, "%q is declared here", other.Path()).Hintf("rename one of them")
			break
		}
	}
	for _, name := range names {
		if declared[name] == nil {
			declared[name] = s
		}
	}
}

func (c *checker) importClash(i tree.Import, declared map[string]*subject) {
	if s := declared[i.Name]; s != nil {
		c.Reportf(diag.CodeNameClash, i.Pos, i.End, "the import is called %q, as something is that is generated for %q", i.Name, s.Path()).
			Notef(s.Range, "declared here").Hintf("give the import another name")
	}
	if at, ok := c.goDecls.level[i.Name]; ok {
		c.Reportf(diag.CodeNameClash, i.Pos, i.End, "the import is called %q, as something is that a Go file declares", i.Name).
			Notef(at, "declared here").Hintf("give the import another name")
	}
}

// generatedTypes reports types whose names are those of constants and functions that are generated, or of types that
// would hold themselves. Exported are the types that may be named, none of them generic or a key, and the constructor.
func (c *checker) generatedTypes(declared map[string]*subject) {
	for _, t := range c.typeNames {
		s := declared[t.Value]
		isType := s != nil && token.IsExported(t.Value) && (s.Parent != nil || t.Value != s.Constructor())
		if s == nil || isType && !t.Special {
			continue
		}
		c.Reportf(diag.CodeBadType, syntax.Begin(t.Token), syntax.End(t.Token), "%q is generated for %q, and no type to be used so", t.Value, s.Path()).
			Notef(s.Range, "declared here")
	}
}

// reservedChildren reports children that go by the name of a field or a method that a type of their supervisor has anyway, or
// of a method that "go vet" knows.
func (c *checker) reservedChildren(s *subject) {
	for _, child := range s.members() {
		switch {
		case child.Role == policy.Group:
		case slices.Contains(s.ReservedNames(), child.Name):
			c.Reportf(diag.CodeReservedName, child.Pos, child.End, "%q is taken: what is generated for %q has it already", child.Name, s.Path()).
				Hintf("choose another name")
		case slices.Contains(vetted, child.Name), child.Name == "Seek" && child.Key >= 0 && child.Params[child.Key].Type == "int64":
			c.Reportf(diag.CodeReservedName, child.Pos, child.End, "%q is a method of the standard library, and \"go vet\" refuses others of the name", child.Name).
				Hintf("choose another name")
		}
	}
}

// vetted are the methods that "go vet" wants the standard library's signature of, whatever type they are of. There are more
// that it looks at, but only where an argument is of a type that those of a child are not; of int64, it takes Seek's.
var vetted = []string{
	"GobDecode", "GobEncode", "MarshalJSON", "MarshalXML", "ReadByte", "ReadRune", "UnmarshalJSON", "UnmarshalXML",
	"UnreadByte", "UnreadRune", "WriteByte",
}

// methodClash reports children that go by the name of a method generated for a sibling.
func (c *checker) methodClash(s *subject) {
	taken := map[string]*subject{}
	for _, child := range s.members() {
		for _, method := range child.Methods() {
			taken[method] = child
		}
	}
	for _, child := range s.members() {
		if sibling := taken[child.Name]; sibling != nil && child.Role != policy.Group {
			c.Reportf(diag.CodeNameClash, child.Pos, child.End, "method %q would be generated both for %q and for %q", child.Name, sibling.Name, child.Name).
				Notef(sibling.Range, "%q is declared here", sibling.Name).Hintf("rename one of them")
		}
	}
}

// localClash reports supervisors that one function would have two variables of one name for.
func (c *checker) localClash(root *subject) {
	taken := map[string]*subject{}
	for _, s := range c.below(root) {
		if !s.hasStem() || s.Role != policy.Supervisor {
			continue
		}
		if other := taken[s.Local()]; other != nil && other.GoName() != s.GoName() {
			c.Reportf(diag.CodeNameClash, s.Pos, s.End, "%q and %q differ in case alone, and not at all in a Go variable", other.Path(), s.Path()).
				Notef(other.Range, "%q is declared here", other.Path()).Hintf("rename one of them")
		}
		taken[s.Local()] = s
	}
}
