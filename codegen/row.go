package codegen

import (
	"strconv"
	"strings"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/runtime"
)

// row is a child's row of the table: what it is on the first line, then a line for each policy that is not
// its role's own, then how it is called.
func (t *rootTree) row(c *dsl.Child) string {
	pairs := t.policies(c)
	if hasRun(c) {
		pairs = append(pairs, pair("Start", t.launch(t.start(c))))
		if checksReady(c) {
			pairs = append(pairs, pair("ReadyCheck", t.launch(t.check(c, c.ReadyMethod()))))
		}
		if checksHealth(c) {
			pairs = append(pairs, pair("HealthCheck", t.launch(t.check(c, c.HealthMethod()))))
		}
	}
	lines := append([]string{t.identity(c)}, keyed(pairs)...)
	return "{" + strings.Join(lines, ",\n\t\t\t") + "}"
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
		add("Needs", t.needs(c))
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

// needs is the rows that c needs: those that hand something over by their ports, which fix the type too.
func (t *rootTree) needs(c *dsl.Child) string {
	var rows []string
	for _, need := range c.Needs {
		if need.Child.Provides != "" {
			rows = append(rows, t.locals[need.Child]+".Of")
		} else {
			rows = append(rows, need.Child.ID())
		}
	}
	return literal("[]"+t.runtime("ID"), rows...)
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

// launch is a function that is called with launch l, in a row.
func (t *rootTree) launch(body []string) string {
	return "func(l " + t.runtime("Launch") + ") error {\n\t\t\t\t" + strings.Join(body, "\n\t\t\t\t") + "\n\t\t\t}"
}

// start calls c's function.
func (t *rootTree) start(c *dsl.Child) []string {
	call := t.call(c, c.Name)
	if !returnsValue(c) {
		return append(t.arguments(c), "return "+call)
	}
	return append(t.arguments(c), "v, err := "+call, "return "+t.locals[c]+".Return(l, v, err)")
}

// check calls one of c's checks.
func (t *rootTree) check(c *dsl.Child, method string) []string {
	return append(t.arguments(c), "return "+t.call(c, method))
}

// arguments unpacks what a dynamic child was started with.
func (t *rootTree) arguments(c *dsl.Child) []string {
	if len(c.Params) == 0 {
		return nil
	}
	return []string{"args := " + t.runtime("Args") + "[" + c.ArgsType() + "](l)"}
}

// call is a call of a method of c's supervisor's children, with what c is handed.
func (t *rootTree) call(c *dsl.Child, method string) string {
	args := []string{"l.Context()", t.makeRun(c)}
	for _, a := range c.Arguments() {
		if a.Of == nil {
			args = append(args, "args."+a.Name)
		} else {
			args = append(args, t.locals[a.Of]+".From(l)")
		}
	}
	return t.locals[c.Parent] + "." + method + "(" + strings.Join(args, ", ") + ")"
}
