package codegen_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCompile compiles and vets the golden code, each archive a package, with the runtime of this tree.
func TestCompile(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command")
	}
	module := newModule(t)
	for _, name := range archives(t) {
		archive := read(t, name)
		dir := filepath.Join(module, strings.TrimSuffix(filepath.Base(name), ".txtar"))
		for _, file := range append(sources(archive), generate(t, archive)...) {
			write(t, filepath.Join(dir, file.Name), file.Data)
		}
	}
	// A program needs its main, a package of golden code has none to give.
	write(t, filepath.Join(module, "shop", "main.go"), []byte("package main\n\nfunc main() { NewShop(nil) }\n"))
	goCommand(t, module, "build", "./...")
	goCommand(t, module, "vet", "./...")
}

// newModule returns a directory with a module whose supgen is this one.
func newModule(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), []byte(`module example.com/golden

go 1.26

require github.com/supgen/supgen v0.0.0

replace github.com/supgen/supgen => `+root+`
`))
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "go.sum"), sums)
	return dir
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func goCommand(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	// No network, and no workspace of whoever runs the test.
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}
