package codegen

import (
	"github.com/dave/jennifer/jen"
	"github.com/supgen/supgen/dsl/tree"
)

// state is the type of a snapshot, or the part of one that is a supervisor, with one field for each child.
func (t *rootTree) state(s *tree.Child) []jen.Code {
	own, of := "ChildState", "the part of a snapshot that is "+s.Path()
	if s == t.root {
		own, of = "TreeState", "a consistent snapshot of ["+s.GoName()+"]"
	}
	fields := []jen.Code{jen.Id(s.StateField()).Add(t.runtime(own))}
	for _, c := range s.Members() {
		fields = append(fields, t.stateField(c))
	}
	return []jen.Code{comment("%s is %s.", s.StateType(), of), jen.Type().Id(s.StateType()).Struct(fields...)}
}

func (t *rootTree) stateField(c *tree.Child) jen.Code {
	name, state := jen.Id(c.Name), t.runtime("ChildState")
	switch {
	case isSupervisor(c):
		return name.Id(c.StateType())
	case c.Fewest > 0:
		return name.Index().Add(state)
	case c.Replicas > 0:
		return name.Index(count(c.Replicas)).Add(state)
	case c.HasKey():
		return name.Map(jen.String()).Add(state).Add(comment("by %s", c.Params[c.Key].Name))
	case c.Dynamic:
		return name.Map(jen.String()).Add(state).Add(comment("by the number of its start"))
	default:
		return name.Add(state)
	}
}

// stateMethod takes the snapshot, or a supervisor's part of it: the Go compiler takes its time over a large function,
// and more over a large literal.
func (t *rootTree) stateMethod(s *tree.Child) []jen.Code {
	if s != t.root {
		own := selector("v", "Fill").Call(t.id(s), jen.Op("&").Add(selector("state", s.StateField())))
		return []jen.Code{jen.Func().Params(jen.Id("state").Op("*").Id(s.StateType())).Id("fill").
			Params(jen.Id("v").Add(t.pointerTo("Snapshot"))).
			Block(append([]jen.Code{own}, t.fill(s)...)...)}
	}
	body := []jen.Code{
		jen.Id("v").Op(":=").Add(t.tree(s)).Dot("Snapshot").Call(),
		selector("state", s.StateField()).Op("=").Add(selector("v", "Tree")).Call(),
	}
	body = append(body, t.fill(s)...)
	return []jen.Code{
		comment("State waits for no child."),
		t.method(s).Id("State").Params().Params(jen.Id("state").Id(s.StateType())).
			Block(append(body, jen.Return(jen.Id("state")))...),
	}
}

// fill is the statements that fill in the states of a supervisor's children from snapshot v.
func (t *rootTree) fill(s *tree.Child) []jen.Code {
	snapshot := jen.Id("v")
	if s == t.root {
		snapshot = jen.Op("&").Id("v")
	}
	var lines []jen.Code
	for _, c := range s.Members() {
		id, state := t.id(c), selector("state", c.Name)
		switch {
		case isSupervisor(c):
			lines = append(lines, state.Dot("fill").Call(snapshot))
		case c.Fewest > 0:
			lines = append(lines, state.Op("=").Add(selector("v", "CopyAll")).Call(id))
		case c.Replicas > 0:
			lines = append(lines, selector("v", "FillAll").Call(id, state.Index(jen.Op(":"))))
		case c.Dynamic:
			lines = append(lines, state.Op("=").Add(selector("v", "Dynamic")).Call(id))
		default:
			lines = append(lines, jen.Add(t.name("v.Fill")).Call(id, jen.Op("&").Add(state)))
		}
	}
	return lines
}
