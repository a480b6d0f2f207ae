package dsl

import (
	"cmp"
	"fmt"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/supgen/supgen/runtime"
)

// declare makes subjects of all declarations.
func (c *checker) declare(files []*File) {
	for _, file := range files {
		c.list = append(c.list, file.diagnostics...)
		f := &fileScope{file: file, tree: &TreeFile{Name: file.Name}, importAt: map[string]Pos{}}
		c.files = append(c.files, f)
		c.fileName(f)
		c.file(f)
		c.packageName(f)
	}
}

// file declares what stands at the top of a file.
func (c *checker) file(f *fileScope) {
	declared := false // something that comes after imports
	for _, s := range f.file.body.stmts {
		switch node := s.node.(type) {
		case nil:
			f.unread = f.unread || s.keyword.Value == "import"
		case *packageDecl:
			c.packageClause(f, s)
		case *importSpec, *importDecl:
			if declared && !s.broken {
				c.reportf(CodeMisplaced, s.pos(), s.keywordEnd(), "imports come before what is declared").hintf("move it up, behind \"package\"")
			}
			c.imports(f, s)
		case *policyDecl:
			declared = true
			c.policyBlock(s, node)
		case *childDecl:
			declared = true
			if roleOf(node.Role) == runtime.Supervisor && !said(node.Dynamic) {
				c.roots = append(c.roots, c.child(f, nil, nil, s))
			} else if !f.file.unbalanced {
				c.misplaced(s, atTop, nil)
			}
		default:
			c.misplaced(s, atTop, nil)
		}
	}
}

func (c *checker) packageClause(f *fileScope, s *stmt) {
	if f.pkg != nil {
		c.reportf(CodeDuplicateStatement, s.pos(), s.keywordEnd(), "the package has its name already").
			notef(f.pkg.pos(), "first named here")
		return
	}
	f.pkg = s
	if i := slices.IndexFunc(f.file.body.stmts, func(s *stmt) bool { return s.node != nil }); f.file.body.stmts[i] != s {
		c.reportf(CodeMisplaced, s.pos(), s.keywordEnd(), "\"package\" comes before everything else")
	}
}

// packageName holds a file's package to Go, to the directory's .go files and to the files before.
func (c *checker) packageName(f *fileScope) {
	if f.pkg == nil {
		if !f.file.body.broken {
			start := Pos{File: f.file.Name, Line: 1, Column: 1}
			r := c.reportf(CodeMissingPackage, start, start, "the file does not say which package it belongs to")
			r.hintf("begin it with \"package %s\"", cmp.Or(c.goPackage, "NAME"))
		}
		return
	}
	t := f.pkg.node.(*packageDecl).Name
	switch first := c.files[0].pkg; {
	case token.IsKeyword(t.Value) || t.Value == "_":
		c.reportf(CodePackageName, begin(t), end(t), "%q cannot be the name of a Go package", t.Value)
	case c.goPackage != "" && t.Value != c.goPackage:
		c.reportf(CodePackageName, begin(t), end(t), "the .go files of this directory are package %q, not %q", c.goPackage, t.Value)
	case c.goPackage == "" && first != nil && t.Value != first.node.(*packageDecl).Name.Value:
		c.reportf(CodePackageName, begin(t), end(t), "the .sup files of a directory are one package").
			notef(begin(first.node.(*packageDecl).Name), "this one is package %q", first.node.(*packageDecl).Name.Value)
	}
}

func (c *checker) imports(f *fileScope, s *stmt) {
	if spec, ok := s.node.(*importSpec); ok {
		if f.unread = f.unread || s.broken; !s.broken {
			c.importSpec(f, spec, false)
		}
		return
	}
	f.unread = f.unread || s.block.broken
	for _, line := range s.block.stmts {
		if spec, ok := line.node.(*importSpec); ok {
			c.importSpec(f, spec, true)
		}
	}
}

func (c *checker) importSpec(f *fileScope, spec *importSpec, grouped bool) {
	i := Import{Alias: spec.Alias.Value, Path: text(spec.Path), Pos: begin(spec.Path)}
	i.Name = i.Alias
	if i.Alias == "" {
		i.Name = lastElement(i.Path)
	}
	alias, pos, stop := spec.Alias, begin(spec.Path), end(spec.Path)
	f.imported = append(f.imported, i.Name)
	switch {
	case i.Alias == "." || i.Alias == "_":
		c.reportf(CodeBadImport, begin(alias), end(alias), "a package is imported for its types here, and %q names none of them", i.Alias).
			hintf("write %s", importLineFor(f.nameOf(i.Path), i.Path, grouped))
		f.imported = append(f.imported, lastElement(i.Path))
		return
	case !isImportPath(i.Path):
		c.reportf(CodeBadImport, pos, stop, "%q is no Go import path", i.Path)
		return
	case i.Path == "C":
		c.reportf(CodeBadImport, pos, stop, "\"C\" is cgo, whose types are those of one Go file").
			hintf("declare a Go type for it in a Go file, and name it here")
		f.imported = append(f.imported, i.Path)
		return
	case !token.IsIdentifier(i.Name):
		name := f.alias(i.Path)
		c.reportf(CodeBadImport, pos, stop, "%q does not end in a name that Go could use", i.Path).
			hintf("give it one: write %s", importLineFor(name, i.Path, grouped))
		f.imported = append(append(f.imported, name), strings.FieldsFunc(i.Name, func(r rune) bool { return !isLetter(r) && !isDigit(r) })...)
		return
	}
	if predeclared[i.Name] != predeclaredNot || i.Name == "init" {
		c.reportf(CodeBadImport, pos, stop, "the import is called %q, which means something else to Go", i.Name).
			hintf("give it another name: write %s", importLineFor(goName(i.Name), i.Path, grouped))
		return
	}
	if first, ok := f.importAt[i.Name]; ok {
		c.reportf(CodeDuplicateImport, pos, stop, "%q is imported already", i.Name).notef(first, "first imported here").
			hintf("give one of them another name: write %s", importLineFor(f.anotherName(i.Path), i.Path, grouped))
		return
	}
	f.importAt[i.Name] = i.Pos
	f.imports = append(f.imports, &importScope{Import: i, end: stop})
	f.tree.Imports = append(f.tree.Imports, i)
}

var (
	pathElement  = regexp.MustCompile(`^[A-Za-z0-9._~+-]+$`)
	majorVersion = regexp.MustCompile(`^v[0-9]+$`)
)

// isImportPath reports whether the go command takes a path: see its module.CheckImportPath.
func isImportPath(path string) bool {
	for element := range strings.SplitSeq(path, "/") {
		if !pathElement.MatchString(element) || strings.HasSuffix(element, ".") {
			return false
		}
	}
	return !strings.HasPrefix(path, "-")
}

// lastElement is what a package is taken to be called: the last element of its path but for a major version.
func lastElement(importPath string) string {
	dir, last := path.Split(importPath)
	if dir != "" && majorVersion.MatchString(last) {
		return path.Base(dir)
	}
	return last
}

func (c *checker) policyBlock(s *stmt, d *policyDecl) {
	p := &namedPolicy{name: d.Name.Value, pos: begin(d.Name), end: end(d.Name)}
	p.settings = c.settingsOf(s, inPolicy)
	p.settings.broken = p.settings.broken || s.broken
	if unicode.IsUpper(firstRune(p.name)) {
		c.reportf(CodeNameCase, p.pos, p.end, "the name of a policy begins with a small letter").hintf("write %q", lowerInitial(p.name))
	}
	if first := c.policies[p.name]; first != nil {
		c.reportf(CodeDuplicatePolicy, p.pos, p.end, "policy %q is declared twice", p.name).notef(first.pos, "first declared here")
		return
	}
	c.policies[p.name] = p
	c.policyOf = append(c.policyOf, p)
}

// child declares a child and what is below it.
func (c *checker) child(f *fileScope, parent, group *subject, st *stmt) *subject {
	d := st.node.(*childDecl)
	s := &subject{decl: d, stmt: st, file: f, parent: parent, group: group, Child: &Child{
		Name: d.Name.Value, Role: roleOf(d.Role), Doc: st.doc, Pos: begin(d.Name), File: f.tree,
		Dynamic: said(d.Dynamic), Key: -1, Linked: said(d.Linked),
	}}
	c.subjects = append(c.subjects, s)
	c.subjectOf[s.Child] = s
	if s.Role == runtime.Supervisor {
		s.names = map[string]*subject{}
	}
	if s.Role == noRole && !st.broken {
		c.reportf(CodeUnknownValue, begin(d.Role), end(d.Role), "unknown role %q%s", d.Role.Value, didYouMean(d.Role.Value, dynamicRoles))
	}
	s.from = len(c.subjects)
	c.hang(s)
	c.childName(s)
	c.header(s)
	place := s.place()
	if st.broken {
		place = anywhere
	}
	s.own = c.settingsOf(st, place)
	if hasChildren(s.Role) {
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
		if s.stmt.broken {
			return // the name may be another
		}
		c.reportf(CodeDuplicateChild, s.Pos, s.nameEnd(), "%s %q is declared twice", s.word(), s.Name).notef(first.Pos, "first declared here")
		return
	}
	scope[s.Name] = s
	if s.stmt.broken && s.parent != nil {
		s.parent.misreadNames = append(s.parent.misreadNames, s.Name)
	}
}

// word is what to call a subject: its role, or "child" where that is not known.
func (s *subject) word() string {
	if s.Role == noRole {
		return "child"
	}
	return s.Role.String()
}

// children declares the children of a supervisor or a group.
func (c *checker) children(s *subject) {
	parent, group := s, (*subject)(nil)
	if s.Role == runtime.Group {
		parent, group = s.parent, s
	}
	if s.stmt.block == nil {
		return
	}
	for _, st := range s.stmt.block.stmts {
		switch st.node.(type) {
		case *childDecl:
			c.child(s.file, parent, group, st)
		case *defaultsDecl:
			if s.Role == runtime.Supervisor && s.defaults == nil {
				s.defaults = c.settingsOf(st, inDefaults)
			}
		}
	}
}

func (c *checker) childName(s *subject) {
	if s.stmt.broken {
		return
	}
	if token.IsExported(s.Name) {
		if capital := firstRune(s.Name); unicode.ToLower(capital) == capital {
			c.reportf(CodeNameCase, s.Pos, s.nameEnd(), "the name of a %s begins with a letter that has a small form, for what is generated and not exported from Go; %q has none", s.word(), capital).
				hintf("choose another name")
		}
		return
	}
	if s.parent != nil {
		s.parent.misreadNames = append(s.parent.misreadNames, s.Name) // others may write it as it should be
	}
	r := c.reportf(CodeNameCase, s.Pos, s.nameEnd(), "the name of a %s begins with a capital letter, as it is exported from Go", s.word())
	first, size := utf8.DecodeRuneInString(s.Name)
	if capital := string(unicode.ToUpper(first)) + s.Name[size:]; token.IsExported(capital) {
		meant := *s.decl
		meant.Name.Value = capital
		r.hintf("write %s", meant.header())
	}
}

var dynamicRoles = []string{"service", "worker", "job"}

// header checks that a declaration has the clauses that its role can have, and takes those that mean something.
func (c *checker) header(s *subject) {
	d := s.decl
	if s.unread() {
		return
	}
	refuse := func(t lexer.Token, format string, args ...any) {
		c.reportf(CodeMisplaced, begin(t), end(t), "%s", fmt.Sprintf(format, args...))
	}
	if said(d.Dynamic) && s.place()&(inService|inWorker|inJob) == 0 {
		refuse(d.Role, "a %s cannot be dynamic; services, workers and jobs can", s.Role)
	}
	if said(d.Open) && !s.Dynamic {
		refuse(d.Open, "only a dynamic child has arguments")
		c.list[len(c.list)-1].Hint = d.withoutParams()
	}
	if said(d.Key) && !s.Dynamic {
		refuse(d.Key, "only a dynamic child has a key")
	}
	if s.Dynamic && !said(d.Open) {
		c.reportf(CodeIncomplete, s.Pos, s.nameEnd(), "a dynamic child lists its arguments").hintf("write %s() if it has none", s.Name)
	}
	if d.Of != nil && s.Role != runtime.Sidecar {
		refuse(d.Of.Path[0], "only a sidecar is \"of\" something")
	}
	if d.Of == nil && s.Role == runtime.Sidecar {
		c.reportf(CodeIncomplete, s.Pos, s.nameEnd(), "sidecar %q does not say whose it is", s.Name).hintf("write sidecar %s of NAME", s.Name)
	}
	for _, refs := range [][]*refDecl{d.Needs, d.After} {
		if len(refs) == 0 {
			continue
		}
		if s.Role == runtime.Group {
			refuse(refs[0].Path[0], "a group waits for nothing; its members do")
		} else if s.parent == nil {
			refuse(refs[0].Path[0], "there is nothing for a supervisor at the top to wait for")
		}
	}
	c.replicas(s)
}

// maxReplicas bounds what a state struct has an array of.
const maxReplicas = 1 << 16

func (c *checker) replicas(s *subject) {
	t := s.decl.Replicas
	if !said(t) {
		return
	}
	switch {
	case hasChildren(s.Role):
		c.reportf(CodeMisplaced, begin(t), end(t), "a %s cannot be replicated; what is in it can", s.Role)
	case s.Dynamic:
		c.reportf(CodeMisplaced, begin(t), end(t), "a dynamic child cannot be replicated; start as many as needed")
	case count(t) == 0:
		c.reportf(CodeZero, begin(t), end(t), "%q has no replicas", s.Name).hintf("leave the brackets away, or the %s", s.Role)
	case count(t) > maxReplicas:
		c.reportf(CodeTooMany, begin(t), end(t), "%s replicas are more than %d", t.Value, maxReplicas)
	default:
		s.Replicas = count(t)
	}
}
