package syntax

import (
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
)

// An Ignore is a comment that accepts a warning, with the reason:
//
//	//supgen:ignore same-type the primary and a replica
//
// It silences what is said of its line, if it stands behind a statement, or else of the line below.
type Ignore struct {
	Comment
	Accepted
	Reason string
}

// Accepted is what an ignore accepts: a warning of a line.
type Accepted struct {
	File string
	Line int
	Code diag.Code
}

// Ignores are those in a file. Where comments stand below each other, all of them speak of the line below the last.
func (f *File) Ignores() []Ignore {
	var ignores []Ignore
	below := 0 // the line that the comment after this one speaks of
	for i, c := range slices.Backward(f.Comments) {
		line := c.Pos.Line
		switch {
		case c.trailing:
		case i+1 < len(f.Comments) && f.Comments[i+1].Pos.Line == line+1:
			line = below
		default:
			line++
		}
		below = line
		rest, ok := strings.CutPrefix(c.Shown(), Directive+"ignore")
		if ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t') {
			code, reason, _ := strings.Cut(strings.Join(strings.Fields(rest), " "), " ")
			ignores = append(ignores, Ignore{c, Accepted{File: f.Name, Line: line, Code: diag.Code(code)}, reason})
		}
	}
	slices.Reverse(ignores)
	return ignores
}
