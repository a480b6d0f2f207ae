package gotypes

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
)

// refused reports the imports and types of one file that Go does not accept.
func (q *question) refused(s *spelled) {
	for _, i := range s.source.Imports {
		if err := q.imports.failed[i.Path]; err != nil {
			q.Reportf(diag.CodeBadImport, i.Pos, i.End, "package %q cannot be imported: %s", i.Path, oneLine(err.Error()))
		} else if pkg := q.imports.Imports[i.Path]; pkg != nil && pkg.Name != i.Name && i.Alias == "" && i.Name == path.Base(i.Path) {
			q.Reportf(diag.CodeBadImport, i.Pos, i.End, "package %q calls itself %q", i.Path, pkg.Name).
				Hintf("write %s %q", i.Name, i.Path).
				Fix("call it "+i.Name, diag.Edit{Range: diag.Range{Pos: i.Pos, End: i.Pos}, New: i.Name + " "})
		}
	}
	unresolved := q.unresolved(s.file)
	for _, err := range q.errors {
		if err.Pos < s.file.FileStart || err.Pos > s.file.FileEnd {
			continue
		}
		offset := int(err.Pos - s.file.FileStart)
		u := s.typeAt(offset)
		if u == nil {
			continue
		}
		at := u.rangeAt(offset)
		if name := unresolved[err.Pos]; name != nil {
			q.unknown(at, name)
		} else {
			q.Reportf(diag.CodeBadType, at.Pos, at.End, "Go does not accept %q: %s", syntax.Beginning(u.Source()), oneLine(err.Msg))
		}
	}
}

// others reports generated code that does not compile though its types do, since a dot import brings its names along.
func (q *question) others() error {
	for _, s := range q.files {
		for _, err := range q.errors {
			if q.fset.Position(err.Pos).Filename != s.source.Name+".go" {
				continue
			}
			name, says, _ := strings.Cut(err.Msg, " ")
			c := declares(s.source, name)
			if c == nil || !strings.HasPrefix(says, "already declared") {
				return err
			}
			r := q.Reportf(diag.CodeNameClash, c.Pos, c.End, "%q is generated for %q, and a dot import of a Go file declares it too", name, c.Path())
			for _, at := range q.dotImports(err.Msg) {
				r.Notef(at, "imported here")
			}
			r.Hintf("rename %q, or give the import a name", c.Name)
		}
	}
	return nil
}

// declares is the child that a file's code declares a name for, or nil.
func declares(source *tree.File, name string) *tree.Child {
	for _, root := range source.Roots {
		for c := range root.All() {
			if slices.Contains(c.Declares(), name) {
				return c
			}
		}
	}
	return nil
}

// dotImports are the dot imports of a package that Go's words are about.
func (q *question) dotImports(msg string) []diag.Range {
	var found []diag.Range
	for _, file := range q.syntax {
		for _, spec := range file.Imports {
			if spec.Name != nil && spec.Name.Name == "." && strings.Contains(msg, spec.Path.Value) {
				at := q.fset.Position(spec.Pos())
				pos := diag.Pos{File: at.Filename, Offset: at.Offset, Line: at.Line, Column: at.Column}
				found = append(found, diag.Range{Pos: pos, End: pos.Plus(int(spec.End() - spec.Pos()))})
			}
		}
	}
	return found
}

// unresolved is the names in a file that mean nothing, by where they are.
func (q *question) unresolved(file *ast.File) map[token.Pos]ast.Expr {
	found := map[token.Pos]ast.Expr{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if q.info.Uses[n.Sel] == nil {
				found[n.Sel.Pos()] = n
			}
			return false
		case *ast.Ident:
			if q.info.ObjectOf(n) == nil {
				found[n.Pos()] = n
			}
		}
		return true
	})
	return found
}

// unknown reports a name that means nothing.
func (q *question) unknown(at diag.Range, name ast.Expr) {
	pkg, called := q.types, q.tree.Package
	id, ok := name.(*ast.Ident)
	if !ok {
		selector := name.(*ast.SelectorExpr)
		pkg = q.info.Uses[selector.X.(*ast.Ident)].(*types.PkgName).Imported()
		called, id = pkg.Path(), selector.Sel
	}
	var names []string
	for _, name := range pkg.Scope().Names() {
		if _, ok := pkg.Scope().Lookup(name).(*types.TypeName); ok && (pkg == q.types || token.IsExported(name)) {
			names = append(names, name)
		}
	}
	guess := ""
	if q.compared += len(names); q.compared <= diag.MaxComparisons {
		guess = diag.DidYouMean(id.Name, names)
	}
	q.Reportf(diag.CodeBadType, at.Pos, at.End, "package %q declares no type %q%s", called, id.Name, guess)
}

// typeName is a type with its packages by their names.
func typeName(t types.Type) string {
	return types.TypeString(t, (*types.Package).Name)
}

// oneLine is what Go says, on one line: of many lines the first, which say what is wrong, and the last, which say what to do.
func oneLine(msg string) string {
	const first, last = 3, 3
	lines := strings.FieldsFunc(msg, func(r rune) bool { return r == '\n' })
	if left := len(lines) - first - last; left > 1 {
		lines = slices.Replace(lines, first, first+left, fmt.Sprintf("... %d lines more ...", left))
	}
	line := strings.Join(strings.Fields(strings.Join(lines, "\n")), " ")
	return disabled.ReplaceAllString(line, "no required module provides package $1; to add it: go get $1")
}

// disabled is what Go says of a package in no module where -mod=readonly is a flag, as readOnly sets it; where it is the default, Go says what to do.
var disabled = regexp.MustCompile(`cannot find module providing package (\S+): import lookup disabled by -mod=readonly`)
