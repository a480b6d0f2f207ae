package gotypes

import (
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// An importerOf imports what a package imports, as the go command has built it.
type importerOf struct {
	*packages.Package
	*loaded
	gc     types.Importer
	failed map[string]error // by path as it is imported
}

func newImporter(fset *token.FileSet, pkg *packages.Package, loaded *loaded) *importerOf {
	open := func(path string) (io.ReadCloser, error) { return os.Open(loaded.built[path].ExportFile) }
	return &importerOf{pkg, loaded, importer.ForCompiler(fset, "gc", open), map[string]error{}}
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
			return errors.New(oneLine(err.Msg))
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
		return nil, errors.New(i.seen(first(built.Errors[0].Msg)))
	default:
		return nil, i.unbuilt(imported)
	}
	return i.gc.Import(imported.PkgPath)
}

// unbuilt is why the go command did not build a package of which it says nothing: something that it depends on, which is not there.
func (i *importerOf) unbuilt(pkg *packages.Package) error {
	why := errors.New("the go command does not build it")
	packages.Visit([]*packages.Package{pkg}, nil, func(below *packages.Package) {
		wrong := below.Errors
		if built := i.built[below.PkgPath]; built != nil {
			wrong = slices.Concat(wrong, built.Errors)
		}
		if len(wrong) > 0 && below != pkg {
			why = fmt.Errorf("it depends on %q: %s", below.PkgPath, i.seen(first(wrong[0].Msg)))
		}
	})
	return why
}

// seen is what the go command says, with the file that it begins with named from the current directory. Of a file of the overlay it
// knows a copy, /tmp/gocommand-123/4-shop.sup.go, which is gone by now.
func (i *importerOf) seen(msg string) string {
	file, rest, ok := strings.Cut(msg, ".go:")
	if _, copied, is := strings.Cut(filepath.ToSlash(file), "/gocommand-"); ok && is {
		_, name, _ := strings.Cut(filepath.Base(copied), "-")
		return name + ".go:" + rest
	}
	if !ok || filepath.IsAbs(file) || strings.ContainsAny(file, "\n:") {
		return msg
	}
	return shown(filepath.Join(i.dir, file+".go")) + ":" + rest
}

// first is the first thing that the go command says: behind a line that names the package, and with the commands to run.
func first(msg string) string {
	lines := strings.Split(msg, "\n")
	if len(lines) > 1 && strings.HasPrefix(lines[0], "# ") {
		lines = lines[1:]
	}
	if len(lines) > 1 && strings.HasSuffix(lines[0], ":") {
		commands, _, _ := strings.Cut(strings.ReplaceAll(strings.Join(lines[1:], "\n"), "\n\t", " && "), "\n")
		return lines[0] + "\n" + commands
	}
	return lines[0]
}
