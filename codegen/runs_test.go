package codegen_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/supgen/supgen/codegen"
)

// What a child provides may name the type of a run, its own too. A type that is an alias must not lead to itself.
func TestProvidesOfRuns(t *testing.T) {
	src := `package x

supervisor Shop {
	service A {
		provides func(ShopARun, ShopBRun)
		ready    explicit
	}
	service B {
		provides map[string]ShopARun
		ready    explicit
	}
	worker C needs A, B
}
`
	tree, diagnostics := checked([]byte(src))
	if tree == nil {
		t.Fatal(diagnostics)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "x.sup.go", codegen.Generate(tree, tree.Files[0]), 0)
	if err != nil {
		t.Fatal(err)
	}
	typeCheck(t, tree, fset, []*ast.File{file})
}

// A run has all that each of its parts can do: where two had a method of one name, or a method the name of a part, Go
// would take neither, without a word. Children may have the names of what a run does; they stand elsewhere.
func TestRunsHaveEverything(t *testing.T) {
	src := `package x

supervisor Shop {
	service Fail[2] {
		provides int
		ready    explicit
		health   heartbeat 1s stale 3s
	}
	service Go[3] needs Fail {
		ready  explicit
		health heartbeat 1s stale 3s
	}
	job Do {
		provides string
	}
	dynamic worker Cleanup(Progress string, ready int) key ready {
		max   3
		ready explicit
	}
	supervisor Part {
		worker Fail needs Do
		worker Go
		worker Do
		worker Cleanup
		worker Progress
		worker Ready
		worker Heartbeat
		worker Index
	}
}
`
	pkg := generated(t, src)
	composed := 0
	for _, name := range pkg.Scope().Names() {
		object, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok || !strings.HasSuffix(name, "Run") {
			continue
		}
		run, ok := object.Type().Underlying().(*types.Struct)
		if !ok || run.NumFields() < 2 {
			continue
		}
		composed++
		has := types.NewMethodSet(object.Type())
		for part := range run.Fields() {
			for method := range types.NewMethodSet(part.Type()).Methods() {
				if m := method.Obj(); m.Exported() && has.Lookup(m.Pkg(), m.Name()) == nil {
					t.Errorf("%s does not have %s of %s", name, m.Name(), part.Name())
				}
			}
		}
	}
	if composed < 3 {
		t.Errorf("%d runs consist of parts", composed)
	}
}

// The Go compiler makes a function of each method that a type has, be it declared or promoted, and another one for a
// pointer if the method is a value's. What it has to do for a child is bounded by them: one in the interface, one handle.
func TestMethodsPerChild(t *testing.T) {
	const few, many = 10, 100
	if extra := methods(t, children(many)) - methods(t, children(few)); extra > 2*(many-few) {
		t.Errorf("%d more children have %d more methods", many-few, extra)
	}
}

// A nested supervisor's type has the methods of a handle, once. Beside them there are its own two, in the interface and
// in its parent's type, one for its state, and its child's two.
func TestMethodsPerSupervisor(t *testing.T) {
	const few, many = 10, 100
	known, err := imports()
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := known.Import("github.com/supgen/supgen/runtime")
	if err != nil {
		t.Fatal(err)
	}
	handle := types.NewMethodSet(types.NewPointer(pkg.Scope().Lookup("Handle").Type())).Len()
	if extra := methods(t, supervisors(many)) - methods(t, supervisors(few)); extra > (handle+5)*(many-few) {
		t.Errorf("%d more supervisors have %d more methods", many-few, extra)
	}
}

// supervisors is a tree with n supervisors of one child each.
func supervisors(n int) string {
	var src strings.Builder
	src.WriteString("package x\n\nsupervisor Shop {\n")
	for i := range n {
		fmt.Fprintf(&src, "\tsupervisor A%d {\n\t\tworker B\n\t}\n", i)
	}
	src.WriteString("}\n")
	return src.String()
}

// children is a tree with n children of all kinds.
func children(n int) string {
	var src strings.Builder
	src.WriteString("package x\n\nsupervisor Shop {\n\tsupervisor Part {\n")
	for i := range n {
		switch i % 3 {
		case 0:
			fmt.Fprintf(&src, "\t\tservice A%d {\n\t\t\tprovides int\n\t\t\tready explicit\n\t\t}\n", i)
		case 1:
			fmt.Fprintf(&src, "\t\tservice A%d needs A%d {\n\t\t\thealth heartbeat 1s stale 3s\n\t\t}\n", i, i-1)
		default:
			fmt.Fprintf(&src, "\t\tworker A%d[3] needs A%d\n", i, i-2)
		}
	}
	src.WriteString("\t}\n}\n")
	return src.String()
}

// methods is how many functions Go makes of the methods of a tree.
func methods(t *testing.T, src string) int {
	t.Helper()
	pkg := generated(t, src)
	sum := 0
	for _, name := range pkg.Scope().Names() {
		object, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok || object.IsAlias() {
			continue
		}
		sum += types.NewMethodSet(object.Type()).Len()
		if !types.IsInterface(object.Type()) {
			sum += types.NewMethodSet(types.NewPointer(object.Type())).Len()
		}
	}
	return sum
}

// generated is the package that the code of a tree makes.
func generated(t *testing.T, src string) *types.Package {
	t.Helper()
	tree, diagnostics := checked([]byte(src))
	if tree == nil {
		t.Fatal(diagnostics)
	}
	known, err := imports()
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "x.sup.go", codegen.Generate(tree, tree.Files[0]), 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := (&types.Config{Importer: known}).Check("x", fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}
