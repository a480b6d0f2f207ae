package check

import (
	"cmp"
	"go/token"
	"maps"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// declare makes subjects of all declarations.
func (c *checker) declare(files []*syntax.File) {
	for _, file := range files {
		c.List = append(c.List, file.Diagnostics...)
		f := &fileScope{file: file, tree: &tree.File{Name: file.Name}, imports: map[string]*tree.Definition{}}
		c.files = append(c.files, f)
		c.fileName(f)
		c.buildConstraint(f)
		c.file(f)
		c.packageName(f)
	}
}

// file declares what stands at the top of a file.
func (c *checker) file(f *fileScope) {
	declared := false // something that comes after imports
	for _, s := range f.file.Body.Stmts {
		switch node := s.Node.(type) {
		case nil:
			f.unread = f.unread || s.Keyword.Value == "import"
		case *syntax.PackageDecl:
			c.packageClause(f, s)
		case *syntax.ImportSpec, *syntax.ImportDecl:
			if declared && !s.Broken {
				c.moveImport(c.Reportf(diag.CodeMisplaced, s.Pos(), s.KeywordEnd(), "imports come before what is declared").Hintf("move it up, behind \"package\""), f, s)
			}
			c.imports(f, s)
		case *syntax.PolicyDecl:
			declared = true
			c.policyBlock(s, node)
		case *syntax.ChildDecl:
			declared = true
			if syntax.RoleOf(node.Role) == policy.Supervisor && !syntax.Said(node.Dynamic) {
				c.roots = append(c.roots, c.child(f, nil, nil, s))
			} else if !f.file.Unbalanced {
				c.misplaced(s, syntax.AtTop, nil)
			}
		default:
			c.misplaced(s, syntax.AtTop, nil)
		}
	}
}

func (c *checker) packageClause(f *fileScope, s *syntax.Stmt) {
	if f.pkg != nil {
		r := c.Reportf(diag.CodeDuplicateStatement, s.Pos(), s.KeywordEnd(), "the package has its name already").
			Notef(f.pkg.Range(), "first named here")
		c.remove(r, s)
		return
	}
	f.pkg = s
	if i := slices.IndexFunc(f.file.Body.Stmts, func(s *syntax.Stmt) bool { return s.Node != nil }); f.file.Body.Stmts[i] != s {
		r := c.Reportf(diag.CodeMisplaced, s.Pos(), s.KeywordEnd(), "\"package\" comes before everything else")
		r.Fix("move it up", f.file.Remove(s.Range()), f.file.Above(f.file.Body.Stmts[0].Pos(), f.file.TextOf(s.Line())+"\n"))
	}
}

// packageName holds a file's package to Go, to the directory's .go files and to the files before.
func (c *checker) packageName(f *fileScope) {
	if f.pkg == nil {
		if !f.file.Body.Broken {
			start := diag.Pos{File: f.file.Name, Line: 1, Column: 1}
			r := c.Reportf(diag.CodeMissingPackage, start, start, "the file does not say which package it belongs to")
			r.Hintf("begin it with \"package %s\"", cmp.Or(c.goPackage, "NAME"))
			if c.goPackage != "" {
				r.Fix("write package "+c.goPackage, diag.Edit{Range: diag.Range{Pos: start, End: start}, New: "package " + c.goPackage + "\n\n"})
			}
		}
		return
	}
	t := f.pkg.Node.(*syntax.PackageDecl).Name
	switch first := c.files[0].pkg; {
	case token.IsKeyword(t.Value) || t.Value == "_":
		c.Reportf(diag.CodePackageName, syntax.Begin(t), syntax.End(t), "%q cannot be the name of a Go package", t.Value)
	case c.goPackage != "" && t.Value != c.goPackage:
		c.notOfGo(t)
	case c.goPackage == "" && first != nil && t.Value != first.Node.(*syntax.PackageDecl).Name.Value:
		name := first.Node.(*syntax.PackageDecl).Name.Value
		c.write(c.Reportf(diag.CodePackageName, syntax.Begin(t), syntax.End(t), "the .sup files of a directory are one package"), t, name).
			Notef(syntax.RangeOf(first.Node.(*syntax.PackageDecl).Name), "this one is package %q", first.Node.(*syntax.PackageDecl).Name.Value)
	}
}

// notOfGo reports the name of a package that is not that of the directory's .go files, with the first file of each that they are of.
func (c *checker) notOfGo(name lexer.Token) {
	clauses := map[string]diag.Range{}
	for _, d := range c.declared {
		if d.Clause {
			addFirst(clauses, d)
		}
	}
	says := "the .go files of this directory are package %q, not %q"
	if len(clauses) > 1 {
		says = "the .go files of this directory are not one package: most are %q, not %q"
	}
	r := c.Reportf(diag.CodePackageName, syntax.Begin(name), syntax.End(name), says, c.goPackage, name.Value)
	for _, pkg := range slices.SortedFunc(maps.Keys(clauses), func(a, b string) int { return clauses[a].Pos.Compare(clauses[b].Pos) }) {
		r.Notef(clauses[pkg], "this one is package %q", pkg)
	}
	c.write(r, name, c.goPackage)
}

func (c *checker) policyBlock(s *syntax.Stmt, d *syntax.PolicyDecl) {
	p := &namedPolicy{c.define(tree.PolicyDefinition, d.Name.Value, d.Name, s.Range(), nil), c.settingsOf(s, syntax.InPolicy)}
	p.settings.broken = p.settings.broken || s.Broken
	p.Doc, p.Incomplete = s.Doc, p.settings.broken
	if unicode.IsUpper(syntax.FirstRune(p.Name)) {
		r := c.Reportf(diag.CodeNameCase, p.Pos, p.End, "the name of a policy begins with a small letter").Hintf("write %q", syntax.LowerInitial(p.Name))
		c.rename(r, d.Name, syntax.LowerInitial(p.Name))
	}
	if first := c.policies[p.Name]; first != nil {
		r := c.Reportf(diag.CodeDuplicatePolicy, p.Pos, p.End, "policy %q is declared twice", p.Name).Notef(first.Range, "first declared here")
		if c.removeRange(r, p.Whole); !c.saySame(p.Whole, first.Whole) {
			c.removeRange(r, first.Whole)
		}
		return
	}
	c.policies[p.Name] = p
	c.policyOf = append(c.policyOf, p)
}

// child declares a child and what is below it.
func (c *checker) child(f *fileScope, parent, group *subject, st *syntax.Stmt) *subject {
	d := st.Node.(*syntax.ChildDecl)
	s := &subject{decl: d, stmt: st, file: f, parent: parent, group: group, Child: &tree.Child{
		Name: d.Name.Value, Role: syntax.RoleOf(d.Role), Doc: st.Doc, Range: syntax.RangeOf(d.Name), File: f.tree,
		Dynamic: syntax.Said(d.Dynamic), Key: -1, Linked: syntax.Said(d.Linked),
	}}
	c.defineChild(s)
	c.subjects = append(c.subjects, s)
	c.subjectOf[s.Child] = s
	if s.Role == policy.Supervisor {
		s.names = map[string]*subject{}
	}
	if s.Role == syntax.NoRole && !st.Broken {
		r := c.Reportf(diag.CodeUnknownValue, syntax.Begin(d.Role), syntax.End(d.Role), "unknown role %q%s", d.Role.Value, diag.DidYouMean(d.Role.Value, dynamicRoles))
		c.writeNearest(r, d.Role, func() []string { return dynamicRoles })
	}
	s.from = len(c.subjects)
	c.hang(s)
	c.childName(s)
	c.header(s)
	place := s.container()
	if st.Broken {
		place = syntax.Anywhere
	}
	s.own = c.settingsOf(st, place)
	if syntax.HasChildren(s.Role) {
		c.children(s)
	}
	s.to = len(c.subjects)
	return s
}

// hang puts a subject in its place.
func (c *checker) hang(s *subject) {
	scope := c.rootOf
	switch {
	case s.parent == nil:
		s.file.tree.Roots = append(s.file.tree.Roots, s.Child)
	case s.group != nil:
		scope = s.parent.names
		s.Parent, s.Group = s.parent.Child, s.group.Child
		s.group.Children = append(s.group.Children, s.Child)
		s.group.children = append(s.group.children, s)
	default:
		scope = s.parent.names
		s.Parent = s.parent.Child
		s.parent.Children = append(s.parent.Children, s.Child)
		s.parent.children = append(s.parent.children, s)
	}
	if first := scope[s.Name]; first != nil {
		s.duplicate = true
		if s.stmt.Broken {
			return // the name may be another
		}
		c.Reportf(diag.CodeDuplicateChild, s.Pos, s.End, "%s %q is declared twice", s.word(), s.Name).Notef(first.Range, "first declared here")
		return
	}
	scope[s.Name] = s
	if s.stmt.Broken && s.parent != nil {
		s.parent.misreadNames = append(s.parent.misreadNames, s.Name)
	}
}

// word is what to call a subject: its role, or "child" where that is not known.
func (s *subject) word() string {
	if s.Role == syntax.NoRole {
		return "child"
	}
	return s.Role.String()
}

// children declares the children of a supervisor or a group.
func (c *checker) children(s *subject) {
	parent, group := s, (*subject)(nil)
	if s.Role == policy.Group {
		parent, group = s.parent, s
	}
	if s.stmt.Block == nil {
		return
	}
	for _, st := range s.stmt.Block.Stmts {
		switch st.Node.(type) {
		case *syntax.ChildDecl:
			c.child(s.file, parent, group, st)
		case *syntax.DefaultsDecl:
			if s.Role == policy.Supervisor && s.defaults == nil {
				s.defaults = c.settingsOf(st, syntax.InDefaults)
				s.defaults.broken = s.defaults.broken || st.Broken
			}
		}
	}
}

func (c *checker) childName(s *subject) {
	if s.stmt.Broken {
		return
	}
	if token.IsExported(s.Name) {
		if capital := syntax.FirstRune(s.Name); unicode.ToLower(capital) == capital {
			c.Reportf(diag.CodeNameCase, s.Pos, s.End, "the name of a %s begins with a letter that has a small form, for what is generated and not exported from Go; %q has none", s.word(), capital).
				Hintf("choose another name")
		}
		return
	}
	if s.parent != nil {
		s.parent.misreadNames = append(s.parent.misreadNames, s.Name) // others may write it as it should be
	}
	r := c.Reportf(diag.CodeNameCase, s.Pos, s.End, "the name of a %s begins with a capital letter, as it is exported from Go", s.word())
	first, size := utf8.DecodeRuneInString(s.Name)
	if capital := string(unicode.ToUpper(first)) + s.Name[size:]; token.IsExported(capital) {
		meant := *s.decl
		meant.Name.Value = capital
		r.Hintf("write %s", meant.Header())
		c.rename(r, s.decl.Name, capital)
	}
}

var dynamicRoles = []string{"service", "worker", "job"}

// header checks that a declaration has the clauses that its role can have, and takes those that mean something.
func (c *checker) header(s *subject) {
	d := s.decl
	if s.unread() {
		return
	}
	refuse := func(t lexer.Token, format string, args ...any) *diag.Diagnostic {
		return c.Reportf(diag.CodeMisplaced, syntax.Begin(t), syntax.End(t), format, args...)
	}
	if syntax.Said(d.Dynamic) && s.container()&(syntax.InService|syntax.InWorker|syntax.InJob) == 0 {
		refuse(d.Role, "a %s cannot be dynamic; services, workers and jobs can", s.Role)
	}
	if syntax.Said(d.Open) && !s.Dynamic {
		r := refuse(d.Open, "only a dynamic child has arguments")
		r.Hint = d.WithoutParams()
		if len(d.Needs) > 0 || d.Params == nil || len(d.Params.Params) == 0 { // or it may be meant to start at run time
			meant := *d
			meant.Open, meant.Params = lexer.Token{}, nil
			c.writeHeader(r, s, meant)
		}
	}
	if syntax.Said(d.Key) && !s.Dynamic {
		r := refuse(d.Key, "only a dynamic child has a key")
		c.cut(r, diag.Range{Pos: s.file.file.WordBefore(syntax.Begin(d.Key)), End: syntax.End(d.Key)})
	}
	if s.Dynamic && !syntax.Said(d.Open) {
		c.Reportf(diag.CodeIncomplete, s.Pos, s.End, "a dynamic child lists its arguments").Hintf("write %s() if it has none", s.Name).
			Fix("write "+s.Name+"()", diag.Edit{Range: diag.Range{Pos: s.End, End: s.End}, New: "()"})
	}
	if d.Of != nil && s.Role != policy.Sidecar {
		refuse(d.Of.Path[0], "only a sidecar is \"of\" something")
	}
	if d.Of == nil && s.Role == policy.Sidecar {
		c.Reportf(diag.CodeIncomplete, s.Pos, s.End, "sidecar %q does not say whose it is", s.Name).Hintf("write sidecar %s of NAME", s.Name)
	}
	for _, refs := range [][]*syntax.RefDecl{d.Needs, d.Wants, d.After} {
		if len(refs) == 0 {
			continue
		}
		if s.Role == policy.Group {
			refuse(refs[0].Path[0], "a group waits for nothing; its members do")
		} else if s.parent == nil {
			refuse(refs[0].Path[0], syntax.NothingAbove)
		}
	}
	c.replicas(s)
}

// maxReplicas bounds what a state struct has an array of.
const maxReplicas = 1 << 16

// mostReplicas reads a range of replicas.
func (c *checker) mostReplicas(s *subject, fewest, most lexer.Token) {
	switch n, m := syntax.Count(fewest), syntax.Count(most); {
	case m < n:
		c.Reportf(diag.CodeRange, syntax.Begin(fewest), syntax.End(most), "the range is upside down").
			Write(syntax.Span(fewest, most), most.Value+".."+fewest.Value)
	case m == n:
		c.Reportf(diag.CodeRange, syntax.Begin(fewest), syntax.End(most), "from %s to %s there is nothing to choose", fewest.Value, most.Value).
			Write(syntax.Span(fewest, most), fewest.Value)
	default:
		s.Replicas, s.Fewest = m, n
	}
}

func (c *checker) replicas(s *subject) {
	t := s.decl.Replicas
	if !syntax.Said(t) {
		return
	}
	switch {
	case syntax.HasChildren(s.Role):
		c.cutReplicas(c.Reportf(diag.CodeMisplaced, syntax.Begin(t), syntax.End(t), "a %s cannot be replicated; what is in it can", s.Role), s)
	case s.Dynamic:
		c.cutReplicas(c.Reportf(diag.CodeMisplaced, syntax.Begin(t), syntax.End(t), "a dynamic child cannot be replicated; start as many as needed"), s)
	case syntax.Count(t) == 0:
		c.Reportf(diag.CodeZero, syntax.Begin(t), syntax.End(t), "%q has no replicas", s.Name).Hintf("leave the brackets away, or the %s", s.Role)
	case c.tooMany(t, "replicas are", maxReplicas), c.tooMany(s.decl.Most, "replicas are", maxReplicas):
	case !syntax.Said(s.decl.Most):
		s.Replicas = syntax.Count(t)
	default:
		c.mostReplicas(s, t, s.decl.Most)
	}
}
