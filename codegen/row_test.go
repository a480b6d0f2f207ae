package codegen_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"
)

// A table of constants is data: the Go compiler lays it out. Of one with a variable in it, or a call, it would make a
// function that fills it in, row by row, when the program starts.
func TestTableIsConstant(t *testing.T) {
	known, err := imports()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range archives(t) {
		fset := token.NewFileSet()
		var files []*ast.File
		for _, file := range generate(t, read(t, name)) {
			parsed, err := parser.ParseFile(fset, file.Name, file.Data, 0)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, parsed)
		}
		info := types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
		conf := types.Config{Importer: known, Error: func(error) {}} // of the user's types, which are not here
		conf.Check("x", fset, files, &info)
		tables := 0
		for _, file := range files {
			for _, d := range file.Decls {
				d, ok := d.(*ast.GenDecl)
				if !ok || d.Tok != token.VAR {
					continue
				}
				for _, spec := range d.Specs {
					if spec := spec.(*ast.ValueSpec); strings.HasSuffix(spec.Names[0].Name, "Table") {
						tables++
						wantConstant(t, fset, info, spec.Values[0].(*ast.CompositeLit))
					}
				}
			}
		}
		if tables == 0 {
			t.Errorf("%s has no table", name)
		}
	}
}

// wantConstant wants the elements of a literal to be constants, or literals of such.
func wantConstant(t *testing.T, fset *token.FileSet, info types.Info, literal *ast.CompositeLit) {
	t.Helper()
	for _, e := range literal.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			e = pair.Value
		}
		if address, ok := e.(*ast.UnaryExpr); ok && address.Op == token.AND {
			e = address.X
		}
		if nested, ok := e.(*ast.CompositeLit); ok {
			wantConstant(t, fset, info, nested)
		} else if info.Types[e].Value == nil {
			t.Errorf("%s: this is no constant", fset.Position(e.Pos()))
		}
	}
}
