package report

import "github.com/supgen/supgen/dsl/diag"

// A Finding is a diagnostic as JSON. The names are API: scripts read them. A later version may add some, and takes
// none away.
//
// Lines and columns count from 1, columns in bytes, in which a byte order mark at the beginning of the file is
// left out; the end is behind the range.
type Finding struct {
	File      string        `json:"file"`
	Line      int           `json:"line"`
	Column    int           `json:"column"`
	EndLine   int           `json:"endLine"`
	EndColumn int           `json:"endColumn"`
	Severity  diag.Severity `json:"severity"` // "error" or "warning"
	Code      diag.Code     `json:"code"`     // "" for a Failure, which is at its place, or at the beginning of what it names
	Message   string        `json:"message"`
	Hint      string        `json:"hint,omitempty"`
	Notes     []Note        `json:"notes,omitempty"`
	Fixes     []Fix         `json:"fixes,omitempty"`
}

// A Fix is one way to mend a Finding: all of its edits are to be made.
type Fix struct {
	Message string `json:"message"`
	Edits   []Edit `json:"edits"`
}

// An Edit is a text for the place of a range.
type Edit struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"endLine"`
	EndColumn int    `json:"endColumn"`
	New       string `json:"new"`
}

// A Note is a place that explains a Finding.
type Note struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
}

// Findings are the diagnostics for JSON. The list is empty, and not nil, if there is nothing to say.
func (r Report) Findings() []Finding {
	findings := []Finding{}
	for _, d := range r.Diagnostics {
		f := Finding{
			File: d.Pos.File, Line: d.Pos.Line, Column: d.Pos.Column,
			EndLine: d.End.Line, EndColumn: d.End.Column,
			Severity: d.Severity, Code: d.Code, Message: d.Message, Hint: d.Hint,
		}
		for _, n := range d.Notes {
			f.Notes = append(f.Notes, Note{n.Pos.File, n.Pos.Line, n.Pos.Column, n.Message})
		}
		for _, fix := range d.Fixes {
			way := Fix{Message: fix.Message}
			for _, e := range fix.Edits {
				way.Edits = append(way.Edits, Edit{e.Pos.File, e.Pos.Line, e.Pos.Column, e.End.Line, e.End.Column, e.New})
			}
			f.Fixes = append(f.Fixes, way)
		}
		findings = append(findings, f)
	}
	for _, f := range r.Failures {
		line, column := max(f.Pos.Line, 1), max(f.Pos.Column, 1)
		findings = append(findings, Finding{
			File: f.Pos.File, Line: line, Column: column, EndLine: line, EndColumn: column, Severity: f.Severity, Message: f.Text(),
		})
	}
	return findings
}
