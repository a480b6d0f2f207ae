package codegen_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/supgen/supgen/codegen"
	"github.com/supgen/supgen/dsl"
	dslcheck "github.com/supgen/supgen/dsl/check"
	"github.com/supgen/supgen/dsl/syntax"
)

// named is a package with all that code is generated for, in which a word of a user's stands for something.
func named(alias, path, child, param, typ, root string) string {
	imports, imported := "", ""
	if alias != "" {
		imports = fmt.Sprintf("import %s %q\n", alias, path)
		imported = fmt.Sprintf("dynamic worker Imports(a %[1]s.T, b *%[1]s.T) key a needs From {\nmax 3\n}\njob From {\nprovides func(%[1]s.T) *%[1]s.T\n}\n", alias)
	}
	return fmt.Sprintf(`package x
%[1]s
supervisor %[6]s {
	shutdown 30m
	service %[3]s[2] {
		provides *%[5]s
		ready explicit
		health heartbeat 1s stale 3s
	}
	job Once needs %[3]s {
		provides %[5]s
		on error at start quarantine 3m
		timeout 1m
	}
	supervisor Sub {
		shutdown 20m
		service Checked needs Once, %[3]s {
			ready check every 2s timeout 1s
			health check every 2s timeout 1s
			shutdown 90s abort 1s
		}
		supervisor %[3]s {
			dynamic worker Ask(%[4]s string, other %[5]s) key %[4]s needs Once {
				max 3
			}
			dynamic job Any(%[4]s %[5]s) {
				max 3
			}
			dynamic job None() {
				max 3
			}
		}
	}
	%[2]s
}

supervisor Last {
	shutdown 1h
	service One
}
`, imports, imported, child, param, typ, root)
}

// TestNames gives every word that Go and generated code have a meaning for to an import, a child, an argument, a type and a
// tree. What is not refused compiles, and most of it is not.
func TestNames(t *testing.T) {
	taken := map[string]int{}
	for i, word := range words(t) {
		if testing.Short() && i%4 != 0 {
			continue
		}
		title := string(unicode.ToUpper([]rune(word)[0])) + word[1:]
		for what, src := range map[string]string{
			"context":  named(word, "context", "Child", "p", "local", "Shop"),
			"time":     named(word, "time", "Child", "p", "local", "Shop"),
			"runtime":  named(word, "github.com/supgen/supgen/runtime", "Child", "p", "local", "Shop"),
			"import":   named(word, "container/list", "Child", "p", "local", "Shop"),
			"child":    named("", "", title, "p", "local", "Shop"),
			"argument": named("", "", "Child", word, "local", "Shop"),
			"type":     named("", "", "Child", "p", word, "Shop"),
			"tree":     named("", "", "Child", "p", "local", title),
		} {
			tree, _ := checked([]byte(src))
			if tree == nil {
				continue
			}
			taken[what]++
			fset := token.NewFileSet()
			code := codegen.Generate(tree, tree.Files[0])
			file, err := parser.ParseFile(fset, "x.sup.go", code, 0)
			if err != nil {
				t.Fatalf("%v:\n%s", err, src)
			}
			user := ""
			if what == "type" {
				user = word
			}
			compile(t, fset, file, user)
			if t.Failed() {
				t.Fatalf("%s %q of\n%s\n%s", what, word, src, code)
			}
		}
	}
	for what, least := range map[string]int{"context": 50, "time": 50, "runtime": 50, "import": 50, "child": 50, "argument": 50, "type": 20, "tree": 50} {
		if taken[what] < least && !testing.Short() {
			t.Errorf("as %s %d words are taken", what, taken[what])
		}
	}
}

// TestGeneratedUses declares each predeclared name of Go in a Go file, as something else. That is refused exactly where the
// generated code does not compile with it.
func TestGeneratedUses(t *testing.T) {
	const shop = `package x

supervisor Shop {
	shutdown 30m
	service DB[2] {
		provides local
		ready explicit
		tags "db"
	}
	job Once needs DB {
		provides local
	}
	supervisor Sub {
		service Checked needs Once {
			ready check every 2s timeout 1s
			optional
		}
		dynamic worker Ask() {
			max 3
		}
	}
	dynamic worker Keyed(id local) key id {
		max 3
	}
}
`
	parsed, _ := dsl.Parse("x.sup", []byte(shop))
	for _, name := range append(types.Universe.Names(), "context", "time", "runtime") {
		local := "int64"
		if name == local {
			local = "int32"
		}
		declared := fmt.Sprintf("package x\n\ntype local %s\n\ntype %s struct{}\n", local, name)
		tree, _ := dsl.Check([]*syntax.File{parsed}, "x")
		fset := token.NewFileSet()
		generated, err := parser.ParseFile(fset, "x.sup.go", codegen.Generate(tree, tree.Files[0]), 0)
		if err != nil {
			t.Fatal(err)
		}
		beside, err := parser.ParseFile(fset, "user.go", declared, 0)
		if err != nil {
			t.Fatal(err)
		}
		known, err := imports()
		if err != nil {
			t.Fatal(err)
		}
		_, broken := (&types.Config{Importer: known}).Check("x", fset, []*ast.File{generated, beside}, nil)
		refused, _ := dsl.Check([]*syntax.File{parsed}, "x", dslcheck.GoDecl{Name: name})
		if (refused == nil) != (broken != nil) {
			t.Errorf("%q: refused: %v; the compiler says: %v", name, refused == nil, broken)
		}
	}
}

// TestVetted gives children the names of all methods that vet wants the standard library's signature of; what is not refused
// passes it.
func TestVetted(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command")
	}
	m := newModule(t)
	for i, args := range []string{"", "[2]", "(k int64) key k", "(k string) key k", "(k rune)"} {
		var taken []string
		for _, name := range []string{"As", "Flush", "Format", "GobDecode", "GobEncode", "Is", "MarshalJSON", "MarshalXML", "ReadByte", "ReadFrom", "ReadRune", "Scan",
			"Seek", "UnmarshalJSON", "UnmarshalXML", "UnreadByte", "UnreadRune", "Unwrap", "WriteByte", "WriteTo", "Lock", "Unlock", "Error", "String", "Printf"} {
			child := "\tservice " + name + args + "\n"
			if strings.Contains(args, "(") {
				child = "\tdynamic worker " + name + args + " {\n\t\tmax 3\n\t}\n"
			}
			if tree, _ := checked([]byte("package x\n\nsupervisor Shop {\n" + child + "}\n")); tree != nil {
				taken = append(taken, child)
			}
		}
		if len(taken) < 10 {
			t.Errorf("as NAME%s only %d names are taken", args, len(taken))
		}
		tree, diagnostics := checked([]byte("package x\n\nsupervisor Shop {\n" + strings.Join(taken, "") + "}\n"))
		if tree == nil {
			t.Fatal(diagnostics)
		}
		m.add(fmt.Sprint("x", i), tree)
	}
	m.goCommand("vet", "./...")
}

// compile holds a file to Go, with the user's types beside it, unless the file itself declares them. What is of other
// packages may be missing there.
func compile(t *testing.T, fset *token.FileSet, file *ast.File, user string) {
	t.Helper()
	known, err := imports()
	if err != nil {
		t.Fatal(err)
	}
	declared := "package x\ntype local struct{}\n"
	if user != "" && user != "local" && types.Universe.Lookup(user) == nil {
		alone, _ := (&types.Config{Importer: known, Error: func(error) {}}).Check("x", fset, []*ast.File{file}, nil)
		if alone.Scope().Lookup(user) == nil {
			declared += fmt.Sprintf("type %s struct{}\n", user)
		}
	}
	beside, err := parser.ParseFile(fset, "user.go", declared, 0)
	if err != nil {
		t.Fatal(err)
	}
	conf := types.Config{Importer: known, Error: func(err error) {
		message := err.(types.Error).Msg
		missing := strings.HasPrefix(message, "undefined: ") && strings.HasSuffix(message, ".T") || strings.HasPrefix(message, "could not import ")
		if !missing {
			t.Error(err)
		}
	}}
	conf.Check("x", fset, []*ast.File{file, beside}, nil)
}

// words are all that occur in generated code, and Go's own.
func words(t *testing.T) []string {
	t.Helper()
	tree, diagnostics := checked([]byte(named("list", "container/list", "Child", "p", "local", "Shop")))
	if tree == nil {
		t.Fatal(diagnostics)
	}
	file, err := parser.ParseFile(token.NewFileSet(), "x.sup.go", codegen.Generate(tree, tree.Files[0]), 0)
	if err != nil {
		t.Fatal(err)
	}
	words := append(types.Universe.Names(), "init", "main", "_", "Init", "Main", "Table", "Root", "Port", "Args", "Shutdown", "Bound", "ShutdownBound", "K", "ℤ", "ℤa", "ß", "İ", "ı", "ǅ")
	for tok := token.BREAK; tok <= token.VAR; tok++ {
		words = append(words, tok.String())
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			words = append(words, id.Name)
		}
		return true
	})
	slices.Sort(words)
	return slices.Compact(words)
}
