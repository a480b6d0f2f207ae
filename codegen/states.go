package codegen

import (
	"fmt"

	"github.com/supgen/supgen/dsl"
)

// states is the types of a snapshot: one for each supervisor, with one field for each child.
func (t *rootTree) states() {
	for _, s := range t.supervisors() {
		own, of := "ChildState", "the part of a snapshot that is "+s.Path()
		if s == t.root {
			own, of = "TreeState", "a consistent snapshot of ["+s.GoName()+"]"
		}
		fields := [][]string{{s.StateField(), t.runtime(own)}}
		for _, c := range s.Members() {
			fields = append(fields, t.stateField(c))
		}
		t.printf("\n// %[1]s is %[2]s.\ntype %[1]s struct {\n", s.StateType(), of)
		t.lines("\t", aligned(fields), "\n")
		t.printf("}\n")
	}
}

func (t *rootTree) stateField(c *dsl.Child) []string {
	state := t.runtime("ChildState")
	switch {
	case isSupervisor(c):
		return []string{c.Name, c.StateType()}
	case c.Replicas > 0:
		return []string{c.Name, fmt.Sprintf("[%s]%s", count(c.Replicas), state)}
	case c.Dynamic && c.Key >= 0:
		return []string{c.Name, "map[string]" + state, "// by " + c.Params[c.Key].Name}
	case c.Dynamic:
		return []string{c.Name, "map[string]" + state, "// by the number of its start"}
	default:
		return []string{c.Name, state}
	}
}

// stateMethods take the snapshot, each supervisor's its own part: the Go compiler takes its time over a large function,
// and more over a large literal.
func (t *rootTree) stateMethods() {
	t.printf("\n// State waits for no child.\n")
	t.printf("%sState() (state %s) {\n", t.method(t.root), t.root.StateType())
	t.printf("\tv := %s.Snapshot()\n", t.tree(t.root))
	t.printf("\tstate.%s = v.Tree()\n", t.root.StateField())
	t.fill(t.root)
	t.printf("\treturn state\n}\n")
	for _, s := range t.supervisors() {
		if s == t.root {
			continue
		}
		t.printf("\nfunc (state *%s) fill(v *%s) {\n", s.StateType(), t.runtime("Snapshot"))
		t.printf("\tv.Fill(%s, &state.%s)\n", s.ID(), s.StateField())
		t.fill(s)
		t.printf("}\n")
	}
}

// fill is the statements that fill in the states of a supervisor's children from snapshot v.
func (t *rootTree) fill(s *dsl.Child) {
	snapshot := "v"
	if s == t.root {
		snapshot = "&v"
	}
	for _, c := range s.Members() {
		switch {
		case isSupervisor(c):
			t.printf("\tstate.%s.fill(%s)\n", c.Name, snapshot)
		case c.Replicas > 0:
			t.printf("\tv.FillAll(%s, state.%s[:])\n", c.ID(), c.Name)
		case c.Dynamic:
			t.printf("\tstate.%s = v.Dynamic(%s)\n", c.Name, c.ID())
		default:
			t.printf("\tv.Fill(%s, &state.%s)\n", c.ID(), c.Name)
		}
	}
}
