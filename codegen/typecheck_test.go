package codegen_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/supgen/supgen/dsl"
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
func typeCheck(t *testing.T, tree *dsl.Tree, fset *token.FileSet, files []*ast.File) {
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
		if undefined && slices.Contains(users, name) || strings.HasPrefix(message, "could not import ") {
			return
		}
		t.Error(err)
	}}
	conf.Check("x", fset, files, nil)
}
