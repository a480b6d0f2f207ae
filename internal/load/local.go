package load

import (
	"cmp"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
)

// ModuleOf is the directory of the module that a directory is in, "" if it is in none.
func ModuleOf(dir string) string { return above(dir, "go.mod") }

// Workspace is the go.work in force for a module, absolute, "" if there is none, and the directory that it uses the module by, which
// may have links on the way, "" if it does not. The error says why the go command refuses it, or that it cannot be read.
func Workspace(module string) (file, use string, err error) {
	module = RealPath(module)
	if file = workspace(module); file == "" {
		return "", "", nil
	}
	used, err := usedBy(file)
	if i := slices.IndexFunc(used, func(dir string) bool { return RealPath(dir) == module }); i >= 0 {
		use = used[i]
	}
	return file, use, err
}

// GoNames are what the go command calls modules, by their real paths: the directory by which go.work uses one, which it does not
// know by another.
type GoNames map[string]string

// Of is what the go command calls a directory, and the module that it is in, "" if it is in none. Both are absolute.
func (names GoNames) Of(dir string) (named, module string) {
	dir = RealPath(dir)
	if module = ModuleOf(dir); module == "" {
		return dir, ""
	}
	if names[module] == "" {
		_, use, _ := Workspace(module)
		names[module] = cmp.Or(use, module)
	}
	return filepath.Join(names[module], strings.TrimPrefix(dir, module)), names[module]
}

// Imported are the packages with .sup files that some packages import, directly or not, and that are on this disk: in their
// module, in others of the workspace, or in a directory that replaces a module. Those that cannot be read are left out. The
// directories of both are as the go command calls them: one of the packages is returned too where it is imported by another name.
func Imported(packages map[string]*Package) (imported []*Package) {
	type place struct{ main, dir string }
	seen := map[place]bool{}
	modules := map[string]map[string]string{} // of each main module or workspace, which alone says what is replaced
	imports := map[string][]string{}          // of each directory
	given := map[string]bool{}                // real paths
	for dir := range packages {
		given[RealPath(dir)] = true
	}
	var visit func(at place)
	visit = func(at place) {
		if seen[at] {
			return
		}
		seen[at] = true
		if _, ok := imports[at.dir]; !ok {
			p, isGiven := packages[at.dir]
			if !isGiven {
				var err error
				if p, err = Dir(at.dir); err != nil {
					return
				}
				if len(p.Text) > 0 && (p.Tree != nil || !given[RealPath(at.dir)]) {
					imported = append(imported, p)
				}
			}
			imports[at.dir] = importsOf(at.dir, p)
		}
		for _, importPath := range imports[at.dir] {
			if below, ok := directoryOf(modules[at.main], importPath); ok {
				visit(place{at.main, below})
			}
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(packages)) {
		main := ModuleOf(dir)
		if main == "" {
			continue
		}
		work, use, _ := Workspace(main)
		if use != "" {
			main = work
		}
		if modules[main] == nil {
			modules[main] = modulesOf(main, use != "")
		}
		visit(place{main, dir})
	}
	return imported
}

// importsOf are the paths that the files of a package import, tests left out.
func importsOf(dir string, p *Package) (paths []string) {
	if p.Tree != nil {
		for _, file := range p.Tree.Files {
			for _, i := range file.Imports {
				paths = append(paths, i.Path)
			}
		}
	}
	names, _ := FilesIn([]string{dir}, ".go")
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := ReadGo(name)
		if err != nil {
			continue
		}
		file, _ := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly)
		for _, spec := range file.Imports {
			if path, err := strconv.Unquote(spec.Path.Value); err == nil {
				paths = append(paths, path)
			}
		}
	}
	return paths
}

// modulesOf are the directories of the modules on this disk that a main module sees, or all that a go.work uses, by their paths.
func modulesOf(main string, isWork bool) map[string]string {
	modules := map[string]string{}
	tops := []string{main}
	if isWork {
		tops, _ = usedBy(main)
		addReplaced(modules, main)
	}
	for _, top := range tops {
		if path := addReplaced(modules, filepath.Join(top, "go.mod")); path != "" {
			modules[path] = top
		}
	}
	return modules
}

// addReplaced adds the modules that a go.mod or go.work replaces by directories. It returns the path of a go.mod's own.
func addReplaced(modules map[string]string, file string) (path string) {
	text, err := Read(file)
	if err != nil {
		return ""
	}
	var replaced []*modfile.Replace
	if filepath.Ext(file) == ".work" {
		if work, err := modfile.ParseWork(file, text, nil); err == nil {
			replaced = work.Replace
		}
	} else if mod, err := modfile.Parse(file, text, nil); err == nil {
		path, replaced = modfile.ModulePath(text), mod.Replace
	}
	for _, r := range replaced {
		if dir := filepath.FromSlash(r.New.Path); r.New.Version == "" && modules[r.Old.Path] == "" {
			if !filepath.IsAbs(dir) {
				dir = filepath.Join(filepath.Dir(file), dir)
			}
			modules[r.Old.Path] = dir
		}
	}
	return path
}

// directoryOf is the directory of a package, as the module with the longest path that it begins with has it.
func directoryOf(modules map[string]string, importPath string) (dir string, ok bool) {
	for module := importPath; module != "."; module = path.Dir(module) {
		if top := modules[module]; top != "" {
			dir = filepath.Join(top, filepath.FromSlash(strings.TrimPrefix(importPath, module)))
			info, err := os.Stat(dir)
			return dir, err == nil && info.IsDir()
		}
	}
	return "", false
}
