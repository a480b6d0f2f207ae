package codegen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"
	"github.com/supgen/supgen/dsl/tree"
)

// An ability is what a run can do beyond what every run can, because its child declares it.
type ability struct {
	embedded jen.Code // the type that has the methods
	value    jen.Code // what makes one
	says     string   // the methods, for a reader
}

// abilities is what c's run consists of beside runtime.Run.
func (t *rootTree) abilities(c *tree.Child) []ability {
	var abilities []ability
	l := func(method string) jen.Code { return selector(t.locals.launch, method).Call() }
	switch {
	case c.Provides != "" && !returnsValue(c):
		abilities = append(abilities, ability{
			t.runtime("Provider").Index(typ(c.Provides)),
			selector(c.Port(), "Provider").Call(t.name(t.locals.launch)),
			"Ready(" + bare(c.Provides) + ")",
		})
	case c.Ready.Value.Explicit:
		abilities = append(abilities, ability{t.runtime("Signal"), l("Signal"), "Ready()"})
	}
	if c.Health.Value.Heartbeat != 0 {
		abilities = append(abilities, ability{t.runtime("Heart"), l("Heart"), "Heartbeat()"})
	}
	if c.Replicas > 0 {
		abilities = append(abilities, ability{t.runtime("Replica"), l("Replica"), fmt.Sprintf("Index(), 0 to %d", c.Replicas-1)})
	}
	return abilities
}

// runs is the types of the children's runs.
func (t *rootTree) runs() []jen.Code {
	var types []jen.Code
	for c := range t.root.All() {
		if hasRun(c) {
			types = append(types, t.run(c)...)
		}
	}
	return []jen.Code{comment("One run of one child: its methods follow from what the child declares."), jen.Type().Defs(types...)}
}

// run is the type of c's run. It is an alias, of what other children's runs may be too: a type of its own would have
// a function of its own for each method that every run has, and those of a large tree take the Go compiler about
// as long as all the rest of it.
func (t *rootTree) run(c *tree.Child) []jen.Code {
	abilities := t.abilities(c)
	if len(abilities) == 0 {
		return []jen.Code{jen.Add(t.runType(c)).Op("=").Add(t.runtime("Run"))}
	}
	embedded := []jen.Code{t.runtime("Run")}
	var says []string
	for _, a := range abilities {
		embedded = append(embedded, a.embedded)
		says = append(says, a.says)
	}
	run := jen.Add(t.runType(c))
	if !mayNameRun(c.Provides) {
		run.Op("=")
	}
	return []jen.Code{comment("%s has %s.", c.RunType(), strings.Join(says, " and ")), run.Struct(embedded...)}
}

// mayNameRun reports whether a Go type may name the type of a run. An alias must not lead to itself.
func mayNameRun(typ string) bool {
	return slices.ContainsFunc(identifiers(typ), func(name string) bool { return strings.HasSuffix(name, "Run") })
}

// makeRun is the value of c's run, where there is a launch.
func (t *rootTree) makeRun(c *tree.Child) jen.Code {
	run := t.name(t.locals.run)
	abilities := t.abilities(c)
	if len(abilities) == 0 {
		return run
	}
	values := []jen.Code{run}
	for _, a := range abilities {
		values = append(values, a.value)
	}
	return jen.Add(t.runType(c)).Values(values...)
}
