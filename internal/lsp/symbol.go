package lsp

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/effective"
	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/lsp/protocol"
)

func ofSymbols(p protocol.DocumentSymbolParams) (protocol.TextDocumentIdentifier, protocol.Position) {
	return p.TextDocument, protocol.Position{}
}

// documentSymbol is the outline of a file: its trees with their children, and its policies.
func (q *query) documentSymbol(protocol.DocumentSymbolParams) (any, error) {
	info := q.analysis.pkg().Info
	if info == nil {
		return nil, nil
	}
	below := make(map[*tree.Definition][]*tree.Definition)
	for _, d := range info.Definitions {
		if d.Pos.File == q.analysis.fileOf(q.name) && d.Kind != tree.ImportDefinition && d.Kind != tree.ArgumentDefinition {
			below[d.Parent] = append(below[d.Parent], d)
		}
	}
	if !q.client.TextDocument.DocumentSymbol.HierarchicalDocumentSymbolSupport {
		all := []protocol.SymbolInformation{}
		for _, d := range info.Definitions {
			if slices.Contains(below[d.Parent], d) {
				all = append(all, q.symbolInformation(d))
			}
		}
		return all, nil
	}
	var outline func(of *tree.Definition) []protocol.DocumentSymbol
	outline = func(of *tree.Definition) []protocol.DocumentSymbol {
		symbols := []protocol.DocumentSymbol{}
		for _, d := range below[of] {
			symbols = append(symbols, protocol.DocumentSymbol{
				Name: d.Name, Detail: roleOf(d), Kind: kindOf(d), Range: q.rangeOf(d.Whole), SelectionRange: q.rangeOf(d.Range), Children: outline(d),
			})
		}
		return symbols
	}
	return outline(nil), nil
}

func (q *query) symbolInformation(d *tree.Definition) protocol.SymbolInformation {
	s := protocol.SymbolInformation{Name: d.Name, Kind: kindOf(d), Location: q.location(d.Range)}
	if d.Child != nil {
		s.Name, s.ContainerName = d.Child.Path(), roleOf(d)
	}
	return s
}

// roleOf is what a definition is, in a word or two.
func roleOf(d *tree.Definition) string {
	if d.Child != nil {
		return effective.RoleOf(d.Child)
	}
	return d.Kind.String()
}

func kindOf(d *tree.Definition) int {
	switch d.Kind {
	case tree.TreeDefinition:
		return protocol.SymbolModule
	case tree.PolicyDefinition:
		return protocol.SymbolConstant
	}
	if d.Child != nil && len(d.Child.Children) > 0 {
		return protocol.SymbolNamespace
	}
	return protocol.SymbolMethod
}

// maxSymbols is how many symbols an answer has, at the most.
const maxSymbols = 200

// workspaceSymbol finds names in all packages of the editor's folders, and of its buffers.
func workspaceSymbol(q *query, params json.RawMessage) (func(context.Context) (any, error), error) {
	p, err := decode[protocol.WorkspaceSymbolParams](params)
	if err != nil {
		return nil, err
	}
	var open []string
	for name := range q.server.documents {
		open = append(open, keyOf(name))
	}
	roots := slices.Clone(q.server.roots)
	return func(ctx context.Context) (any, error) {
		var patterns []string
		for _, root := range roots {
			patterns = append(patterns, root+"/...")
		}
		keys := append(open, load.Below(patterns, load.Suffix)...)
		slices.Sort(keys)
		found := []protocol.SymbolInformation{}
		for _, key := range slices.Compact(keys) {
			if ctx.Err() != nil || len(found) >= maxSymbols {
				break
			}
			q.server.mu.Lock()
			q.analysis = q.server.analysisAt(key)
			q.server.mu.Unlock()
			info := q.analysis.pkg().Info
			if info == nil {
				continue
			}
			for _, d := range info.Definitions {
				if d.Kind == tree.ImportDefinition || d.Kind == tree.ArgumentDefinition {
					continue
				}
				if s := q.symbolInformation(d); len(found) < maxSymbols && isLike(s.Name, p.Query) {
					found = append(found, s)
				}
			}
		}
		return found, ctx.Err()
	}, nil
}

// isLike reports whether the letters of a query stand in a name, in their order.
func isLike(name, query string) bool {
	name = strings.ToLower(name)
	for _, c := range strings.ToLower(query) {
		i := strings.IndexRune(name, c)
		if i < 0 {
			return false
		}
		name = name[i+len(string(c)):]
	}
	return true
}
