package load

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
)

// IsModule reports whether a directory is the top of a Go module.
func IsModule(dir string) bool { return isFile(filepath.Join(dir, "go.mod")) }

// isFile reports whether there is something of this name that is not a directory, as the go command looks for go.mod.
func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir()
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
	name := workspace(here)
	if name == "" || above(here, "go.mod") != "" {
		return nil, nil
	}
	used, err := usedBy(name)
	errs := []error{err}
	for _, dir := range used {
		below, err := filepath.Rel(here, dir)
		if err != nil || !filepath.IsLocal(below) {
			continue
		}
		if below = filepath.Join(top, below); IsModule(below) {
			tops = append(tops, below)
		} else {
			errs = append(errs, &Error{below, fmt.Errorf("has no go.mod, and go.work uses it; see %q", "go work edit -dropuse")})
		}
	}
	return tops, errors.Join(errs...)
}

// usedBy are the directories of the modules that a go.work uses, absolute.
func usedBy(name string) (dirs []string, err error) {
	text, err := Read(name)
	if err != nil {
		return nil, err
	}
	work, err := modfile.ParseWork(name, text, nil)
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

// ignoredIn reads the ignore directives of the module that a directory is in. A go.mod that is broken has none: the go
// command reports it.
func ignoredIn(dir string) ignoring {
	here, err := filepath.Abs(dir)
	if err != nil {
		return ignoring{}
	}
	in := ignoring{root: above(here, "go.mod")}
	name := filepath.Join(in.root, "go.mod")
	text, err := Read(name)
	if in.root == "" || err != nil {
		return in
	}
	mod, err := modfile.ParseLax(name, text, nil)
	if err != nil {
		return in
	}
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
