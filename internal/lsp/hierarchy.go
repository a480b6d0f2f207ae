package lsp

import (
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/lsp/protocol"
)

// The hierarchy of needs is a call hierarchy: a child calls those that it needs, wants, or starts after.

// prepareCallHierarchy is the child at a place.
func (q *query) prepareCallHierarchy(protocol.TextDocumentPositionParams) (any, error) {
	_, d, _ := q.at()
	if d == nil || d.Child == nil {
		return nil, nil
	}
	return []protocol.CallHierarchyItem{q.callItem(d)}, nil
}

func (q *query) callItem(d *tree.Definition) protocol.CallHierarchyItem {
	return protocol.CallHierarchyItem{
		Name: d.Child.Path(), Kind: kindOf(d), Detail: roleOf(d), URI: q.location(d.Range).URI, Range: q.rangeOf(d.Whole), SelectionRange: q.rangeOf(d.Range),
	}
}

func ofCalls(p protocol.CallHierarchyCallsParams) (protocol.TextDocumentIdentifier, protocol.Position) {
	return protocol.TextDocumentIdentifier{URI: p.Item.URI}, p.Item.SelectionRange.Start
}

// outgoingCalls are the children that a child waits for, each with where it says so.
func (q *query) outgoingCalls(protocol.CallHierarchyCallsParams) (any, error) {
	info, d, _ := q.at()
	if d == nil || d.Child == nil {
		return nil, nil
	}
	calls := []protocol.CallHierarchyOutgoingCall{}
	for _, to := range info.Definitions {
		if at := q.waitsFor(d.Child, to.Child); len(at) > 0 {
			calls = append(calls, protocol.CallHierarchyOutgoingCall{To: q.callItem(to), FromRanges: at})
		}
	}
	return calls, nil
}

// incomingCalls are the children that wait for a child, each with where it says so.
func (q *query) incomingCalls(protocol.CallHierarchyCallsParams) (any, error) {
	info, d, _ := q.at()
	if d == nil || d.Child == nil {
		return nil, nil
	}
	calls := []protocol.CallHierarchyIncomingCall{}
	for _, from := range info.Definitions {
		if at := q.waitsFor(from.Child, d.Child); len(at) > 0 {
			calls = append(calls, protocol.CallHierarchyIncomingCall{From: q.callItem(from), FromRanges: at})
		}
	}
	return calls, nil
}

// waitsFor are the places where a child says that it waits for another. Either may be nil.
func (q *query) waitsFor(child, other *tree.Child) (at []protocol.Range) {
	if child == nil || other == nil {
		return nil
	}
	for _, refs := range [][]tree.Ref{child.Needs, child.Wants, child.After} {
		for _, ref := range refs {
			if ref.Child == other {
				at = append(at, q.rangeOf(ref.Range))
			}
		}
	}
	return at
}
