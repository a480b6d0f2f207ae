package load

import (
	"cmp"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/tree"
)

// A file may be in several packages, by links: one of policies, most often. Such a file is shared. Its own directory is the one that
// it is in without a link; where that has no tree, none of what the file declares can be used there.
//
// What is unused in a shared file, a policy or an ignore, is so in all packages that have it. They are looked for in all of the
// repository, named or not. As to policies a directory without a tree does not count: that none is used there says nothing. Where no
// other has the file, it may be shared from elsewhere, and nothing in it is unused.

// isUnused reports whether a diagnostic is about what another package that has the file may need.
func isUnused(d diag.Diagnostic) bool {
	return d.Code == diag.CodeUnusedPolicy || d.Code == diag.CodeUnusedIgnore
}

// withoutNeeded are the diagnostics that were found in packages, for each, without those of a policy or an ignore that may be
// needed: by another of the packages, or by one that is not among them, if these are not all.
func withoutNeeded(packages []*Package, found [][]diag.Diagnostic, isAll bool) [][]diag.Diagnostic {
	if !slices.ContainsFunc(found, func(ds []diag.Diagnostic) bool { return slices.ContainsFunc(ds, isUnused) }) {
		return found
	}
	type view struct { // of a file, in one package
		hasTree bool
		counts  bool // it has a tree, or mistakes that may hide one
		unused  []diag.Range
	}
	real := realPaths(packages)
	fileOf := func(d diag.Diagnostic) string { return cmp.Or(real[d.Pos.File], d.Pos.File) }
	owned, views := map[string]bool{}, map[string][]view{}
	for i, p := range packages {
		unused := map[string][]diag.Range{}
		for _, d := range found[i] {
			if isUnused(d) {
				unused[fileOf(d)] = append(unused[fileOf(d)], removed(d)...)
			}
		}
		for name := range p.Text {
			file := real[name]
			owned[file] = owned[file] || isOwn(name, file)
			views[file] = append(views[file], view{p.HasTree(), p.HasTree() || p.Tree == nil, unused[file]})
		}
	}
	mayBeNeeded := func(d diag.Diagnostic) bool {
		seen := false
		for _, v := range views[fileOf(d)] {
			seen = seen || v.hasTree
			isThere := func(r diag.Range) bool { return r.Pos.Offset <= d.Pos.Offset && d.Pos.Offset <= r.End.Offset }
			if (v.counts || d.Code == diag.CodeUnusedIgnore) && !slices.ContainsFunc(v.unused, isThere) {
				return true
			}
		}
		return !seen || !owned[fileOf(d)] || !isAll && len(views[fileOf(d)]) > 1
	}
	left := make([][]diag.Diagnostic, len(found))
	for i := range found {
		left[i] = slices.DeleteFunc(slices.Clone(found[i]), func(d diag.Diagnostic) bool { return isUnused(d) && mayBeNeeded(d) })
	}
	return left
}

// withoutNeededIn takes what may be needed from the diagnostics of packages.
func withoutNeededIn(isAll bool, packages ...*Package) {
	var found [][]diag.Diagnostic
	for _, p := range packages {
		found = append(found, p.Diagnostics)
	}
	for i, left := range withoutNeeded(packages, found, isAll) {
		packages[i].Diagnostics = left
	}
}

// removed is what a diagnostic says is unused: its place, and all that its fixes change.
func removed(d diag.Diagnostic) []diag.Range {
	ranges := []diag.Range{d.Range}
	for _, fix := range d.Fixes {
		for _, e := range fix.Edits {
			ranges = append(ranges, e.Range)
		}
	}
	return ranges
}

// HasTree reports whether there is a tree in the package, with mistakes or without.
func (p *Package) HasTree() bool {
	return p.Info != nil && slices.ContainsFunc(p.Info.Definitions, func(d *tree.Definition) bool { return d.Kind == tree.TreeDefinition })
}

// mostLinked is how many names are looked at for links.
const mostLinked = 100_000

// sharing are other packages that have files of some packages by links, if one of these has a diagnostic that is wanted. They are
// looked for in the git work tree that a file is in, or else its workspace, its module or the current directory, where patterns would look, but in
// all modules. So many names are looked at at most. These may not be all where there are more, where a sparse work tree keeps some off the disk,
// and where a link leads nowhere, to a file of that name.
func sharing(packages []*Package, most int, wanted func(diag.Diagnostic) bool) (others []*Package, isAll bool) {
	real, names, seen, tops := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, p := range packages {
		seen[realDirectory(p.Dir())] = true
		isWanted := slices.ContainsFunc(p.Diagnostics, wanted)
		for name := range p.Text {
			if file := realDirectory(name); isWanted && isOwn(name, file) {
				real[file], names[filepath.Base(file)], tops[topOfShared(filepath.Dir(file))] = true, true, true
			}
		}
	}
	isAll = true
	for top := range tops {
		if len(sparseAt(context.Background(), top)) > 0 {
			isAll = false
		}
		most -= everywhere(top, most, func(path string, entry fs.DirEntry) {
			dir := filepath.Dir(path)
			if entry.Type()&fs.ModeSymlink == 0 || !isSource(entry.Name()) || seen[dir] {
				return
			}
			if _, err := os.Stat(path); err != nil { // it may have led to one of them
				to, _ := os.Readlink(path)
				isAll = isAll && !names[filepath.Base(to)]
				return
			}
			if !real[RealPath(path)] {
				return
			}
			seen[dir] = true
			if p, err := Dir(fromWorkingDirectory(dir)); err == nil {
				others = append(others, p)
			}
		})
	}
	return others, isAll && most >= 0
}

// everywhere visits the files at and below a directory where patterns would look for them, but in all modules. It looks at so many names
// at most, and returns how many there were, one more if that was not all. What cannot be read has none.
func everywhere(top string, most int, visit func(path string, entry fs.DirEntry)) (n int) {
	filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		if n++; n > most {
			return filepath.SkipAll
		}
		switch {
		case err != nil:
		case !entry.IsDir():
			visit(path, entry)
		case path != top && (isPassedOver(entry.Name()) || entry.Name() == "node_modules"):
			return filepath.SkipDir
		}
		return nil
	})
	return n
}

// topOfShared is where links to the files of a directory are looked for.
func topOfShared(dir string) string {
	if top := workTree(dir); top != "" {
		return top
	}
	module := cmp.Or(ModuleOf(dir), ".")
	work := cmp.Or(workspace(dir), filepath.Join(module, "go.work"))
	for _, top := range []string{filepath.Dir(work), module} {
		top = RealPath(top)
		if below, err := filepath.Rel(top, dir); err == nil && filepath.IsLocal(below) {
			return top
		}
	}
	return dir
}

// realPaths are the real paths of the files of packages, by their names. A file need not be there.
func realPaths(packages []*Package) map[string]string {
	real := map[string]string{}
	for _, p := range packages {
		for name := range p.Text {
			real[name] = realDirectory(name)
		}
	}
	return real
}

// isOwn reports whether a name of a file is in the directory that the file itself is in.
func isOwn(name, real string) bool { return realDirectory(filepath.Dir(name)) == filepath.Dir(real) }
