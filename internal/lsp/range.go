package lsp

import (
	"cmp"
	"slices"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/internal/lsp/protocol"
)

func ofFolding(p protocol.DocumentSymbolParams) (protocol.TextDocumentIdentifier, protocol.Position) {
	return p.TextDocument, protocol.Position{}
}

// foldingRange is what can be folded: blocks, and comments of several lines.
func (q *query) foldingRange(protocol.DocumentSymbolParams) (any, error) {
	folds := []protocol.FoldingRange{}
	file := q.syntax()
	file.Body.Walk(func(s *syntax.Stmt) {
		if s.Block == nil {
			return
		}
		r := q.rangeOf(s.Range())
		if r.End.Line > r.Start.Line+1 { // its last line, with the brace, stays
			folds = append(folds, protocol.FoldingRange{StartLine: r.Start.Line, EndLine: r.End.Line - 1})
		}
	})
	comments := file.Comments
	for i := 0; i < len(comments); {
		n := i + 1
		for n < len(comments) && comments[n].Pos.Line == comments[n-1].Pos.Line+1 {
			n++
		}
		from, to := q.text.Position(comments[i].Pos.Offset, q.encoding), q.text.Position(comments[n-1].Pos.Offset, q.encoding)
		if to.Line > from.Line {
			folds = append(folds, protocol.FoldingRange{StartLine: from.Line, EndLine: to.Line, Kind: "comment"})
		}
		i = n
	}
	slices.SortFunc(folds, func(a, b protocol.FoldingRange) int { return cmp.Compare(a.StartLine, b.StartLine) })
	return folds, nil
}

func ofSelection(p protocol.SelectionRangeParams) (protocol.TextDocumentIdentifier, protocol.Position) {
	return p.TextDocument, protocol.Position{}
}

// selectionRange is what a selection grows to: the name, the line, the statement with its block, and those around it.
func (q *query) selectionRange(p protocol.SelectionRangeParams) (any, error) {
	file := q.syntax()
	answers := []protocol.SelectionRange{}
	for _, at := range p.Positions {
		q.offset = q.text.Offset(at, q.encoding)
		widest := protocol.SelectionRange{Range: q.text.Range(0, len(q.text.Bytes), q.encoding)}
		grow := func(r diag.Range) {
			if r.Holds(q.place()) && q.rangeOf(r) != widest.Range {
				around := widest
				widest = protocol.SelectionRange{Range: q.rangeOf(r), Parent: &around}
			}
		}
		file.Body.Walk(func(s *syntax.Stmt) { // each before those in its block
			if s.Range().Holds(q.place()) {
				grow(s.Range())
				grow(s.Line())
			}
		})
		if _, d, r := q.at(); d != nil {
			grow(r)
		}
		answers = append(answers, widest)
	}
	return answers, nil
}
