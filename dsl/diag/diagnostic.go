package diag

import (
	"fmt"
	"slices"
	"strings"
)

// A Diagnostic is one thing to change in a .sup file.
type Diagnostic struct {
	Range    // the tight one: on one line
	Severity Severity
	Code     Code
	Message  string
	Notes    []Note // places that have to do with it
	Hint     string // what to do, where the message does not say it already; may be "", or several lines
	Fixes    []Fix  // ways to do it
}

// A Note is a place that explains a Diagnostic, "first declared here".
type Note struct {
	Range
	Message string
}

// Severity is whether code can be generated all the same.
type Severity uint8

const (
	Error   Severity = iota // the package means nothing
	Warning                 // it means something, probably not what was wanted
)

// String is "error" or "warning".
func (s Severity) String() string { return [...]string{"error", "warning"}[s] }

// MarshalText writes the label.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String is the diagnostic on a line: `shop.sup:7:9: service "DB" is declared twice [duplicate-child]`.
func (d Diagnostic) String() string {
	severity := ""
	if d.Severity == Warning {
		severity = "warning: "
	}
	return fmt.Sprintf("%s: %s%s [%s]", d.Pos, severity, d.Message, d.Code)
}

// String is the note on a line, in the form by which editors tell it from a mistake: `shop.sup:4:9: note: first declared here`.
func (n Note) String() string { return fmt.Sprintf("%s: note: %s", n.Pos, n.Message) }

// Text is the whole diagnostic for a terminal or a log: itself, the source line with carets under its range, the
// hint and the notes. The lines are ended. Where src, the text of the file it is in, is nil, there is no source line.
// All of it is [Visible].
func (d Diagnostic) Text(src []byte) string {
	var b strings.Builder
	fmt.Fprintln(&b, d)
	if src != nil {
		b.WriteString(Excerpt(src, d.Pos, d.End))
	}
	if d.Hint != "" {
		fmt.Fprintf(&b, "\t%s\n", strings.ReplaceAll(d.Hint, "\n", "\n\t"))
	}
	for _, n := range d.Notes {
		fmt.Fprintln(&b, n)
	}
	return Visible(b.String())
}

// HasErrors reports whether one of the diagnostics is an error.
func HasErrors(diagnostics []Diagnostic) bool {
	return slices.ContainsFunc(diagnostics, func(d Diagnostic) bool { return d.Severity == Error })
}

// Reports collects diagnostics.
type Reports struct{ List []Diagnostic }

// Reportf adds a diagnostic. The pointer is valid until the next one is added, for Notef and Hintf.
func (r *Reports) Reportf(code Code, pos, end Pos, format string, args ...any) *Diagnostic {
	r.List = append(r.List, Diagnostic{Range: Range{pos, end}, Severity: code.Severity(), Code: code, Message: fmt.Sprintf(format, args...)})
	return &r.List[len(r.List)-1]
}

// Notef adds a place that has to do with it.
func (d *Diagnostic) Notef(at Range, format string, args ...any) *Diagnostic {
	d.Notes = append(d.Notes, Note{Range: at, Message: fmt.Sprintf(format, args...)})
	return d
}

// Hintf sets what to do.
func (d *Diagnostic) Hintf(format string, args ...any) *Diagnostic {
	d.Hint = fmt.Sprintf(format, args...)
	return d
}

// Sorted is the diagnostics by position; those at one place keep their order. Where one says very much, it is cut: see [Short].
func Sorted(list []Diagnostic) []Diagnostic {
	for i := range list {
		d := &list[i]
		d.Message, d.Hint = Short(d.Message), Short(d.Hint)
		for i := range d.Notes {
			d.Notes[i].Message = Short(d.Notes[i].Message)
		}
		for i := range d.Fixes {
			d.Fixes[i].Message = Short(d.Fixes[i].Message)
		}
	}
	slices.SortStableFunc(list, func(a, b Diagnostic) int { return a.Pos.Compare(b.Pos) })
	return list
}
