package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/supgen/supgen/dsl"
)

// printText prints the source's diagnostics for a reader.
func (s *source) printText(w io.Writer) error {
	colours := coloured(w)
	for _, d := range s.diagnostics {
		text := d.Text(s.text[d.Pos.File])
		if colours {
			text = colour(d) + text[:len(d.String())] + "\x1b[0m" + text[len(d.String()):]
		}
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
	}
	return nil
}

func colour(d dsl.Diagnostic) string {
	if d.Severity == dsl.Warning {
		return "\x1b[1;33m"
	}
	return "\x1b[1;31m"
}

// coloured reports whether w is a terminal whose user did not ask for plain text (no-color.org).
func coloured(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// A finding is a diagnostic for machines. Lines and columns count from 1, columns in bytes; the end is behind
// the range.
type finding struct {
	File      string       `json:"file"`
	Line      int          `json:"line"`
	Column    int          `json:"column"`
	EndLine   int          `json:"endLine"`
	EndColumn int          `json:"endColumn"`
	Severity  dsl.Severity `json:"severity"`
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

// printJSON prints diagnostics as one array of findings.
func printJSON(w io.Writer, diagnostics []dsl.Diagnostic) error {
	findings := []finding{}
	for _, d := range diagnostics {
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
	text, err := json.MarshalIndent(findings, "", "\t")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", text)
	return err
}
