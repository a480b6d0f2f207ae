package syntax

import (
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/supgen/supgen/dsl/diag"
)

// A unit is a part of a statement that is written without a break: a token, or a Go type.
type unit struct {
	text   string
	pos    diag.Pos
	last   int  // the line it ends on
	spaced bool // a space stands before it, if it does not begin a line
}

// unitsOf cuts a statement into pieces. A type is one piece, as gofmt writes it. If comments stand in it, or if it
// is none, its tokens are pieces, with as much space as there was.
func unitsOf(l *line, comments []Comment) []unit {
	types := typesOf(l)
	var pieces []unit
	for i := 0; i < len(l.tokens); i++ {
		t := l.tokens[i]
		p := unit{text: t.Value, pos: Begin(t), last: t.Pos.Line, spaced: i > 0 && isSpaced(l, i)}
		if len(types) == 0 || t.Pos.Offset != types[0].Tokens[0].Pos.Offset {
			pieces = append(pieces, p)
			continue
		}
		d := types[0]
		types = types[1:]
		p.spaced = true
		if text, ok := d.canonical(comments); ok {
			p.text, p.last = text, d.End().Line
			pieces = append(pieces, p)
		} else {
			pieces = append(pieces, p)
			pieces = append(pieces, d.asWritten()...)
		}
		i += len(d.Tokens) - 1
	}
	return pieces
}

// typesOf are the Go types in a statement, in their order.
func typesOf(l *line) []*TypeDecl {
	production, ok := ProductionOf(l.first().Value)
	if !ok || production.Keyword != "provides" && production.Keyword != "dynamic" {
		return nil
	}
	node, err := production.parse(l)
	if err != nil {
		panic(err) // a file with a mistake is not formatted
	}
	switch d := node.(type) {
	case *ProvidesDecl:
		return []*TypeDecl{d.Type}
	case *ChildDecl:
		if d.Params == nil {
			return nil
		}
		var types []*TypeDecl
		for _, p := range d.Params.Params {
			types = append(types, p.Type)
		}
		return types
	}
	return nil
}

// canonical is the type as gofmt writes it, if it is one and no comment would be lost.
func (d *TypeDecl) canonical(comments []Comment) (text string, ok bool) {
	inside := func(c Comment) bool { return d.Pos().Offset < c.Pos.Offset && c.Pos.Offset < d.End().Offset }
	t, err := d.Read()
	if err != nil || slices.ContainsFunc(comments, inside) || strings.Contains(t.Text, "\n") {
		return "", false
	}
	return t.Text, true
}

// asWritten are the pieces of a type but for the first.
func (d *TypeDecl) asWritten() []unit {
	var pieces []unit
	for i, t := range d.Tokens[1:] {
		before := d.Tokens[i]
		gap := t.Pos.Offset > before.Pos.Offset+len(before.Value)
		pieces = append(pieces, unit{text: t.Value, pos: Begin(t), last: t.Pos.Line, spaced: gap})
	}
	return pieces
}

// isSpaced reports whether a space stands before a token that is in no type.
func isSpaced(l *line, i int) bool {
	before, t := l.tokens[i-1], l.tokens[i]
	if i == 1 || t.Type == stringToken { // "import (" and "import . "fmt"" are not like Session( and Ingest.Writer
		return true
	}
	return !slices.Contains(tightBefore, t.Value) && !isTightAfter(before)
}

// tightBefore and tightAfter are the marks without a space before them, and behind them.
var (
	tightBefore = []string{",", "(", ")", "[", "]", ".", ".."}
	tightAfter  = []string{"(", "[", ".", ".."}
)

func isTightAfter(t lexer.Token) bool { return slices.Contains(tightAfter, t.Value) }
