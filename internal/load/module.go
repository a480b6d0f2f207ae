package load

import (
	"bytes"
	"errors"
	"fmt"
	"go/version"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/encoding"
	"golang.org/x/mod/modfile"
)

// IsModule reports whether a directory is the top of a Go module.
func IsModule(dir string) bool { return isFile(filepath.Join(dir, "go.mod")) }

// isFile reports whether there is something of this name that is not a directory, as the go command looks for go.mod.
func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir()
}

// CheckModule returns an error if a directory is in a module whose go.mod the go command refuses.
func CheckModule(dir string) error {
	_, err := ignoredIn(dir)
	return err
}

// HasTool reports whether the go.mod of the module that a directory is in names a tool.
func HasTool(dir, tool string) bool {
	here, err := filepath.Abs(dir)
	if err != nil {
		return false
	}
	mod, err := parsedModule(filepath.Join(above(here, "go.mod"), "go.mod"))
	return err == nil && slices.ContainsFunc(mod.Tool, func(t *modfile.Tool) bool { return t.Path == tool })
}

// parsedModule is a go.mod as the go command reads that of a main module: of one for a later Go than this, what is not known yet
// is left out.
func parsedModule(name string) (*modfile.File, error) {
	mod, err := parsed(name, modfile.Parse)
	if err != nil {
		lax, laxErr := parsed(name, modfile.ParseLax)
		if laxErr == nil && lax.Go != nil && version.Compare("go"+lax.Go.Version, runtime.Version()) > 0 {
			mod, err = lax, nil
		}
	}
	if err == nil && mod.Module == nil {
		err = refused(mod.Syntax.Name, errors.New("it does not say which module it is of"))
	}
	return mod, err
}

// parsed reads a go.mod or go.work, whose name is absolute. The error is of type *[Error] or *[ModuleError].
func parsed[File any](name string, parse func(string, []byte, modfile.VersionFixer) (File, error)) (file File, err error) {
	name = fromWorkingDirectory(name)
	text, err := Read(name)
	switch {
	case err != nil:
		return file, err
	case encoding.IsUTF16(text):
		return file, refused(name, errors.New("it is UTF-16; save it as UTF-8"))
	case bytes.HasPrefix(text, []byte(encoding.ByteOrderMark)):
		return file, refused(name, errors.New("it begins with a byte order mark; save it without"))
	}
	if file, err = parse(name, text, nil); err != nil {
		err = refused(name, err)
	}
	return file, err
}

// A ModuleError is a mistake in a go.mod or go.work, because of which the go command refuses it.
type ModuleError struct {
	pos diag.Pos
	err error
}

func (e *ModuleError) Error() string {
	return fmt.Sprintf("%s: the go command refuses this file: %v", e.pos, e.err)
}
func (e *ModuleError) Unwrap() error { return e.err }

// Place is where the mistake is.
func (e *ModuleError) Place() diag.Pos { return e.pos }

// refused is the error of a file: the first of those that its parser has.
func refused(name string, err error) *ModuleError {
	at := diag.Pos{File: name, Line: 1, Column: 1}
	if list, ok := errors.AsType[modfile.ErrorList](err); ok {
		first := list[0]
		at.Line, at.Column, at.Offset = first.Pos.Line, first.Pos.LineRune, first.Pos.Byte
		first.Filename, first.Pos = "", modfile.Position{}
		err = &first
	}
	return &ModuleError{at, err}
}

// fromWorkingDirectory is an absolute name as seen from the current directory.
func fromWorkingDirectory(name string) string {
	if here, err := os.Getwd(); err == nil {
		if seen, err := filepath.Rel(here, name); err == nil {
			return seen
		}
	}
	return name
}

// above is the nearest directory with a file of this name, from dir upwards, or "".
func above(dir, name string) string {
	for !isFile(filepath.Join(dir, name)) {
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
	return dir
}

// inModule is the directory of a package of the module that dir is in.
func inModule(dir, importPath string) (source string, ok bool) {
	here, err := filepath.Abs(dir)
	if err != nil {
		return "", false
	}
	root := above(here, "go.mod")
	text, err := Read(filepath.Join(root, "go.mod"))
	if root == "" || err != nil {
		return "", false
	}
	below, ok := strings.CutPrefix(importPath+"/", modfile.ModulePath(text)+"/")
	return filepath.Join(root, filepath.FromSlash(below)), ok
}

// workspace is the go.work in force for a directory, "" if there is none. As for the go command it is that of the current
// directory, whatever there is below it. For what is elsewhere, and not used by that, it is the one above it.
func workspace(dir string) (file string) {
	if file = os.Getenv("GOWORK"); file != "" {
		if !filepath.IsAbs(file) { // "off"
			return ""
		}
		return file
	}
	here, _ := os.Getwd()
	if top := above(here, "go.work"); top != "" {
		file = filepath.Join(top, "go.work")
		used, _ := usedBy(file)
		for _, top := range append(used, top) {
			if below, err := filepath.Rel(RealPath(top), RealPath(dir)); err == nil && filepath.IsLocal(below) {
				return file
			}
		}
	}
	if top := above(dir, "go.work"); top != "" {
		return filepath.Join(top, "go.work")
	}
	return ""
}

// modulesBelow are the modules below a directory that its pattern includes: those that go.work uses, if the directory
// is in no module. A workspace may have no module at its top, and then ./... is all of the workspace.
func modulesBelow(top string) (tops []string, err error) {
	here, err := filepath.Abs(top)
	if err != nil {
		return nil, unreadable(top, err)
	}
	real := RealPath(here) // where a link leads
	name := workspace(real)
	if name == "" || above(real, "go.mod") != "" {
		return nil, nil
	}
	used, err := usedBy(name)
	errs := []error{err}
	for _, dir := range used {
		below, err := filepath.Rel(here, dir)
		for _, other := range []string{realFile(dir), RealPath(dir)} {
			if err != nil || !filepath.IsLocal(below) {
				below, err = filepath.Rel(real, other)
			}
		}
		if err != nil || !filepath.IsLocal(below) {
			continue
		}
		if below = filepath.Join(top, below); IsModule(below) {
			tops = append(tops, below)
		} else {
			hint := goneHint(below)
			err := fmt.Errorf("has no go.mod, and go.work uses it; see %q", hint)
			if strings.HasPrefix(hint, addSparse) {
				err = lacking{err}
			}
			errs = append(errs, &Error{below, err})
		}
	}
	return tops, errors.Join(errs...)
}

// goneHint is what to do about a module that go.work uses and that is not there: it may be in a submodule of git that is not
// checked out, for which there is an empty directory, or outside of a sparse checkout.
func goneHint(dir string) string {
	there := dir
	for !isDirectory(there) && filepath.Dir(there) != there {
		there = filepath.Dir(there)
	}
	rest, _ := filepath.Rel(there, dir)
	gone := filepath.Join(RealPath(there), rest)
	top := above(gone, ".gitmodules")
	text, _ := Read(filepath.Join(top, ".gitmodules"))
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(line, "=")
		if strings.TrimSpace(key) != "path" {
			continue
		}
		submodule := filepath.Join(top, filepath.FromSlash(strings.TrimSpace(value)))
		below, err := filepath.Rel(submodule, gone)
		if entries, _ := os.ReadDir(submodule); err == nil && filepath.IsLocal(below) && len(entries) == 0 {
			return "git submodule update --init " + filepath.ToSlash(fromWorkingDirectory(submodule))
		}
	}
	if isSparse(filepath.Join(gone, "go.mod")) {
		return addSparse + filepath.ToSlash(fromWorkingDirectory(gone))
	}
	return "go work edit -dropuse"
}

// usedBy are the directories of the modules that a go.work uses, absolute.
func usedBy(name string) (dirs []string, err error) {
	work, err := parsed(name, modfile.ParseWork)
	if err == nil && len(work.Syntax.Stmt) == 0 {
		err = refused(work.Syntax.Name, errors.New("it is empty"))
	}
	if err != nil {
		return nil, err
	}
	for _, use := range work.Use {
		dir := filepath.FromSlash(use.Path)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(filepath.Dir(name), dir)
		}
		dirs = append(dirs, dir)
	}
	return dirs, nil
}

// An ignoring module says which of its directories patterns do not enter.
type ignoring struct {
	root     string   // absolute
	anywhere []string // paths at any depth, between slashes
	atRoot   []string // the same, from the root
}

// ignoredIn reads the ignore directives of the module that a directory is in.
func ignoredIn(dir string) (ignoring, error) {
	here, err := filepath.Abs(dir)
	if err != nil {
		return ignoring{}, unreadable(dir, err)
	}
	in := ignoring{root: above(here, "go.mod")}
	if in.root == "" {
		return in, nil
	}
	mod, err := parsedModule(filepath.Join(in.root, "go.mod"))
	if err != nil {
		return in, err
	}
	return ignoredBy(in.root, mod), nil
}

// ignoredBy are the ignore directives of the module at an absolute root.
func ignoredBy(root string, mod *modfile.File) ignoring {
	in := ignoring{root: root}
	for _, ignore := range mod.Ignore {
		if path, ok := strings.CutPrefix(ignore.Path, "./"); ok {
			in.atRoot = append(in.atRoot, betweenSlashes(path))
		} else {
			in.anywhere = append(in.anywhere, betweenSlashes(path))
		}
	}
	return in
}

// has reports whether a directory is to be ignored, as the go command does.
func (in ignoring) has(dir string) bool {
	if len(in.anywhere)+len(in.atRoot) == 0 {
		return false
	}
	here, err := filepath.Abs(dir)
	if err != nil {
		return false
	}
	below, err := filepath.Rel(in.root, here)
	if err != nil {
		return false
	}
	below = betweenSlashes(filepath.ToSlash(below))
	for _, path := range in.atRoot {
		if strings.HasPrefix(below, path) {
			return true
		}
	}
	for _, path := range in.anywhere {
		if strings.Contains(below, path) {
			return true
		}
	}
	return false
}

func betweenSlashes(path string) string { return "/" + strings.Trim(path, "/") + "/" }
