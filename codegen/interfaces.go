package codegen

import (
	"github.com/dave/jennifer/jen"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/runtime"
)

func isSupervisor(c *dsl.Child) bool { return c.Role == runtime.Supervisor }

// interfaces is what the user implements: one interface for each supervisor, one method for each child.
func (t *rootTree) interfaces() []jen.Code {
	var all []jen.Code
	for _, s := range t.supervisors() {
		what := s.Path()
		if s == t.root {
			what = "[" + s.GoName() + "]"
		}
		var methods []jen.Code
		for _, c := range s.Members() {
			methods = append(methods, t.interfaceMethods(c)...)
		}
		all = append(all, comment("%s is what %s runs.", s.ChildrenType(), what).
			Type().Id(s.ChildrenType()).Interface(methods...))
	}
	return all
}

func (t *rootTree) interfaceMethods(c *dsl.Child) []jen.Code {
	if isSupervisor(c) {
		doc := userDocument(c).Add(comment("%s is called once, by %s.", c.Name, t.root.Constructor()))
		return []jen.Code{doc.Id(c.Name).Params().Id(c.ChildrenType())}
	}
	methods := []jen.Code{userDocument(c).Id(c.Name).Add(t.parameters(c)).Add(results(c))}
	if checksReady(c) {
		methods = append(methods, comment("%s is called until it returns nil: %s is ready then.", c.ReadyMethod(), c.Name).
			Id(c.ReadyMethod()).Add(t.parameters(c)).Error())
	}
	if checksHealth(c) {
		methods = append(methods, comment("%s returns nil as long as %s is healthy.", c.HealthMethod(), c.Name).
			Id(c.HealthMethod()).Add(t.parameters(c)).Error())
	}
	return methods
}

func checksReady(c *dsl.Child) bool  { return c.Ready.Value.Check.Every != 0 }
func checksHealth(c *dsl.Child) bool { return c.Health.Value.Check.Every != 0 }

// parameters is the signature that c's function and its checks share.
func (t *rootTree) parameters(c *dsl.Child) jen.Code {
	params := []jen.Code{
		jen.Id("ctx").Add(t.context("Context")),
		jen.Id("run").Id(c.RunType()),
	}
	for _, a := range c.Arguments() {
		params = append(params, jen.Id(a.Name).Id(a.Type))
	}
	return jen.Params(params...)
}

// returnsValue reports whether c hands over what it provides when it returns, and not by Ready.
func returnsValue(c *dsl.Child) bool { return c.Role == runtime.Job && c.Provides != "" }

func results(c *dsl.Child) jen.Code {
	if returnsValue(c) {
		return jen.Params(jen.Id(c.Provides), jen.Error())
	}
	return jen.Error()
}

// hasRun reports whether c is a child with a function of its own, and so neither a supervisor nor a group.
func hasRun(c *dsl.Child) bool { return c.Role != runtime.Supervisor && c.Role != runtime.Group }
