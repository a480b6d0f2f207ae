package lsp

import (
	"cmp"
	"slices"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/lsp/protocol"
)

// What the parts of a text are, for an editor that colours them. A grammar colours words; this says what a name stands for.
var tokenTypes = []string{"keyword", "namespace", "class", "method", "property", "parameter", "type", "number", "string", "comment"}

const (
	tokenKeyword = iota
	tokenImport
	tokenTree
	tokenChild
	tokenPolicy
	tokenParameter
	tokenType
	tokenNumber
	tokenString
	tokenComment
)

var tokenModifiers = []string{"declaration"}

func ofTokens(p protocol.SemanticTokensParams) (protocol.TextDocumentIdentifier, protocol.Position) {
	return p.TextDocument, protocol.Position{}
}

type token struct {
	diag.Range
	kind, modifiers uint32
}

// semanticTokens are the parts of a file, or of a range of it.
func (q *query) semanticTokens(p protocol.SemanticTokensParams) (any, error) {
	here := q.analysis.fileOf(q.name)
	file := q.syntax()
	var tokens []token
	add := func(r diag.Range, kind, modifiers uint32) {
		if r.Pos.File == here && r.End.Offset > r.Pos.Offset {
			tokens = append(tokens, token{r, kind, modifiers})
		}
	}
	if info := q.analysis.pkg().Info; info != nil {
		kinds := map[tree.DefinitionKind]uint32{
			tree.TreeDefinition: tokenTree, tree.ChildDefinition: tokenChild, tree.PolicyDefinition: tokenPolicy, tree.ImportDefinition: tokenImport, tree.ArgumentDefinition: tokenParameter,
		}
		for _, d := range info.Definitions {
			add(d.Range, kinds[d.Kind], 1)
		}
		for _, use := range info.Uses {
			add(use.Range, kinds[use.Definition.Kind], 0)
		}
	}
	file.Body.Walk(func(s *syntax.Stmt) {
		add(diag.Range{Pos: s.Pos(), End: s.KeywordEnd()}, tokenKeyword, 0)
	})
	for _, c := range file.Comments {
		add(diag.Range{Pos: c.Pos, End: c.Pos.Plus(len(c.Text))}, tokenComment, 0)
	}
	slices.SortStableFunc(tokens, func(a, b token) int { return cmp.Compare(a.Pos.Offset, b.Pos.Offset) })
	data := []uint32{}
	var last protocol.Position
	end := 0
	for _, t := range tokens {
		r := q.text.Range(t.Pos.Offset, t.End.Offset, q.encoding)
		if t.Pos.Offset < end || r.Start.Line != r.End.Line || p.Range != nil && (r.End.Line < p.Range.Start.Line || r.Start.Line > p.Range.End.Line) {
			continue
		}
		end = t.End.Offset
		character := r.Start.Character
		if r.Start.Line == last.Line {
			character -= last.Character
		}
		data = append(data, r.Start.Line-last.Line, character, r.End.Character-r.Start.Character, t.kind, t.modifiers)
		last = r.Start
	}
	return protocol.SemanticTokens{Data: data}, nil
}
