package lsp

import (
	"bytes"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/lsp/protocol"
)

// Kinds of code actions.
const (
	quickFix = "quickfix"
	fixAll   = "source.fixAll.supgen"
)

func ofCodeAction(p protocol.CodeActionParams) (protocol.TextDocumentIdentifier, protocol.Position) {
	return p.TextDocument, p.Range.Start
}

// codeAction offers the fixes of what is reported in a range, and to make all that are clear, as "supgen fix" does.
func (q *query) codeAction(p protocol.CodeActionParams) (any, error) {
	actions := []protocol.CodeAction{}
	to := q.text.Offset(p.Range.End, q.encoding)
	fixable := false
	diagnostics := q.analysis.pkg().Diagnostics
	if q.code != nil && q.code.of == q.analysis {
		diagnostics = slices.Concat(diagnostics, q.code.types)
	}
	for _, d := range diagnostics {
		if q.analysis.nameOf(d.Pos.File) != q.name {
			continue
		}
		fixable = fixable || len(d.Fixes) == 1
		if !wants(p, quickFix) || d.Pos.Offset > to || d.End.Offset < q.offset {
			continue
		}
		for _, fix := range d.Fixes {
			actions = append(actions, protocol.CodeAction{
				Title: fix.Message, Kind: quickFix, Diagnostics: []protocol.Diagnostic{q.diagnosticOf(d)}, IsPreferred: len(d.Fixes) == 1, Edit: q.edit(fix.Edits),
			})
		}
	}
	if wants(p, quickFix) {
		actions = append(actions, q.renameGone(to)...)
		actions = append(actions, q.writeMissing()...)
	}
	if fixable && wants(p, fixAll) {
		if edit := q.mend(); edit != nil {
			actions = append(actions, protocol.CodeAction{Title: "Make all fixes that are clear", Kind: fixAll, Edit: edit})
		}
	}
	return actions, nil
}

// wants reports whether an editor asks for a kind of action.
func wants(p protocol.CodeActionParams, kind string) bool {
	return len(p.Context.Only) == 0 || slices.ContainsFunc(p.Context.Only, func(only string) bool {
		return kind == only || strings.HasPrefix(kind, only+".")
	})
}

// mend is what "supgen fix" makes of the package; nil if that is nothing.
func (q *query) mend() *protocol.WorkspaceEdit {
	p := q.analysis.pkg()
	mended, _ := load.Mend([]*load.Package{p}, func(diag.Diagnostic) bool { return true })
	var edits []diag.Edit
	for file, text := range mended[0].Text {
		edits = append(edits, difference(file, p.Text[file], text)...)
	}
	if len(edits) == 0 {
		return nil
	}
	return q.edit(edits)
}

// difference is what makes one text of another: an edit from the first line that differs to the last.
func difference(file string, was, now []byte) []diag.Edit {
	if bytes.Equal(was, now) {
		return nil
	}
	old, new := lines(was), lines(now)
	before, behind := common(old, new, bytes.Equal)
	size := func(lines [][]byte) (n int) {
		for _, line := range lines {
			n += len(line)
		}
		return n
	}
	from, to := size(old[:before]), size(old[:len(old)-behind])
	return []diag.Edit{{
		Range: diag.Range{Pos: diag.Pos{File: file, Offset: from}, End: diag.Pos{File: file, Offset: to}},
		New:   string(bytes.Join(new[before:len(new)-behind], nil)),
	}}
}

// common is how many elements two lists have in common where they begin, and behind these where they end.
func common[T any](a, b []T, equal func(a, b T) bool) (before, behind int) {
	for before < min(len(a), len(b)) && equal(a[before], b[before]) {
		before++
	}
	for behind < min(len(a), len(b))-before && equal(a[len(a)-1-behind], b[len(b)-1-behind]) {
		behind++
	}
	return before, behind
}

// lines are the lines of a text, with what ends them.
func lines(text []byte) [][]byte { return bytes.SplitAfter(text, []byte("\n")) }

// edit is edits of the files of the package as the editor has them: of the versions that they are about.
func (q *query) edit(edits []diag.Edit) *protocol.WorkspaceEdit {
	byName := make(map[string][]protocol.TextEdit)
	var names []string
	for _, e := range edits {
		name := q.analysis.nameOf(e.Pos.File)
		if byName[name] == nil {
			names = append(names, name)
		}
		byName[name] = append(byName[name], protocol.TextEdit{Range: q.rangeIn(name, e.Range), NewText: e.New})
	}
	w := &protocol.WorkspaceEdit{}
	for _, name := range names {
		if !q.client.Workspace.WorkspaceEdit.DocumentChanges {
			if w.Changes == nil {
				w.Changes = make(map[protocol.DocumentURI][]protocol.TextEdit)
			}
			w.Changes[q.uri(name)] = byName[name]
			continue
		}
		of := protocol.OptionalVersionedTextDocumentIdentifier{URI: q.uri(name)}
		if d := q.buffer(name); d != nil {
			of.Version = &d.version
		}
		w.DocumentChanges = append(w.DocumentChanges, protocol.TextDocumentEdit{TextDocument: of, Edits: byName[name]})
	}
	return w
}

// buffer is the text of a file in the editor, one of ours, a Go file or a script; nil if it is not open.
func (q *query) buffer(name string) *document {
	if d := q.analysis.documents[name]; d != nil {
		return d
	}
	return q.others[name]
}

func (q *query) uri(name string) protocol.DocumentURI {
	if d := q.buffer(name); d != nil {
		return d.uri
	}
	return uriOf(name)
}

// rangeIn is a range in a file, one of ours, a Go file or a script.
func (q *query) rangeIn(name string, r diag.Range) protocol.Range {
	if q.analysis.textOf(name) != nil {
		return q.rangeOf(r)
	}
	return protocol.NewText(q.fileText(name)).Range(r.Pos.Offset, r.End.Offset, q.encoding)
}

// fileText is the text of a Go file or a script, as the editor has it.
func (q *query) fileText(name string) []byte {
	if d := q.others[name]; d != nil {
		return d.text.Bytes
	}
	text, _ := load.ReadGo(name)
	return text
}

func ofFormatting(p protocol.DocumentSymbolParams) (protocol.TextDocumentIdentifier, protocol.Position) {
	return p.TextDocument, protocol.Position{}
}

// formatting is the canonical form. A file with mistakes in what it says cannot be formatted, and stays as it is.
func (q *query) formatting(protocol.DocumentSymbolParams) (any, error) {
	file := q.analysis.fileOf(q.name)
	text, mistakes := dsl.Format(file, q.text.Bytes)
	if diag.HasErrors(mistakes) {
		return nil, protocol.Errorf(protocol.CodeRequestFailed, "line %d: %s; it is formatted once that is mended", mistakes[0].Pos.Line, mistakes[0].Message)
	}
	edits := []protocol.TextEdit{}
	for _, e := range difference(file, q.text.Bytes, text) {
		edits = append(edits, protocol.TextEdit{Range: q.text.Range(e.Pos.Offset, e.End.Offset, q.encoding), NewText: e.New})
	}
	return edits, nil
}
