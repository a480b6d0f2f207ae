package load

import (
	"context"
	"os"
	"path"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

// modulesAt are the modules below a directory that its pattern includes at a revision, and what it does not enter, as go.work and
// go.mod were then. The directory is top on disk, and fromTop as seen from the top of the repository. A go.work that
// the revision does not have, or GOWORK names, is read as it is now.
func modulesAt(ctx context.Context, rev, top, fromTop string) (modules []string, ignore ignoring, err error) {
	dir, text, err := aboveAt(ctx, rev, fromTop, "go.mod")
	if err != nil {
		return nil, ignore, err
	}
	if text != nil {
		mod, err := modfile.ParseLax("go.mod", text, nil) // an old mistake does not keep the rest from being compared
		if err != nil {
			return nil, ignore, nil
		}
		root, err := filepath.Abs(filepath.Join(top, relative(fromTop, dir)))
		return nil, ignoredBy(root, mod), err
	}
	dir, text, err = aboveAt(ctx, rev, fromTop, "go.work")
	if err != nil {
		return nil, ignore, err
	}
	if text == nil || os.Getenv("GOWORK") != "" {
		modules, err = modulesBelow(top)
		return modules, ignore, err
	}
	name := rev + ":" + path.Join(dir, "go.work")
	work, err := modfile.ParseWork(name, text, nil)
	if err != nil {
		return nil, ignore, refused(name, err)
	}
	for _, use := range work.Use {
		if below := relative(fromTop, path.Join(dir, use.Path)); filepath.IsLocal(below) {
			modules = append(modules, filepath.Join(top, below))
		}
	}
	return modules, ignore, nil
}

// aboveAt is the nearest directory with a file of this name at a revision, from dir upwards, and what is in the file; nil if there
// is none. Directories are as seen from the top of the repository.
func aboveAt(ctx context.Context, rev, dir, name string) (found string, text []byte, err error) {
	for dir = path.Join("/", dir); ; dir = path.Dir(dir) {
		found = dir[1:]
		object, err := follow(ctx, rev+":"+path.Join(found, name))
		if err != nil {
			return "", nil, err
		}
		if object != "" {
			text, err = git(ctx, "cat-file", "blob", object)
			return found, append([]byte{}, text...), err
		}
		if dir == "/" {
			return "", nil, nil
		}
	}
}

// relative is a directory as seen from another, both as seen from the top of the repository.
func relative(from, dir string) string {
	seen, err := filepath.Rel("/"+from, "/"+dir)
	if err != nil {
		return ".." // an absolute one of another system
	}
	return seen
}
