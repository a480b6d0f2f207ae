package codegen_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/supgen/supgen/codegen"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// TestCompile compiles and vets the golden code, and has the runtime make the trees.
func TestCompile(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command")
	}
	m := newModule(t)
	for _, name := range archives(t) {
		archive := read(t, name)
		m.add(strings.TrimSuffix(filepath.Base(name), ".txtar"), check(t, archive))
		for _, file := range sources(archive) {
			m.write(strings.TrimSuffix(filepath.Base(name), ".txtar")+"/"+file.Name, file.Data)
		}
	}
	m.run()
}

// A module is packages of generated code, and a program that makes all of their trees.
type module struct {
	t        *testing.T
	dir      string
	imports  strings.Builder
	calls    strings.Builder
	programs []string
}

// newModule returns an empty module whose supgen is this one.
func newModule(t *testing.T) *module {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	m := &module{t: t, dir: t.TempDir(), programs: []string{"all"}}
	m.write("go.sum", sums)
	m.write("go.mod", fmt.Appendf(nil, `module example.com/golden

go 1.26

require github.com/supgen/supgen v0.0.0

replace github.com/supgen/supgen => %s
`, root))
	return m
}

// add adds the code of a tree's files in a directory, and a function that makes its roots.
func (m *module) add(dir string, tree *tree.Tree) {
	m.t.Helper()
	var types, news strings.Builder
	for _, file := range tree.Files {
		m.write(dir+"/"+file.Name+".go", codegen.Generate(tree, file))
		for _, root := range file.Roots {
			fmt.Fprintf(&news, "\t%s(%sStub{})\n", root.Constructor(), root.ChildrenType())
			for c := range root.All() {
				writeStub(&types, c)
			}
		}
	}
	// A program is no package to import: it is called by its own main.
	all := "All"
	if tree.Package == "main" {
		all = "main"
		m.programs = append(m.programs, dir)
	} else {
		fmt.Fprintf(&m.imports, "\t%s %q\n", "p"+dir, "example.com/golden/"+dir)
		fmt.Fprintf(&m.calls, "\tp%s.All()\n", dir)
	}
	m.write(dir+"/all.go", fmt.Appendf(nil, "package %s\n\nfunc %s() {\n%s}\n%s", tree.Package, all, &news, &types))
}

// writeStub writes children for a supervisor that are never called.
func writeStub(w *strings.Builder, c *tree.Child) {
	if c.Role != policy.Supervisor {
		return
	}
	fmt.Fprintf(w, "\ntype %[1]sStub struct{ %[1]s }\n", c.ChildrenType())
	for _, m := range c.Members() {
		if m.Role == policy.Supervisor {
			fmt.Fprintf(w, "\nfunc (%[1]sStub) %[2]s() %[3]s { return %[3]sStub{} }\n", c.ChildrenType(), m.Name, m.ChildrenType())
		}
	}
}

// run vets the packages and runs the programs. A table that is not as it should be makes the runtime panic.
func (m *module) run() {
	m.t.Helper()
	m.write("all/main.go", fmt.Appendf(nil, "package main\n\nimport (\n%s)\n\nfunc main() {\n%s}\n", &m.imports, &m.calls))
	m.goCommand("vet", "./...")
	for _, program := range m.programs {
		m.goCommand("run", "./"+program)
	}
}

func (m *module) write(name string, data []byte) {
	m.t.Helper()
	name = filepath.Join(m.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		m.t.Fatal(err)
	}
}

func (m *module) goCommand(args ...string) {
	m.t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = m.dir
	// No network, and no workspace of whoever runs the test.
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		m.t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}
