package load

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
)

// How the names of files end: of those that people write, and of those that supgen writes.
const (
	Suffix          = ".sup"
	ScriptSuffix    = ".sim"
	GeneratedSuffix = ".sup.go"
)

// Directories returns what the arguments of a command stand for, in their order and each once: a directory
// for itself, a .sup file and the Go file generated from it for their directory, dir/... for dir and all below it that has .sup files
// or was generated from some. A .sup file that patterns pass over, such as _x.sup, stands for itself alone. Without arguments it is
// the current directory, where go generate runs. A directory that has several names is returned once, by the first of them.
//
// What cannot be read, another file, and a pattern that matches nothing, costs no other: the error joins one for each, of type *[Error]; so
// does a go.mod or go.work that the go command refuses, which costs what is below it, of type *[ModuleError].
func Directories(args []string) ([]string, error) {
	if len(args) == 0 {
		return []string{"."}, nil
	}
	var dirs []string
	var errs []error
	for _, arg := range args {
		found, err := directoriesOf(filepath.ToSlash(arg))
		errs = append(errs, err)
		dirs = append(dirs, found...)
	}
	return distinct(dirs, RealPath), errors.Join(errs...)
}

// distinct are the names without those that have the identity of one before.
func distinct(names []string, identity func(string) string) []string {
	if len(names) < 2 {
		return names
	}
	seen := make(map[string]bool)
	return slices.DeleteFunc(names, func(name string) bool {
		id := identity(name)
		again := seen[id]
		seen[id] = true
		return again
	})
}

// RealPath is an absolute name without links; where there is nothing, the name itself.
func RealPath(name string) string {
	real, err := filepath.Abs(name)
	if err != nil {
		return name
	}
	if real, err = filepath.EvalSymlinks(real); err != nil {
		return name
	}
	return real
}

// WithoutLinks is the name of a file in a patch, which "git apply" does not take if there is a link on the way: where the links lead, as
// seen from the current directory. An absolute name stays.
func WithoutLinks(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return fromWorkingDirectory(realDirectory(name))
}

// realFile is [RealPath] of a file's directory, and the file's name in it: two links to a file are two files.
func realFile(name string) string {
	return filepath.Join(RealPath(filepath.Dir(name)), filepath.Base(name))
}

// Includes reports whether arguments stand for a .sup file: itself or the Go file generated from it, its directory, or a pattern.
func Includes(args []string, source string) bool {
	file := realFile(source)
	return len(args) == 0 || slices.ContainsFunc(args, func(arg string) bool {
		if slashed := filepath.ToSlash(arg); isPattern(slashed) {
			below, err := filepath.Rel(RealPath(topOf(slashed)), file)
			return err == nil && filepath.IsLocal(below)
		}
		if named := SourceOf(arg); named != "" && !isDirectory(arg) {
			return isSame(realFile(named), file)
		}
		return isSame(RealPath(arg), filepath.Dir(file))
	})
}

func directoriesOf(arg string) ([]string, error) {
	if isPattern(arg) {
		return match(arg)
	}
	info, err := os.Stat(arg)
	switch {
	case err != nil && strings.Contains(arg, "*"):
		return nil, &Error{arg, fmt.Errorf("is not there, and no shell has expanded it; name the directory, %s, or what is below it too, %s",
			diag.Quoted(path.Dir(arg)), diag.Quoted(path.Dir(arg)+"/..."))}
	case err != nil:
		return nil, unreadable(arg, err)
	}
	name := filepath.Clean(arg)
	if info.IsDir() {
		return []string{name}, nil
	}
	source := SourceOf(name)
	switch {
	case source == "":
		return nil, &Error{arg, errors.New("is neither a directory nor a .sup file" + miscasedHint(arg))}
	case StandsAlone(source):
		return []string{source}, nil
	}
	return []string{filepath.Dir(source)}, nil
}

// SourceOf is the .sup file that a name is of: itself, or that of the Go file generated from it; else "".
func SourceOf(name string) string {
	if strings.HasSuffix(name, GeneratedSuffix) {
		name = strings.TrimSuffix(name, ".go")
	}
	if !strings.HasSuffix(name, Suffix) {
		return ""
	}
	return name
}

// IsPattern reports whether an argument is a pattern, which stands for many directories.
func IsPattern(arg string) bool { return isPattern(filepath.ToSlash(arg)) }

func isPattern(arg string) bool { return arg == "..." || strings.HasSuffix(arg, "/...") }

// StandsAlone reports whether a file is a source that is of no package, since patterns pass over it.
func StandsAlone(name string) bool {
	return strings.HasSuffix(name, Suffix) && isLeftover(filepath.Base(name))
}

// match returns the directories that a pattern matches.
func match(pattern string) ([]string, error) {
	w, modules, err := walkAll(topOf(pattern), isOurs)
	if len(w.dirs) == 0 && err == nil {
		err = &Error{pattern, missing{errors.New("matches no .sup files" + w.passedOver(modules) + w.workspaceBelow(topOf(pattern)))}}
	}
	return w.dirs, err
}

// walkAll is [walk] of a directory and of the modules of the workspace below it. The directories are sorted, each once.
func walkAll(top string, wanted func(name string) bool) (all walked, modules []string, err error) {
	modules, err = modulesBelow(top)
	errs := []error{err}
	for _, top := range append([]string{top}, modules...) {
		w, err := walk(top, math.MaxInt, wanted)
		errs = append(errs, err)
		all.dirs = append(all.dirs, w.dirs...)
		all.passed = append(all.passed, w.passed...)
	}
	slices.Sort(all.dirs)
	all.dirs = slices.Compact(all.dirs)
	return all, modules, errors.Join(errs...)
}

// Below are the directories that hold files with a suffix, as far as patterns among the arguments look for them. What cannot be
// read has none.
func Below(args []string, suffix string) []string {
	return below(args, func(name string) bool { return strings.HasSuffix(name, suffix) && !isLeftover(name) })
}

func below(args []string, wanted func(name string) bool) (dirs []string) {
	for _, arg := range args {
		if arg = filepath.ToSlash(arg); isPattern(arg) {
			w, _, _ := walkAll(topOf(arg), wanted)
			dirs = append(dirs, w.dirs...)
		}
	}
	return distinct(dirs, RealPath)
}

// Miscased are the files that directories and patterns pass over since their suffix is not in small letters. Without arguments
// it is the current directory. What cannot be read has none.
func Miscased(args []string) (names []string) {
	dirs := below(args, isMiscased)
	if len(args) == 0 {
		args = []string{"."}
	}
	for _, dir := range append(dirs, args...) {
		entries, _ := os.ReadDir(dir) // of a file or a pattern there are none
		for _, entry := range entries {
			if name := filepath.Join(dir, entry.Name()); isMiscased(entry.Name()) && !isDir(entry, name) {
				names = append(names, name)
			}
		}
	}
	return distinct(names, realFile)
}

// isMiscased reports whether a file would be a source if its suffix were in small letters.
func isMiscased(name string) bool {
	return strings.EqualFold(filepath.Ext(name), Suffix) && !strings.HasSuffix(name, Suffix) && !isLeftover(name)
}

// miscasedHint goes on where an error says that a file is not a .sup file.
func miscasedHint(name string) string {
	if lower := strings.ToLower(name); lower != name && SourceOf(lower) != "" && SourceOf(name) == "" {
		return "; the suffix is in small letters"
	}
	return ""
}

// Unused are the modules with .sup files that patterns do not enter since the go.work in force does not use them.
func Unused(args []string) (modules []string) {
	for _, arg := range args {
		if arg = filepath.ToSlash(arg); !isPattern(arg) {
			continue
		}
		if used, _ := modulesBelow(topOf(arg)); len(used) == 0 {
			continue
		}
		w, used, _ := walkAll(topOf(arg), isOurs)
		entered := map[string]bool{}
		for _, dir := range used {
			entered[RealPath(dir)] = true
		}
		for _, dir := range w.passed {
			if entered[RealPath(dir)] || isPassedOver(filepath.Base(dir)) || !IsModule(dir) || isLinked(dir, topOf(arg)) {
				continue
			}
			if below, _ := walk(dir, near, isOurs); len(below.dirs) > 0 {
				modules = append(modules, dir)
			}
		}
	}
	return distinct(modules, RealPath)
}

// IsPassedOver reports whether patterns pass over a file or a directory that is named: by its name or that of a directory on the way
// from the top of its git work tree, or from the current directory where there is none, or since a go.mod on the way says to ignore it.
func IsPassedOver(name string) bool {
	if name = realFile(name); IsPattern(name) {
		return false
	}
	top := cmp.Or(workTree(filepath.Dir(name)), RealPath("."))
	if below, err := filepath.Rel(top, name); err != nil || !filepath.IsLocal(below) {
		top = filepath.Dir(name)
	}
	for at := name; at != top; at = filepath.Dir(at) {
		if isPassedOver(filepath.Base(at)) {
			return true
		}
		if in, _ := ignoredIn(filepath.Dir(at)); in.root == filepath.Dir(at) && in.has(name) {
			return true
		}
	}
	return false
}

// HasNone reports whether an argument is a pattern and there is neither a .sup file nor what was generated from one below its top, in
// whichever module.
func HasNone(arg string) bool {
	if !IsPattern(arg) {
		return false
	}
	top, some := topOf(filepath.ToSlash(arg)), false
	n := everywhere(top, mostLinked, func(_ string, entry fs.DirEntry) { some = some || isOurs(entry.Name()) })
	return isDirectory(top) && !some && n <= mostLinked
}

// isLinked reports whether a directory is in a work tree that "git worktree add" made below the one that top is in.
func isLinked(dir, top string) bool {
	tree := workTree(dir)
	text, _ := Read(filepath.Join(tree, ".git")) // "gitdir: /shop/.git/worktrees/topic"
	return tree != workTree(top) && strings.Contains(filepath.ToSlash(string(text)), "/.git/worktrees/")
}

// topOf is the directory that a pattern begins at: "/..." is all of the disk, "..." all below the current directory.
func topOf(pattern string) string {
	return filepath.Clean(cmp.Or(strings.TrimSuffix(pattern, "..."), "."))
}

// walked is what there is at and below a directory.
type walked struct {
	dirs   []string // that hold what is wanted
	passed []string // directories that were not entered
}

// walk looks for files whose names are wanted. Like the go command's pattern it does not enter other modules, vendor, testdata,
// what begins with "." or "_", and what go.mod says to ignore. It enters top, whatever it is called, also where it is a link.
// It looks at so many names at most.
func walk(top string, most int, wanted func(name string) bool) (w walked, err error) {
	var errs []error
	ignore, err := ignoredIn(top)
	if err != nil {
		return w, err // or what it ignores would be entered
	}
	if ignore.has(top) {
		ignore = ignoring{} // top is named
	}
	root := top
	if !os.IsPathSeparator(root[len(root)-1]) {
		root += string(filepath.Separator) // or a link would not be entered
	}
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if most--; most < 0 {
			return filepath.SkipAll
		}
		switch {
		case err != nil:
			errs = append(errs, unreadable(filepath.Clean(path), err))
			if entry == nil {
				return nil
			}
			return filepath.SkipDir
		case !entry.IsDir():
			if wanted(entry.Name()) {
				w.dirs = append(w.dirs, filepath.Dir(path))
			}
		case path != root && (isPassedOver(entry.Name()) || IsModule(path) || ignore.has(path)):
			w.passed = append(w.passed, path)
			return filepath.SkipDir
		}
		return nil
	})
	return w, errors.Join(append(errs, err)...)
}

// passedOver tells what was not entered but for modules that were, and but for what nobody looks into.
func (w walked) passedOver(entered []string) string {
	var names []string
	for _, dir := range w.passed {
		if name := filepath.Base(dir); name[0] == '.' || slices.Contains(entered, dir) {
			continue
		}
		what := diag.Quoted(filepath.ToSlash(dir))
		if IsModule(dir) {
			what += ", a module of its own"
		}
		names = append(names, what)
	}
	const most = 5
	if len(names) > most {
		names = append(names[:most], fmt.Sprintf("%d more", len(names)-most))
	}
	if len(names) == 0 {
		return ""
	}
	return "; not entered: " + strings.Join(names, "; ")
}

// workspaceBelow names the pattern for the modules that were not entered because their go.work is below top, too.
func (w walked) workspaceBelow(top string) string {
	for _, dir := range w.passed {
		at := above(dir, "go.work")
		below, err := filepath.Rel(top, at)
		if at == "" || err != nil || below == "." || !filepath.IsLocal(below) {
			continue
		}
		if real := RealPath(at); workspace(real) != filepath.Join(real, "go.work") || above(real, "go.mod") != "" {
			continue
		}
		name := filepath.ToSlash(at) + "/..."
		if filepath.IsLocal(at) {
			name = "./" + name
		}
		return "; " + diag.Quoted(name) + " matches the modules of its go.work"
	}
	return ""
}

// Sources are the files that arguments stand for, each once: a file for itself, a directory for the .sup files in it, dir/...
// for those below it too. One whose suffix is not in small letters is an error. The error is as that of [Directories].
func Sources(args []string) ([]string, error) {
	var names []string
	var errs []error
	for _, arg := range args {
		found := []string{filepath.Clean(arg)}
		if info, err := os.Stat(arg); err != nil || info.IsDir() || miscasedHint(arg) != "" {
			dirs, err := Directories([]string{arg})
			errs = append(errs, err)
			if found, err = FilesIn(dirs, Suffix); err == nil && len(found) == 0 && len(dirs) > 0 {
				err = noSources(arg)
			}
			errs = append(errs, err)
		}
		names = append(names, found...)
	}
	return distinct(names, realFile), errors.Join(errs...)
}

// near is how many names are looked at for a hint, which takes no time.
const near = 10_000

func noSources(dir string) error {
	modules, _ := modulesBelow(dir)
	for _, top := range append([]string{dir}, modules...) {
		below, _ := walk(top, near/(1+len(modules)), isSource)
		if len(below.dirs) == 0 {
			continue
		}
		return &Error{dir, fmt.Errorf("has no .sup files; those below it are %s", diag.Quoted(strings.TrimSuffix(filepath.ToSlash(dir), "/")+"/..."))}
	}
	return &Error{dir, errors.New(`has no .sup files; "supgen init" writes a first one`)}
}

// FilesIn are the files with one of some suffixes that are in what [Directories] returns, without those that it passes over.
// The error is as that of Directories.
func FilesIn(dirs []string, suffixes ...string) ([]string, error) {
	var names []string
	var errs []error
	for _, dir := range dirs {
		if StandsAlone(dir) && isFile(dir) {
			names = append(names, dir)
			continue
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			errs = append(errs, unreadable(dir, err))
		}
		for _, entry := range entries {
			name := entry.Name()
			wanted := slices.ContainsFunc(suffixes, func(suffix string) bool { return strings.HasSuffix(name, suffix) })
			if name := filepath.Join(dir, name); wanted && !isLeftover(entry.Name()) && !isDir(entry, name) {
				names = append(names, name)
			}
		}
	}
	return names, errors.Join(errs...)
}

// isDir reports whether what a directory lists is a directory, or a link to one.
func isDir(entry fs.DirEntry, name string) bool {
	if entry.Type()&fs.ModeSymlink == 0 {
		return entry.IsDir()
	}
	return isDirectory(name)
}

func isDirectory(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

func isSource(name string) bool { return strings.HasSuffix(name, Suffix) && !isLeftover(name) }
func isGenerated(name string) bool {
	return strings.HasSuffix(name, GeneratedSuffix) && !isLeftover(name)
}

// isOurs reports whether a file is a source, or generated from one.
func isOurs(name string) bool { return isSource(name) || isGenerated(name) }

func isPassedOver(dir string) bool { return dir == "vendor" || dir == "testdata" || isLeftover(dir) }

// isLeftover reports whether the go command passes over a name, as do all commands here where they look for files
// themselves: editors and systems leave ".#shop.sup" and "._shop.sup" behind.
func isLeftover(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}
