package codegen_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/supgen/supgen/codegen"
	"github.com/supgen/supgen/dsl/tree"
)

// imports are the packages that generated code imports for itself. Those that a user imports may not exist, and what
// is of them is taken as it is.
var imports = sync.OnceValues(func() (types.Importer, error) {
	out, err := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", "github.com/supgen/supgen/runtime").Output()
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for line := range bytes.Lines(out) {
		path, file, _ := strings.Cut(string(bytes.TrimSpace(line)), " ")
		files[path] = file
	}
	return importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		if files[path] == "" {
			return nil, fmt.Errorf("nobody knows %q", path)
		}
		return os.Open(files[path])
	}), nil
})

var word = regexp.MustCompile(`[\pL_][\pL_\p{Nd}]*`)

// typeCheck holds the code of a package to Go's types, but for what its user has to declare: the types that the .sup
// files name.
func typeCheck(t *testing.T, tree *tree.Tree, fset *token.FileSet, files []*ast.File) {
	t.Helper()
	known, err := imports()
	if err != nil {
		t.Fatal(err)
	}
	var users []string
	for _, file := range tree.Files {
		for _, root := range file.Roots {
			for c := range root.All() {
				users = append(users, word.FindAllString(c.Provides, -1)...)
				for _, p := range c.Params {
					users = append(users, word.FindAllString(p.Type, -1)...)
				}
			}
		}
	}
	conf := types.Config{Importer: known, Error: func(err error) {
		message := err.(types.Error).Msg
		name, undefined := strings.CutPrefix(message, "undefined: ")
		qualifier, name, qualified := strings.Cut(name, ".") // of a package that there is, which has no such type
		if !qualified {
			name = qualifier
		}
		if undefined && slices.Contains(users, name) && (!qualified || slices.Contains(users, qualifier)) || strings.HasPrefix(message, "could not import ") {
			return
		}
		t.Error(err)
	}}
	conf.Check("x", fset, files, nil)
}

// Whatever type Check takes, Go takes too where it comes out.
func TestTypes(t *testing.T) {
	const n = 2000
	accepted := 0
	for seed := range uint64(n) {
		r := rand.New(rand.NewPCG(seed, 2))
		src := fmt.Sprintf("package x\nsupervisor Shop {\n\tjob A {\n\t\tprovides %[1]s\n\t}\n\tservice B[2] needs A\n\tdynamic job C(x %[1]s) needs A {\n\t\tmax 1\n\t}\n}\n",
			randomType(r, 2))
		tree, _ := checked([]byte(src))
		if tree == nil {
			continue
		}
		accepted++
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "x.sup.go", codegen.Generate(tree, tree.Files[0]), 0)
		if err != nil {
			t.Fatalf("%v:\n%s", err, src)
		}
		typeCheck(t, tree, fset, []*ast.File{file})
		if t.Failed() {
			t.Fatalf("of\n%s", src)
		}
	}
	if accepted < n/10 || accepted > n*9/10 {
		t.Errorf("%d of %d are taken", accepted, n)
	}
}

// randomType is what Go may take for a type, or not.
func randomType(r *rand.Rand, depth int) string {
	names := []string{"int", "string", "error", "any", "T", "U", "comparable", "nil", "len", "Shop", "ShopState", "shopA", "NewShop", "ShopBRun",
		"shopCArgs", "time", "x", "struct{}", "interface{}", "true", "iota"}
	if depth == 0 || r.IntN(4) == 0 {
		return names[r.IntN(len(names))]
	}
	of := func() string { return randomType(r, depth-1) }
	switch r.IntN(12) {
	case 0:
		return "*" + of()
	case 1:
		return "[]" + of()
	case 2:
		return fmt.Sprintf("[%s]%s", []string{"0", "3", "256", "070", "65536", "2147483647", "08", "1.0", "T"}[r.IntN(9)], of())
	case 3:
		return fmt.Sprintf("map[%s]%s", of(), of())
	case 4:
		return []string{"chan ", "<-chan ", "chan<- ", "chan (<-"}[r.IntN(4)] + of()
	case 5:
		return "func(" + of() + ", " + of() + ")"
	case 6:
		return "func(a " + of() + ", " + []string{"a", "b", "_"}[r.IntN(3)] + " ..." + of() + ") " + of()
	case 7:
		return "func() (" + of() + ", " + of() + ")"
	case 8:
		return "func(a, _ " + of() + ") (" + []string{"a", "b", "_"}[r.IntN(3)] + " " + of() + ")"
	case 9:
		return of() + "[" + of() + "]"
	case 10:
		return "(" + of() + ")"
	default:
		return "T[" + of() + ", " + of() + "]"
	}
}
