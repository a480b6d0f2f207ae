package codegen

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

func isSupervisor(c *tree.Child) bool { return c.Role == policy.Supervisor }

// interfaceOf is what the user implements for a supervisor: one method for each child.
func (t *rootTree) interfaceOf(s *tree.Child) []jen.Code {
	what := s.Path()
	if s == t.root {
		what = "[" + s.GoName() + "]"
	}
	var methods []jen.Code
	for _, c := range s.Members() {
		methods = append(methods, t.interfaceMethods(c)...)
	}
	return []jen.Code{
		comment("%s is what %s runs.", s.ChildrenType(), what),
		jen.Type().Id(s.ChildrenType()).Interface(methods...),
	}
}

// interfaceMethods is the method for a child and those for its checks, each below its comment.
func (t *rootTree) interfaceMethods(c *tree.Child) []jen.Code {
	if isSupervisor(c) {
		called := fmt.Sprintf("%s is called once, by %s.", c.Name, t.root.Constructor())
		return append(document(c, called), jen.Id(c.Name).Params().Id(c.ChildrenType()))
	}
	methods := append(document(c), jen.Id(c.Name).Add(t.parameters(c)).Add(results(c)))
	check := func(method string, says jen.Code) {
		methods = append(methods, says, jen.Id(method).Add(t.parameters(c)).Error())
	}
	if checksReady(c) {
		check(c.ReadyMethod(), comment("%s is called until it returns nil: %s is ready then.", c.ReadyMethod(), c.Name))
	}
	if checksHealth(c) {
		check(c.HealthMethod(), comment("%s returns nil as long as %s is healthy.", c.HealthMethod(), c.Name))
	}
	return methods
}

func checksReady(c *tree.Child) bool  { return c.Ready.Value.Check.Every != 0 }
func checksHealth(c *tree.Child) bool { return c.Health.Value.Check.Every != 0 }

// parameters is the signature that c's function and its checks share.
func (t *rootTree) parameters(c *tree.Child) jen.Code {
	params := []jen.Code{t.ctx(), jen.Add(t.name("run"), t.runType(c))}
	for _, a := range c.Arguments() {
		params = append(params, jen.Add(t.name(a.Name), t.name(bare(a.Type))))
	}
	return jen.Params(params...)
}

// ctx is the first parameter of many functions.
func (t *rootTree) ctx() jen.Code {
	type ctx struct{}
	return share(t.file, ctx{}, func(ctx) jen.Code { return jen.Id("ctx").Add(t.context("Context")) })
}

// returnsValue reports whether c hands over what it provides when it returns, and not by Ready.
func returnsValue(c *tree.Child) bool { return c.Role == policy.Job && c.Provides != "" }

func results(c *tree.Child) jen.Code {
	if returnsValue(c) {
		return jen.Params(typ(c.Provides), jen.Error())
	}
	return jen.Error()
}

// typ is a Go type that the user wrote. Parentheses around it gofmt would take off in some places.
func typ(of string) jen.Code { return jen.Id(bare(of)) }

// bare is a Go type without parentheses around it.
func bare(typ string) string {
	if strings.HasPrefix(typ, "(") {
		return typ[1 : len(typ)-1]
	}
	return typ
}

// hasRun reports whether c is a child with a function of its own, and so neither a supervisor nor a group.
func hasRun(c *tree.Child) bool { return c.Role != policy.Supervisor && c.Role != policy.Group }
