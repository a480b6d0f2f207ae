package codegen

import "github.com/supgen/supgen/dsl"

func (t *rootTree) treeType() {
	name := t.root.GoName()
	t.printf("\n")
	if len(documentation(t.root.Doc)) > 0 {
		t.document("", t.root)
	} else {
		t.printf("// %[1]s is supervisor %[1]s.\n", name)
	}
	t.printf("type %s %s\n", name, structOf("tree", "*"+t.runtime("Tree")))
}

// constructor is the function that makes a tree: of a copy of the table, to which it adds what calls the children.
func (t *rootTree) constructor() {
	name := t.root.Constructor()
	t.printf("\n// %s returns a tree that Run can run once.\n", name)
	t.printf("func %s(%s %s, %s ...%s) *%s {\n",
		name, t.locals.children, t.root.ChildrenType(), t.locals.options, t.runtime("Option"), t.root.GoName())
	for _, s := range t.supervisors() {
		if s != t.root {
			t.printf("\t%s := %s.%s()\n", t.childrenOf(s), t.childrenOf(s.Parent), s.Name)
		}
	}
	t.printf("\t%s := %s\n", t.locals.table, t.root.Table())
	for _, s := range t.supervisors() {
		t.starts(s)
	}
	t.printf("\treturn &%s{%s(%s[:], %s...)}\n}\n", t.root.GoName(), t.runtime("New"), t.locals.table, t.locals.options)
}

// childrenOf is the children of a supervisor in the constructor.
func (t *rootTree) childrenOf(s *dsl.Child) string {
	if s == t.root {
		return t.locals.children
	}
	return t.locals.below[s]
}

// starts is the statements that add to the table what calls the children of a supervisor, and their checks.
func (t *rootTree) starts(s *dsl.Child) {
	children := t.childrenOf(s)
	function := "func(" + t.locals.launch + " " + t.runtime("Launch") + ") error"
	if callsChildren(s) {
		call := s.StartFunction() + "(" + children + ", " + t.locals.launch + ")"
		t.printf("\t%s[%s].Start = %s\n", t.locals.table, s.ID(), functionLiteral(function, call))
	}
	check := func(c *dsl.Child, field, method string) {
		t.printf("\t%s[%s].%s = %s {\n", t.locals.table, c.ID(), field, function)
		t.lines("\t\t", t.unpack(c), "\n")
		t.printf("\t\treturn %s\n\t}\n", t.call(children, c, method))
	}
	for _, c := range s.Members() {
		if checksReady(c) {
			check(c, "ReadyCheck", c.ReadyMethod())
		}
		if checksHealth(c) {
			check(c, "HealthCheck", c.HealthMethod())
		}
	}
}
