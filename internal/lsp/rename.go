package lsp

import (
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/lsp/protocol"
)

// prepareRename is the name that can be renamed.
func (q *query) prepareRename(protocol.TextDocumentPositionParams) (any, error) {
	_, d, r := q.at()
	if d == nil || d.Kind == tree.ImportDefinition {
		return nil, nil
	}
	return protocol.PrepareRenameResult{Range: q.rangeOf(r), Placeholder: d.Name}, nil
}

func ofRename(p protocol.RenameParams) (protocol.TextDocumentIdentifier, protocol.Position) {
	return p.TextDocument, p.Position
}

// rename gives something another name, wherever it is named.
func (q *query) rename(p protocol.RenameParams) (any, error) {
	info, d, _ := q.at()
	if d == nil || d.Kind == tree.ImportDefinition {
		return nil, protocol.Errorf(protocol.CodeRequestFailed, "there is nothing here that can be renamed")
	}
	edits := []diag.Edit{{Range: d.Range, New: p.NewName}}
	for at := range info.UsesOf(d) {
		edits = append(edits, diag.Edit{Range: at, New: p.NewName})
	}
	return q.edit(edits), nil
}
