package codegen

import (
	"github.com/dave/jennifer/jen"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/runtime"
)

// row is a child's row of the table: what it is on the first line, then a line for each policy that is not
// its role's own, then how it is called.
func (t *rootTree) row(c *dsl.Child) jen.Code {
	fields := t.identity(c)
	for _, policy := range t.policies(c) {
		fields = append(fields, jen.Line().Add(policy))
	}
	if hasRun(c) {
		fields = append(fields, jen.Line().Add(field("Start", t.launch(t.start(c)...))))
		if checksReady(c) {
			fields = append(fields, jen.Line().Add(field("ReadyCheck", t.launch(t.check(c, c.ReadyMethod())...))))
		}
		if checksHealth(c) {
			fields = append(fields, jen.Line().Add(field("HealthCheck", t.launch(t.check(c, c.HealthMethod())...))))
		}
	}
	return jen.Id(c.ID()).Op(":").Values(fields...)
}

// identity is what c is and where it hangs.
func (t *rootTree) identity(c *dsl.Child) []jen.Code {
	var fields []jen.Code
	add := func(when bool, name string, value func() jen.Code) {
		if when {
			fields = append(fields, field(name, value()))
		}
	}
	id := func(c *dsl.Child) func() jen.Code { return func() jen.Code { return jen.Id(c.ID()) } }
	number := func(n int) func() jen.Code { return func() jen.Code { return count(n) } }
	yes := func() jen.Code { return jen.True() }

	add(c.Parent != nil, "Parent", id(c.Parent))
	add(c.Group != nil, "Group", id(c.Group))
	add(c.Of != nil, "Of", id(c.Of))
	add(true, "Name", func() jen.Code { return jen.Lit(c.Name) })
	add(true, "Role", func() jen.Code { return t.noun("", c.Role) })
	add(c.Strategy.Value != runtime.OneForOne, "Strategy", func() jen.Code { return t.noun("", c.Strategy.Value) })
	add(c.Linked, "Linked", yes)
	add(c.Optional, "Optional", yes)
	add(c.Dynamic, "Dynamic", yes)
	add(c.Dynamic, "Max", number(c.Max))
	add(c.Replicas > 0, "Replicas", number(c.Replicas))
	add(len(c.Needs) > 0, "Needs", func() jen.Code { return t.needs(c) })
	add(len(c.After) > 0, "After", func() jen.Code { return t.refs(c.After) })
	add(c.Provides != "", "Provides", yes)
	add(len(c.Tags) > 0, "Tags", func() jen.Code { return tags(c.Tags) })
	return fields
}

// needs is the rows that c needs: those that hand something over by their ports, which fix the type too.
func (t *rootTree) needs(c *dsl.Child) jen.Code {
	var rows []jen.Code
	for _, need := range c.Needs {
		if need.Child.Provides != "" {
			rows = append(rows, jen.Id(t.locals[need.Child]).Dot("Of"))
		} else {
			rows = append(rows, jen.Id(need.Child.ID()))
		}
	}
	return jen.Index().Add(t.runtime("ID")).Values(rows...)
}

func (t *rootTree) refs(refs []dsl.Ref) jen.Code {
	var rows []jen.Code
	for _, ref := range refs {
		rows = append(rows, jen.Id(ref.Child.ID()))
	}
	return jen.Index().Add(t.runtime("ID")).Values(rows...)
}

func tags(tags []string) jen.Code {
	var values []jen.Code
	for _, tag := range tags {
		values = append(values, jen.Lit(tag))
	}
	return jen.Index().String().Values(values...)
}

// launch is a function that is called with launch l.
func (t *rootTree) launch(body ...jen.Code) jen.Code {
	return jen.Func().Params(jen.Id("l").Add(t.runtime("Launch"))).Error().Block(body...)
}

// start calls c's function.
func (t *rootTree) start(c *dsl.Child) []jen.Code {
	call := t.call(c, c.Name)
	if !returnsValue(c) {
		return append(t.arguments(c), jen.Return(call))
	}
	return append(t.arguments(c),
		jen.List(jen.Id("v"), jen.Err()).Op(":=").Add(call),
		jen.Return(jen.Id(t.locals[c]).Dot("Return").Call(jen.Id("l"), jen.Id("v"), jen.Err())))
}

// check calls one of c's checks.
func (t *rootTree) check(c *dsl.Child, method string) []jen.Code {
	return append(t.arguments(c), jen.Return(t.call(c, method)))
}

// arguments unpacks what a dynamic child was started with.
func (t *rootTree) arguments(c *dsl.Child) []jen.Code {
	if len(c.Params) == 0 {
		return nil
	}
	return []jen.Code{jen.Id("args").Op(":=").Add(t.runtime("Args")).Index(jen.Id(c.ArgsType())).Call(jen.Id("l"))}
}

// call is a call of a method of c's supervisor's children, with what c is handed.
func (t *rootTree) call(c *dsl.Child, method string) jen.Code {
	args := []jen.Code{jen.Id("l").Dot("Context").Call(), t.makeRun(c)}
	for _, a := range c.Arguments() {
		if a.Of == nil {
			args = append(args, jen.Id("args").Dot(a.Name))
		} else {
			args = append(args, jen.Id(t.locals[a.Of]).Dot("From").Call(jen.Id("l")))
		}
	}
	return jen.Id(t.locals[c.Parent]).Dot(method).Call(args...)
}
