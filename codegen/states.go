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

// stateMethod takes the snapshot.
func (t *rootTree) stateMethod() jen.Code {
	return comment("State waits for no child.").
		Add(t.method(t.root)).Id("State").Params().Id(t.root.StateType()).
		Block(
			jen.Id("v").Op(":=").Add(t.tree(t.root)).Dot("Snapshot").Call(),
			jen.Return(t.state(t.root)),
		)
}

// state is the value of a supervisor's state in snapshot v.
func (t *rootTree) state(s *dsl.Child) jen.Code {
	of := func(method string, id ...jen.Code) jen.Code { return jen.Id("v").Dot(method).Call(id...) }
	own := of("Child", jen.Id(s.ID()))
	if s == t.root {
		own = of("Tree")
	}
	fields := []jen.Code{field(s.StateField(), own)}
	for _, c := range s.Members() {
		id := jen.Id(c.ID())
		var value jen.Code
		switch {
		case isSupervisor(c):
			value = t.state(c)
		case c.Replicas > 0:
			value = jen.Index(count(c.Replicas)).Add(t.runtime("ChildState")).Call(of("Replicas", id))
		case c.Dynamic:
			value = of("Dynamic", id)
		default:
			value = of("Child", id)
		}
		fields = append(fields, field(c.Name, value))
	}
	return jen.Id(s.StateType()).Custom(block, fields...)
}
