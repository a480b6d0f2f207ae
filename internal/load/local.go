package load

import (
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

// Workspace is the go.work in force for a module, absolute, "" if there is none, and whether it uses the module. The error says why
// the go command refuses it, or that it cannot be read.
func Workspace(module string) (file string, uses bool, err error) {
	if file = workspace(module); file == "" {
		return "", false, nil
	}
	used, err := usedBy(file)
	for _, dir := range used {
		uses = uses || RealPath(dir) == RealPath(module)
	}
	return file, uses, err
}

// Imported are the packages with .sup files that some packages import, directly or not, and that are on this disk: in their
// module, in others of the workspace, or in a directory that replaces a module. Those that cannot be read are left out.
func Imported(packages []*Package) (imported []*Package) {
	given := map[string]*Package{}
	for _, p := range packages {
		if len(p.Text) > 0 {
			given[RealPath(p.Dir())] = p
		}
	}
	seen := map[string]bool{}
	modules := map[string]map[string]string{} // of each module that imports
	var visit func(dir string)
	visit = func(dir string) {
		if seen[dir] {
			return
		}
		seen[dir] = true
		p := given[dir]
		if p == nil {
			var err error
			if p, err = Dir(dir); err != nil {
				return
			}
			if len(p.Text) > 0 {
				imported = append(imported, p)
			}
		}
		top := ModuleOf(dir)
		if modules[top] == nil {
			modules[top] = modulesFrom(top)
		}
		for _, importPath := range importsOf(dir, p) {
			if below, ok := directoryOf(modules[top], importPath); ok {
				visit(RealPath(below))
			}
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(given)) {
		visit(dir)
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

// modulesFrom are the directories of the modules on this disk that a module sees, by their paths.
func modulesFrom(top string) map[string]string {
	modules := map[string]string{}
	tops := []string{top}
	if work, uses, _ := Workspace(top); uses {
		used, _ := usedBy(work)
		tops = append(tops, used...)
		addReplaced(modules, work)
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
