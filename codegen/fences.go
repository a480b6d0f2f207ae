package codegen

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// ids is the constants with the children's rows in the table.
func (t *rootTree) ids() []jen.Code {
	var ids []jen.Code
	for c := range t.root.All() {
		if c == t.root {
			ids = append(ids, jen.Add(t.id(c), t.runtime("ID")).Op("=").Iota())
		} else {
			ids = append(ids, t.id(c))
		}
	}
	return []jen.Code{jen.Const().Defs(ids...)}
}

// promise is the promise of a supervisor to stop in time, and what it is held to.
func (t *rootTree) promise(s *tree.Child) []jen.Code {
	longest := t.stops().Of(s)
	var chain []string
	for _, link := range longest.Chain {
		chain = append(chain, fmt.Sprintf("%s %s", link.From(s), link.Amount))
	}
	return []jen.Code{jen.Const().List(jen.Id(s.ShutdownConst()), jen.Id(s.BoundConst())).
		Op("=").List(t.duration(s.Shutdown.Value.Drain), t.duration(longest.Total)).
		Add(comment("%s", strings.Join(chain, " + ")))}
}

func hasPromise(s *tree.Child) bool { return isSupervisor(s) && s.Shutdown.Value.Drain != 0 }

// fences is what does not compile when the file and its runtime, or the file's constants, do not fit.
func (t *rootTree) fences(generation bool) []jen.Code {
	var fences []jen.Code
	fence := func(value jen.Code) { fences = append(fences, jen.Id("_").Op("=").Add(value)) }
	if generation {
		enforce := t.runtime("EnforceGeneration")
		fence(jen.Add(enforce).Call(jen.Lit(generationOfCode).Op("-").Add(t.runtime("MinGeneration"))))
		fence(jen.Add(enforce).Call(t.runtime("MaxGeneration").Op("-").Lit(generationOfCode)))
	}
	for _, s := range t.supervisors() {
		if hasPromise(s) {
			fence(difference(s.ShutdownConst(), s.BoundConst()))
		}
	}
	for c := range t.root.All() {
		if c.Role == policy.Group && c.Parent.Strategy.Value == policy.RestForOne {
			continue // in its supervisor's order
		}
		slots := c.Slots()
		for i := 1; i < len(slots); i++ {
			elder := slots[i-1][len(slots[i-1])-1]
			fence(difference(slots[i][0].ID(), elder.ID()).Op("-").Lit(1).Add(comment("rest_for_one")))
		}
	}
	if len(fences) == 0 {
		return nil
	}
	return []jen.Code{
		comment("A file that is older than its runtime, edited by hand or badly merged does not compile."),
		jen.Const().Defs(fences...),
	}
}

// difference is a - b, which does not compile when it is negative. Each side is converted for itself: the compiler
// then says what does not fit by its names, and not "constant -2 overflows uint64".
func difference(a, b string) *jen.Statement {
	return jen.Uint64().Call(jen.Id(a)).Op("-").Uint64().Call(jen.Id(b))
}

// generationOfCode is what the generated code and the runtime agree on. It is raised when code of before would
// mean something else to the runtime.
const generationOfCode = 1
