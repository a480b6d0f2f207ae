package codegen

import (
	"fmt"
	"strings"

	"github.com/supgen/supgen/dsl"
)

// methods is what a user of the tree may call, supervisor by supervisor.
func (t *rootTree) methods() {
	t.printf("\n// Run runs the tree until ctx ends or the root gives up.\n")
	t.function(t.method(t.root)+"Run(ctx "+t.context("Context")+") error", t.tree(t.root)+".Run(ctx)")
	t.printf("\n// Tree is what %s has in common with all trees: readiness, events, the report, shutdown.\n", t.root.GoName())
	t.function(t.method(t.root)+"Tree() *"+t.runtime("Tree"), t.tree(t.root))
	for _, s := range t.supervisors() {
		if s != t.root {
			t.handleType(s)
		}
		for _, c := range s.Members() {
			t.methodsFor(c)
		}
	}
}

// handleType is what an operator reaches a nested supervisor and its children by. It embeds a value: of an embedded
// pointer Go makes each method twice, for the type and for a pointer to it.
func (t *rootTree) handleType(s *dsl.Child) {
	t.printf("\n// %[1]s is the operator's handle on %[2]s and what it runs.\ntype %[1]s struct {\n\t%[3]s\n\ttree *%[4]s\n}\n",
		s.GoName(), s.Path(), t.runtime("Handle"), t.runtime("Tree"))
}

// methodsFor is the methods that a supervisor's type has for its child c.
func (t *rootTree) methodsFor(c *dsl.Child) {
	switch {
	case isSupervisor(c):
		t.handle(c, " and what it runs", "", "*"+c.GoName(), "&"+literal(c.GoName(), "*"+t.handleOf("HandleOf", c), t.tree(c.Parent)))
	case c.Replicas > 0:
		what := fmt.Sprintf(" with index i, 0 to %d", c.Replicas-1)
		t.handle(c, what, "i int", "*"+t.runtime("Handle"), t.handleOf("ReplicaOf", c, "i"))
	case c.Dynamic:
		t.startMethod(c)
		if c.Key >= 0 {
			key, name := c.Params[c.Key], t.startNames(c)[c.Key]
			t.handle(c, " with this "+key.Name, name+" "+typ(key.Type), "*"+t.runtime("Handle"), t.handleOf("DynamicOf", c, t.key(name)))
		}
	default:
		t.handle(c, "", "", "*"+t.runtime("Handle"), t.handleOf("HandleOf", c))
	}
}

// handle is a method that returns an operator's handle on c.
func (t *rootTree) handle(c *dsl.Child, what, param, result, value string) {
	t.printf("\n// %s is the operator's handle on %s%s.\n", c.Name, c.Path(), what)
	t.function(t.method(c.Parent)+c.Name+"("+param+") "+result, value)
}

// handleOf is a call of one of the runtime's functions that make a handle on c.
func (t *rootTree) handleOf(function string, c *dsl.Child, more ...string) string {
	args := append([]string{t.tree(c.Parent), c.ID()}, more...)
	return t.runtime(function) + "(" + strings.Join(args, ", ") + ")"
}

func (t *rootTree) key(name string) string { return t.runtime("Key") + "(" + name + ")" }

// startMethod starts a dynamic child.
func (t *rootTree) startMethod(c *dsl.Child) {
	names := t.startNames(c)
	params := "ctx " + t.context("Context")
	for i, p := range c.Params {
		params += ", " + names[i] + " " + typ(p.Type)
	}
	key, says := t.runtime("NoKey"), "a "+c.Path()
	if c.Key >= 0 {
		key, says = t.key(names[c.Key]), "the "+c.Path()+" with this "+c.Params[c.Key].Name
	}
	args := "nil"
	if len(c.Params) > 0 {
		t.argsType(c)
		args = literal(c.ArgsType(), names...)
	}
	t.printf("\n// %s starts %s. ctx bounds its acceptance, not its life.\n", c.StartMethod(), says)
	t.printf("%s%s(%s) (*%s, error) {\n", t.method(c.Parent), c.StartMethod(), params, t.runtime("Handle"))
	t.printf("\treturn %s.Start(ctx, %s, %s, %s)\n}\n", t.tree(c.Parent), c.ID(), key, args)
}

// startNames is the names of a dynamic child's parameters where it is started, none of which may hide what
// the start is made of.
func (t *rootTree) startNames(c *dsl.Child) []string {
	s := scope{}
	s.take(c.ID(), c.ArgsType())
	var names []string
	for _, p := range c.Params {
		names = append(names, s.free(p.Name))
	}
	return names
}

// argsType carries the arguments of a dynamic child from its start to its launches.
func (t *rootTree) argsType(c *dsl.Child) {
	if len(c.Params) == 1 {
		t.printf("\ntype %s %s\n", c.ArgsType(), structOf(c.Params[0].Name, typ(c.Params[0].Type)))
		return
	}
	var fields [][]string
	for _, p := range c.Params {
		fields = append(fields, []string{p.Name, typ(p.Type)})
	}
	t.printf("\ntype %s struct {\n", c.ArgsType())
	t.lines("\t", aligned(fields), "\n")
	t.printf("}\n")
}

// method begins a method of the type of supervisor s. A nested supervisor's is a small struct, made anew for each use,
// but a pointer all the same: Go makes two functions of a method of a value.
func (t *rootTree) method(s *dsl.Child) string {
	return "func (" + t.receiver(s) + " *" + s.GoName() + ") "
}

// tree is the runtime's tree in a method of supervisor s.
func (t *rootTree) tree(s *dsl.Child) string { return t.receiver(s) + ".tree" }

// receiver is what the methods of supervisor s call it.
func (t *rootTree) receiver(s *dsl.Child) string {
	name, ok := t.receivers[s]
	if !ok {
		name = s.Receiver()
		t.receivers[s] = name
	}
	return name
}
