package load

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/supgen/supgen/dsl/check"
	"github.com/supgen/supgen/dsl/diag"
)

// goPackageIn returns the name of the Go package in dir, and what it declares. The name is "" when there are no Go
// files but tests and generated ones, which say nothing about what the user calls it.
func goPackageIn(dir string, entries []fs.DirEntry) (pkg string, declared []check.GoDecl, err error) {
	fset := token.NewFileSet()
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, GeneratedSuffix) || isPipe(entry) {
			continue
		}
		// A file that is not built, such as a "//go:build ignore" program, is of any package.
		if built, err := build.Default.MatchFile(dir, name); err != nil || !built {
			continue
		}
		name = filepath.Join(dir, name)
		text, err := Read(name)
		if err != nil && pkg == "" {
			return "", nil, err
		}
		// A file that is being edited is the go command'p to complain about.
		file, _ := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
		if file.Name.Name == "" {
			continue
		}
		if pkg == "" {
			pkg = file.Name.Name
		}
		for _, ident := range packageLevel(file) {
			pos := fset.PositionFor(ident.Pos(), false)
			declared = append(declared, check.GoDecl{Name: ident.Name, Pos: diag.Pos{File: name, Offset: pos.Offset, Line: pos.Line, Column: pos.Column}})
		}
	}
	return pkg, declared, nil
}

// isPipe reports whether what a directory lists is neither a file nor a link: the go command would wait for it.
func isPipe(entry fs.DirEntry) bool { return entry.Type()&^fs.ModeSymlink != 0 }

// packageLevel are the identifiers that a Go file declares for all of its package.
func packageLevel(file *ast.File) []*ast.Ident {
	var idents []*ast.Ident
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				idents = append(idents, d.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					idents = append(idents, spec.Name)
				case *ast.ValueSpec:
					idents = append(idents, spec.Names...)
				}
			}
		}
	}
	return idents
}
