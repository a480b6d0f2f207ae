package lsp

import (
	"path/filepath"
	"sync"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/effective"
	"github.com/supgen/supgen/internal/generated"
	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/lsp/protocol"
)

// An analysis is what is known of a package, the texts of the editor's buffers in place of the files. It is not changed.
type analysis struct {
	key       string
	documents map[string]*document // those of the package that are open
	whole     func() (*load.Package, error)
	open      func() *load.Package // of the open documents alone

	mu         sync.Mutex
	texts      map[string]*protocol.Text // of files that are not open
	explainers map[*tree.Child]*effective.Explainer
}

// keyOf is what packages are kept by: their directory, or the name of a file that is a package by itself.
func keyOf(name string) string {
	if !isFile(name) || load.StandsAlone(name) {
		return name
	}
	return filepath.Dir(name)
}

// analysisOf is the analysis of the package that a file belongs to; nil if the file is not one of ours. Under the lock.
func (s *server) analysisOf(name string) *analysis {
	if !isSource(name) {
		return nil
	}
	return s.analysisAt(keyOf(name))
}

// analysisAt is the analysis of a package. Under the lock.
func (s *server) analysisAt(key string) *analysis {
	a := s.analyses[key]
	if a == nil {
		a = &analysis{key: key, documents: make(map[string]*document), texts: make(map[string]*protocol.Text), explainers: make(map[*tree.Child]*effective.Explainer)}
		texts := make(map[string][]byte)
		for name, d := range s.documents {
			if keyOf(name) == key {
				a.documents[name], texts[name] = d, d.text.Bytes
			}
		}
		a.open = sync.OnceValue(func() *load.Package { return load.Buffers(texts) })
		a.whole = sync.OnceValues(func() (*load.Package, error) { return a.with(texts) })
		s.analyses[key] = a
	}
	return a
}

// with is the package with other texts: what "supgen validate" would load, were they saved.
func (a *analysis) with(texts map[string][]byte) (*load.Package, error) {
	if !isFile(a.key) {
		return load.Unsaved(load.Input, texts[a.key])
	}
	p, err := load.Edited(a.key, texts)
	if err == nil {
		generated.WarnOfOrphans(p, filepath.Clean) // of those that can be read
	}
	return p, err
}

// pkg is the package; of one that cannot be read, what is in the open documents.
func (a *analysis) pkg() *load.Package {
	p, err := a.whole()
	if err != nil {
		return a.open()
	}
	return p
}

// fileOf is what diagnostics call a file, and nameOf what the editor does.
func (a *analysis) fileOf(name string) string {
	if !isFile(name) {
		return load.Input
	}
	return name
}

func (a *analysis) nameOf(file string) string {
	if file == load.Input {
		return a.key
	}
	return file
}

// textOf is the text of a file of the package, or nil.
func (a *analysis) textOf(name string) *protocol.Text {
	if d := a.documents[name]; d != nil {
		return d.text
	}
	text, ok := a.pkg().Text[a.fileOf(name)]
	if !ok {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.texts[name] == nil {
		a.texts[name] = protocol.NewText(text)
	}
	return a.texts[name]
}

// explainer is that of a root of the package.
func (a *analysis) explainer(root *tree.Child) *effective.Explainer {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.explainers[root] == nil {
		a.explainers[root] = effective.ExplainerOf(root)
	}
	return a.explainers[root]
}

// uri is the URI of a file, as the editor has it.
func (a *analysis) uri(name string) protocol.DocumentURI {
	if d := a.documents[name]; d != nil {
		return d.uri
	}
	return uriOf(name)
}

// syntax is the file of a query, also in a package that cannot be read.
func (q *query) syntax() *syntax.File {
	name := q.analysis.fileOf(q.name)
	file := q.analysis.pkg().Syntax(name)
	if file == nil {
		file, _ = dsl.Parse(name, q.text.Bytes)
	}
	return file
}

// place is a place in the file of a query.
func (q *query) place() diag.Pos {
	return diag.Pos{File: q.analysis.fileOf(q.name), Offset: q.offset}
}

// rangeOf is a range in the file that it is in.
func (q *query) rangeOf(r diag.Range) protocol.Range {
	text := q.analysis.textOf(q.analysis.nameOf(r.Pos.File))
	if text == nil {
		return protocol.Range{}
	}
	return text.Range(r.Pos.Offset, max(r.Pos.Offset, r.End.Offset), q.encoding)
}

func (q *query) location(r diag.Range) protocol.Location {
	return protocol.Location{URI: q.analysis.uri(q.analysis.nameOf(r.Pos.File)), Range: q.rangeOf(r)}
}
