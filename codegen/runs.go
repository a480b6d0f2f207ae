package codegen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl"
)

// A part is what a run can do beyond what every run can, because its child declares it.
type part struct {
	embedded string // the type that has the methods
	value    string // what makes one
	says     string // the methods, for a reader
}

// parts is what c's run consists of beside runtime.Run.
func (t *rootTree) parts(c *dsl.Child) []part {
	var parts []part
	switch {
	case c.Provides != "" && !returnsValue(c):
		provided := typ(c.Provides)
		parts = append(parts, part{t.runtime("Provider") + "[" + provided + "]", c.Port() + ".Provider(" + t.locals.launch + ")", "Ready(" + provided + ")"})
	case c.Ready.Value.Explicit:
		parts = append(parts, part{t.runtime("Signal"), t.locals.launch + ".Signal()", "Ready()"})
	}
	if c.Health.Value.Heartbeat != 0 {
		parts = append(parts, part{t.runtime("Heart"), t.locals.launch + ".Heart()", "Heartbeat()"})
	}
	if c.Replicas > 0 {
		parts = append(parts, part{t.runtime("Replica"), t.locals.launch + ".Replica()", fmt.Sprintf("Index(), 0 to %d", c.Replicas-1)})
	}
	return parts
}

// runs is the types of the children's runs.
func (t *rootTree) runs() {
	var types [][]string
	for c := range t.root.All() {
		if hasRun(c) {
			types = append(types, t.run(c))
		}
	}
	t.printf("\n// One run of one child: what it may say is what it declares.\ntype (\n")
	t.lines("\t", aligned(types), "\n")
	t.printf(")\n")
}

// run is the type of c's run. It is an alias, of what other children's runs may be too: a type of its own would have
// a function of its own for each method that every run has, and those of a large tree take the Go compiler about
// as long as all the rest of it.
func (t *rootTree) run(c *dsl.Child) []string {
	name, run := c.RunType(), t.runtime("Run")
	parts := t.parts(c)
	if len(parts) == 0 {
		return []string{name, "= " + run}
	}
	var says []string
	embedded := "\t\t" + run + "\n"
	for _, p := range parts {
		says = append(says, p.says)
		embedded += "\t\t" + p.embedded + "\n"
	}
	equals := "= "
	if mayNameRun(c.Provides) {
		equals = ""
	}
	return []string{"// " + name + " has " + strings.Join(says, " and ") + ".\n\t" + name + " " + equals + "struct {\n" + embedded + "\t}"}
}

// mayNameRun reports whether a Go type may name the type of a run. An alias must not lead to itself.
func mayNameRun(typ string) bool {
	return slices.ContainsFunc(identifiers(typ), func(name string) bool { return strings.HasSuffix(name, "Run") })
}

// makeRun is the value of c's run, where there is a launch.
func (t *rootTree) makeRun(c *dsl.Child) string {
	values := t.locals.run
	parts := t.parts(c)
	if len(parts) == 0 {
		return values
	}
	for _, p := range parts {
		values += ", " + p.value
	}
	return c.RunType() + "{" + values + "}"
}
