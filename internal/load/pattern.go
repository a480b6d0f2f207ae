package load

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// How the names of files end: of those that people write, and of those that supgen writes.
const (
	Suffix          = ".sup"
	GeneratedSuffix = ".sup.go"
)

// Directories returns what the arguments of a command stand for, in their order and each once: a directory
// for itself, a file for its directory, dir/... for dir and all below it that has .sup files or was
// generated from some. Without arguments it is the current directory, where go generate runs.
func Directories(args []string) ([]string, error) {
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
			if name := entry.Name(); isSource(name) || isGenerated(name) {
				dirs = append(dirs, filepath.Dir(path))
			}
			return nil
		}
		if path != top && (ignored(entry.Name()) || IsModule(path)) {
			return filepath.SkipDir
		}
		return nil
	})
	slices.Sort(dirs)
	return slices.Compact(dirs), err
}

// Sources are the files that arguments stand for, each once: a file for itself, a directory for the .sup files in it, dir/...
// for those below it too.
func Sources(args []string) ([]string, error) {
	var names []string
	seen := make(map[string]bool)
	for _, arg := range args {
		found := []string{filepath.Clean(arg)}
		if info, err := os.Stat(arg); err != nil || info.IsDir() {
			dirs, err := Directories([]string{arg})
			if err != nil {
				return nil, err
			}
			if found, err = SourcesIn(dirs); err != nil {
				return nil, err
			}
		}
		for _, name := range found {
			if !seen[name] {
				names = append(names, name)
			}
			seen[name] = true
		}
	}
	return names, nil
}

// SourcesIn are the .sup files in some directories.
func SourcesIn(dirs []string) ([]string, error) {
	var names []string
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			if !entry.IsDir() && isSource(entry.Name()) {
				names = append(names, filepath.Join(dir, entry.Name()))
			}
		}
	}
	return names, nil
}

func isSource(name string) bool { return strings.HasSuffix(name, Suffix) && !isLeftover(name) }
func isGenerated(name string) bool {
	return strings.HasSuffix(name, GeneratedSuffix) && !isLeftover(name)
}

func ignored(dir string) bool { return dir == "vendor" || dir == "testdata" || isLeftover(dir) }

// isLeftover reports whether the go command passes over a name, as do all commands here where they look for files
// themselves: editors and systems leave ".#shop.sup" and "._shop.sup" behind.
func isLeftover(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}

// IsModule reports whether a directory is the top of a Go module.
func IsModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}
