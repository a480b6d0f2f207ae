package lsp

import (
	"fmt"
	"iter"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/lsp/protocol"
	"github.com/supgen/supgen/runtime/policy"
)

func ofHints(p protocol.InlayHintParams) (protocol.TextDocumentIdentifier, protocol.Position) {
	return p.TextDocument, p.Range.Start
}

// inlayHint shows, behind the declaration of a child, what it has without saying so: its limit, and how long it takes to stop.
func (q *query) inlayHint(p protocol.InlayHintParams) (any, error) {
	hints := []protocol.InlayHint{}
	to := q.text.Offset(p.Range.End, q.encoding)
	for child, stops := range q.children() {
		if child.Pos.Offset < q.offset || child.Pos.Offset > to || child.Role == policy.Group {
			continue
		}
		label := ""
		if l := child.Limit; child.Restarts() && l.Value.In > 0 && l.Source.Kind == tree.SourceRole {
			label = fmt.Sprintf("limit %d in %s", l.Value.N, policy.Spell(l.Value.In))
		}
		if b := stops.Of(child); child.Role == policy.Supervisor && !b.Unlimited {
			label = join(label, "stops within "+policy.Spell(b.Total))
		}
		if label != "" {
			hints = append(hints, protocol.InlayHint{Position: q.lineEnd(child.Range), Label: label, PaddingLeft: true})
		}
	}
	return hints, nil
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + ", " + b
}

// children are those that are declared in the file of a package without errors, each with how long those of its root take to stop.
func (q *query) children() iter.Seq2[*tree.Child, *tree.Stops] {
	return func(yield func(*tree.Child, *tree.Stops) bool) {
		t := q.analysis.pkg().Tree
		if t == nil {
			return
		}
		for _, root := range t.Roots() {
			stops := tree.StopsOf(root)
			for child := range root.All() {
				if child.Pos.File == q.analysis.fileOf(q.name) && !yield(child, stops) {
					return
				}
			}
		}
	}
}

// lineEnd is the end of the line that a range is on.
func (q *query) lineEnd(r diag.Range) protocol.Position {
	at := r.End.Offset
	for at < len(q.text.Bytes) && q.text.Bytes[at] != '\n' && q.text.Bytes[at] != '\r' {
		at++
	}
	return q.text.Position(at, q.encoding)
}

func ofLens(p protocol.DocumentSymbolParams) (protocol.TextDocumentIdentifier, protocol.Position) {
	return p.TextDocument, protocol.Position{}
}

// codeLens says above the declaration of a child what goes down with it when it fails.
func (q *query) codeLens(protocol.DocumentSymbolParams) (any, error) {
	lenses := []protocol.CodeLens{}
	for child := range q.children() {
		if child.Role == policy.Group {
			continue
		}
		restarts := q.analysis.explainer(child.Root()).Restarts(child)
		with := len(restarts) - 1
		if with <= 0 {
			continue
		}
		title := fmt.Sprintf("%d restart with it", with)
		if with == 1 {
			title = restarts[1].Path + " restarts with it"
		}
		lenses = append(lenses, protocol.CodeLens{Range: q.rangeOf(child.Range), Command: &protocol.Command{Title: title}})
	}
	return lenses, nil
}

func ofLinks(p protocol.DocumentSymbolParams) (protocol.TextDocumentIdentifier, protocol.Position) {
	return p.TextDocument, protocol.Position{}
}

// documentLink leads from imports to their documentation.
func (q *query) documentLink(protocol.DocumentSymbolParams) (any, error) {
	links := []protocol.DocumentLink{}
	info := q.analysis.pkg().Info
	if info == nil {
		return links, nil
	}
	for _, d := range info.Definitions {
		if d.Kind != tree.ImportDefinition || d.Pos.File != q.analysis.fileOf(q.name) {
			continue
		}
		if path := importPath.FindStringSubmatchIndex(q.source(d.Whole)); path != nil {
			from := d.Whole.Pos.Offset
			links = append(links, protocol.DocumentLink{
				Range: q.text.Range(from+path[2], from+path[3], q.encoding), Target: "https://pkg.go.dev/" + q.source(d.Whole)[path[2]:path[3]],
			})
		}
	}
	return links, nil
}
