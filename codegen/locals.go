package codegen

import (
	"go/ast"
	"go/parser"

	"github.com/supgen/supgen/dsl/tree"
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
		s.take(i.Name)
	}
	return s
}

// locals is the parameters and variables of the functions that are generated for a tree.
type locals struct {
	children, options, table           string
	launch, ctx, run, args, value, err string

	below     map[*tree.Child]string // in the constructor, the children of a nested supervisor
	receivers map[*tree.Child]string // in the methods of a supervisor's type
}

// nameLocals names the parameters and variables of functions, so that none hides what is used in one.
func (t *rootTree) nameLocals() {
	s := t.scope()
	s.take(t.root.Table())
	for c := range t.root.All() {
		s.take(c.ID())
		if isSupervisor(c) {
			s.take(c.StartFunction())
		}
		if c.Dynamic {
			s.take(c.ArgsType())
		}
		if c.Provides != "" {
			s.take(c.Port())
		}
		t.size++
	}
	t.locals = locals{
		children: s.free("children"), options: s.free("options"), table: s.free("table"),
		launch: s.free("l"), ctx: s.free("ctx"), run: s.free("run"), args: s.free("args"), value: s.free("v"), err: s.free("err"),
		below: map[*tree.Child]string{}, receivers: map[*tree.Child]string{},
	}
	for _, c := range t.supervisors() {
		t.locals.receivers[c] = c.Receiver()
		if c != t.root {
			t.locals.below[c] = s.free(c.Local())
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
