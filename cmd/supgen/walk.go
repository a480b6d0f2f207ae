package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	sourceSuffix    = ".sup"
	generatedSuffix = ".sup.go"
)

// directories returns what the arguments of a command stand for, in their order and each once: a directory
// for itself, a file for its directory, dir/... for dir and all below it that has .sup files or was
// generated from some. Without arguments it is the current directory, where go generate runs.
func directories(args []string) ([]string, error) {
	if len(args) == 0 {
		return []string{"."}, nil
	}
	var dirs []string
	for _, arg := range args {
		found, err := directoriesOf(filepath.ToSlash(arg))
		if err != nil {
			return nil, err
		}
		for _, dir := range found {
			if !slices.Contains(dirs, dir) {
				dirs = append(dirs, dir)
			}
		}
	}
	return dirs, nil
}

func directoriesOf(arg string) ([]string, error) {
	if arg == "..." || strings.HasSuffix(arg, "/...") {
		// "/..." is all of the disk, "..." all below the current directory.
		top := strings.TrimSuffix(arg, "...")
		if top == "" {
			top = "."
		}
		return walk(filepath.Clean(top))
	}
	info, err := os.Stat(arg)
	if err != nil {
		return nil, err
	}
	dir := filepath.Clean(arg)
	if !info.IsDir() {
		dir = filepath.Dir(dir)
	}
	return []string{dir}, nil
}

// walk returns the directories at and below top that hold sources or generated files. Like the go command's
// pattern it does not enter other modules, vendor, testdata, and what begins with "." or "_".
func walk(top string) ([]string, error) {
	var dirs []string
	err := filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !entry.IsDir() {
			if isSource := strings.HasSuffix(path, sourceSuffix) || strings.HasSuffix(path, generatedSuffix); isSource && !leftover(entry.Name()) {
				dirs = append(dirs, filepath.Dir(path))
			}
			return nil
		}
		if path != top && (ignored(entry.Name()) || isModule(path)) {
			return filepath.SkipDir
		}
		return nil
	})
	slices.Sort(dirs)
	return slices.Compact(dirs), err
}

func ignored(dir string) bool { return dir == "vendor" || dir == "testdata" || leftover(dir) }

// leftover reports whether the go command passes over a name, as do all commands here where they look for files
// themselves: editors and systems leave ".#shop.sup" and "._shop.sup" behind.
func leftover(name string) bool { return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") }

func isModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}
