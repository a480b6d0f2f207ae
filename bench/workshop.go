package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A workshop is a temporary folder with the tools that are measured. Each is built when it is first wanted.
type workshop struct {
	root    string // of the repository
	dir     string
	escript string   // Erlang's, if there is one
	left    []string // what could not be had, and why
	failed  map[string]error
}

// repository is the root of the checkout that this program is run in.
func repository() (string, error) {
	out, err := output(exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/supgen/supgen"))
	if err != nil {
		return "", fmt.Errorf("run it in a checkout of supgen: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

func newWorkshop(root string) (*workshop, error) {
	dir, err := os.MkdirTemp("", "supgen-bench")
	if err != nil {
		return nil, err
	}
	w := &workshop{root: root, dir: dir, failed: make(map[string]error)}
	if w.escript, err = exec.LookPath("escript"); err != nil {
		w.left = append(w.left, "Erlang/OTP: `escript` is not installed (Debian: erlang-base)")
	}
	w.left = append(w.left,
		"cirello.io/supervisor: the module proxy does not have it",
		"protoactor-go: it requires more than a hundred modules, the clients of Kubernetes and etcd among them")
	return w, nil
}

func (w *workshop) close() { _ = os.RemoveAll(w.dir) }

// once makes a file of the workshop, if it was not made yet.
func (w *workshop) once(name string, make func(file string) error) (string, error) {
	file := filepath.Join(w.dir, name)
	if _, err := os.Stat(file); err == nil {
		return file, nil
	}
	if w.failed[name] == nil {
		w.failed[name] = make(file)
	}
	return file, w.failed[name]
}

// goRun runs the go command in a folder, with more environment.
func (w *workshop) goRun(dir string, env []string, args ...string) error {
	c := exec.Command("go", args...)
	c.Dir, c.Env = dir, append(os.Environ(), env...)
	_, err := output(c)
	return err
}

// supgen is the command.
func (w *workshop) supgen() (string, error) {
	return w.once("supgen", func(file string) error { return w.goRun(w.root, nil, "build", "-o", file, "./cmd/supgen") })
}

// templVersion is the peer of the compiler. It is installed apart, so that what it requires never is required here.
const templVersion = "v0.3.977"

func (w *workshop) templ() (string, error) {
	return w.once("templ", func(file string) error {
		return w.goRun(w.dir, []string{"GOWORK=off", "GOBIN=" + filepath.Dir(file)}, "install", "github.com/a-h/templ/cmd/templ@"+templVersion)
	})
}

// hello is a program that does nothing: what the start of a process costs.
func (w *workshop) hello() (string, error) {
	return w.once("hello", func(file string) error {
		source := file + ".go"
		if err := os.WriteFile(source, []byte("package main\n\nfunc main() { println(\"hello\") }\n"), 0o666); err != nil {
			return err
		}
		return w.goRun(w.dir, []string{"GOWORK=off"}, "build", "-o", file, source)
	})
}

// folder makes an empty folder of the workshop.
func (w *workshop) folder(name string) (string, error) {
	dir := filepath.Join(w.dir, name)
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	return dir, os.MkdirAll(dir, 0o777)
}
