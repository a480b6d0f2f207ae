package lsp

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"go/ast"
	gotoken "go/token"
	"go/types"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/gotypes"
	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/lsp/protocol"
	"github.com/supgen/supgen/runtime/policy"
)

// A goCode is the Go code around a package, as it was last loaded: see [gotypes.Program]. It is not changed.
type goCode struct {
	of      *analysis // that it was loaded with
	program *gotypes.Program
	types   []diag.Diagnostic // what "supgen validate --types" reports, complete or absent
	gone    []gone
	paths   map[types.Object]string    // the child that a name is generated for, or that a method of the user's implements
	methods map[string][]types.Object  // what the user wrote for a child: its method and those of its checks
	wanting map[*tree.Child][]*wanting // the types that implement, or shall implement, a supervisor's interface
	roots   [2]string                  // a directory as the program names it, and as the editor does
}

// A loading is a package whose Go code is being loaded.
type loading struct {
	again bool
	done  chan struct{}
}

// loadGo loads the Go code around a package in the background: again, where that is going on. Under the lock.
func (s *server) loadGo(key string) {
	if !isFile(key) || strings.HasSuffix(key, load.Suffix) {
		return
	}
	if l := s.loading[key]; l != nil {
		l.again = true
		return
	}
	l := &loading{done: make(chan struct{})}
	s.loading[key] = l
	go func() {
		for {
			s.mu.Lock()
			a, buffers := s.analysisAt(key), maps.Clone(s.others)
			l.again = false
			s.mu.Unlock()
			code, err := loadCode(s.ctx, a, buffers)
			if err != nil && s.ctx.Err() == nil {
				s.conn.Notify("window/logMessage", protocol.LogMessageParams{Type: protocol.LogInfo, Message: fmt.Sprintf("the Go code around %s cannot be loaded: %v", key, err)})
			}
			s.mu.Lock()
			if code != nil {
				s.code[key] = code
			}
			if !l.again {
				delete(s.loading, key)
				close(l.done)
				if code != nil && s.ctx.Err() == nil {
					s.publish(key)
					if s.client.Workspace.CodeLens.RefreshSupport { // those in Go files are of what was loaded before
						go s.conn.Call(s.ctx, "workspace/codeLens/refresh", nil, nil)
					}
				}
				s.mu.Unlock()
				return
			}
			s.mu.Unlock()
		}
	}()
}

// loadCode is the Go code around a package. It is nil where that cannot be loaded, which the error says, and where the package has errors:
// what was known before goes on being the answer.
func loadCode(ctx context.Context, a *analysis, buffers map[string]*document) (code *goCode, err error) {
	defer func() {
		if p := recover(); p != nil { // in Go's type checker, of code that is being written
			code, err = nil, fmt.Errorf("%v", p)
		}
	}()
	p := a.pkg()
	if p.Tree == nil || len(p.Tree.Files) == 0 {
		return nil, nil
	}
	program, err := programOf(ctx, p, buffers)
	if err != nil {
		return nil, err
	}
	code = newCode(a, program)
	if found, err := gotypes.Check([]*load.Package{p}); err == nil {
		code.types = found[0]
	}
	return code, nil
}

// programOf loads the Go code around a package, with the buffers in place of their files.
func programOf(ctx context.Context, p *load.Package, buffers map[string]*document) (*gotypes.Program, error) {
	names := load.GoNames{}
	texts := make(map[string][]byte)
	for name, d := range buffers {
		if !strings.HasSuffix(name, ".go") {
			continue
		}
		dir, _ := names.Of(filepath.Dir(name))
		texts[filepath.Join(dir, filepath.Base(name))] = d.text.Bytes
	}
	return gotypes.LoadProgram(ctx, p, texts)
}

func newCode(a *analysis, program *gotypes.Program) *goCode {
	c := &goCode{of: a, program: program, paths: make(map[types.Object]string), methods: make(map[string][]types.Object),
		wanting: make(map[*tree.Child][]*wanting)}
	there, here := program.Dir, a.key
	for filepath.Base(there) == filepath.Base(here) && filepath.Dir(there) != there && filepath.Dir(here) != here {
		there, here = filepath.Dir(there), filepath.Dir(here)
	}
	c.roots = [2]string{there, here}
	for _, u := range program.Units {
		if !u.Own || u.Types == nil {
			continue
		}
		for _, root := range a.pkg().Tree.Roots() {
			for child := range root.All() {
				c.index(u, child)
			}
		}
	}
	c.findGone()
	return c
}

// index takes up what is generated for a child in a Go package, and what implements it.
func (c *goCode) index(u *gotypes.Unit, child *tree.Child) {
	is := func(o types.Object, of *tree.Child) {
		if o != nil && of != nil && c.paths[o] == "" {
			c.paths[o] = of.Path()
		}
	}
	scope := u.Types.Scope()
	for _, name := range child.Declares() {
		is(scope.Lookup(name), child)
	}
	if child.Role != policy.Supervisor {
		return
	}
	for _, name := range []string{child.GoName(), child.StateType()} {
		named := namedIn(scope, name)
		if named == nil {
			continue
		}
		for m := range named.Methods() {
			is(m, child.MemberOf(name, m.Name()))
		}
		if fields, ok := named.Underlying().(*types.Struct); ok {
			for f := range fields.Fields() {
				is(f, child.MemberOf(name, f.Name()))
			}
		}
	}
	named := namedIn(scope, child.ChildrenType())
	if named == nil {
		return
	}
	face, ok := named.Underlying().(*types.Interface)
	if !ok {
		return
	}
	of := make(map[string]*tree.Child) // by the methods of the interface
	for _, m := range child.Members() {
		for _, name := range append(m.Methods(), m.Name) {
			of[name] = m
		}
	}
	for m := range face.Methods() {
		is(m, of[m.Name()])
	}
	for _, w := range c.wantingOf(u, child, named, face) {
		for name, m := range of {
			if method := w.method(name); method != nil && c.paths[method] == "" {
				is(method, m)
				c.methods[m.Path()] = append(c.methods[m.Path()], method)
			}
		}
	}
}

func namedIn(scope *types.Scope, name string) *types.Named {
	if o, ok := scope.Lookup(name).(*types.TypeName); ok {
		named, _ := o.Type().(*types.Named)
		return named
	}
	return nil
}

// A wanting type implements the interface of a supervisor, or is used where that is wanted.
type wanting struct {
	typ     *types.Named
	missing []*types.Func // methods of the interface that it has not
	face    *types.Interface
}

// method is the method that a type has by a name, its own or promoted; nil if there is none.
func (w *wanting) method(name string) types.Object {
	found, _, _ := types.LookupFieldOrMethod(types.NewPointer(w.typ), true, w.typ.Obj().Pkg(), name)
	if f, ok := found.(*types.Func); ok {
		return f.Origin()
	}
	return nil
}

// wantingOf finds the types that implement the interface of a supervisor as a package has it, or shall implement it.
func (c *goCode) wantingOf(u *gotypes.Unit, child *tree.Child, named *types.Named, face *types.Interface) []*wanting {
	var all []*wanting
	seen := make(map[string]bool)
	add := func(t types.Type, used bool) {
		if p, ok := types.Unalias(t).(*types.Pointer); ok {
			t = p.Elem()
		}
		of, ok := types.Unalias(t).(*types.Named)
		if !ok || types.IsInterface(of) || of.Obj().Pkg() == nil || seen[of.String()] {
			return
		}
		w := &wanting{typ: of, face: face}
		for m := range face.Methods() {
			if is := w.method(m.Name()); is == nil || !types.Identical(is.Type(), m.Type()) && of.Origin() == of && of.TypeArgs() == nil {
				w.missing = append(w.missing, m)
			}
		}
		if !used && len(w.missing) > 0 || face.NumMethods() == 0 {
			return
		}
		seen[of.String()] = true
		all = append(all, w)
	}
	for _, other := range c.program.Units {
		if other != u && !imports(other.Types, u.Types) {
			continue
		}
		c.wanted(other, named, func(t types.Type) { add(t, true) })
		for _, instance := range other.Info.Instances {
			add(instance.Type, false)
		}
		for _, o := range other.Info.Defs {
			if name, ok := o.(*types.TypeName); ok && name.Pkg() != nil {
				add(name.Type(), false)
			}
		}
	}
	slices.SortFunc(all, func(a, b *wanting) int { return int(a.typ.Obj().Pos() - b.typ.Obj().Pos()) })
	for _, w := range all {
		if !slices.ContainsFunc(c.wanting[child], func(o *wanting) bool { return o.typ.Obj().Pos() == w.typ.Obj().Pos() }) {
			c.wanting[child] = append(c.wanting[child], w)
		}
	}
	return all
}

// imports reports whether a package imports another, directly or not.
func imports(pkg, other *types.Package) bool {
	seen := make(map[*types.Package]bool)
	var visit func(p *types.Package) bool
	visit = func(p *types.Package) bool {
		if seen[p] {
			return false
		}
		seen[p] = true
		return p == other || slices.ContainsFunc(p.Imports(), visit)
	}
	return pkg != nil && visit(pkg)
}

// wanted visits the types of what is used where an interface is wanted: arguments of calls, values of variables, results.
func (c *goCode) wanted(u *gotypes.Unit, face *types.Named, visit func(types.Type)) {
	is := func(t types.Type) bool { return t != nil && types.Identical(t, face) }
	value := func(e ast.Expr) {
		if t := u.Info.TypeOf(e); t != nil && !is(t) {
			visit(t)
		}
	}
	results := func(signature types.Type, body *ast.BlockStmt) {
		s, ok := signature.(*types.Signature)
		if !ok || body == nil {
			return
		}
		ast.Inspect(body, func(n ast.Node) bool {
			if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) == s.Results().Len() {
				for i, e := range r.Results {
					if is(s.Results().At(i).Type()) {
						value(e)
					}
				}
			}
			_, inner := n.(*ast.FuncLit)
			return !inner
		})
	}
	for _, file := range u.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if o := u.Info.Defs[n.Name]; o != nil {
					results(o.Type(), n.Body)
				}
			case *ast.FuncLit:
				results(u.Info.TypeOf(n), n.Body)
			case *ast.CallExpr:
				if s, ok := u.Info.TypeOf(n.Fun).(*types.Signature); ok {
					for i, arg := range n.Args {
						if i < s.Params().Len() && is(s.Params().At(i).Type()) {
							value(arg)
						}
					}
				} else if is(u.Info.TypeOf(n.Fun)) && len(n.Args) == 1 { // a conversion
					value(n.Args[0])
				}
			case *ast.ValueSpec:
				if n.Type != nil && is(u.Info.TypeOf(n.Type)) {
					for _, e := range n.Values {
						value(e)
					}
				}
			}
			return true
		})
	}
}

// fileName is what the editor calls a file of the program.
func (c *goCode) fileName(name string) string {
	if below, err := filepath.Rel(c.roots[0], name); err == nil && filepath.IsLocal(below) {
		return filepath.Join(c.roots[1], below)
	}
	return name
}

// programName is the reverse.
func (c *goCode) programName(name string) string {
	if below, err := filepath.Rel(c.roots[1], name); err == nil && filepath.IsLocal(below) {
		return filepath.Join(c.roots[0], below)
	}
	return name
}

// object is what the name at a place in a file of the program is. In a file that has changed since, the place is looked up as it was.
func (c *goCode) object(name string, now []byte, offset int) types.Object {
	name = c.programName(name)
	was, ok := c.program.Text[name]
	if !ok {
		return nil
	}
	if offset, ok = shifted(now, was, offset); !ok {
		return nil
	}
	for _, u := range c.program.Units {
		for _, file := range u.Files {
			if c.program.Fset.File(file.FileStart).Name() != name {
				continue
			}
			pos := file.FileStart + gotoken.Pos(offset)
			var found types.Object
			ast.Inspect(file, func(n ast.Node) bool {
				if n == nil || pos < n.Pos() || pos > n.End() {
					return n == file // comments may stand before it
				}
				if id, ok := n.(*ast.Ident); ok {
					found = originOf(u.Info.ObjectOf(id))
				}
				return true
			})
			if found != nil {
				return found
			}
		}
	}
	return nil
}

// originOf is what is declared, of an instance of something generic.
func originOf(o types.Object) types.Object {
	switch o := o.(type) {
	case *types.Func:
		return o.Origin()
	case *types.Var:
		return o.Origin()
	}
	return o
}

// shifted is an offset in one text, in another that differs in one place from it; false where it is in that place.
func shifted(from, to []byte, offset int) (int, bool) {
	if bytes.Equal(from, to) {
		return offset, true
	}
	before, behind := common(from, to, func(a, b byte) bool { return a == b })
	switch {
	case offset <= before:
		return offset, true
	case offset >= len(from)-behind:
		return offset + len(to) - len(from), true
	}
	return 0, false
}

// goLocation is a place in Go code that has a length, in the file as the editor has it.
func (q *query) goLocation(c *goCode, at gotoken.Position, length int) (protocol.Location, bool) {
	name := c.fileName(at.Filename)
	offset := at.Offset
	uri, text := uriOf(name), []byte(nil)
	if d := q.others[name]; d != nil {
		uri, text = d.uri, d.text.Bytes
	}
	was, ok := c.program.Text[at.Filename]
	switch {
	case ok && text == nil:
		text = was
	case ok:
		if offset, ok = shifted(was, text, offset); !ok {
			return protocol.Location{}, false
		}
	}
	t := protocol.NewText(text)
	return protocol.Location{URI: uri, Range: t.Range(offset, offset+length, q.encoding)}, true
}

// declared is where an object is declared.
func (q *query) declared(c *goCode, o types.Object) []protocol.Location {
	at := c.program.Fset.Position(o.Pos())
	if !at.IsValid() {
		return nil
	}
	if _, ok := c.program.Text[at.Filename]; !ok { // from what the go command has built: the line is known
		name := c.program.FileOf(o.Pkg().Path(), at.Filename)
		text, err := load.ReadGo(name)
		if err != nil {
			return nil
		}
		t := protocol.NewText(text)
		from := t.Offset(protocol.Position{Line: uint32(at.Line - 1)}, q.encoding)
		column := max(0, wordIn(text[from:], o.Name()))
		return []protocol.Location{{URI: uriOf(c.fileName(name)), Range: t.Range(from+column, from+column+len(o.Name()), q.encoding)}}
	}
	if l, ok := q.goLocation(c, at, len(o.Name())); ok {
		return []protocol.Location{l}
	}
	return nil
}

// wordIn is where a word stands in the first line of a text, or -1.
func wordIn(text []byte, word string) int {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	for at := 0; ; {
		i := bytes.Index(line[at:], []byte(word))
		if i < 0 {
			return -1
		}
		at += i
		end := at + len(word)
		if (at == 0 || !isLetter(line[at-1])) && (end == len(line) || !isLetter(line[end])) {
			return at
		}
		at = end
	}
}

func isLetter(b byte) bool { return gotoken.IsIdentifier("_"+string(rune(b))) || b >= 0x80 }

// uses are the places in what the user wrote in Go where a child is named.
func (q *query) goUses(c *goCode, path string) (found []protocol.Location) {
	seen := make(map[string]bool)
	for _, u := range c.program.Units {
		for id, o := range allNames(u.Info) {
			if c.paths[originOf(o)] != path {
				continue
			}
			at := c.program.Fset.Position(id.Pos())
			if key := fmt.Sprint(at.Filename, at.Offset); strings.HasSuffix(at.Filename, load.GeneratedSuffix) || seen[key] {
				continue
			} else {
				seen[key] = true
			}
			if l, ok := q.goLocation(c, at, len(id.Name)); ok {
				found = append(found, l)
			}
		}
	}
	slices.SortFunc(found, func(a, b protocol.Location) int {
		return cmpLocation(a, b)
	})
	return found
}

func cmpLocation(a, b protocol.Location) int {
	return cmp.Or(cmp.Compare(a.URI, b.URI), cmp.Compare(a.Range.Start.Line, b.Range.Start.Line), cmp.Compare(a.Range.Start.Character, b.Range.Start.Character))
}

// allNames are the names in a package's files, each with what it stands for.
func allNames(info *types.Info) iter.Seq2[*ast.Ident, types.Object] {
	return func(yield func(*ast.Ident, types.Object) bool) {
		for _, names := range []map[*ast.Ident]types.Object{info.Defs, info.Uses} {
			for id, o := range names {
				if o != nil && !yield(id, o) {
					return
				}
			}
		}
	}
}
