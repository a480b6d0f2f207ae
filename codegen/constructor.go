package codegen

import (
	"github.com/dave/jennifer/jen"
	"github.com/supgen/supgen/dsl/tree"
)

func (t *rootTree) treeType() []jen.Code {
	name := t.root.GoName()
	code := document(t.root)
	if len(code) == 0 {
		code = append(code, comment("%[1]s is supervisor %[1]s.", name))
	}
	return append(code, jen.Type().Id(name).Id("struct").Custom(onOneLine, jen.Id("tree").Add(t.pointerTo("Tree"))))
}

// constructor is the function that makes a tree: of a copy of the table, to which it adds what calls the children.
func (t *rootTree) constructor() []jen.Code {
	name := t.root.Constructor()
	var body []jen.Code
	for _, s := range t.supervisors() {
		if s != t.root {
			body = append(body, jen.Id(t.childrenOf(s)).Op(":=").Add(selector(t.childrenOf(s.Parent), s.Name)).Call())
		}
	}
	body = append(body, jen.Id(t.locals.table).Op(":=").Id(t.root.Table()))
	for _, s := range t.supervisors() {
		body = append(body, t.starts(s)...)
	}
	tree := t.runtime("New").Call(jen.Id(t.locals.table).Index(jen.Op(":")), jen.Id(t.locals.options).Op("..."))
	return []jen.Code{
		comment("%s returns a tree that Run can run once.", name),
		jen.Func().Id(name).
			Params(jen.Id(t.locals.children).Id(t.root.ChildrenType()), jen.Id(t.locals.options).Op("...").Add(t.runtime("Option"))).
			Op("*").Id(t.root.GoName()).
			Block(append(body, jen.Return(jen.Op("&").Id(t.root.GoName()).Values(tree)))...),
	}
}

// childrenOf is the children of a supervisor in the constructor.
func (t *rootTree) childrenOf(s *tree.Child) string {
	if s == t.root {
		return t.locals.children
	}
	return t.locals.below[s]
}

// starts is the statements that add to the table what calls the children of a supervisor, and their checks.
func (t *rootTree) starts(s *tree.Child) []jen.Code {
	var code []jen.Code
	children := t.childrenOf(s)
	add := func(c *tree.Child, field string, body jen.Code) {
		function := jen.Func().Params(t.launch()).Error().Add(body)
		code = append(code, jen.Id(t.locals.table).Index(t.id(c)).Dot(field).Op("=").Add(function))
	}
	if callsChildren(s) {
		call := jen.Id(s.StartFunction()).Call(jen.Id(children), jen.Id(t.locals.launch))
		add(s, "Start", jen.Custom(onOneLine, jen.Return(call)))
	}
	check := func(c *tree.Child, field, method string) {
		add(c, field, jen.Block(append(t.unpack(c), jen.Return(t.call(children, c, method)))...))
	}
	for _, c := range s.Members() {
		if checksReady(c) {
			check(c, "ReadyCheck", c.ReadyMethod())
		}
		if checksHealth(c) {
			check(c, "HealthCheck", c.HealthMethod())
		}
	}
	return code
}
