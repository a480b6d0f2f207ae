package codegen

import (
	"iter"

	"github.com/dave/jennifer/jen"

	"github.com/supgen/supgen/dsl"
)

func (t *rootTree) treeType() jen.Code {
	name := t.root.GoName()
	return document(t.root, name+" is supervisor "+name+".").
		Type().Id(name).Id("struct").Values(jen.Id("tree").Op("*").Add(t.runtime("Tree")))
}

// constructor is the function that makes the table of a tree.
func (t *rootTree) constructor() jen.Code {
	name := t.root.Constructor()
	var body []jen.Code
	for _, s := range t.supervisors() {
		if s != t.root {
			body = append(body, jen.Id(t.locals[s]).Op(":=").Id(t.locals[s.Parent]).Dot(s.Name).Call())
		}
	}
	for c := range t.root.All() {
		if c.Provides != "" {
			body = append(body, jen.Id(t.locals[c]).Op(":=").Add(t.port(c)))
		}
	}
	table := jen.Index().Add(t.runtime("Child")).Custom(block, placeOfRows)
	tree := t.runtime("New").Call(table, jen.Id(t.options).Op("..."))
	body = append(body, jen.Return(jen.Op("&").Id(t.root.GoName()).Values(tree)))

	return comment("%s returns a tree that Run can run once.", name).
		Func().Id(name).
		Params(jen.Id(t.locals[t.root]).Id(t.root.ChildrenType()), jen.Id(t.options).Op("...").Add(t.runtime("Option"))).
		Op("*").Id(t.root.GoName()).
		Block(body...)
}

// placeOfRows is where the rows of a table come: as literals of their own they are formatted on all processors,
// and need not all be there at once.
var placeOfRows = jen.Id("_").Op(":").Values()

// placeAsText is placeOfRows when it is formatted. No other code is like it, and a comment has slashes in front.
const placeAsText = "\t\t_: {},\n"

// table is the rows of the root's table, in literals that may be formatted one by one. Gofmt aligns neighbours that are
// on one line each; a child with a function is never on one line, so that a part may begin with it.
func (t *rootTree) table() iter.Seq[jen.Code] {
	const enough = 50
	literal := func(rows []jen.Code) jen.Code { return jen.Var().Id("_").Op("=").Id("_").Custom(block, rows...) }
	return func(yield func(jen.Code) bool) {
		var rows []jen.Code
		for c := range t.root.All() {
			if hasRun(c) && len(rows) >= enough {
				if !yield(literal(rows)) {
					return
				}
				rows = nil
			}
			rows = append(rows, t.row(c))
		}
		yield(literal(rows))
	}
}

// block is a composite literal with each element on a line of its own.
var block = jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}

// port is what links a provider and those who need it by the type of the value.
func (t *rootTree) port(c *dsl.Child) jen.Code {
	port := "Port"
	if c.Replicas > 0 {
		port = "Ports"
	}
	return t.runtime(port).Index(jen.Id(c.Provides)).Values(field("Of", jen.Id(c.ID())))
}

func field(name string, value jen.Code) *jen.Statement { return jen.Id(name).Op(":").Add(value) }
