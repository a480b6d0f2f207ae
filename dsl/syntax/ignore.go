package syntax

import (
	"regexp"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
)

// An Ignore is a comment that accepts a warning, with the reason, or a part of one that accepts several:
//
//	//supgen:ignore same-type the primary and a replica
//	//supgen:ignore same-type,unused-policy for a start
//
// It silences what is said of its line, if it stands behind a statement, or else of the line below.
type Ignore struct {
	Comment
	Accepted
	Reason string

	At    diag.Range // the code, if there is one
	Comma diag.Range // of several codes, this one with a comma, which can be removed; otherwise none
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
		ignores = append(ignores, c.ignores(f.Name, line)...)
	}
	slices.Reverse(ignores)
	return ignores
}

var (
	ignoredCodes = regexp.MustCompile(`^[^\s,]+(\s*,\s*[^\s,]+)*`)
	ignoredCode  = regexp.MustCompile(`[^\s,]+`)
)

// ignores are the codes that a comment accepts on a line, the last first, or one without a code if it does not say which.
func (c Comment) ignores(file string, line int) (ignores []Ignore) {
	text := c.Shown()
	rest, ok := strings.CutPrefix(text, Directive+"ignore")
	if !ok || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		return nil
	}
	rest = strings.TrimLeft(rest, " \t")
	part := func(from, to int) diag.Range {
		return diag.Range{Pos: c.Pos.Plus(from), End: c.Pos.Plus(to)}
	}
	start := len(text) - len(rest)
	list := ignoredCodes.FindString(rest)
	reason := strings.Join(strings.Fields(rest[len(list):]), " ")
	codes := ignoredCode.FindAllStringIndex(list, -1)
	for i, code := range codes {
		ignore := Ignore{Comment: c, Accepted: Accepted{file, line, diag.Code(list[code[0]:code[1]])}, Reason: reason}
		ignore.At = part(start+code[0], start+code[1])
		switch {
		case len(codes) == 1:
		case i+1 < len(codes):
			ignore.Comma = part(start+code[0], start+codes[i+1][0])
		default:
			ignore.Comma = part(start+codes[i-1][1], start+code[1])
		}
		ignores = append(ignores, ignore)
	}
	if len(codes) == 0 {
		return []Ignore{{Comment: c, Accepted: Accepted{File: file, Line: line}}}
	}
	slices.Reverse(ignores)
	return ignores
}
