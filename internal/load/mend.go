package load

import (
	"bytes"
	"path/filepath"
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

// Mend makes the fixes that are wanted in the files of packages, in memory: see [diag.Mend]. A file that several packages have, by
// links, is fixed if the same comes out in each, since one may need what another does not. One that is a link to a file of another
// directory is fixed together with that directory. Kept are those that are not fixed for these reasons.
func Mend(packages []*Package, wanted func(diag.Diagnostic) bool) (mended []Mended, kept []string) {
	real := map[string]string{}
	for _, p := range packages {
		for name := range p.Text {
			real[name] = RealPath(name)
		}
	}
	isKept := func(e diag.Edit) bool { return slices.Contains(kept, real[e.Pos.File]) }
	for {
		mended = nil
		for _, p := range packages {
			text, _, left := diag.Mend(p.Text, p.check, func(d diag.Diagnostic) bool {
				return wanted(d) && !slices.ContainsFunc(d.Fixes, func(fix diag.Fix) bool {
					return slices.ContainsFunc(fix.Edits, isKept)
				})
			})
			mended = append(mended, Mended{text, left})
		}
		more := disputed(packages, mended, real)
		if len(more) == 0 {
			break
		}
		kept = append(kept, more...)
	}
	for i := range kept {
		kept[i] = fromWorkingDirectory(kept[i])
	}
	slices.Sort(kept)
	return mended, kept
}

// disputed are the files that come out differently in packages, or that are fixed by links alone.
func disputed(packages []*Package, mended []Mended, real map[string]string) (files []string) {
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
			o.owned = o.owned || RealPath(filepath.Dir(name)) == filepath.Dir(file)
		}
	}
	for file, o := range outcomes {
		if o.fixed && (o.differs || !o.owned) {
			files = append(files, file)
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
