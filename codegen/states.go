package codegen

import (
	"github.com/dave/jennifer/jen"

	"github.com/supgen/supgen/dsl"
)

// states is the types of a snapshot: one for each supervisor, with one field for each child.
func (t *rootTree) states() []jen.Code {
	var all []jen.Code
	for _, s := range t.supervisors() {
		own, says := t.runtime("ChildState"), s.StateType()+" is the part of a snapshot that is "+s.Path()+"."
		if s == t.root {
			own, says = t.runtime("TreeState"), s.StateType()+" is a consistent snapshot of ["+s.GoName()+"]."
		}
		fields := []jen.Code{jen.Id(s.StateField()).Add(own)}
		for _, c := range s.Members() {
			fields = append(fields, t.stateField(c))
		}
		all = append(all, comment("%s", says).Type().Id(s.StateType()).Struct(fields...))
	}
	return all
}

func (t *rootTree) stateField(c *dsl.Child) jen.Code {
	name, state := jen.Id(c.Name), t.runtime("ChildState")
	switch {
	case isSupervisor(c):
		return name.Id(c.StateType())
	case c.Replicas > 0:
		return name.Index(count(c.Replicas)).Add(state)
	case c.Dynamic && c.Key >= 0:
		return name.Map(jen.String()).Add(state).Comment("// by " + c.Params[c.Key].Name)
	case c.Dynamic:
		return name.Map(jen.String()).Add(state).Comment("// by the number of its start")
	default:
		return name.Add(state)
	}
}

// stateMethods take the snapshot, each supervisor's its own part: the Go compiler takes its time over a large function,
// and more over a large literal.
func (t *rootTree) stateMethods() []jen.Code {
	state := jen.Id("state")
	all := []jen.Code{comment("State waits for no child.").
		Add(t.method(t.root)).Id("State").Params().Params(jen.Add(state).Id(t.root.StateType())).
		Block(
			jen.Id("v").Op(":=").Add(t.tree(t.root)).Dot("Snapshot").Call(),
			jen.Add(state).Dot(t.root.StateField()).Op("=").Id("v").Dot("Tree").Call(),
			jen.Add(t.fill(t.root, state)...),
			jen.Return(state),
		)}
	for _, s := range t.supervisors() {
		if s == t.root {
			continue
		}
		own := jen.Id("v").Dot("Fill").Call(jen.Id(s.ID()), jen.Op("&").Add(state).Dot(s.StateField()))
		all = append(all, jen.Func().Params(jen.Add(state).Op("*").Id(s.StateType())).Id("fill").
			Params(jen.Id("v").Op("*").Add(t.runtime("Snapshot"))).
			Block(own, jen.Add(t.fill(s, state)...)))
	}
	return all
}

// fill is the statements that fill in the states of a supervisor's children from snapshot v.
func (t *rootTree) fill(s *dsl.Child, state *jen.Statement) []jen.Code {
	var lines []jen.Code
	for i, c := range s.Members() {
		if i > 0 {
			lines = append(lines, jen.Line())
		}
		id, of := jen.Id(c.ID()), func() *jen.Statement { return jen.Add(state).Dot(c.Name) }
		switch {
		case isSupervisor(c):
			lines = append(lines, of().Dot("fill").Call(t.snapshot(s)))
		case c.Replicas > 0:
			lines = append(lines, jen.Id("v").Dot("FillAll").Call(id, of().Index(jen.Op(":"))))
		case c.Dynamic:
			lines = append(lines, of().Op("=").Id("v").Dot("Dynamic").Call(id))
		default:
			lines = append(lines, jen.Id("v").Dot("Fill").Call(id, jen.Op("&").Add(of())))
		}
	}
	return lines
}

// snapshot is a pointer to snapshot v in the methods of supervisor s.
func (t *rootTree) snapshot(s *dsl.Child) jen.Code {
	if s == t.root {
		return jen.Op("&").Id("v")
	}
	return jen.Id("v")
}
