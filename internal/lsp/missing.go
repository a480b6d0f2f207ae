package lsp

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	gotoken "go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/encoding"
	"github.com/supgen/supgen/internal/lsp/protocol"
	"github.com/supgen/supgen/runtime/policy"
	"golang.org/x/tools/go/ast/astutil"
)

// A gone method is one that a child had: it was renamed in Go, and another has its signature.
type gone struct {
	child *tree.Child
	names []string // of methods that have the signature
	typ   string
}

// findGone finds the methods that are gone.
func (c *goCode) findGone() {
	for _, root := range c.of.pkg().Tree.Roots() {
		for s := range root.All() {
			for _, w := range c.wanting[s] {
				for _, m := range w.missing {
					i := slices.IndexFunc(s.Members(), func(child *tree.Child) bool { return child.Name == m.Name() })
					if i < 0 || w.method(m.Name()) != nil {
						continue // it is a check, or there with another signature
					}
					g := gone{child: s.Members()[i], typ: w.typ.Obj().Name()}
					for other := range w.typ.Methods() {
						if is, _, _ := types.LookupFieldOrMethod(w.face, false, other.Pkg(), other.Name()); is == nil && types.Identical(other.Type(), m.Type()) {
							g.names = append(g.names, other.Name())
						}
					}
					if len(g.names) > 0 {
						c.gone = append(c.gone, g)
					}
				}
			}
		}
	}
}

// diagnostic says that the method is gone.
func (g gone) diagnostic() diag.Diagnostic {
	var r diag.Reports
	r.Reportf("", g.child.Pos, g.child.End, "%s has no method %q, and %q has its signature", g.typ, g.child.Name, g.names[0]).
		Hintf("rename the child %s, or the method %s", g.names[0], g.child.Name)
	d := r.List[0]
	d.Severity = diag.Warning
	return d
}

// renameGone offers to call children as their methods in Go are called.
func (q *query) renameGone(to int) (actions []protocol.CodeAction) {
	if q.code == nil || q.code.of != q.analysis {
		return nil
	}
	info := q.analysis.pkg().Info
	for _, g := range q.code.gone {
		if q.analysis.nameOf(g.child.Pos.File) != q.name || g.child.Pos.Offset > to || g.child.End.Offset < q.offset {
			continue
		}
		d, _ := info.At(g.child.Pos)
		for _, name := range g.names {
			edits, err := q.renamed(d, name)
			if err != nil {
				continue
			}
			actions = append(actions, protocol.CodeAction{Title: fmt.Sprintf("Rename to %s in %s", name, filepath.Base(q.name)), Kind: quickFix,
				Diagnostics: []protocol.Diagnostic{q.diagnosticOf(g.diagnostic())}, IsPreferred: len(g.names) == 1, Edit: q.edit(edits)})
		}
	}
	return actions
}

// writeMissing offers to write the methods of a child's supervisor, or of the supervisor itself, that its type does not have.
func (q *query) writeMissing() (actions []protocol.CodeAction) {
	_, d, _ := q.at()
	if d == nil || d.Child == nil || q.code == nil {
		return nil
	}
	for s, all := range q.code.wanting {
		path := s.Path()
		own := slices.ContainsFunc(s.Members(), func(m *tree.Child) bool { return m.Path() == d.Child.Path() && m.Role != policy.Supervisor })
		if path != d.Child.Path() && !own {
			continue
		}
		for _, w := range all {
			actions = append(actions, q.write(q.code, w)...)
		}
	}
	return actions
}

// codeActionInGo offers the same at the type.
func (q *query) codeActionInGo(p protocol.CodeActionParams) (any, error) {
	actions := []protocol.CodeAction{}
	if !wants(p, quickFix) {
		return actions, nil
	}
	for _, c := range q.codes {
		for _, all := range c.wanting {
			for _, w := range all {
				at := c.program.Fset.Position(w.typ.Obj().Pos())
				if c.fileName(at.Filename) != q.name {
					continue
				}
				if offset, ok := shifted(c.program.Text[at.Filename], q.text.Bytes, at.Offset); ok && q.text.Position(offset, q.encoding).Line == p.Range.Start.Line {
					of := *q
					of.analysis = c.of
					actions = append(actions, of.write(c, w)...)
				}
			}
		}
	}
	slices.SortFunc(actions, func(a, b protocol.CodeAction) int { return strings.Compare(a.Title, b.Title) })
	return actions, nil
}

// write is the action that writes the methods that a type does not have.
func (q *query) write(c *goCode, w *wanting) []protocol.CodeAction {
	written := q.written(c, w.typ.Obj())
	missing := slices.DeleteFunc(slices.Clone(w.missing), func(m *types.Func) bool { return w.method(m.Name()) != nil || written[m.Name()] })
	name := c.program.Fset.Position(w.typ.Obj().Pos()).Filename
	was, ok := c.program.Text[name]
	if len(missing) == 0 || !ok {
		return nil
	}
	text := q.fileText(c.fileName(name))
	at, ok := shifted(was, text, c.endOf(w.typ.Obj(), name))
	if !ok {
		return nil
	}
	slices.SortFunc(missing, func(a, b *types.Func) int { return int(a.Pos() - b.Pos()) }) // as they are declared
	edits, err := c.stubs(w, missing, c.fileName(name), text, at)
	if err != nil {
		return nil // the file is being written
	}
	title := fmt.Sprintf("Write the missing methods of %s: %s", w.typ.Obj().Name(), missing[0].Name())
	if len(missing) > 1 {
		title += fmt.Sprintf(" and %d more", len(missing)-1)
	}
	return []protocol.CodeAction{{Title: title, Kind: quickFix, Edit: q.edit(edits)}}
}

// written are the methods of a type in the buffers that have changed since the Go code was loaded.
func (q *query) written(c *goCode, typ types.Object) map[string]bool {
	methods := make(map[string]bool)
	dir := filepath.Dir(c.program.Fset.Position(typ.Pos()).Filename)
	for name, was := range c.program.Text {
		d := q.others[c.fileName(name)]
		if d == nil || filepath.Dir(name) != dir || bytes.Equal(was, d.text.Bytes) {
			continue
		}
		file, _ := parser.ParseFile(gotoken.NewFileSet(), "", d.text.Bytes, parser.SkipObjectResolution)
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil && len(f.Recv.List) == 1 && receiverName(f.Recv.List[0].Type) == typ.Name() {
				methods[f.Name.Name] = true
			}
		}
	}
	return methods
}

// receiverName is the name of the type in a receiver, or "".
func receiverName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.ParenExpr:
		return receiverName(e.X)
	case *ast.StarExpr:
		return receiverName(e.X)
	case *ast.IndexExpr:
		return receiverName(e.X)
	case *ast.IndexListExpr:
		return receiverName(e.X)
	}
	return ""
}

// endOf is where, in its file, a type's declaration or the last of its methods ends.
func (c *goCode) endOf(typ types.Object, name string) int {
	end := 0
	for _, u := range c.program.Units {
		for _, file := range u.Files {
			if c.program.Fset.File(file.FileStart).Name() != name {
				continue
			}
			for _, d := range file.Decls {
				f, ok := d.(*ast.FuncDecl)
				is := ok && f.Recv != nil && receiver(u.Info.Defs[f.Name]) == typ || !ok && d.Pos() <= typ.Pos() && typ.Pos() < d.End()
				if is {
					end = max(end, c.program.Fset.Position(d.End()).Offset)
				}
			}
		}
	}
	return end
}

// receiver is the type that a method is of.
func receiver(method types.Object) types.Object {
	if f, ok := method.(*types.Func); ok && f.Signature().Recv() != nil {
		t := types.Unalias(f.Signature().Recv().Type())
		if p, ok := t.(*types.Pointer); ok {
			t = types.Unalias(p.Elem())
		}
		if named, ok := t.(*types.Named); ok {
			return named.Obj()
		}
	}
	return nil
}

// stubs are the edits of a file that write methods at a place, with nothing in them yet, and what they import.
func (c *goCode) stubs(w *wanting, missing []*types.Func, name string, text []byte, at int) ([]diag.Edit, error) {
	fset := gotoken.NewFileSet()
	file, err := parser.ParseFile(fset, "", text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	needed := make(map[string]string)
	qualify := func(p *types.Package) string {
		if p.Path() == w.typ.Obj().Pkg().Path() {
			return ""
		}
		for _, spec := range file.Imports {
			if path, _ := strconv.Unquote(spec.Path.Value); path == p.Path() && spec.Name == nil {
				return p.Name()
			} else if path == p.Path() && spec.Name.Name != "_" {
				return strings.Trim(spec.Name.Name, ".")
			}
		}
		needed[p.Path()] = p.Name()
		return p.Name()
	}
	receiver, typ := receiverOf(w.typ)
	var b bytes.Buffer
	for _, m := range missing {
		b.WriteString("\n\n")
		for _, line := range c.docOf(m) {
			b.WriteString(line + "\n")
		}
		fmt.Fprintf(&b, "func (%s %s) %s%s {\n\tpanic(%q)\n}", receiver, typ, m.Name(), strings.TrimPrefix(types.TypeString(m.Type(), qualify), "func"), m.Name()+" is not written yet")
	}
	stubs, err := format.Source(b.Bytes())
	if err != nil {
		return nil, err
	}
	edits, err := importing(needed, name, text, file)
	place := diag.Pos{File: name, Offset: at}
	return append(edits, diag.Edit{Range: diag.Range{Pos: place, End: place}, New: string(ended(stubs, text))}), err
}

// importing are the edits of a file that import packages, by their paths: of what stands above its first declaration, and nothing else.
func importing(needed map[string]string, name string, text []byte, file *ast.File) ([]diag.Edit, error) {
	if len(needed) == 0 {
		return nil, nil
	}
	end := file.Name.End()
	for _, d := range file.Decls {
		if d, ok := d.(*ast.GenDecl); ok && d.Tok == gotoken.IMPORT {
			end = d.End()
		}
	}
	head := text[:int(end-file.FileStart)]
	if n := bytes.IndexByte(text[len(head):], '\n'); n >= 0 {
		head = text[:len(head)+n+1]
	}
	fset := gotoken.NewFileSet()
	file, err := parser.ParseFile(fset, "", head, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	for path, name := range needed {
		if path == name || strings.HasSuffix(path, "/"+name) {
			name = ""
		}
		astutil.AddNamedImport(fset, file, name, path)
	}
	var out bytes.Buffer
	if bytes.HasPrefix(text, []byte(encoding.ByteOrderMark)) {
		out.WriteString(encoding.ByteOrderMark)
	}
	err = format.Node(&out, fset, file)
	return difference(name, head, ended(out.Bytes(), text)), err
}

// ended is what is written into a text, with lines that end as its first does.
func ended(written, text []byte) []byte {
	if first, _, _ := bytes.Cut(text, []byte("\n")); bytes.HasSuffix(first, []byte("\r")) {
		return bytes.ReplaceAll(written, []byte("\n"), []byte("\r\n"))
	}
	return written
}

// receiverOf is how the receivers of a type's methods are written: as that of one which is there.
func receiverOf(named *types.Named) (name, typ string) {
	name, typ = syntax.LowerInitial(named.Obj().Name())[:1], "*"+named.Obj().Name()
	for m := range named.Methods() {
		recv := m.Signature().Recv()
		if recv.Name() != "" && recv.Name() != "_" {
			name = recv.Name()
		}
		if _, ok := recv.Type().(*types.Pointer); !ok {
			typ = named.Obj().Name()
		}
	}
	var params []string
	for p := range named.TypeParams().TypeParams() {
		params = append(params, p.Obj().Name())
	}
	if len(params) > 0 {
		typ += "[" + strings.Join(params, ", ") + "]"
	}
	return name, typ
}

// docOf is the comment above a method of an interface.
func (c *goCode) docOf(m *types.Func) (lines []string) {
	for _, u := range c.program.Units {
		for _, file := range u.Files {
			if m.Pos() < file.FileStart || m.Pos() > file.FileEnd {
				continue
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if f, ok := n.(*ast.Field); ok && f.Doc != nil && len(f.Names) == 1 && f.Names[0].Pos() == m.Pos() {
					lines = nil
					for _, line := range f.Doc.List {
						lines = append(lines, line.Text)
					}
				}
				return true
			})
		}
	}
	return lines
}
