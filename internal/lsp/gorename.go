package lsp

import (
	"bytes"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"github.com/supgen/supgen/codegen"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/generated"
	"github.com/supgen/supgen/internal/load"
)

// renamedInGo are the edits that take a renaming in a package to its generated code, and to what the user wrote in Go.
func (q *query) renamedInGo(was, now *load.Package) ([]diag.Edit, error) {
	edits, err := q.regenerated(was, now)
	if err != nil {
		return nil, err
	}
	program, err := programOf(q.ctx, was, q.others)
	if err != nil {
		return nil, refused("the Go code around the package cannot be loaded: %v", err)
	}
	r := &renaming{query: q, code: newCode(q.analysis, program), now: now, to: make(map[types.Object]string), texts: make(map[string][]byte)}
	if err := r.collect(); err != nil {
		return nil, err
	}
	inGo, err := r.edits()
	if err != nil {
		return nil, err
	}
	if err := r.compile(inGo); err != nil {
		return nil, err
	}
	return append(edits, inGo...), nil
}

// regenerated are the edits of the generated files. They have to be what is generated before.
func (q *query) regenerated(was, now *load.Package) (edits []diag.Edit, err error) {
	for file := range generated.Files(was) {
		name := filepath.Base(file.Name)
		switch _, stale, err := file.Check(nil); {
		case err != nil:
			return nil, err
		case len(stale) > 0:
			return nil, refused("%s is not what %s generates; save both, or run supgen generate, before something is renamed", name, filepath.Base(file.Source()))
		}
		if d := q.others[file.Name]; d != nil {
			if text, err := load.ReadGo(file.Name); err != nil || !bytes.Equal(text, d.text.Bytes) {
				return nil, refused("%s is not in the editor as it is on the disk; save it, or read it again, as what is generated is not changed by hand", name)
			}
		}
	}
	for file := range generated.Files(now) {
		text, err := file.Contents()
		if err != nil {
			return nil, err
		}
		edits = append(edits, difference(file.Name, q.fileText(file.Name), text)...)
	}
	return edits, nil
}

// A renaming is of names in Go.
type renaming struct {
	*query
	code  *goCode
	now   *load.Package
	to    map[types.Object]string
	texts map[string][]byte // of the generated files afterwards
}

// collect finds what gets another name: what is declared at the same place of the generated code before and after, and the methods that
// implement that.
func (r *renaming) collect() error {
	program := r.code.program
	for _, source := range r.now.Tree.Files {
		name := filepath.Join(program.Dir, filepath.Base(source.Name)+".go")
		r.texts[name] = codegen.Generate(r.now.Tree, source)
		after, err := parser.ParseFile(gotoken.NewFileSet(), name, r.texts[name], parser.SkipObjectResolution)
		if err != nil {
			return refused("what is generated afterwards is not Go: %v", err)
		}
		names := namesIn(after)
		for _, u := range program.Units {
			for _, file := range u.Files {
				if !u.Own || program.Fset.File(file.FileStart).Name() != name {
					continue
				}
				before := namesIn(file)
				if len(before) != len(names) {
					return refused("what is generated afterwards has another form")
				}
				for i, id := range before {
					if o := u.Info.Defs[id]; o != nil && id.Name != names[i].Name {
						r.to[o] = names[i].Name
					}
				}
			}
		}
	}
	implemented := make(map[[2]string]string) // the methods of interfaces, by their child and their name
	for o, name := range r.to {
		if _, ok := o.(*types.Func); ok {
			implemented[[2]string{r.code.paths[o], o.Name()}] = name
		}
	}
	for o, path := range r.code.paths {
		name := implemented[[2]string{path, o.Name()}]
		if _, ok := o.(*types.Func); !ok || name == "" {
			continue
		}
		at := program.Fset.Position(o.Pos())
		if _, ok := program.Text[at.Filename]; !ok {
			return refused("the method %q is that of a type of package %q, which is outside the module", o.Name(), o.Pkg().Path())
		}
		r.to[o] = name
	}
	r.partly()
	for _, u := range program.Units { // fields that are called like the type that they embed
		for id, o := range u.Info.Uses {
			if name, field := r.to[o], u.Info.Defs[id]; name != "" && field != nil {
				r.to[field] = name
			}
		}
	}
	return r.elsewhere()
}

// partly takes up the methods of types that do not have all of an interface yet: what they are for is seen by their signature, which has a
// type in it that is generated for the child.
func (r *renaming) partly() {
	wanted := make(map[string][]*types.Func) // of the interfaces, by name
	isInterface := func(f *types.Func) bool {
		return f.Signature().Recv() != nil && types.IsInterface(f.Signature().Recv().Type())
	}
	for o := range r.to {
		if f, ok := o.(*types.Func); ok && isInterface(f) {
			wanted[f.Name()] = append(wanted[f.Name()], f)
		}
	}
	for _, u := range r.code.program.Units {
		for _, o := range u.Info.Defs {
			f, ok := o.(*types.Func)
			if !ok || f.Signature().Recv() == nil || isInterface(f) || r.to[f] != "" {
				continue
			}
			if i := slices.IndexFunc(wanted[f.Name()], func(m *types.Func) bool { return types.Identical(m.Type(), f.Type()) }); i >= 0 {
				r.to[f] = r.to[wanted[f.Name()][i]]
			}
		}
	}
}

// namesIn are the names in a file, in order.
func namesIn(file *ast.File) (names []*ast.Ident) {
	ast.Inspect(file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			names = append(names, id)
		}
		return true
	})
	return names
}

// elsewhere refuses names that are used in files that are not built here: nothing is known of these but their text.
func (r *renaming) elsewhere() error {
	levels, methods := make(map[string]bool), make(map[string]bool)
	for o := range r.to {
		if o.Parent() == o.Pkg().Scope() {
			levels[o.Name()] = true
		} else if _, ok := o.(*types.Func); ok {
			methods[o.Name()] = true
		}
	}
	for _, u := range r.code.program.Units {
		for _, name := range u.Ignored {
			file, _ := parser.ParseFile(gotoken.NewFileSet(), name, r.fileText(r.code.fileName(name)), parser.SkipObjectResolution)
			found := ""
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.Ident:
					if levels[n.Name] {
						found = n.Name
					}
				case *ast.FuncDecl:
					if n.Recv != nil && methods[n.Name.Name] {
						found = n.Name.Name
					}
				}
				return true
			})
			if found != "" {
				return refused("%s names %q and is not built here, so that nobody can say whether it would compile", filepath.Base(name), found)
			}
		}
	}
	return nil
}

// edits are those of what the user wrote.
func (r *renaming) edits() (edits []diag.Edit, err error) {
	program := r.code.program
	seen := make(map[diag.Pos]bool)
	edit := func(pos gotoken.Pos, old, name string) error {
		at := program.Fset.Position(pos)
		if strings.HasSuffix(at.Filename, load.GeneratedSuffix) {
			if _, ours := r.texts[at.Filename]; !ours {
				return refused("%s names %q, and is generated", r.code.fileName(at.Filename), old)
			}
			return nil
		}
		from := diag.Pos{File: r.code.fileName(at.Filename), Offset: at.Offset}
		if to := (diag.Pos{File: from.File, Offset: at.Offset + len(old)}); !seen[from] {
			seen[from] = true
			edits = append(edits, diag.Edit{Range: diag.Range{Pos: from, End: to}, New: name})
		}
		return nil
	}
	for _, u := range program.Units {
		for id, o := range allNames(u.Info) {
			if name := r.to[originOf(o)]; name != "" {
				if err := edit(id.Pos(), id.Name, name); err != nil {
					return nil, err
				}
			}
		}
		for _, file := range u.Files {
			for _, d := range file.Decls { // a comment begins with the name of what it is about
				f, ok := d.(*ast.FuncDecl)
				if !ok || f.Doc == nil || r.to[u.Info.Defs[f.Name]] == "" {
					continue
				}
				if c := f.Doc.List[0]; strings.HasPrefix(c.Text, "// "+f.Name.Name+" ") {
					if err := edit(c.Slash+3, f.Name.Name, r.to[u.Info.Defs[f.Name]]); err != nil {
						return nil, err
					}
				}
			}
		}
	}
	slices.SortFunc(edits, func(a, b diag.Edit) int { return a.Pos.Compare(b.Pos) })
	return edits, nil
}

// compile refuses what would not compile afterwards.
func (r *renaming) compile(edits []diag.Edit) error {
	before := r.code.program
	texts := make(map[string][]byte)
	for _, e := range edits {
		texts[e.Pos.File] = before.Text[r.code.programName(e.Pos.File)]
	}
	for file, text := range applied(texts, edits) {
		r.texts[r.code.programName(file)] = text
	}
	after := before.With(r.texts)
	mistakes := after.Errors()
	if len(mistakes) == 0 {
		return nil
	}
	at := after.Fset.Position(mistakes[0].Pos)
	where, says := filepath.Base(at.Filename), strings.ReplaceAll(mistakes[0].Msg, before.Dir+string(filepath.Separator), "")
	if len(before.Errors()) > 0 {
		return refused("%s:%d:%d: %s; nothing is renamed where the Go code has mistakes", where, at.Line, at.Column, says)
	}
	return refused("%s:%d would not compile afterwards: %s", where, at.Line, says)
}
