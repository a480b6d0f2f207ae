package codegen

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/supgen/supgen/dsl"
)

// methods is what a user of the tree may call, supervisor by supervisor.
func (t *rootTree) methods() []jen.Code {
	all := []jen.Code{t.runMethod(), t.treeMethod()}
	for _, s := range t.supervisors() {
		if s != t.root {
			all = append(all, t.handleType(s))
		}
		for _, c := range s.Members() {
			all = append(all, t.methodsFor(c)...)
		}
	}
	return all
}

// oneLine is a function's body that stands on the line of its signature.
var oneLine = jen.Options{Open: "{", Close: "}"}

func (t *rootTree) runMethod() jen.Code {
	return comment("Run runs the tree until ctx ends or the root gives up.").
		Add(t.method(t.root)).Id("Run").Params(jen.Id("ctx").Add(t.context("Context"))).Error().
		Custom(oneLine, jen.Return(t.tree(t.root).Dot("Run").Call(jen.Id("ctx"))))
}

func (t *rootTree) treeMethod() jen.Code {
	return comment("Tree is what %s has in common with all trees: readiness, events, the report, shutdown.", t.root.GoName()).
		Add(t.method(t.root)).Id("Tree").Params().Op("*").Add(t.runtime("Tree")).
		Custom(oneLine, jen.Return(t.tree(t.root)))
}

// handleType is what an operator reaches a nested supervisor and its children by.
func (t *rootTree) handleType(s *dsl.Child) jen.Code {
	return comment("%s is the operator's handle on %s and what it runs.", s.GoName(), s.Path()).
		Type().Id(s.GoName()).Struct(t.runtime("Handle"), jen.Id("tree").Op("*").Add(t.runtime("Tree")))
}

// methodsFor is the methods that a supervisor's type has for its child c.
func (t *rootTree) methodsFor(c *dsl.Child) []jen.Code {
	switch {
	case isSupervisor(c):
		handle := jen.Op("&").Id(c.GoName()).Values(t.handleOf("HandleOf", c), t.tree(c.Parent))
		return []jen.Code{t.handle(c, "and what it runs", nil, jen.Op("*").Id(c.GoName()), handle)}
	case c.Replicas > 0:
		what := fmt.Sprintf("with index i, 0 to %d", c.Replicas-1)
		i := jen.Id("i").Int()
		return []jen.Code{t.handle(c, what, i, t.runtime("Handle"), t.handleOf("ReplicaOf", c, jen.Id("i")))}
	case c.Dynamic:
		methods := []jen.Code{t.startMethod(c)}
		if c.Key >= 0 {
			key := c.Params[c.Key]
			name := t.startNames(c)[c.Key]
			what := fmt.Sprintf("with this %s", key.Name)
			handle := t.handleOf("DynamicOf", c, t.runtime("Key").Call(jen.Id(name)))
			methods = append(methods, t.handle(c, what, jen.Id(name).Id(key.Type), t.runtime("Handle"), handle))
		}
		return methods
	default:
		return []jen.Code{t.handle(c, "", nil, t.runtime("Handle"), t.handleOf("HandleOf", c))}
	}
}

// handle is a method that returns an operator's handle on c.
func (t *rootTree) handle(c *dsl.Child, what string, param, result, value jen.Code) jen.Code {
	says := fmt.Sprintf("%s is the operator's handle on %s", c.Name, c.Path())
	if what != "" {
		says += " " + what
	}
	return comment("%s.", says).
		Add(t.method(c.Parent)).Id(c.Name).Params(param).Add(result).
		Custom(oneLine, jen.Return(value))
}

// handleOf is a call of one of the runtime's functions that make a handle on c.
func (t *rootTree) handleOf(function string, c *dsl.Child, more ...jen.Code) jen.Code {
	return t.runtime(function).Call(append([]jen.Code{t.tree(c.Parent), jen.Id(c.ID())}, more...)...)
}

// startMethod starts a dynamic child.
func (t *rootTree) startMethod(c *dsl.Child) jen.Code {
	names := t.startNames(c)
	params := []jen.Code{jen.Id("ctx").Add(t.context("Context"))}
	var values []jen.Code
	for i, p := range c.Params {
		params = append(params, jen.Id(names[i]).Id(p.Type))
		values = append(values, jen.Id(names[i]))
	}
	key, says := jen.Code(t.runtime("NoKey")), fmt.Sprintf("%s starts a %s.", c.StartMethod(), c.Path())
	if c.Key >= 0 {
		key = t.runtime("Key").Call(jen.Id(names[c.Key]))
		says = fmt.Sprintf("%s starts the %s with this %s.", c.StartMethod(), c.Path(), c.Params[c.Key].Name)
	}
	args := jen.Code(jen.Nil())
	if len(c.Params) > 0 {
		args = jen.Id(c.ArgsType()).Values(values...)
	}
	start := t.tree(c.Parent).Dot("Start").Call(jen.Id("ctx"), jen.Id(c.ID()), key, args)
	return t.argsType(c).Add(comment("%s ctx bounds its acceptance, not its life.", says)).
		Add(t.method(c.Parent)).Id(c.StartMethod()).Params(params...).Params(t.runtime("Handle"), jen.Error()).
		Block(jen.Return(start))
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
func (t *rootTree) argsType(c *dsl.Child) *jen.Statement {
	var fields []jen.Code
	for _, p := range c.Params {
		fields = append(fields, jen.Id(p.Name).Id(p.Type))
	}
	switch len(fields) {
	case 0:
		return jen.Null()
	case 1:
		return jen.Type().Id(c.ArgsType()).Id("struct").Values(fields...).Line().Line()
	default:
		return jen.Type().Id(c.ArgsType()).Struct(fields...).Line().Line()
	}
}

// method begins a method of the type of supervisor s. A nested supervisor's is a small struct, made anew for each use,
// but a pointer all the same: Go makes two functions of a method of a value.
func (t *rootTree) method(s *dsl.Child) jen.Code {
	return jen.Func().Params(jen.Id(t.receiver(s)).Op("*").Id(s.GoName()))
}

// tree is the runtime's tree in a method of supervisor s.
func (t *rootTree) tree(s *dsl.Child) *jen.Statement { return jen.Id(t.receiver(s)).Dot("tree") }

// receiver is what the methods of supervisor s call it.
func (t *rootTree) receiver(s *dsl.Child) string {
	name, ok := t.receivers[s]
	if !ok {
		name = s.Receiver()
		t.receivers[s] = name
	}
	return name
}
