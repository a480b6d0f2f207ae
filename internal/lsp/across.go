package lsp

import (
	"bytes"
	"context"
	"encoding/json"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/effective"
	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/lsp/protocol"
)

// inGo makes an asker of one that answers about our files, and of a method that answers about Go files.
func inGo[P any](ours asker, of func(P) (protocol.TextDocumentIdentifier, protocol.Position), answer func(*query, P) (any, error)) asker {
	return func(q *query, params json.RawMessage) (func(context.Context) (any, error), error) {
		p, err := decode[P](params)
		if err != nil {
			return nil, err
		}
		id, at := of(p)
		q.name = nameOf(id.URI)
		d := q.others[q.name]
		if !strings.HasSuffix(q.name, ".go") || d == nil {
			return ours(q, params)
		}
		q.text, q.offset = d.text, d.text.Offset(at, q.encoding)
		return func(ctx context.Context) (any, error) {
			q.ctx = ctx
			return answer(q, p)
		}, nil
	}
}

// fromGo is the child that a name in a Go file is about: its definition in the package as it is now, with the query that it is in.
func (q *query) fromGo(offset int) (*query, *tree.Definition) {
	for _, c := range q.codes {
		if !c.program.Has(filepath.Dir(c.programName(q.name))) {
			continue
		}
		if path := c.paths[c.object(q.name, q.text.Bytes, offset)]; path != "" {
			of := *q
			of.server.mu.Lock()
			of.analysis = of.server.analysisAt(c.of.key)
			of.server.mu.Unlock()
			if info := of.analysis.pkg().Info; info != nil {
				for _, d := range info.Definitions {
					if d.Child != nil && d.Child.Path() == path {
						return &of, d
					}
				}
			}
		}
	}
	return nil, nil
}

// declarationInGo leads from a method, or a name that is generated, to the child in the .sup file.
func (q *query) declarationInGo(protocol.TextDocumentPositionParams) (any, error) {
	of, d := q.fromGo(q.offset)
	if d == nil {
		return nil, nil
	}
	return []protocol.Location{of.location(d.Range)}, nil
}

// definitionInGo does so too where that is wanted: a Go language server answers as well.
func (q *query) definitionInGo(p protocol.TextDocumentPositionParams) (any, error) {
	if !q.settings.GoDefinition {
		return nil, nil
	}
	return q.declarationInGo(p)
}

// codeLensInGo says above a method which child it is of.
func (q *query) codeLensInGo(protocol.DocumentSymbolParams) (any, error) {
	lenses := []protocol.CodeLens{}
	seen := make(map[int]bool)
	for _, c := range q.codes {
		name := c.programName(q.name)
		for _, methods := range c.methods {
			for _, m := range methods {
				at := c.program.Fset.Position(m.Pos())
				offset, ok := shifted(c.program.Text[name], q.text.Bytes, at.Offset)
				if at.Filename != name || !ok || seen[offset] {
					continue
				}
				seen[offset] = true
				of, d := q.fromGo(offset)
				if d == nil {
					continue
				}
				r := q.text.Range(offset, offset+len(m.Name()), q.encoding)
				lenses = append(lenses, protocol.CodeLens{Range: r, Command: &protocol.Command{
					Title:   effective.RoleOf(d.Child) + " " + d.Child.Path() + " in " + filepath.Base(of.analysis.nameOf(d.Pos.File)),
					Command: commandDeclaration, Arguments: []any{protocol.TextDocumentPositionParams{
						TextDocument: protocol.TextDocumentIdentifier{URI: q.others[q.name].uri}, Position: r.Start,
					}},
				}})
			}
		}
	}
	slices.SortFunc(lenses, func(a, b protocol.CodeLens) int { return int(a.Range.Start.Line) - int(b.Range.Start.Line) })
	return lenses, nil
}

// Commands that an editor may have executed.
const (
	commandDeclaration = "supgen.declaration" // of a place in a Go file: shows the child that it is about
	commandReload      = "supgen.reload"      // loads the Go code around the open files again
)

// executeCommand does what a command says.
func executeCommand(q *query, params json.RawMessage) (func(context.Context) (any, error), error) {
	p, err := decode[protocol.ExecuteCommandParams](params)
	if err != nil {
		return nil, err
	}
	switch p.Command {
	case commandDeclaration:
		if len(p.Arguments) != 1 {
			return nil, protocol.Errorf(protocol.CodeInvalidParams, "%s wants the place in a Go file", p.Command)
		}
		nothing := func(*query, json.RawMessage) (func(context.Context) (any, error), error) {
			return func(context.Context) (any, error) { return nil, nil }, nil
		}
		return inGo(nothing, atPlace, (*query).show)(q, p.Arguments[0])
	case commandReload:
		loading := q.server.reload()
		return func(ctx context.Context) (any, error) {
			for _, done := range loading {
				select {
				case <-done:
				case <-ctx.Done():
				}
			}
			return nil, ctx.Err()
		}, nil
	}
	return nil, protocol.Errorf(protocol.CodeInvalidParams, "there is no command %q", p.Command)
}

// show has the editor show the child that a place in a Go file is about.
func (q *query) show(protocol.TextDocumentPositionParams) (any, error) {
	of, d := q.fromGo(q.offset)
	if d == nil {
		return nil, protocol.Errorf(protocol.CodeRequestFailed, "this is not about a child")
	}
	at := of.location(d.Range)
	return at, q.server.conn.Call(q.ctx, "window/showDocument", protocol.ShowDocumentParams{URI: at.URI, TakeFocus: true, Selection: at.Range}, nil)
}

// reload loads the Go code of all packages with open files. Under the lock. The channels are closed when that is done.
func (s *server) reload() (loading []chan struct{}) {
	keys := make(map[string]bool)
	for name := range s.documents {
		keys[keyOf(name)] = true
	}
	for key := range s.code {
		keys[key] = true
	}
	for key := range keys {
		s.loadGo(key)
		if l := s.loading[key]; l != nil {
			loading = append(loading, l.done)
		}
	}
	return loading
}

// goChanged loads what a Go file is part of, or all where what modules are has changed. Under the lock.
func (s *server) goChanged(name string) {
	for key, c := range s.code {
		if !strings.HasSuffix(name, ".go") || keyOf(name) == key || c.program.Has(filepath.Dir(c.programName(name))) {
			s.loadGo(key)
		}
	}
}

// goClosed loads again what was loaded with a buffer that was not saved, or is being loaded. Under the lock.
func (s *server) goClosed(name string) {
	text, _ := load.ReadGo(name)
	for key, c := range s.code {
		if was, ok := c.program.Text[c.programName(name)]; ok && !bytes.Equal(was, text) {
			s.loadGo(key)
		}
	}
	for _, l := range s.loading {
		l.again = true
	}
}

// openGo loads the packages that a Go file that is opened may be about: that of its directory, and those that it imports.
func (s *server) openGo(name string) {
	dir := filepath.Dir(name)
	go func() {
		p, err := load.Dir(dir)
		if err != nil {
			return
		}
		keys := []string{}
		if len(p.Text) > 0 {
			keys = append(keys, dir)
		}
		there, _ := load.GoNames{}.Of(dir)
		for _, imported := range load.Imported(map[string]*load.Package{there: p}) {
			if len(imported.Text) > 0 {
				keys = append(keys, imported.Dir())
			}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, key := range keys {
			if s.code[key] == nil {
				s.loadGo(key)
			}
		}
	}()
}

// implementation is what the user wrote in Go for a child: its method, and those of its checks; for a tree the types that have its methods.
func (q *query) implementation(protocol.TextDocumentPositionParams) (any, error) {
	_, d, _ := q.at()
	if d == nil || d.Child == nil || q.code == nil {
		return nil, nil
	}
	return q.methodsOf(d.Child), nil
}

func (q *query) methodsOf(child *tree.Child) []protocol.Location {
	found := []protocol.Location{}
	for _, m := range q.code.methods[child.Path()] {
		found = append(found, q.declared(q.code, m)...)
	}
	for s, all := range q.code.wanting {
		for _, w := range all {
			if child.Parent == nil && s.Path() == child.Path() {
				found = append(found, q.declared(q.code, w.typ.Obj())...)
			}
		}
	}
	slices.SortFunc(found, cmpLocation)
	return slices.Compact(found)
}

// goType is where a Go type, or a package that is imported, is declared whose name is at the place of the query.
func (q *query) goType() []protocol.Location {
	if q.code == nil {
		return nil
	}
	var found []protocol.Location
	typ := func(t *syntax.TypeDecl) {
		for i, token := range t.Tokens {
			if !syntax.RangeOf(token).Holds(q.place()) {
				continue
			}
			qualifier := ""
			if i >= 2 && t.Tokens[i-1].Value == "." {
				qualifier = t.Tokens[i-2].Value
			}
			if found = q.declaredAs(qualifier, token.Value); found != nil {
				return
			}
		}
	}
	q.syntax().Body.Walk(func(s *syntax.Stmt) {
		switch d := s.Node.(type) {
		case *syntax.ProvidesDecl:
			typ(d.Type)
		case *syntax.ChildDecl:
			if d.Params != nil {
				for _, p := range d.Params.Params {
					typ(p.Type)
				}
			}
		}
	})
	return found
}

// declaredAs is where a name of the package is declared, or one of a package that it imports.
func (q *query) declaredAs(qualifier, name string) []protocol.Location {
	for _, u := range q.code.program.Units {
		if !u.Own {
			continue
		}
		in := u.Types
		if qualifier != "" {
			in = nil
			for path := range u.Imports {
				if q.importedAs(qualifier) == path {
					i := slices.IndexFunc(u.Types.Imports(), func(p *types.Package) bool { return p.Path() == u.Imports[path].PkgPath })
					if i >= 0 {
						in = u.Types.Imports()[i]
					}
				}
			}
		}
		if in == nil {
			continue
		}
		if o := in.Scope().Lookup(name); o != nil {
			return q.declared(q.code, o)
		}
	}
	return nil
}

// importedAs is the path of a package that the file imports by a name, or "".
func (q *query) importedAs(name string) string {
	if info := q.analysis.pkg().Info; info != nil {
		for _, f := range info.Files {
			if f.Name != q.analysis.fileOf(q.name) {
				continue
			}
			for _, i := range f.Imports {
				if i.Name == name {
					return i.Path
				}
			}
		}
	}
	return ""
}

// goImport is where a package that is imported begins: the clause of the file that documents it, or of its first.
func (q *query) goImport(d *tree.Definition) []protocol.Location {
	if q.code == nil {
		return nil
	}
	path := q.importedAs(d.Name)
	for _, u := range q.code.program.Units {
		pkg := u.Imports[path]
		if pkg == nil || len(pkg.GoFiles) == 0 {
			continue
		}
		name := pkg.GoFiles[0]
		if i := slices.IndexFunc(pkg.GoFiles, func(name string) bool { return filepath.Base(name) == "doc.go" }); i >= 0 {
			name = pkg.GoFiles[i]
		}
		return []protocol.Location{{URI: uriOf(q.code.fileName(name))}}
	}
	return nil
}

// further is where one goes from a declaration itself: from a child to its methods, from a policy to its uses, from an import to the package.
func (q *query) further(info *tree.Info, d *tree.Definition) (found []protocol.Location) {
	switch {
	case d.Kind == tree.PolicyDefinition:
		for at := range info.UsesOf(d) {
			found = append(found, q.location(at))
		}
	case d.Kind == tree.ImportDefinition:
		found = q.goImport(d)
	case d.Child != nil && q.code != nil:
		found = q.methodsOf(d.Child)
	}
	return found
}
