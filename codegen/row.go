package codegen

import (
	"strconv"
	"strings"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/runtime"
)

// table is the root's table, but for what calls the children: all of it is constant, and laid out by the Go compiler.
func (t *rootTree) table() {
	var rows [][]string
	for c := range t.root.All() {
		rows = append(rows, pair(c.ID(), t.row(c)))
	}
	t.printf("\n// %s is what is declared of %s and its children. %s makes a tree of a copy.\n", t.root.Table(), t.root.Name, t.root.Constructor())
	t.printf("var %s = [...]%s{\n", t.root.Table(), t.runtime("Child"))
	t.lines("\t", keyed(rows), ",\n")
	t.printf("}\n")
}

// row is a child's row of the table: what it is on the first line, then a line for each policy that is not its role's
// own.
func (t *rootTree) row(c *dsl.Child) string {
	lines := append([]string{t.identity(c)}, keyed(t.policies(c))...)
	return "{" + strings.Join(lines, ",\n\t\t") + "}"
}

// identity is what c is and where it hangs.
func (t *rootTree) identity(c *dsl.Child) string {
	var fields []string
	add := func(name, value string) { fields = append(fields, field(name, value)) }
	yes := func(when bool, name string) {
		if when {
			add(name, "true")
		}
	}
	id := func(name string, c *dsl.Child) {
		if c != nil {
			add(name, c.ID())
		}
	}

	id("Parent", c.Parent)
	id("Group", c.Group)
	id("Of", c.Of)
	add("Name", strconv.Quote(c.Name))
	add("Role", t.noun("", c.Role))
	if c.Strategy.Value != runtime.OneForOne {
		add("Strategy", t.noun("", c.Strategy.Value))
	}
	yes(c.Linked, "Linked")
	yes(c.Optional, "Optional")
	yes(c.Dynamic, "Dynamic")
	if c.Dynamic {
		add("Max", count(c.Max))
	}
	if c.Replicas > 0 {
		add("Replicas", count(c.Replicas))
	}
	if len(c.Needs) > 0 {
		add("Needs", t.refs(c.Needs))
	}
	if len(c.After) > 0 {
		add("After", t.refs(c.After))
	}
	yes(c.Provides != "", "Provides")
	if len(c.Tags) > 0 {
		add("Tags", tags(c.Tags))
	}
	return strings.Join(fields, ", ")
}

func (t *rootTree) refs(refs []dsl.Ref) string {
	var rows []string
	for _, ref := range refs {
		rows = append(rows, ref.Child.ID())
	}
	return literal("[]"+t.runtime("ID"), rows...)
}

func tags(tags []string) string {
	var values []string
	for _, tag := range tags {
		values = append(values, strconv.Quote(tag))
	}
	return literal("[]string", values...)
}
