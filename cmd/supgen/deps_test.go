package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/supgen/supgen/"

// allowed is the house's rule of who may import whom, beside the standard library: a package of a floor may import
// what stands in its row, and nothing else. After the Go project's go/build/deps_test.go.
var allowed = map[string][]string{
	"runtime/policy":          {},
	"runtime/internal/kernel": {"runtime/policy"},
	"runtime/internal/bridge": {"runtime/internal/kernel", "runtime/policy"},
	"runtime":                 {"runtime/internal/bridge", "runtime/internal/kernel", "runtime/policy"},
	"runtime/sim":             {"internal/encoding", "internal/spelling", "runtime", "runtime/internal/bridge", "runtime/internal/kernel", "runtime/policy"},
	"runtime/runtimetest":     {"runtime", "runtime/internal/bridge"},
	"dsl/diag":                {"internal/encoding", "internal/spelling", "github.com/rivo/uniseg"},
	"dsl/syntax":              {"dsl/diag", "internal/encoding", "runtime/policy", "github.com/alecthomas/participle/v2", "github.com/alecthomas/participle/v2/lexer"},
	"dsl/tree":                {"dsl/diag", "dsl/syntax", "runtime/policy"},
	"dsl/check":               {"dsl/diag", "dsl/syntax", "dsl/tree", "runtime/policy", "github.com/alecthomas/participle/v2/lexer"},
	"dsl/rules":               {"dsl/check", "dsl/diag", "dsl/syntax", "dsl/tree"},
	"dsl":                     {"dsl/check", "dsl/diag", "dsl/syntax", "dsl/tree"},
	"codegen":                 {"dsl", "internal/parallel", "runtime/policy", "github.com/dave/jennifer/jen"},
	"cmd/supgen": {"internal/atomicfile", "internal/compare", "internal/costs", "internal/effective", "internal/encoding", "internal/explore",
		"internal/generated", "internal/gotypes", "internal/load", "internal/lsp", "internal/operate", "internal/output", "internal/picture", "internal/report", "internal/simulation",
		"internal/top", "internal/unified", "internal/watch", "dsl", "github.com/spf13/cobra"},
	// What reads and writes files, and what prints.
	"internal/load":       {"dsl", "internal/encoding", "golang.org/x/mod/modfile"},
	"internal/watch":      {"internal/load"},
	"internal/atomicfile": {"github.com/rogpeppe/go-internal/robustio"},
	"internal/unified":    {},
	"internal/generated":  {"internal/atomicfile", "internal/encoding", "internal/load", "internal/unified", "codegen", "dsl"},
	"internal/output":     {"internal/report", "dsl"},
	// What asks Go.
	"internal/gotypes": {"internal/generated", "internal/load", "codegen", "dsl", "github.com/alecthomas/participle/v2/lexer", "golang.org/x/tools/go/packages"},
	// What the simulation and the tests make of a tree.
	"internal/table": {"dsl", "runtime", "runtime/policy"},
	// What serves an editor.
	"internal/lsp":          {"internal/effective", "internal/encoding", "internal/generated", "internal/gotypes", "internal/load", "internal/lsp/protocol", "internal/simulation", "codegen", "dsl", "runtime/policy", "golang.org/x/tools/go/ast/astutil"},
	"internal/lsp/protocol": {},
	// What finds the word that was meant.
	"internal/spelling": {},
	// What knows how files begin that are not plain UTF-8.
	"internal/encoding": {},
	// What keeps all processors busy.
	"internal/parallel": {},
	// What the tests make of a text.
	"internal/mutate": {},
	// What tries a tree in the simulator.
	"internal/simulation": {"dsl", "internal/effective", "internal/encoding", "internal/lanes", "internal/load", "internal/report", "internal/table", "internal/unified", "runtime", "runtime/sim"},
	"internal/explore":    {"dsl", "internal/parallel", "internal/table", "runtime", "runtime/policy", "runtime/sim"},
	// Renderings, without files and terminals.
	"internal/compare":   {"internal/notation", "internal/report", "dsl", "runtime/policy"},
	"internal/notation":  {"dsl", "runtime/policy"},
	"internal/effective": {"internal/notation", "dsl", "runtime/policy"},
	"internal/picture":   {"internal/notation", "internal/svg", "dsl", "runtime/policy"},
	"internal/svg":       {"dsl"},
	"internal/report":    {"dsl"},
	"internal/lanes":     {"internal/svg", "dsl", "runtime", "runtime/policy"},
	"internal/costs":     {"internal/explore", "internal/lanes", "dsl", "runtime/policy"},
	// The manual, held to what it documents by tests.
	"docs": {},
	// What editors are given, held to the language by tests.
	"editors/vscode": {},
	// What shows a tree that runs.
	"runtime/internal/liveness": {"runtime/internal/bridge", "runtime/internal/kernel"},
	"runtime/httpsup":           {"runtime", "runtime/internal/bridge", "runtime/internal/liveness", "runtime/policy"},
	"runtime/sdnotify":          {"runtime", "runtime/internal/bridge", "runtime/internal/liveness", "runtime/policy"},
	// Children that are ready-made.
	"runtime/kit": {"runtime", "runtime/sdnotify"},
	// What asks and operates a tree that runs elsewhere.
	"internal/operate": {"internal/encoding", "github.com/rivo/uniseg"},
	"internal/top":     {"internal/operate", "golang.org/x/term"},
}

// A listed package is what the go command says of one.
type listed struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

// packages are those of the root module; the other modules of the workspace are users of it.
func packages(t *testing.T) []listed {
	t.Helper()
	list := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	list.Dir = "../.."
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		p.ImportPath = strings.TrimPrefix(p.ImportPath, module)
		all = append(all, p)
	}
}

func TestImports(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command")
	}
	seen := make(map[string]bool)
	for _, p := range packages(t) {
		name := p.ImportPath
		may, ok := allowed[name]
		if !ok {
			t.Errorf("%s has no row in the table of who may import whom", name)
		}
		seen[name] = true
		for _, i := range p.Imports {
			first, _, _ := strings.Cut(i, "/")
			i := strings.TrimPrefix(i, module)
			inDSL := strings.HasPrefix(i, "dsl/") && slices.Contains(may, "dsl") // all rooms of it
			if std := !strings.Contains(first, "."); !std && !inDSL && !slices.Contains(may, i) {
				t.Errorf("%s imports %s, which the house does not allow", name, i)
			}
		}
	}
	for name := range allowed {
		if !seen[name] {
			t.Errorf("there is no package %s any more", name)
		}
	}
}

// The project is built with these: jennifer writes Go, participle parses, and tests compare and run scripts with the
// others. None of them is to be replaced by code of its own.
func TestRequired(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command")
	}
	edit := exec.Command("go", "mod", "edit", "-json")
	edit.Dir = "../.."
	out, err := edit.Output()
	if err != nil {
		t.Fatal(err)
	}
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	var direct []string
	for _, r := range mod.Require {
		if !r.Indirect {
			direct = append(direct, r.Path)
		}
	}
	// A program that requires this module gets all of it into its go.sum. What a package beside runtime needs is required by a module
	// of its own.
	slices.Sort(direct)
	if want := []string{
		"github.com/alecthomas/participle/v2", "github.com/dave/jennifer", "github.com/google/go-cmp", "github.com/rivo/uniseg",
		"github.com/rogpeppe/go-internal", "github.com/spf13/cobra", "golang.org/x/mod", "golang.org/x/term", "golang.org/x/tools",
		"pgregory.net/rapid",
	}; !slices.Equal(direct, want) {
		t.Errorf("go.mod requires %s, and not %s", direct, want)
	}
	all := packages(t)
	code := func(of string) (imports []string) {
		for _, p := range all {
			if p.ImportPath == of {
				imports = p.Imports
			}
		}
		return imports
	}
	var tests []string
	for _, p := range all {
		tests = slices.Concat(tests, p.TestImports, p.XTestImports)
	}
	for _, want := range []struct {
		module, pkg, in string
		imports         []string
	}{
		{"github.com/dave/jennifer", "github.com/dave/jennifer/jen", "codegen", code("codegen")},
		{"github.com/alecthomas/participle/v2", "github.com/alecthomas/participle/v2", "dsl/syntax", code("dsl/syntax")},
		{"github.com/rivo/uniseg", "github.com/rivo/uniseg", "dsl/diag", code("dsl/diag")},
		{"golang.org/x/term", "golang.org/x/term", "internal/top", code("internal/top")},
		{"golang.org/x/mod", "golang.org/x/mod/modfile", "internal/load", code("internal/load")},
		{"golang.org/x/tools", "golang.org/x/tools/go/packages", "internal/gotypes", code("internal/gotypes")},
		{"github.com/google/go-cmp", "github.com/google/go-cmp/cmp", "tests", tests},
		{"github.com/rogpeppe/go-internal", "github.com/rogpeppe/go-internal/testscript", "tests", tests},
	} {
		if !slices.Contains(direct, want.module) {
			t.Errorf("go.mod does not require %s directly", want.module)
		}
		if !slices.Contains(want.imports, want.pkg) {
			t.Errorf("%s is not used in %s", want.pkg, want.in)
		}
	}
}
