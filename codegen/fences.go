package codegen

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/runtime"
)

// ids is the constants with the children's rows in the table.
func (t *rootTree) ids() jen.Code {
	var ids []jen.Code
	for c := range t.root.All() {
		id := jen.Id(c.ID())
		if c == t.root {
			id.Add(t.runtime("ID")).Op("=").Iota()
		}
		ids = append(ids, id)
	}
	return jen.Const().Defs(ids...)
}

// promises is, for each supervisor that promises to stop in time, the promise and what it is held to.
func (t *rootTree) promises() []jen.Code {
	var promises []jen.Code
	for _, s := range t.supervisors() {
		if !hasPromise(s) {
			continue
		}
		var chain []string
		for _, link := range s.Bound.Chain {
			chain = append(chain, fmt.Sprintf("%s %s", link.Child.Name, link.Amount))
		}
		promises = append(promises, jen.Const().List(jen.Id(s.ShutdownConst()), jen.Id(s.BoundConst())).
			Op("=").List(t.duration(s.Shutdown.Value.Drain), t.duration(s.Bound.Total)).
			Comment("// "+strings.Join(chain, " + ")))
	}
	return promises
}

func hasPromise(s *dsl.Child) bool { return isSupervisor(s) && s.Shutdown.Value.Drain != 0 }

// fences is what does not compile when the file and its runtime, or the file's constants, do not fit.
func (t *rootTree) fences(generation bool) []jen.Code {
	var fences []jen.Code
	fence := func(value *jen.Statement) { fences = append(fences, jen.Id("_").Op("=").Add(value)) }
	if generation {
		enforce := func(difference jen.Code) { fence(t.runtime("EnforceGeneration").Call(difference)) }
		enforce(jen.Lit(generationOfCode).Op("-").Add(t.runtime("MinGeneration")))
		enforce(t.runtime("MaxGeneration").Op("-").Lit(generationOfCode))
	}
	for _, s := range t.supervisors() {
		if hasPromise(s) {
			fence(difference(s.ShutdownConst(), s.BoundConst()))
		}
	}
	for c := range t.root.All() {
		if c.Role == runtime.Group && c.Parent.Strategy.Value == runtime.RestForOne {
			continue // in its supervisor's order
		}
		slots := c.Slots()
		for i := 1; i < len(slots); i++ {
			elder := slots[i-1][len(slots[i-1])-1]
			fence(difference(slots[i][0].ID(), elder.ID()).Op("-").Lit(1).Comment("// rest_for_one"))
		}
	}
	if len(fences) == 0 {
		return nil
	}
	why := "A file that is older than its runtime, edited by hand or badly merged does not compile."
	return []jen.Code{comment("%s", why).Const().Defs(fences...)}
}

// difference is a - b, which does not compile when it is negative. Each side is converted for itself: the compiler
// then says what does not fit by its names, and not "constant -2 overflows uint64".
func difference(a, b string) *jen.Statement {
	return jen.Uint64().Call(jen.Id(a)).Op("-").Uint64().Call(jen.Id(b))
}

// generationOfCode is what the generated code and the runtime agree on. It is raised when code of before would
// mean something else to the runtime.
const generationOfCode = 1
