package main

import (
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
	"runtime/internal/kernel": {},
	"runtime/internal/bridge": {"runtime/internal/kernel"},
	"runtime":                 {"runtime/internal/bridge", "runtime/internal/kernel"},
	"runtime/sim":             {"runtime", "runtime/internal/bridge", "runtime/internal/kernel"},
	"dsl":                     {"runtime", "github.com/alecthomas/participle/v2", "github.com/alecthomas/participle/v2/lexer"},
	"codegen":                 {"dsl", "runtime"},
	"cmd/supgen": {"cmd/supgen/internal/compare", "cmd/supgen/internal/effective", "cmd/supgen/internal/picture", "cmd/supgen/internal/report",
		"codegen", "dsl", "internal/table", "runtime", "runtime/sim", "github.com/spf13/cobra"},
	// What the simulation and the tests make of a tree.
	"internal/table": {"dsl", "runtime"},
	// Renderings, without files and terminals.
	"cmd/supgen/internal/compare":   {"cmd/supgen/internal/notation", "dsl", "runtime"},
	"cmd/supgen/internal/notation":  {"dsl", "runtime"},
	"cmd/supgen/internal/effective": {"cmd/supgen/internal/notation", "dsl", "runtime"},
	"cmd/supgen/internal/picture":   {"dsl", "runtime"},
	"cmd/supgen/internal/report":    {"dsl"},
	// The manual, held to what it documents by tests.
	"docs": {},
	// What "supgen init" writes: a user's program.
	"cmd/supgen/internal/first": {"runtime"},
}

func TestImports(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command")
	}
	list := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	list.Dir = "../.." // the other modules of the workspace are users of this one
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(p.ImportPath, module)
		may, ok := allowed[name]
		if !ok {
			t.Errorf("%s has no row in the table of who may import whom", name)
		}
		seen[name] = true
		for _, i := range p.Imports {
			first, _, _ := strings.Cut(i, "/")
			if std := !strings.Contains(first, "."); !std && !slices.Contains(may, strings.TrimPrefix(i, module)) {
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

// Whoever runs the tool builds it first, all of it. Each of these takes seconds of that, and is not needed.
func TestHeavyImports(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command")
	}
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	for _, heavy := range []string{"crypto/tls", "go/types", "math/big", "net/http"} {
		if slices.Contains(deps, heavy) {
			t.Errorf("supgen imports %s, by way of something", heavy)
		}
	}
}
