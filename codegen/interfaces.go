package codegen

import (
	"fmt"
	"strings"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/runtime"
)

func isSupervisor(c *dsl.Child) bool { return c.Role == runtime.Supervisor }

// interfaces is what the user implements: one interface for each supervisor, one method for each child.
func (t *rootTree) interfaces() {
	for _, s := range t.supervisors() {
		what := s.Path()
		if s == t.root {
			what = "[" + s.GoName() + "]"
		}
		t.printf("\n// %[1]s is what %[2]s runs.\ntype %[1]s interface {\n", s.ChildrenType(), what)
		for _, c := range s.Members() {
			t.interfaceMethods(c)
		}
		t.printf("}\n")
	}
}

func (t *rootTree) interfaceMethods(c *dsl.Child) {
	if isSupervisor(c) {
		t.document("\t", c, fmt.Sprintf("%s is called once, by %s.", c.Name, t.root.Constructor()))
		t.printf("\t%s() %s\n", c.Name, c.ChildrenType())
		return
	}
	t.document("\t", c)
	parameters := t.parameters(c)
	t.printf("\t%s%s %s\n", c.Name, parameters, results(c))
	if checksReady(c) {
		t.printf("\t// %[1]s is called until it returns nil: %[2]s is ready then.\n\t%[1]s%[3]s error\n", c.ReadyMethod(), c.Name, parameters)
	}
	if checksHealth(c) {
		t.printf("\t// %[1]s returns nil as long as %[2]s is healthy.\n\t%[1]s%[3]s error\n", c.HealthMethod(), c.Name, parameters)
	}
}

func checksReady(c *dsl.Child) bool  { return c.Ready.Value.Check.Every != 0 }
func checksHealth(c *dsl.Child) bool { return c.Health.Value.Check.Every != 0 }

// parameters is the signature that c's function and its checks share.
func (t *rootTree) parameters(c *dsl.Child) string {
	var params strings.Builder
	params.WriteString("(ctx " + t.context("Context") + ", run " + c.RunType())
	for _, a := range c.Arguments() {
		params.WriteString(", " + a.Name + " " + typ(a.Type))
	}
	params.WriteString(")")
	return params.String()
}

// returnsValue reports whether c hands over what it provides when it returns, and not by Ready.
func returnsValue(c *dsl.Child) bool { return c.Role == runtime.Job && c.Provides != "" }

func results(c *dsl.Child) string {
	if returnsValue(c) {
		return "(" + typ(c.Provides) + ", error)"
	}
	return "error"
}

// typ is a Go type without parentheses around it, which gofmt takes off in some places.
func typ(of string) string {
	if strings.HasPrefix(of, "(") {
		return of[1 : len(of)-1]
	}
	return of
}

// hasRun reports whether c is a child with a function of its own, and so neither a supervisor nor a group.
func hasRun(c *dsl.Child) bool { return c.Role != runtime.Supervisor && c.Role != runtime.Group }
