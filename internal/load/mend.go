package load

import (
	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
)

// Mend makes the fixes that are wanted in the files of the package, in memory: see [diag.Mend].
func (p *Package) Mend(wanted func(diag.Diagnostic) bool) (text map[string][]byte, done, left []diag.Diagnostic) {
	return diag.Mend(p.Text, p.check, wanted)
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
