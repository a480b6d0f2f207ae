package codegen

import (
	"fmt"

	"github.com/dave/jennifer/jen"
	"github.com/supgen/supgen/dsl/tree"
)

// methods declares what a user of the tree may call, supervisor by supervisor.
func (t *rootTree) methods() {
	t.declare(1, t.runMethod)
	t.declare(1, t.treeMethod)
	for _, s := range t.supervisors() {
		if s != t.root {
			t.declare(1, func() []jen.Code { return t.handleType(s) })
		}
		for _, c := range s.Members() {
			t.methodsFor(c)
		}
	}
}

func (t *rootTree) runMethod() []jen.Code {
	return []jen.Code{
		comment("Run runs the tree until ctx ends or the root gives up."),
		t.method(t.root).Id("Run").Params(t.ctx()).Error().
			Custom(onOneLine, jen.Return(jen.Add(t.tree(t.root)).Dot("Run").Call(jen.Id("ctx")))),
	}
}

func (t *rootTree) treeMethod() []jen.Code {
	return []jen.Code{
		comment("Tree is what %s has in common with all trees: readiness, events, the report, shutdown.", t.root.GoName()),
		t.method(t.root).Id("Tree").Params().Add(t.pointerTo("Tree")).
			Custom(onOneLine, jen.Return(t.tree(t.root))),
	}
}

// handleType is what an operator reaches a nested supervisor and its children by. It embeds a value: of an embedded
// pointer Go makes each method twice, for the type and for a pointer to it.
func (t *rootTree) handleType(s *tree.Child) []jen.Code {
	return []jen.Code{
		comment("%s is the operator's handle on %s and what it runs.", s.GoName(), s.Path()),
		jen.Type().Id(s.GoName()).Struct(t.runtime("Handle"), jen.Id("tree").Add(t.pointerTo("Tree"))),
	}
}

// methodsFor declares the methods that a supervisor's type has for its child c.
func (t *rootTree) methodsFor(c *tree.Child) {
	if !c.Dynamic {
		t.declare(1, func() []jen.Code { return t.handle(c) })
		return
	}
	if len(c.Params) > 0 {
		t.declare(1, func() []jen.Code { return t.argsType(c) })
	}
	t.declare(1, func() []jen.Code { return t.startMethod(c) })
	if c.HasKey() {
		t.declare(1, func() []jen.Code { return t.replaceMethod(c) })
		t.declare(1, func() []jen.Code { return t.handle(c) })
	}
}

// handle is a method that returns an operator's handle on c.
func (t *rootTree) handle(c *tree.Child) []jen.Code {
	what, param, result := "", jen.Null(), t.pointerTo("Handle")
	var value *jen.Statement
	switch {
	case isSupervisor(c):
		what, result = " and what it runs", jen.Op("*").Id(c.GoName())
		value = jen.Op("&").Id(c.GoName()).Values(jen.Op("*").Add(t.handleOf("HandleOf", c)), t.tree(c.Parent))
	case c.Replicas > 0:
		what, param = fmt.Sprintf(" with index i, 0 to %d", c.Replicas-1), jen.Id("i").Int()
		value = t.handleOf("ReplicaOf", c, jen.Id("i"))
	case c.Dynamic:
		key, name := c.Params[c.Key], t.startNames(c)[c.Key]
		what, param, result = " with this "+key.Name, jen.Id(name).Add(typ(key.Type)), t.dynamicHandle(c)
		value = t.handleOf("DynamicOf", c, t.key(name))
		if c.Provides != "" {
			what += ", and on what it provides"
			value = selector(c.Port(), "HandleOf").Call(t.tree(c.Parent), t.key(name))
		}
	default:
		value = t.handleOf("HandleOf", c)
	}
	return []jen.Code{
		comment("%s is the operator's handle on %s%s.", c.Name, c.Path(), what),
		t.method(c.Parent).Id(c.Name).Params(param).Add(result).Custom(onOneLine, jen.Return(value)),
	}
}

// handleOf is a call of one of the runtime's functions that make a handle on c.
func (t *rootTree) handleOf(function string, c *tree.Child, more ...jen.Code) *jen.Statement {
	return t.runtime(function).Call(append([]jen.Code{t.tree(c.Parent), t.id(c)}, more...)...)
}

func (t *rootTree) key(name string) jen.Code { return t.runtime("Key").Call(jen.Id(name)) }

// startMethod starts a dynamic child.
func (t *rootTree) startMethod(c *tree.Child) []jen.Code {
	says := "a " + c.Path()
	if c.HasKey() {
		says = "the " + c.Path() + " with this " + c.Params[c.Key].Name
	}
	return t.starter(c, "Start", comment("%s starts %s. ctx bounds only its acceptance.", c.StartMethod(), says))
}

// replaceMethod starts a dynamic child in place of the one with its key.
func (t *rootTree) replaceMethod(c *tree.Child) []jen.Code {
	return t.starter(c, "Replace", comment("%s is %s, but removes the one with this %s first, and waits until that is down.",
		c.ReplaceMethod(), c.StartMethod(), c.Params[c.Key].Name))
}

// starter is a method of c's supervisor that calls the tree's method of the same name, with c's key and arguments.
func (t *rootTree) starter(c *tree.Child, name string, doc jen.Code) []jen.Code {
	names := t.startNames(c)
	params := []jen.Code{t.ctx()}
	for i, p := range c.Params {
		params = append(params, jen.Id(names[i]).Add(typ(p.Type)))
	}
	key := jen.Code(t.runtime("NoKey"))
	if c.HasKey() {
		key = t.key(names[c.Key])
	}
	args := jen.Nil()
	if len(c.Params) > 0 {
		args = jen.Id(c.ArgsType()).Values(ids(names)...)
	}
	call := jen.Add(t.tree(c.Parent)).Dot(name).Call(jen.Id("ctx"), t.id(c), key, args)
	if c.Provides != "" {
		call = selector(c.Port(), "Started").Call(call)
	}
	return []jen.Code{
		doc,
		t.method(c.Parent).Id(name+c.Name).Params(params...).Params(t.dynamicHandle(c), jen.Error()).Block(jen.Return(call)),
	}
}

// dynamicHandle is the type of the handle of a dynamic child.
func (t *rootTree) dynamicHandle(c *tree.Child) jen.Code {
	if c.Provides == "" {
		return t.pointerTo("Handle")
	}
	return jen.Op("*").Add(t.runtime("ValueHandle")).Index(typ(c.Provides))
}

// startNames is the names of a dynamic child's parameters where it is started, none of which may hide what
// the start is made of.
func (t *rootTree) startNames(c *tree.Child) []string {
	s := scope{}
	s.take(c.ID(), c.ArgsType(), c.Port())
	var names []string
	for _, p := range c.Params {
		names = append(names, s.free(p.Name))
	}
	return names
}

// argsType carries the arguments of a dynamic child from its start to its launches.
func (t *rootTree) argsType(c *tree.Child) []jen.Code {
	var fields []jen.Code
	for _, p := range c.Params {
		fields = append(fields, jen.Id(p.Name).Add(typ(p.Type)))
	}
	args := jen.Type().Id(c.ArgsType())
	if len(fields) == 1 {
		return []jen.Code{args.Id("struct").Custom(onOneLine, fields...)}
	}
	return []jen.Code{args.Struct(fields...)}
}

// method begins a method of the type of supervisor s. A nested supervisor's is a small struct, made anew for each use,
// but a pointer all the same: Go makes two functions of a method of a value.
func (t *rootTree) method(s *tree.Child) *jen.Statement {
	type receiver struct{ *tree.Child }
	return jen.Add(share(t.file, receiver{s}, func(receiver) jen.Code {
		return jen.Func().Params(jen.Id(t.locals.receivers[s]).Op("*").Id(s.GoName()))
	}))
}

// tree is the runtime's tree in a method of supervisor s.
func (t *rootTree) tree(s *tree.Child) jen.Code {
	type treeOf struct{ *tree.Child }
	return share(t.file, treeOf{s}, func(treeOf) jen.Code { return selector(t.locals.receivers[s], "tree") })
}
