package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/notation"
	"github.com/supgen/supgen/runtime/policy"
)

// differences collects what changed of one child.
type differences struct {
	*pairs
	old, now *tree.Child
	list     []Change
}

func (d *differences) add(what string, old, now *Said, e effect) {
	d.list = append(d.list, change(d.now.Path(), Changed, what, old, now, d.now.Pos, e))
}

// compare compares all that a child is and does.
func (d *differences) compare() {
	d.facts()
	d.statements()
	d.rows()
	d.dependencies()
	d.order()
	d.stop()
}

// statements compares the effective values. Where only one of the roles has a statement, it is compared if it was written.
func (d *differences) statements() {
	old := map[string]notation.Statement{}
	for _, s := range notation.Statements(d.old) {
		old[s.Keyword] = s
	}
	for _, s := range notation.Statements(d.now) {
		o, ok := old[s.Keyword]
		delete(old, s.Keyword)
		switch {
		case ok && o.Value != s.Value:
			d.add(s.Keyword, said(o.Value, o.Source), said(s.Value, s.Source), d.statement(s.Keyword))
		case !ok && s.Source.Kind != tree.SourceRole:
			d.add(s.Keyword, nil, said(s.Value, s.Source), neither(role(d.old)+"s have none"))
		}
	}
	for _, o := range notation.Statements(d.old) {
		if _, left := old[o.Keyword]; left && o.Source.Kind != tree.SourceRole {
			d.add(o.Keyword, said(o.Value, o.Source), nil, neither(role(d.now)+"s have none"))
		}
	}
}

// rows compares the outcomes that both roles have. What holds at the start is compared where one of the two has a row
// for it; the other's is then that which always holds.
func (d *differences) rows() {
	old := map[policy.Outcome]bool{}
	for _, r := range notation.Rows(d.old) {
		old[r.Outcome] = true
	}
	for _, r := range notation.Rows(d.now) {
		if o := r.Outcome; old[o] && !r.AtStart {
			d.compareRow(o, "", d.old.On[o], d.now.On[o])
			if atStart(d.old, o) || atStart(d.now, o) {
				d.compareRow(o, " at start", starting(d.old, o), starting(d.now, o))
			}
		}
	}
}

func (d *differences) compareRow(o policy.Outcome, when string, old, now tree.Value[tree.Row]) {
	if old.Value != now.Value {
		d.add("on "+o.String()+when, said(old.Value.String(), old.Source), said(now.Value.String(), now.Source), d.row(o, old.Value, now.Value))
	}
}

func atStart(c *tree.Child, o policy.Outcome) bool {
	return c.AtStart.Of(o).Value.Action != policy.ActionNone
}

// starting is the answer to an outcome at the start.
func starting(c *tree.Child, o policy.Outcome) tree.Value[tree.Row] {
	if atStart(c, o) {
		return c.AtStart.Of(o)
	}
	return c.On[o]
}

// said is an effective value and its source in words.
func said(value string, s *tree.Source) *Said {
	source := s.Pos.String()
	switch s.Kind {
	case tree.SourceRole:
		source = "as every " + s.Name
	case tree.SourceDefaults:
		source = fmt.Sprintf("defaults of %s, %s", s.Name, s.Pos)
	case tree.SourcePolicy:
		source = fmt.Sprintf("policy %s, %s", s.Name, s.Pos)
	}
	return &Said{value, source, s.Pos}
}

// order compares the order of children where it means something: under rest_for_one, and where they wait for their turn. Only
// those are compared that are there in both versions.
func (d *differences) order() {
	rest := d.old.Strategy.Value == policy.RestForOne && d.now.Strategy.Value == policy.RestForOne
	if !rest && (d.old.Concurrency.Value == 0 || d.now.Concurrency.Value == 0) {
		return
	}
	is := siblings(d.now)
	both := map[*tree.Child]int{}
	for _, c := range is {
		both[c]++
	}
	var was []*tree.Child
	for _, c := range siblings(d.old) {
		if n := d.pairs.now[c]; both[n] > 0 {
			both[n]++
			was = append(was, n)
		}
	}
	is = slices.DeleteFunc(is, func(c *tree.Child) bool { return both[c] < 2 })
	if slices.Equal(was, is) {
		return
	}
	e := neither("they get their turns in another order")
	if rest {
		first, second := swapped(was, is)
		e = trade(fmt.Sprintf("the restart of %s takes %s along", second, first), fmt.Sprintf("the restart of %s leaves %s alone", first, second)).
			and(neither("they start and stop in another order"))
	}
	d.add("order", &Said{path(was), d.old.Strategy.Source.Pos.String(), d.old.Pos}, &Said{path(is), d.now.Strategy.Source.Pos.String(), d.now.Pos}, e)
}

// path is children by their names, in their order.
func path(children []*tree.Child) string {
	var names []string
	for _, c := range children {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

// swapped is the names of the first two that come in another order now: the one that was the first, and the one that is.
func swapped(was, is []*tree.Child) (first, second string) {
	for i, c := range was {
		if is[i] != c {
			return c.Name, is[i].Name
		}
	}
	return "", ""
}

// stop compares the longest stop of a tree: the grace period that a platform has to grant.
func (d *differences) stop() {
	if d.now.Parent != nil || d.old.Parent != nil {
		return
	}
	o, n := tree.StopsOf(d.old).Of(d.old), tree.StopsOf(d.now).Of(d.now)
	if o.Unlimited == n.Unlimited && (o.Unlimited || o.Total == n.Total) {
		return
	}
	longer := n.Unlimited || !o.Unlimited && n.Total > o.Total
	e := better("whatever hangs, it is over after " + policy.Spell(n.Total))
	if longer {
		e = worse("a platform that kills it before " + policy.Spell(n.Total) + " have passed cuts it off")
	}
	if n.Unlimited {
		e = worse("no time that a platform grants it is enough")
	}
	d.add("longest stop", bound(o, d.old), bound(n, d.now), e)
}

func bound(b tree.Bound, c *tree.Child) *Said {
	var chain []string
	for _, link := range b.Chain {
		chain = append(chain, link.From(c))
	}
	value := "unlimited"
	if !b.Unlimited {
		value = policy.Spell(b.Total)
	}
	if len(chain) > 0 {
		value += ": " + strings.Join(chain, ", then ")
	}
	return &Said{value, c.Pos.String(), c.Pos}
}
