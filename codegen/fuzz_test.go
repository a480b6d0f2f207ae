package codegen_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/supgen/supgen/codegen"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/mutate"
	"github.com/supgen/supgen/runtime/policy"
)

// FuzzGenerate holds Generate to what it promises for whatever Check accepts: Go that compiles, as gofmt writes it, the
// same each time, with no function that is not declared by its scheme and no comment that means something to Go.
func FuzzGenerate(f *testing.F) {
	files, err := filepath.Glob("../testdata/check/*.sup")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src, []byte(nil))
	}
	for seed := range uint64(10) {
		f.Add(randomFile(seed), []byte(nil))
	}
	// A worker gives up an input after some seconds: what is read once is read before.
	known, err := imports()
	if err == nil {
		_, err = known.Import("github.com/supgen/supgen/runtime")
	}
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, src, choices []byte) { holdToGenerate(t, mutate.Text(src, choices)) })
}

// holdToGenerate reports whether there is code to generate.
func holdToGenerate(t *testing.T, src []byte) bool {
	t.Helper()
	tree, _ := checked(src)
	if tree == nil {
		return false
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, file := range tree.Files {
		code := codegen.Generate(tree, file)
		if again := codegen.Generate(tree, file); !bytes.Equal(code, again) {
			t.Errorf("the second time it is other code:\n%s", src)
		}
		asGofmt(t, code)
		if !codegen.NewDraft(tree, file).Is(code) {
			t.Errorf("the draft is not its code:\n%s", src)
		}
		files = append(files, holdToScheme(t, tree, fset, code))
	}
	typeCheck(t, tree, fset, files)
	return true
}

// What somebody changes in a tree, and Check accepts, becomes Go as promised.
func TestMutations(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	choices := make([]byte, 4)
	src, err := os.ReadFile("../testdata/check/shop.sup")
	if err != nil {
		t.Fatal(err)
	}
	generated := 0
	for range 300 {
		for i := range choices {
			choices[i] = byte(r.Uint32())
		}
		mutant := mutate.Text(src, choices)
		if holdToGenerate(t, mutant) {
			generated++
		}
		if t.Failed() {
			t.Fatalf("with choices %v:\n%s", choices, mutant)
		}
	}
	if generated < 30 {
		t.Errorf("only %d of 300 are trees", generated)
	}
}

// holdToScheme looks for what a tree does not ask for.
func holdToScheme(t *testing.T, tree *tree.Tree, fset *token.FileSet, code []byte) *ast.File {
	t.Helper()
	parsed, err := parser.ParseFile(fset, "x.sup.go", code, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var functions []string
	for _, file := range tree.Files {
		for _, root := range file.Roots {
			functions = append(functions, root.Constructor())
			for c := range root.All() {
				if c.Role == policy.Supervisor {
					functions = append(functions, c.StartFunction())
				}
			}
		}
	}
	for _, d := range parsed.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && !slices.Contains(functions, f.Name.Name) {
			t.Errorf("nobody asked for func %s:\n%s", f.Name.Name, code)
		}
	}
	for _, group := range parsed.Comments {
		for _, c := range group.List {
			if isDirective(c.Text) || strings.ContainsFunc(c.Text, reorders) {
				t.Errorf("this means something to Go, or reads as something else: %q", c.Text)
			}
		}
	}
	return parsed
}

// reorders reports whether a character makes what follows it be shown somewhere else (trojansource.codes).
func reorders(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }

func isDirective(comment string) bool {
	begins := func(prefix string) bool { return strings.HasPrefix(comment, prefix) }
	return slices.ContainsFunc([]string{"//go:", "//line ", "//export ", "//extern ", "// +build", "/*"}, begins)
}
