package codegen

import (
	"go/ast"
	"go/parser"

	"github.com/supgen/supgen/dsl"
)

// A scope is the names that a new one must not hide.
type scope map[string]bool

// free is name, with as many underscores as it takes, and is taken from then on.
func (s scope) free(name string) string {
	for s[name] {
		name += "_"
	}
	s[name] = true
	return name
}

func (s scope) take(names ...string) {
	for _, name := range names {
		s[name] = true
	}
}

// scope is what can be named in all of the file that generated code itself names: packages.
func (f *file) scope() scope {
	s := scope{}
	for _, i := range f.packages.list {
		s.take(i.name)
	}
	return s
}

// nameLocals names the parameters and variables of the constructor, so that none hides what is used below it.
func (t *rootTree) nameLocals() {
	s := t.scope()
	for c := range t.root.All() {
		s.take(c.ID(), c.ShutdownConst(), c.ArgsType())
		s.take(identifiers(c.Provides)...)
	}
	t.options = s.free("options")
	t.locals = map[*dsl.Child]string{t.root: s.free("children")}
	for c := range t.root.All() {
		if c != t.root && (c.Provides != "" || isSupervisor(c)) {
			t.locals[c] = s.free(c.Local())
		}
	}
}

// identifiers is every name that occurs in a Go type.
func identifiers(typ string) []string {
	if typ == "" {
		return nil
	}
	expr, err := parser.ParseExpr(typ)
	if err != nil {
		panic("codegen: " + err.Error()) // Check has parsed it
	}
	var names []string
	ast.Inspect(expr, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			names = append(names, id.Name)
		}
		return true
	})
	return names
}
