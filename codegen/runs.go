package codegen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/supgen/supgen/dsl"
)

// A part is what a run can do beyond what every run can, because its child declares it.
type part struct {
	embedded *jen.Statement // the type that has the methods
	value    *jen.Statement // what makes one of launch l
	says     string         // the methods, for a reader
}

// parts is what c's run consists of beside runtime.Run.
func (t *rootTree) parts(c *dsl.Child) []part {
	var parts []part
	l := func(method string) *jen.Statement { return jen.Id("l").Dot(method).Call() }
	switch {
	case c.Provides != "" && !returnsValue(c):
		parts = append(parts, part{
			t.runtime("Provider").Index(jen.Id(c.Provides)),
			jen.Id(t.locals[c]).Dot("Provider").Call(jen.Id("l")),
			fmt.Sprintf("Ready(%s)", c.Provides),
		})
	case c.Ready.Value.Explicit:
		parts = append(parts, part{t.runtime("Signal"), l("Signal"), "Ready()"})
	}
	if c.Health.Value.Heartbeat != 0 {
		parts = append(parts, part{t.runtime("Heart"), l("Heart"), "Heartbeat()"})
	}
	if c.Replicas > 0 {
		parts = append(parts, part{t.runtime("Replica"), l("Replica"), fmt.Sprintf("Index(), 0 to %d", c.Replicas-1)})
	}
	return parts
}

// runs is the types of the children's runs.
func (t *rootTree) runs() jen.Code {
	var types []jen.Code
	for c := range t.root.All() {
		if hasRun(c) {
			types = append(types, t.run(c))
		}
	}
	return comment("One run of one child: what it may say is what it declares.").Type().Defs(types...)
}

// run is the type of c's run. It is an alias, of what other children's runs may be too: a type of its own would have
// a function of its own for each method that every run has, and those of a large tree take the Go compiler about
// as long as all the rest of it.
func (t *rootTree) run(c *dsl.Child) jen.Code {
	parts := t.parts(c)
	if len(parts) == 0 {
		return jen.Id(c.RunType()).Op("=").Add(t.runtime("Run"))
	}
	embedded := []jen.Code{t.runtime("Run")}
	var says []string
	for _, p := range parts {
		embedded = append(embedded, p.embedded)
		says = append(says, p.says)
	}
	run := comment("%s has %s.", c.RunType(), strings.Join(says, " and ")).Id(c.RunType())
	if !mayNameRun(c.Provides) {
		run.Op("=")
	}
	return run.Struct(embedded...)
}

// mayNameRun reports whether a Go type may name the type of a run. An alias must not lead to itself.
func mayNameRun(typ string) bool {
	return slices.ContainsFunc(identifiers(typ), func(name string) bool { return strings.HasSuffix(name, "Run") })
}

// makeRun is the value of c's run in launch l.
func (t *rootTree) makeRun(c *dsl.Child) jen.Code {
	values := []jen.Code{jen.Id("l").Dot("Run").Call()}
	for _, p := range t.parts(c) {
		values = append(values, p.value)
	}
	if len(values) == 1 {
		return values[0]
	}
	return jen.Id(c.RunType()).Values(values...)
}
