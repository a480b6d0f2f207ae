package load

import (
	"cmp"
	"fmt"
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

	Brings func(diag.Diagnostic) diag.Code // the error for which the fix of one that is left was not made, or ""
}

// A Kept is a file that [Mend] left as it is, or with some mistakes.
type Kept struct {
	File string
	Why  string // goes on where the name ends: "is not fixed: "
}

// Mend makes the fixes that are wanted in the files of packages, in memory: see [diag.Mend]. In a file that several packages have, by
// links, a fix is made that one of them wants, if it brings no error with it in any of them: all that are in the repository are asked. By a link
// alone a file is not fixed, but with the directory that it is in. Kept are the fixes that were not made for these reasons.
func Mend(packages []*Package, wanted func(diag.Diagnostic) bool) (mended []Mended, kept []Kept) {
	others, isAll := sharing(packages, mostLinked, func(d diag.Diagnostic) bool { return wanted(d) && len(d.Fixes) == 1 })
	asked := slices.Concat(packages, others)
	real := realPaths(asked)
	owned, shared := map[string]bool{}, map[string]int{}
	for i, p := range asked {
		for name := range p.Text {
			shared[real[name]]++
			owned[real[name]] = owned[real[name]] || i < len(packages) && isOwn(name, real[name])
		}
	}
	texts, refused := map[string][]byte{}, diag.Refused{}
	brings := func(d diag.Diagnostic) diag.Code {
		d.Pos.File = real[d.Pos.File]
		return refused.Brings(d)
	}
	for _, g := range groups(asked, real) {
		text, _, _, not := diag.Mend(g.text, g.check, func(d diag.Diagnostic) bool {
			return wanted(d) && (isAll || !isUnused(d)) && !slices.ContainsFunc(d.Fixes, func(fix diag.Fix) bool {
				return slices.ContainsFunc(fix.Edits, func(e diag.Edit) bool { return !owned[e.Pos.File] })
			})
		})
		maps.Copy(texts, text)
		maps.Copy(refused, not)
	}
	var found [][]diag.Diagnostic
	for i, p := range asked {
		text := map[string][]byte{}
		for name := range p.Text {
			text[name] = texts[real[name]]
		}
		found = append(found, p.check(text))
		if i < len(packages) {
			mended = append(mended, Mended{Text: text, Brings: brings})
		}
	}
	for i, left := range withoutNeeded(asked, found, isAll)[:len(packages)] {
		mended[i].Left = left
		for _, d := range left {
			if len(d.Fixes) != 1 || !wanted(d) {
				continue
			}
			for _, e := range d.Fixes[0].Edits {
				file := real[e.Pos.File]
				why := ""
				switch {
				case !owned[file]:
					why = "is not fixed: other directories have it by links, and its own is not named"
				case !isAll && isUnused(d):
					why = fmt.Sprintf("is not fixed of %s: not all directories that may have it by links could be asked", d.Code)
				case shared[file] > 1 && brings(d) == "":
					why = fmt.Sprintf("is not fixed everywhere: the directories that have it, by links, do not all want the same fix of %s", d.Code)
				}
				if why != "" {
					kept = append(kept, Kept{fromWorkingDirectory(file), why})
				}
			}
		}
	}
	slices.SortFunc(kept, func(a, b Kept) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Why, b.Why)) })
	return mended, slices.Compact(kept)
}

// A group is packages that have files in common, directly or not, or one that has none with another. Its files have their real paths.
type group struct {
	packages []*Package
	text     map[string][]byte
	real     map[string]string // what packages call them
}

// groups are those of packages. What several have is as the first of them has it.
func groups(packages []*Package, real map[string]string) (all []group) {
	for _, p := range packages {
		own := map[string][]byte{}
		for name, text := range p.Text {
			own[real[name]] = text
		}
		g := group{[]*Package{p}, maps.Clone(own), real}
		apart := slices.DeleteFunc(all, func(other group) bool {
			for file := range own {
				if _, ok := other.text[file]; ok {
					g.packages = append(slices.Clone(other.packages), g.packages...)
					maps.Copy(g.text, other.text)
					return true
				}
			}
			return false
		})
		all = append(apart, g)
	}
	return all
}

// check is what there would be to report of all packages if the files had other texts. What several of them say at one place is said
// once, with the fixes of all: where they differ, somebody has to choose.
func (g group) check(text map[string][]byte) (all []diag.Diagnostic) {
	if len(g.packages) == 1 {
		all = g.packages[0].check(text)
		return withoutNeeded(g.packages, [][]diag.Diagnostic{all}, true)[0]
	}
	var found [][]diag.Diagnostic
	for _, p := range g.packages {
		has := map[string][]byte{}
		for name := range p.Text {
			has[g.real[name]] = text[g.real[name]]
		}
		found = append(found, p.check(has))
	}
	type place struct {
		diag.Range
		code diag.Code
	}
	said := map[place]int{}
	for _, left := range withoutNeeded(g.packages, found, true) {
		for _, d := range left {
			i, again := said[place{d.Range, d.Code}]
			if !again {
				said[place{d.Range, d.Code}] = len(all)
				all = append(all, d)
				continue
			}
			for _, fix := range d.Fixes {
				if !slices.ContainsFunc(all[i].Fixes, func(other diag.Fix) bool { return other.Message == fix.Message }) {
					all[i].Fixes = append(slices.Clip(all[i].Fixes), fix)
				}
			}
		}
	}
	return all
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
	renamed := newPackage()
	renamed.goPackage, renamed.goDecls = p.goPackage, p.goDecls
	var files []*syntax.File
	for file, text := range p.Text {
		files = append(files, renamed.parse(name(file), text))
	}
	renamed.Tree, renamed.Diagnostics = dsl.Check(files, p.goPackage, p.goDecls...)
	return renamed
}
