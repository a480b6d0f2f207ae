package codegen

import (
	"fmt"
	"strings"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/runtime"
)

// ids is the constants with the children's rows in the table.
func (t *rootTree) ids() {
	t.printf("\nconst (\n")
	for c := range t.root.All() {
		if c == t.root {
			t.printf("\t%s %s = iota\n", c.ID(), t.runtime("ID"))
		} else {
			t.printf("\t%s\n", c.ID())
		}
	}
	t.printf(")\n")
}

// promises is, for each supervisor that promises to stop in time, the promise and what it is held to.
func (t *rootTree) promises() {
	for _, s := range t.supervisors() {
		if !hasPromise(s) {
			continue
		}
		var chain []string
		for _, link := range s.Bound.Chain {
			chain = append(chain, fmt.Sprintf("%s %s", link.Child.Name, link.Amount))
		}
		t.printf("\nconst %s, %s = %s, %s // %s\n", s.ShutdownConst(), s.BoundConst(),
			t.duration(s.Shutdown.Value.Drain), t.duration(s.Bound.Total), strings.Join(chain, " + "))
	}
}

func hasPromise(s *dsl.Child) bool { return isSupervisor(s) && s.Shutdown.Value.Drain != 0 }

// fences is what does not compile when the file and its runtime, or the file's constants, do not fit.
func (t *rootTree) fences(generation bool) {
	var fences [][]string
	fence := func(value string, why ...string) { fences = append(fences, append([]string{"_ = " + value}, why...)) }
	if generation {
		enforce := t.runtime("EnforceGeneration")
		fence(fmt.Sprintf("%s(%d - %s)", enforce, generationOfCode, t.runtime("MinGeneration")))
		fence(fmt.Sprintf("%s(%s - %d)", enforce, t.runtime("MaxGeneration"), generationOfCode))
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
			fence(difference(slots[i][0].ID(), elder.ID())+" - 1", "// rest_for_one")
		}
	}
	if len(fences) == 0 {
		return
	}
	t.printf("\n// A file that is older than its runtime, edited by hand or badly merged does not compile.\nconst (\n")
	t.lines("\t", aligned(fences), "\n")
	t.printf(")\n")
}

// difference is a - b, which does not compile when it is negative. Each side is converted for itself: the compiler
// then says what does not fit by its names, and not "constant -2 overflows uint64".
func difference(a, b string) string { return "uint64(" + a + ") - uint64(" + b + ")" }

// generationOfCode is what the generated code and the runtime agree on. It is raised when code of before would
// mean something else to the runtime.
const generationOfCode = 1
