package gotypes

import (
	"errors"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// An importerOf imports what a package imports, as the go command has built it.
type importerOf struct {
	*packages.Package
	built  map[string]*packages.Package // by path
	gc     types.Importer
	failed map[string]error // by path as it is imported
}

func newImporter(fset *token.FileSet, pkg *packages.Package, built map[string]*packages.Package) *importerOf {
	open := func(path string) (io.ReadCloser, error) { return os.Open(built[path].ExportFile) }
	return &importerOf{pkg, built, importer.ForCompiler(fset, "gc", open), map[string]error{}}
}

// refused takes what the go command says against imports: that they make a cycle, or are internal. It returns what it says
// against all of the package; what it says against other imports, and the compiler's words, do not count.
func (i *importerOf) refused(files []*spelled) error {
	for _, err := range i.Errors {
		if strings.HasPrefix(err.Msg, "# ") {
			continue
		}
		words := strings.FieldsFunc(err.Msg, func(r rune) bool { return strings.ContainsRune(" []\n\t", r) })
		found := false
		for _, s := range files {
			for _, used := range s.source.Imports {
				if slices.Contains(words, used.Path) {
					i.failed[used.Path] = errors.New(err.Msg)
					found = true
				}
			}
		}
		if !found && err.Pos == "" {
			return errors.New(err.Msg)
		}
	}
	return nil
}

// Import returns the package, or why there is none.
func (i *importerOf) Import(path string) (*types.Package, error) {
	pkg, err := i.load(path)
	if err != nil && i.failed[path] == nil {
		i.failed[path] = err
	}
	return pkg, err
}

func (i *importerOf) load(path string) (*types.Package, error) {
	imported := i.Imports[path]
	switch {
	case path == "unsafe":
		return types.Unsafe, nil
	case imported == nil:
		return nil, errors.New("the go command does not know it")
	case len(imported.Errors) > 0:
		return nil, errors.New(first(imported.Errors[0].Msg))
	}
	switch built := i.built[imported.PkgPath]; {
	case built != nil && built.ExportFile != "":
	case built != nil && len(built.Errors) > 0:
		return nil, errors.New(first(built.Errors[0].Msg))
	default:
		return nil, errors.New("the go command does not build it")
	}
	return i.gc.Import(imported.PkgPath)
}

// first is the first thing that the go command says: behind a line that names the package, and with a command to run.
func first(msg string) string {
	lines := strings.Split(msg, "\n")
	if len(lines) > 1 && strings.HasPrefix(lines[0], "# ") {
		lines = lines[1:]
	}
	if len(lines) > 1 && strings.HasSuffix(lines[0], ":") {
		return lines[0] + "\n" + lines[1]
	}
	return lines[0]
}
