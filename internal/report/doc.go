// Package report renders diagnostics for machines: as JSON for scripts, as SARIF for code scanning, and as the
// commands that annotate a change on GitHub. It prints nothing by itself.
//
// What a reader at a terminal sees is [diag.Diagnostic]'s own Text.
package report

import (
	"fmt"
	"slices"

	"github.com/supgen/supgen/dsl/diag"
)

// A Report is what was found in some directories.
type Report struct {
	Diagnostics []diag.Diagnostic // in the order they are to be shown in
	Text        map[string][]byte // of each file that a position is in, by its name there
	Failures    []Failure         // why the report is not complete
	Annotations string            // workflow commands of what else there is to say, behind those of the report

	columns columns // while it is rendered
}

// A Failure is what kept a file or a directory from being looked at, or, as a warning, from being looked at in every way. It has no rule.
type Failure struct {
	Severity diag.Severity
	Pos      diag.Pos // without a line it is all of a file or a directory; the zero Pos is neither
	Message  string   // goes on where the name of that file or directory ends: "cannot be read"
}

// Text is all that there is to say. Of a place in a file that stands without its name, as of a diagnostic.
func (f Failure) Text() string {
	if f.Pos.File == "" || f.Pos.IsValid() {
		return f.Message
	}
	return fmt.Sprintf("%s %s", diag.Quoted(f.Pos.File), f.Message)
}

// Renamed is the report with other names of files.
func (r Report) Renamed(name func(string) string) Report {
	at := func(p diag.Range) diag.Range {
		p.Pos.File, p.End.File = name(p.Pos.File), name(p.End.File)
		return p
	}
	renamed := Report{Diagnostics: slices.Clone(r.Diagnostics), Text: make(map[string][]byte, len(r.Text)), Annotations: r.Annotations}
	for file, text := range r.Text {
		renamed.Text[name(file)] = text
	}
	for i := range renamed.Diagnostics {
		d := &renamed.Diagnostics[i]
		d.Range, d.Notes, d.Fixes = at(d.Range), slices.Clone(d.Notes), slices.Clone(d.Fixes)
		for i := range d.Notes {
			d.Notes[i].Range = at(d.Notes[i].Range)
		}
		for i := range d.Fixes {
			d.Fixes[i].Edits = slices.Clone(d.Fixes[i].Edits)
			for j := range d.Fixes[i].Edits {
				d.Fixes[i].Edits[j].Range = at(d.Fixes[i].Edits[j].Range)
			}
		}
	}
	for _, f := range r.Failures {
		if f.Pos.File != "" {
			f.Pos.File = name(f.Pos.File)
		}
		renamed.Failures = append(renamed.Failures, f)
	}
	return renamed
}
