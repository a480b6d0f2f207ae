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

// constructor is the function that makes the table of a tree.
func (t *rootTree) constructor() {
	name := t.root.Constructor()
	t.printf("\n// %s returns a tree that Run can run once.\n", name)
	t.printf("func %s(%s %s, %s ...%s) *%s {\n",
		name, t.locals[t.root], t.root.ChildrenType(), t.options, t.runtime("Option"), t.root.GoName())
	for _, s := range t.supervisors() {
		if s != t.root {
			t.printf("\t%s := %s.%s()\n", t.locals[s], t.locals[s.Parent], s.Name)
		}
	}
	for c := range t.root.All() {
		if c.Provides != "" {
			t.printf("\t%s := %s\n", t.locals[c], t.port(c))
		}
	}
	t.printf("\treturn &%s{%s([]%s{\n", t.root.GoName(), t.runtime("New"), t.runtime("Child"))
	t.lines("\t\t", t.table(), ",\n")
	t.printf("\t}, %s...)}\n}\n", t.options)
}

// table is the rows of the root's table.
func (t *rootTree) table() []string {
	var rows [][]string
	for c := range t.root.All() {
		rows = append(rows, pair(c.ID(), t.row(c)))
	}
	return keyed(rows)
}

// port is what links a provider and those who need it by the type of the value.
func (t *rootTree) port(c *dsl.Child) string {
	port := "Port"
	if c.Replicas > 0 {
		port = "Ports"
	}
	return t.runtime(port) + "[" + typ(c.Provides) + "]{Of: " + c.ID() + "}"
}
