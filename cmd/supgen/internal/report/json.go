package report

import (
	"bytes"
	"encoding/json"

	"github.com/supgen/supgen/dsl"
)

// A finding is a diagnostic as JSON. The names are API: scripts read them. A later version may add some, and takes
// none away.
//
// Lines and columns count from 1, columns in bytes; the end is behind the range.
type finding struct {
	File      string       `json:"file"`
	Line      int          `json:"line"`
	Column    int          `json:"column"`
	EndLine   int          `json:"endLine"`
	EndColumn int          `json:"endColumn"`
	Severity  dsl.Severity `json:"severity"` // "error" or "warning"
	Code      dsl.Code     `json:"code"`
	Message   string       `json:"message"`
	Hint      string       `json:"hint,omitempty"`
	Notes     []note       `json:"notes,omitempty"`
}

type note struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
}

// JSON is the report as one array, [] if there is nothing to say.
func (r Report) JSON() []byte {
	findings := []finding{}
	for _, d := range r.Diagnostics {
		f := finding{
			File: d.Pos.File, Line: d.Pos.Line, Column: d.Pos.Column,
			EndLine: d.End.Line, EndColumn: d.End.Column,
			Severity: d.Severity, Code: d.Code, Message: d.Message, Hint: d.Hint,
		}
		for _, n := range d.Notes {
			f.Notes = append(f.Notes, note{n.Pos.File, n.Pos.Line, n.Pos.Column, n.Message})
		}
		findings = append(findings, f)
	}
	return indented(findings)
}

// indented is a value as JSON that a person can read too, its last line ended.
func indented(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // messages hold "<" and "&", and no browser reads this
	e.SetIndent("", "\t")
	if err := e.Encode(v); err != nil {
		panic("report: " + err.Error()) // structs of strings and numbers can always be written
	}
	return b.Bytes()
}
