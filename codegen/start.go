package codegen

import (
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl"
)

// ports is the variables that link providers and those who need them by the type of the value.
func (t *rootTree) ports() {
	var ports [][]string
	for c := range t.root.All() {
		if c.Provides != "" {
			ports = append(ports, []string{c.Port(), "= " + t.port(c)})
		}
	}
	if len(ports) == 0 {
		return
	}
	t.printf("\n// What a child provides is what those who need it are handed, or this does not compile.\nvar (\n")
	t.lines("\t", aligned(ports), "\n")
	t.printf(")\n")
}

func (t *rootTree) port(c *dsl.Child) string {
	port := "Port"
	if c.Replicas > 0 {
		port = "Ports"
	}
	return t.runtime(port) + "[" + typ(c.Provides) + "]{Of: " + c.ID() + "}"
}

// callsChildren reports whether a supervisor has children that are functions, and not supervisors alone.
func callsChildren(s *dsl.Child) bool { return slices.ContainsFunc(s.Members(), hasRun) }

// startFunctions is a function for each supervisor that calls its children. They are cases of one function, for that
// takes the Go compiler a fraction of what as many functions do.
func (t *rootTree) startFunctions() {
	l := t.locals
	for _, s := range t.supervisors() {
		if !callsChildren(s) {
			continue
		}
		t.printf("\n// %s calls the child of %s that %s launches.\n", s.StartFunction(), s.Path(), l.launch)
		t.printf("func %s(%s %s, %s %s) error {\n", s.StartFunction(), l.children, s.ChildrenType(), l.launch, t.runtime("Launch"))
		t.printf("\t%s\n\tswitch %s.Row() {\n", t.both(), l.launch)
		for _, c := range s.Members() {
			if hasRun(c) {
				t.printf("\tcase %s:\n", c.ID())
				t.lines("\t\t", t.start(c), "\n")
			}
		}
		t.printf("\t}\n\treturn %s.Unknown()\n}\n", l.launch)
	}
}

// start calls c's function.
func (t *rootTree) start(c *dsl.Child) []string {
	l := t.locals
	lines, call := t.unpackArgs(c), t.call(l.children, c, c.Name)
	if !returnsValue(c) {
		return append(lines, "return "+call)
	}
	return append(lines, l.value+", "+l.err+" := "+call, "return "+c.Port()+".Return("+l.launch+", "+l.value+", "+l.err+")")
}

// unpack is what a call of c's function, or of a check, is made of.
func (t *rootTree) unpack(c *dsl.Child) []string {
	return append([]string{t.both()}, t.unpackArgs(c)...)
}

// both is what every call is made of.
func (t *rootTree) both() string {
	l := t.locals
	return l.ctx + ", " + l.run + " := " + l.launch + ".Context(), " + l.launch + ".Run()"
}

// unpackArgs unpacks what a dynamic child was started with.
func (t *rootTree) unpackArgs(c *dsl.Child) []string {
	if len(c.Params) == 0 {
		return nil
	}
	return []string{t.locals.args + " := " + t.runtime("Args") + "[" + c.ArgsType() + "](" + t.locals.launch + ")"}
}

// call is a call of a method of children, with what c is handed.
func (t *rootTree) call(children string, c *dsl.Child, method string) string {
	args := []string{t.locals.ctx, t.makeRun(c)}
	for _, a := range c.Arguments() {
		if a.Of == nil {
			args = append(args, t.locals.args+"."+a.Name)
		} else {
			args = append(args, a.Of.Port()+".From("+t.locals.launch+")")
		}
	}
	return children + "." + method + "(" + strings.Join(args, ", ") + ")"
}
