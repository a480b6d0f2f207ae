package load

import (
	"bytes"
	"cmp"
	"maps"
	"slices"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
)

// A Mended package is what [Mend] makes of one.
type Mended struct {
	Text map[string][]byte
	Left []diag.Diagnostic // wanted or not
}

// A Kept is a file that [Mend] left as it is, or with some mistakes.
type Kept struct {
	File string
	Code diag.Code // of mistakes that not all packages would fix, or not alike; "" is all
}

// Mend makes the fixes that are wanted in the files of packages, in memory: see [diag.Mend]. In a file that several packages have, by
// links, those are made that all of them want, since one may need what another does not. One that is a link to a file of another
// directory is fixed together with that directory. Kept are the fixes that were not made for these reasons.
func Mend(packages []*Package, wanted func(diag.Diagnostic) bool) (mended []Mended, kept []Kept) {
	real := realPaths(packages)
	whole, some := map[string]bool{}, map[mistake]bool{} // that are kept
	for again := true; again; {
		mended = nil
		tried := make([]map[mistake]bool, len(packages))
		for i, p := range packages {
			tried[i] = map[mistake]bool{}
			text, _, left := diag.Mend(p.Text, p.check, func(d diag.Diagnostic) bool {
				fixes := touched(d, real)
				for m := range fixes {
					if whole[m.file] || some[m] {
						return false
					}
				}
				if wanted(d) {
					maps.Copy(tried[i], fixes)
				}
				return wanted(d)
			})
			mended = append(mended, Mended{text, left})
		}
		again = false
		for file, owned := range disputed(packages, mended, real) {
			again = true
			more := false
			for m := range disagreed(packages, tried, real, file) {
				if owned {
					some[m], more = true, true
				}
			}
			if !more {
				whole[file] = true
			}
		}
	}
	found := make([][]diag.Diagnostic, len(mended))
	for i := range mended {
		found[i] = mended[i].Left
	}
	for i, left := range withoutNeeded(packages, found) {
		mended[i].Left = left
		for _, d := range left {
			for m := range touched(d, real) {
				switch name := fromWorkingDirectory(m.file); {
				case !wanted(d):
				case whole[m.file]:
					kept = append(kept, Kept{File: name})
				case some[m]:
					kept = append(kept, Kept{name, d.Code})
				}
			}
		}
	}
	slices.SortFunc(kept, func(a, b Kept) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Code, b.Code)) })
	return mended, slices.Compact(kept)
}

// touched are the fixes of a diagnostic, in each file that they change.
func touched(d diag.Diagnostic, real map[string]string) map[mistake]bool {
	fixes := map[mistake]bool{}
	for _, fix := range d.Fixes {
		for _, e := range fix.Edits {
			fixes[mistake{real[e.Pos.File], d.Code, d.Message + "\n" + fix.Message}] = true
		}
	}
	return fixes
}

// disagreed are the mistakes in a file that were fixed in one of the packages that have it, and not in all.
func disagreed(packages []*Package, tried []map[mistake]bool, real map[string]string, file string) map[mistake]bool {
	n, all := 0, map[mistake]int{}
	for i, p := range packages {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(p.Text)), func(name string) bool { return real[name] == file }) {
			continue
		}
		n++
		for m := range tried[i] {
			if m.file == file {
				all[m]++
			}
		}
	}
	some := map[mistake]bool{}
	for m, fixed := range all {
		if fixed < n {
			some[m] = true
		}
	}
	return some
}

// disputed are the files that come out differently in packages, or that are fixed by links alone, which are not owned.
func disputed(packages []*Package, mended []Mended, real map[string]string) (files map[string]bool) {
	type outcome struct {
		text           []byte
		fixed, differs bool
		owned          bool // one of the names is that of the file itself
	}
	outcomes := map[string]*outcome{}
	for i, p := range packages {
		for name, text := range mended[i].Text {
			file := real[name]
			o := outcomes[file]
			if o == nil {
				o = &outcome{text: text}
				outcomes[file] = o
			}
			o.fixed = o.fixed || !bytes.Equal(text, p.Text[name])
			o.differs = o.differs || !bytes.Equal(text, o.text)
			o.owned = o.owned || isOwn(name, file)
		}
	}
	files = map[string]bool{}
	for file, o := range outcomes {
		if o.fixed && (o.differs || !o.owned) {
			files[file] = o.owned
		}
	}
	return files
}

// check is what there would be to report if the files had other texts.
func (p *Package) check(text map[string][]byte) []diag.Diagnostic {
	var files []*syntax.File
	for name, text := range text {
		file, _ := dsl.Parse(name, text)
		files = append(files, file)
	}
	_, diagnostics := dsl.Check(files, p.goPackage, p.goDecls...) // in the order of their names
	return diagnostics
}

// Renamed is the package with other names of its files, and so with other positions.
func (p *Package) Renamed(name func(string) string) *Package {
	renamed := &Package{Text: map[string][]byte{}, goPackage: p.goPackage, goDecls: p.goDecls}
	var files []*syntax.File
	for file, text := range p.Text {
		files = append(files, renamed.parse(name(file), text))
	}
	renamed.Tree, renamed.Diagnostics = dsl.Check(files, p.goPackage, p.goDecls...)
	return renamed
}
