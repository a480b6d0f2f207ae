package lsp

import (
	gotoken "go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/load"
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

// refused is why nothing is renamed.
func refused(format string, args ...any) error {
	return protocol.Errorf(protocol.CodeRequestFailed, format, args...)
}

// rename gives something another name, wherever it is named: in our files, in the code that is generated, and in the user's Go. After it the
// module compiles, and the generated code is what is generated; or nothing is renamed, and the error says why.
func (q *query) rename(p protocol.RenameParams) (any, error) {
	_, d, _ := q.at()
	if d == nil || d.Kind == tree.ImportDefinition {
		return nil, refused("there is nothing here that can be renamed")
	}
	edits, err := q.renamed(d, p.NewName)
	if err != nil {
		return nil, err
	}
	return q.edit(edits), nil
}

// renamed are the edits that give a definition another name.
func (q *query) renamed(d *tree.Definition, name string) ([]diag.Edit, error) {
	was := q.analysis.pkg()
	if !gotoken.IsIdentifier(name) {
		return nil, refused("%q cannot be a name", name)
	}
	if i := slices.IndexFunc(was.Diagnostics, func(d diag.Diagnostic) bool { return d.Severity == diag.Error }); i >= 0 {
		at := was.Diagnostics[i].Pos
		return nil, refused("%s:%d:%d: %s; nothing is renamed in a package with mistakes", filepath.Base(at.File), at.Line, at.Column, was.Diagnostics[i].Message)
	}
	edits := []diag.Edit{{Range: d.Range, New: name}}
	for at := range was.Info.UsesOf(d) {
		edits = append(edits, diag.Edit{Range: at, New: name})
	}
	texts := make(map[string][]byte)
	for file, text := range applied(was.Text, edits) {
		texts[q.analysis.nameOf(file)] = text
	}
	now, err := q.analysis.with(texts)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(now.Diagnostics, func(d diag.Diagnostic) bool { return d.Severity == diag.Error }); i >= 0 {
		return nil, refused("%q cannot be called %q: %s", d.Name, name, now.Diagnostics[i].Message)
	}
	if !isAlike(was.Info, now.Info) {
		return nil, refused("%q cannot be called %q: the name means something else in some place where it is used", d.Name, name)
	}
	inScripts, err := q.renamedInScripts(was, now, d, name)
	if err != nil {
		return nil, err
	}
	edits = append(edits, inScripts...)
	if names, _ := load.FilesIn([]string{q.analysis.key}, ".go"); !isFile(q.analysis.key) || strings.HasSuffix(q.analysis.key, load.Suffix) || len(names) == 0 {
		return edits, q.mayChange(inScripts)
	}
	inGo, err := q.renamedInGo(was, now)
	if err != nil {
		return nil, err
	}
	return append(edits, inGo...), q.mayChange(append(inScripts, inGo...))
}

// mayChange refuses edits of files that cannot be written, or that the editor does not have in its folders.
func (q *query) mayChange(edits []diag.Edit) error {
	for _, e := range edits {
		if !q.within(e.Pos.File) {
			return refused("%s would change, which is outside the editor's folders", e.Pos.File)
		}
		file, err := os.OpenFile(e.Pos.File, os.O_WRONLY, 0)
		if err != nil {
			return refused("%s would change, which cannot be written", e.Pos.File)
		}
		file.Close()
	}
	return nil
}

// applied are texts after edits that do not overlap, by the names of their files.
func applied(texts map[string][]byte, edits []diag.Edit) map[string][]byte {
	after, _ := diag.Apply(texts, []diag.Fix{{Edits: edits}})
	return after
}

// isAlike reports whether in two packages every name is a use of the same definition.
func isAlike(a, b *tree.Info) bool {
	index := func(info *tree.Info) map[*tree.Definition]int {
		at := make(map[*tree.Definition]int)
		for i, d := range info.Definitions {
			at[d] = i
		}
		return at
	}
	inA, inB := index(a), index(b)
	return len(inA) == len(inB) && slices.EqualFunc(a.Uses, b.Uses, func(a, b tree.Use) bool { return inA[a.Definition] == inB[b.Definition] })
}

// within reports whether a file is in one of the editor's folders.
func (q *query) within(name string) bool {
	return len(q.roots) == 0 || slices.ContainsFunc(q.roots, func(root string) bool {
		below, err := filepath.Rel(root, name)
		return err == nil && filepath.IsLocal(below)
	})
}
