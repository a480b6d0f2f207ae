package lsp

import (
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/lsp/protocol"
)

// at is what is known of the name at the place of the query.
func (q *query) at() (*tree.Info, *tree.Definition, diag.Range) {
	info := q.analysis.pkg().Info
	if info == nil {
		return nil, nil, diag.Range{}
	}
	d, r := info.At(q.place())
	return info, d, r
}

// definition is where a name is declared. At the declaration itself, it goes further: see [query.further].
func (q *query) definition(protocol.TextDocumentPositionParams) (any, error) {
	info, d, r := q.at()
	if d == nil || d.Kind == tree.ImportDefinition && r != d.Range {
		if found := q.goType(); found != nil {
			return found, nil
		}
	}
	if d == nil {
		return nil, nil
	}
	if r == d.Range {
		if found := q.further(info, d); len(found) > 0 {
			return found, nil
		}
	}
	return []protocol.Location{q.location(d.Range)}, nil
}

// declaration is where a name is declared in our files.
func (q *query) declaration(protocol.TextDocumentPositionParams) (any, error) {
	_, d, _ := q.at()
	if d == nil {
		return nil, nil
	}
	return []protocol.Location{q.location(d.Range)}, nil
}

func ofReferences(p protocol.ReferenceParams) (protocol.TextDocumentIdentifier, protocol.Position) {
	return p.TextDocument, p.Position
}

// references are the places where something is named.
func (q *query) references(p protocol.ReferenceParams) (any, error) {
	info, d, _ := q.at()
	if d == nil {
		return nil, nil
	}
	found := []protocol.Location{}
	if p.Context.IncludeDeclaration {
		found = append(found, q.location(d.Range))
	}
	for at := range info.UsesOf(d) {
		found = append(found, q.location(at))
	}
	if d.Child != nil && q.code != nil {
		found = append(found, q.goUses(q.code, d.Child.Path())...)
	}
	return found, nil
}

// highlight is the same in one file.
func (q *query) highlight(protocol.TextDocumentPositionParams) (any, error) {
	const reads, writes = 2, 3
	info, d, _ := q.at()
	if d == nil {
		return nil, nil
	}
	here := q.analysis.fileOf(q.name)
	found := []protocol.DocumentHighlight{}
	if d.Pos.File == here {
		found = append(found, protocol.DocumentHighlight{Range: q.rangeOf(d.Range), Kind: writes})
	}
	for at := range info.UsesOf(d) {
		if at.Pos.File == here {
			found = append(found, protocol.DocumentHighlight{Range: q.rangeOf(at), Kind: reads})
		}
	}
	return found, nil
}
