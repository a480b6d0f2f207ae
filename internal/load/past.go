package load

import (
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

// modulesAt are the directories that a pattern enters whatever they are called, at a revision, and what it does not enter below each: its own
// top, and the modules below that, as go.work and each go.mod were then. The top of the pattern is fromTop as seen from the top of
// the repository. A go.work that the revision does not have, or GOWORK names, is read as it is now.
func modulesAt(ctx context.Context, rev, top, fromTop string) (map[string]ignoring, error) {
	entered := map[string]ignoring{top: {}}
	dir, text, err := aboveAt(ctx, rev, fromTop, "go.mod")
	if err != nil {
		return nil, err
	}
	if text != nil {
		if ignore := ignoredThen(filepath.Join(top, relative(fromTop, dir)), text); !ignore.has(top) {
			entered[top] = ignore
		}
		return entered, nil
	}
	modules, err := usedAt(ctx, rev, top, fromTop)
	if err != nil {
		return nil, err
	}
	for _, module := range modules {
		text, err := textAt(ctx, rev, path.Join(fromTop, filepath.ToSlash(module), "go.mod"))
		if _, of := errors.AsType[*Error](err); err != nil && !of { // a submodule that is not here is missed anyway
			return nil, err
		}
		if module = filepath.Join(top, module); text != nil {
			entered[module] = ignoredThen(module, text)
		}
	}
	return entered, nil
}

// usedAt are the directories below a pattern's top that go.work uses, as seen from there.
func usedAt(ctx context.Context, rev, top, fromTop string) (modules []string, err error) {
	dir, text, err := aboveAt(ctx, rev, fromTop, "go.work")
	if err != nil {
		return nil, err
	}
	if text == nil || os.Getenv("GOWORK") != "" {
		today, err := modulesBelow(top)
		for _, module := range today {
			if below, err := filepath.Rel(top, module); err == nil {
				modules = append(modules, below)
			}
		}
		return modules, err
	}
	name := rev + ":" + path.Join(dir, "go.work")
	work, err := modfile.ParseWork(name, text, nil)
	if err != nil {
		return nil, refused(name, err)
	}
	for _, use := range work.Use {
		if below := relative(fromTop, path.Join(dir, use.Path)); filepath.IsLocal(below) {
			modules = append(modules, below)
		}
	}
	return modules, nil
}

// ignoredThen are the ignore directives of a module's old go.mod. A mistake in that does not keep the rest from being compared.
func ignoredThen(root string, text []byte) ignoring {
	mod, err := modfile.ParseLax("go.mod", text, nil)
	if err == nil {
		root, err = filepath.Abs(root)
	}
	if err != nil {
		return ignoring{}
	}
	return ignoredBy(root, mod)
}

// aboveAt is the nearest directory with a file of this name at a revision, from dir upwards, and what is in the file; nil if there
// is none. Directories are as seen from the top of the repository.
func aboveAt(ctx context.Context, rev, dir, name string) (found string, text []byte, err error) {
	for dir = path.Join("/", dir); ; dir = path.Dir(dir) {
		text, err = textAt(ctx, rev, path.Join(dir, name)[1:])
		if text != nil || err != nil || dir == "/" {
			return dir[1:], text, err
		}
	}
}

// textAt is what is in a file of a revision, nil if there is none.
func textAt(ctx context.Context, rev, name string) ([]byte, error) {
	file, err := find(ctx, rev, name)
	if err != nil || file.id == "" {
		return nil, err
	}
	text, err := gitIn(ctx, file.repo, "cat-file", "blob", file.id)
	return append([]byte{}, text...), err
}

// relative is a directory as seen from another, both as seen from the top of the repository.
func relative(from, dir string) string {
	seen, err := filepath.Rel("/"+from, "/"+dir)
	if err != nil {
		return ".." // an absolute one of another system
	}
	return seen
}
