package codegen

import (
	"slices"

	"github.com/dave/jennifer/jen"
	"github.com/supgen/supgen/dsl/tree"
)

// ports is the variables that link providers and those who need them by the type of the value.
func (t *rootTree) ports() []jen.Code {
	var ports []jen.Code
	for c := range t.root.All() {
		if c.Provides != "" {
			ports = append(ports, jen.Id(c.Port()).Op("=").Add(t.port(c)))
		}
	}
	if len(ports) == 0 {
		return nil
	}
	return []jen.Code{
		comment("A child provides what the children that need it receive, or this does not compile."),
		jen.Var().Defs(ports...),
	}
}

func (t *rootTree) port(c *tree.Child) jen.Code {
	port := "Port"
	if c.Replicas > 0 {
		port = "Ports"
	}
	return t.runtime(port).Index(typ(c.Provides)).Values(t.field("Of", t.id(c)))
}

// callsChildren reports whether a supervisor has children that are functions, and not supervisors alone.
func callsChildren(s *tree.Child) bool { return slices.ContainsFunc(s.Members(), hasRun) }

// launch is the parameter of what calls a child.
func (t *rootTree) launch() jen.Code { return jen.Id(t.locals.launch).Add(t.runtime("Launch")) }

// startFunction is the function that calls a supervisor's children. They are cases of one function, for that takes the
// Go compiler a fraction of what as many functions do.
func (t *rootTree) startFunction(s *tree.Child) []jen.Code {
	l := t.locals
	var cases []jen.Code
	for _, c := range s.Members() {
		if hasRun(c) {
			cases = append(cases, jen.Case(t.id(c)).Block(t.start(c)...))
		}
	}
	return []jen.Code{
		comment("%s calls the child of %s that %s launches.", s.StartFunction(), s.Path(), l.launch),
		jen.Func().Id(s.StartFunction()).Params(jen.Id(l.children).Id(s.ChildrenType()), t.launch()).Error().Block(
			t.both(),
			jen.Switch(selector(l.launch, "Row").Call()).Block(cases...),
			jen.Return(selector(l.launch, "Unknown").Call()),
		),
	}
}

// start calls c's function.
func (t *rootTree) start(c *tree.Child) []jen.Code {
	l := t.locals
	lines, call := t.unpackArgs(c), t.call(l.children, c, c.Name)
	if !returnsValue(c) {
		return append(lines, jen.Return(call))
	}
	value, err := jen.Id(l.value), jen.Id(l.err)
	return append(lines,
		jen.List(value, err).Op(":=").Add(call),
		jen.Return(selector(c.Port(), "Return").Call(t.name(l.launch), value, err)))
}

// unpack is what a call of c's function, or of a check, is made of.
func (t *rootTree) unpack(c *tree.Child) []jen.Code {
	return append([]jen.Code{t.both()}, t.unpackArgs(c)...)
}

// both is what every call is made of.
func (t *rootTree) both() jen.Code {
	l := t.locals
	return jen.List(jen.Id(l.ctx), jen.Id(l.run)).Op(":=").
		List(selector(l.launch, "Context").Call(), selector(l.launch, "Run").Call())
}

// unpackArgs unpacks what a dynamic child was started with.
func (t *rootTree) unpackArgs(c *tree.Child) []jen.Code {
	if len(c.Params) == 0 {
		return nil
	}
	args := t.runtime("Args").Index(jen.Id(c.ArgsType())).Call(jen.Id(t.locals.launch))
	return []jen.Code{jen.Id(t.locals.args).Op(":=").Add(args)}
}

// from is the value of a provider for a launch.
func (t *rootTree) from(provider *tree.Child) jen.Code {
	type from struct{ *tree.Child }
	return share(t.file, from{provider}, func(from) jen.Code {
		return selector(provider.Port(), "From").Call(t.name(t.locals.launch))
	})
}

// call is a call of a method of children, with what c is handed.
func (t *rootTree) call(children string, c *tree.Child, method string) jen.Code {
	args := []jen.Code{t.name(t.locals.ctx), t.makeRun(c)}
	for _, a := range c.Arguments() {
		switch {
		case a.Of == nil:
			args = append(args, selector(t.locals.args, a.Name))
		case a.Want:
			args = append(args, selector(a.Of.Port(), "Wanted").Call(t.name(t.locals.launch)))
		default:
			args = append(args, t.from(a.Of))
		}
	}
	return selector(children, method).Call(args...)
}
