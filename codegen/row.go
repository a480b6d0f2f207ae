package codegen

import (
	"github.com/dave/jennifer/jen"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// table declares the root's table, but for what calls the children: all of it is constant, and laid out by the Go
// compiler. A large one goes on in many parts. Gofmt has values stand in a column where each is on one line, so a part
// may begin with a row of several lines.
func (t *rootTree) table() {
	const enough = 50
	t.endPart()
	lines := []jen.Code{
		comment("%s is what is declared about %s and its children. %s makes a tree from a copy.", t.root.Table(), t.root.Name, t.root.Constructor()),
		jen.Var().Id(t.root.Table()).Op("=").Index(jen.Op("...")).Add(t.runtime("Child")).Op("{"),
	}
	var rows []*tree.Child
	end := func(last bool) {
		head, of := lines, rows
		t.next.declarations = []declaration{func() []jen.Code {
			code := head
			for _, c := range of {
				code = append(code, t.row(c))
			}
			if last {
				code = append(code, jen.Op("}"))
			}
			return code
		}}
		if t.next.goesOn = head == nil; t.next.goesOn {
			t.next.before = "var _ = x{\n"
		}
		if !last {
			t.next.after = "}\n"
		}
		t.endPart()
		lines, rows = nil, nil
	}
	for c := range t.root.All() {
		if len(rows) >= enough && len(t.policies(c)) > 0 {
			end(false)
		}
		rows = append(rows, c)
	}
	end(true)
}

// row is a child's row of the table: what it is on the first line, then a line for each policy that is not its role's
// own.
func (t *rootTree) row(c *tree.Child) jen.Code {
	fields := t.identity(c)
	for _, policy := range t.policies(c) {
		fields = append(fields, jen.Line().Add(policy))
	}
	return jen.Add(t.id(c)).Op(":").Values(fields...).Op(",")
}

// identity is what c is and where it hangs.
func (t *rootTree) identity(c *tree.Child) []jen.Code {
	var fields []jen.Code
	add := func(name string, value jen.Code) { fields = append(fields, t.field(name, value)) }
	yes := func(when bool, name string) {
		if when {
			add(name, jen.True())
		}
	}
	id := func(name string, c *tree.Child) {
		if c != nil {
			add(name, t.id(c))
		}
	}

	id("Parent", c.Parent)
	id("Group", c.Group)
	id("Of", c.Of)
	add("Name", jen.Lit(c.Name))
	add("Role", share(t.file, c.Role, t.role))
	if c.Strategy.Value != policy.OneForOne {
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
	if c.Fewest > 0 {
		add("Fewest", count(c.Fewest))
	}
	if len(c.Needs) > 0 {
		add("Needs", t.refs(c.Needs))
	}
	if len(c.Wants) > 0 {
		add("Wants", t.refs(c.Wants))
	}
	if len(c.After) > 0 {
		add("After", t.refs(c.After))
	}
	yes(c.Provides != "", "Provides")
	if len(c.Tags) > 0 {
		add("Tags", tags(c.Tags))
	}
	return fields
}

func (t *rootTree) refs(refs []tree.Ref) jen.Code {
	var rows []jen.Code
	for _, ref := range refs {
		rows = append(rows, t.id(ref.Child))
	}
	type ids struct{}
	slice := share(t.file, ids{}, func(ids) jen.Code { return jen.Index().Add(t.runtime("ID")) })
	return jen.Add(slice).Values(rows...)
}

func (t *rootTree) role(r policy.Role) jen.Code { return t.noun("", r) }

func tags(tags []string) jen.Code {
	var values []jen.Code
	for _, tag := range tags {
		values = append(values, jen.Lit(tag))
	}
	return jen.Index().String().Values(values...)
}
