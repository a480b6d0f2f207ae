package load

import (
	"path/filepath"
	"slices"

	"github.com/supgen/supgen/dsl/diag"
)

// A mistake is what makes diagnostics of one file the same in all packages that have it, by links.
type mistake struct {
	file    string // its real path
	code    diag.Code
	message string
}

// withoutNeeded are the diagnostics that were found in packages, for each, without those of a policy or an ignore that another of the
// packages needs, which has the file too. A file that only one of them has, and by a link, may be needed where nobody looked.
func withoutNeeded(packages []*Package, found [][]diag.Diagnostic) [][]diag.Diagnostic {
	unused := func(d diag.Diagnostic) bool {
		return d.Code == diag.CodeUnusedPolicy || d.Code == diag.CodeUnusedIgnore
	}
	if !slices.ContainsFunc(found, func(ds []diag.Diagnostic) bool { return slices.ContainsFunc(ds, unused) }) {
		return found
	}
	real := realPaths(packages)
	have, report := map[string]int{}, map[mistake]int{}
	for i, p := range packages {
		for name := range p.Text {
			have[real[name]]++
		}
		said := map[mistake]bool{}
		for _, d := range found[i] {
			if m := (mistake{real[d.Pos.File], d.Code, d.Message}); unused(d) && !said[m] {
				said[m] = true
				report[m]++
			}
		}
	}
	left := make([][]diag.Diagnostic, len(found))
	for i := range found {
		left[i] = slices.DeleteFunc(slices.Clone(found[i]), func(d diag.Diagnostic) bool {
			file := real[d.Pos.File]
			m := mistake{file, d.Code, d.Message}
			return unused(d) && (report[m] < have[file] || have[file] == 1 && !isOwn(d.Pos.File, file))
		})
	}
	return left
}

// realPaths are the real paths of the files of packages, by their names.
func realPaths(packages []*Package) map[string]string {
	real := map[string]string{}
	for _, p := range packages {
		for name := range p.Text {
			real[name] = RealPath(name)
		}
	}
	return real
}

// isOwn reports whether a name of a file is in the directory that the file itself is in.
func isOwn(name, real string) bool { return RealPath(filepath.Dir(name)) == filepath.Dir(real) }
