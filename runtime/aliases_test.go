package runtime

import (
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestAliasesTellTheirFields holds the comments of the aliases in aliases.go, which are all that go doc shows of them, to the
// fields of the structs in package policy.
func TestAliasesTellTheirFields(t *testing.T) {
	structs := map[string]*ast.StructType{}
	files, err := filepath.Glob("policy/*.go")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	for _, name := range files {
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok {
				if s, ok := spec.Type.(*ast.StructType); ok {
					structs[spec.Name.Name] = s
				}
			}
			return true
		})
	}
	file, err := parser.ParseFile(fset, "aliases.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, d := range file.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok || decl.Tok != token.TYPE {
			continue
		}
		spec := decl.Specs[0].(*ast.TypeSpec)
		s := structs[spec.Name.Name]
		if s == nil {
			continue
		}
		told++
		doc := fieldsOf(t, decl.Doc.Text())
		for _, f := range s.Fields.List {
			for _, name := range f.Names {
				if want := typeText(t, f.Type); doc[name.Name] != want {
					t.Errorf("the comment of %s has %s %q, which is a %s", spec.Name, name, doc[name.Name], want)
				}
				delete(doc, name.Name)
			}
		}
		for name := range doc {
			t.Errorf("the comment of %s tells a field %s that there is not", spec.Name, name)
		}
	}
	if told < 9 {
		t.Errorf("only %d aliases of structs were found", told)
	}
}

// fieldsOf are the fields in the code block of a doc comment, with their types.
func fieldsOf(t *testing.T, doc string) map[string]string {
	var block []string
	for line := range strings.Lines(doc) {
		if rest, ok := strings.CutPrefix(line, "\t"); ok {
			block = append(block, rest)
		}
	}
	file, err := parser.ParseFile(token.NewFileSet(), "doc", "package p\ntype s struct {\n"+strings.Join(block, "")+"}", 0)
	if err != nil {
		t.Fatalf("%s%v", doc, err)
	}
	fields := map[string]string{}
	for _, f := range file.Decls[0].(*ast.GenDecl).Specs[0].(*ast.TypeSpec).Type.(*ast.StructType).Fields.List {
		for _, name := range f.Names {
			fields[name.Name] = typeText(t, f.Type)
		}
	}
	return fields
}

func typeText(t *testing.T, e ast.Expr) string {
	var b strings.Builder
	if err := format.Node(&b, token.NewFileSet(), e); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
