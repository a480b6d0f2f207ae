package check

import (
	"slices"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// A GoDecl is a name that a .go file declares where generated code may be in its way. Files for one system, those that need a
// build tag and tests of the package itself count too: the code is generated for all of them.
type GoDecl struct {
	Name     string
	Pos      diag.Pos
	Package  string // that the file is of; "" is that of the .sup files
	Receiver string // of a method, the name of its type
	Clause   bool   // it is the name in the package clause of a file
	Import   bool   // it is what the file calls a package that it imports, or is declared there and comes by a dot import
}

func (d GoDecl) nameRange() diag.Range {
	return diag.Range{Pos: d.Pos, End: d.Pos.Plus(len(d.Name))}
}

// goNames are where Go files declare names, the first place of each.
type goNames struct {
	level   map[string]diag.Range // by package-level name
	imports map[string]diag.Range // by a name that an import brings, which a package-level one must not have either
	methods []GoDecl
}

// goNames sorts the declarations of the package.
func (c *checker) goNames() *goNames {
	n := &goNames{level: map[string]diag.Range{}, imports: map[string]diag.Range{}}
	pkg := c.declaredPackage()
	for _, d := range c.declared {
		switch {
		case d.Clause || d.Package != "" && d.Package != pkg:
		case d.Receiver != "":
			n.methods = append(n.methods, d)
		case d.Import:
			addFirst(n.imports, d)
		default:
			addFirst(n.level, d)
		}
	}
	return n
}

func addFirst(places map[string]diag.Range, d GoDecl) {
	if _, ok := places[d.Name]; !ok {
		places[d.Name] = d.nameRange()
	}
}

// goClash reports a child that something would be generated for which a Go file declares already.
func (c *checker) goClash(s *subject, names []string) {
	var taken []string
	for _, name := range names {
		if _, ok := c.goDecls.level[name]; ok {
			taken = append(taken, name)
		}
	}
	if len(taken) > 0 {
		r := c.Reportf(diag.CodeNameClash, s.Pos, s.End, "%q is generated for %q, and a Go file declares it too", taken[0], s.Path())
		for _, name := range taken {
			r.Notef(c.goDecls.level[name], "%q is declared here", name)
		}
		r.Hintf("rename one of them")
		return
	}
	for _, name := range names {
		if at, ok := c.goDecls.imports[name]; ok {
			c.Reportf(diag.CodeNameClash, s.Pos, s.End, "%q is generated for %q, and a Go file has the name from an import", name, s.Path()).
				Notef(at, "imported here").Hintf("rename %q, or give the import another name", s.Name)
			return
		}
	}
}

// methodsOfGo reports methods of Go files on generated types that have a field or a method of the name already, or can have
// none: the type of a run is an alias, and what the user implements is an interface.
func (c *checker) methodsOfGo(declared map[string]*subject) {
	for _, d := range c.goDecls.methods {
		s := declared[d.Receiver]
		if _, ok := c.goDecls.level[d.Receiver]; s == nil || ok {
			continue // it is a method of the user's own type
		}
		if d.Receiver == s.RunType() && s.Role != policy.Supervisor || d.Receiver == s.ChildrenType() {
			c.Reportf(diag.CodeNameClash, s.Pos, s.End, "%q is generated for %q, and a Go file declares a method of it, which it cannot have", d.Receiver, s.Path()).
				Notef(d.nameRange(), "method %q is declared here", d.Name).Hintf("declare a function instead of the method")
		} else if of := c.subjectOf[s.MemberOf(d.Receiver, d.Name)]; of != nil {
			c.Reportf(diag.CodeNameClash, of.Pos, of.End, "%q of type %q is generated for %q, and a Go file declares it too", d.Name, d.Receiver, of.Path()).
				Notef(d.nameRange(), "method %q is declared here", d.Name).Hintf("rename the method")
		}
	}
}

// goMeanings reports what Go files declare under names that generated code has another meaning for: packages that it imports
// and predeclared names of Go. Each is reported once, at the first tree that it is in the way of.
func (c *checker) goMeanings() {
	reported := map[string]bool{}
	refuse := func(root *subject, name, format string) {
		if at, ok := c.goDecls.level[name]; ok && !reported[name] {
			reported[name] = true
			c.Reportf(diag.CodeNameClash, root.Pos, root.End, format, root.Name, name).
				Notef(at, "%q is declared here", name).Hintf("rename it in the Go file")
		}
	}
	for _, root := range c.roots {
		if !root.hasStem() {
			continue
		}
		for _, i := range root.File.GeneratedImports() {
			if !slices.ContainsFunc(root.File.Imports, func(user tree.Import) bool { return user.Name == i.Name }) { // see importClash
				refuse(root, i.Name, "the code generated for %q imports package %q, and a Go file declares the name")
			}
		}
		for _, name := range tree.GeneratedUses() {
			refuse(root, name, "the code generated for %q uses Go's own %q, and a Go file declares the name anew")
		}
	}
}
