package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/supgen/supgen/cmd/supgen/internal/notation"
	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/runtime"
)

// differences collects what changed of one child.
type differences struct {
	*pairs
	old, now *dsl.Child
	list     []Change
}

func (d *differences) add(what string, old, now *Said, risk string) {
	d.list = append(d.list, Change{d.now.Path(), Changed, what, old, now, risk})
}

// compare compares all that a child is and does.
func (d *differences) compare() {
	d.fact("role", role(d.old), role(d.now), "it is restarted, limited and waited for as another role is")
	d.facts()
	d.statements()
	d.rows()
	d.refs("needs", d.old.Needs, d.now.Needs, "it no longer waits for %s, nor goes down with it, nor is handed what it provides")
	d.refs("after", d.old.After, d.now.After, "it may start before %s is ready")
	d.order()
}

// fact compares what a child's declaration says. A risk is one whatever the change is.
func (d *differences) fact(what, old, now, risk string) {
	if old != now {
		d.add(what, &Said{orNothing(old), d.old.Pos.String()}, &Said{orNothing(now), d.now.Pos.String()}, risk)
	}
}

func orNothing(value string) string {
	if value == "" {
		return "none"
	}
	return value
}

func (d *differences) facts() {
	old, now := d.old, d.now
	d.fact("group", notation.Name(old.Group), notation.Name(now.Group), only(now.Group != old.Group, "it fails with other siblings"))
	if old.Of != nil && now.Of != nil && d.pairs.now[old.Of] != now.Of {
		d.fact("of", old.Of.Path(), now.Of.Path(), "it starts and stops with another child")
	}
	d.fact("linked", yes(old.Linked), yes(now.Linked), only(old.Linked, "it is not restarted with the child it belongs to"))
	d.fact("replicas", number(old.Replicas), number(now.Replicas), only(now.Replicas < old.Replicas, "fewer of it run"))
	d.fact("max", number(old.Max), number(now.Max), only(now.Max > old.Max, "more of it may run at once"))
	d.fact("arguments", notation.Params(old), notation.Params(now), "")
	d.fact("key", notation.Key(old), notation.Key(now), only(now.Key < 0, "nothing keeps two from being the same"))
	d.fact("provides", old.Provides, now.Provides, "who needs it is handed another type")
	d.fact("optional", yes(old.Optional), yes(now.Optional), only(now.Optional, "nothing waits for it, and it is only quarantined where it brought others down before"))
	d.fact("tags", strings.Join(old.Tags, ", "), strings.Join(now.Tags, ", "), "")
	d.fact("finish", notation.Finish(old), notation.Finish(now), only(len(now.Finish.Of) > 0, "it may end by itself earlier than before"))
}

// only is a risk under a condition.
func only(is bool, risk string) string {
	if is {
		return risk
	}
	return ""
}

func yes(is bool) string { return only(is, "yes") }

func number(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// statements compares the effective values that both roles have.
func (d *differences) statements() {
	old := map[string]notation.Statement{}
	for _, s := range notation.Statements(d.old) {
		old[s.Keyword] = s
	}
	for _, s := range notation.Statements(d.now) {
		if o, ok := old[s.Keyword]; ok && o.Value != s.Value {
			d.add(s.Keyword, said(o.Value, o.Source), said(s.Value, s.Source), riskOf(s.Keyword, d.old, d.now))
		}
	}
}

// rows compares the outcomes that both roles have. What holds at the start is compared where one of the two has a row
// for it; the other's is then that which always holds.
func (d *differences) rows() {
	old := map[runtime.Outcome]bool{}
	for _, r := range notation.Rows(d.old) {
		old[r.Outcome] = true
	}
	for _, r := range notation.Rows(d.now) {
		if o := r.Outcome; old[o] && !r.AtStart {
			d.row("on "+o.String(), o, d.old.On[o], d.now.On[o])
			if atStart(d.old, o) || atStart(d.now, o) {
				d.row("on "+o.String()+" at start", o, starting(d.old, o), starting(d.now, o))
			}
		}
	}
}

func (d *differences) row(what string, o runtime.Outcome, old, now dsl.Value[dsl.Row]) {
	if old.Value != now.Value {
		d.add(what, said(old.Value.String(), old.Source), said(now.Value.String(), now.Source), riskOfRow(o, old.Value, now.Value))
	}
}

func atStart(c *dsl.Child, o runtime.Outcome) bool {
	return c.AtStart.Of(o).Value.Action != runtime.ActionNone
}

// starting is the answer to an outcome at the start.
func starting(c *dsl.Child, o runtime.Outcome) dsl.Value[dsl.Row] {
	if atStart(c, o) {
		return c.AtStart.Of(o)
	}
	return c.On[o]
}

// said is an effective value and its source in words.
func said(value string, s dsl.Source) *Said {
	source := s.Pos.String()
	switch s.Kind {
	case dsl.SourceRole:
		source = "as every " + s.Name
	case dsl.SourceDefaults:
		source = fmt.Sprintf("defaults of %s, %s", s.Name, s.Pos)
	case dsl.SourcePolicy:
		source = fmt.Sprintf("policy %s, %s", s.Name, s.Pos)
	}
	return &Said{value, source}
}

// refs compares what a child waits for. One that was removed or is another child now counts as lost.
func (d *differences) refs(what string, old, now []dsl.Ref, lost string) {
	for _, o := range old {
		kept := func(n dsl.Ref) bool { return d.pairs.now[o.Child] == n.Child }
		if !slices.ContainsFunc(now, kept) {
			d.add(what, &Said{o.Child.Path(), o.Pos.String()}, nil, fmt.Sprintf(lost, o.Child.Path()))
		}
	}
	for _, n := range now {
		had := func(o dsl.Ref) bool { return d.pairs.before[n.Child] == o.Child }
		if !slices.ContainsFunc(old, had) {
			d.add(what, nil, &Said{n.Child.Path(), n.Pos.String()}, "")
		}
	}
}

// order compares the order that rest_for_one puts children in, as far as they are the same ones.
func (d *differences) order() {
	if d.old.Strategy.Value != runtime.RestForOne || d.now.Strategy.Value != runtime.RestForOne {
		return
	}
	members := d.now.Members()
	var old, now []string
	for _, c := range d.old.Members() {
		if n := d.pairs.now[c]; slices.Contains(members, n) {
			old = append(old, n.Name)
		}
	}
	for _, c := range members {
		if slices.Contains(old, c.Name) {
			now = append(now, c.Name)
		}
	}
	if !slices.Equal(old, now) {
		d.add("order", said(strings.Join(old, ", "), d.old.Strategy.Source), said(strings.Join(now, ", "), d.now.Strategy.Source),
			"its children start, stop and are restarted in another order")
	}
}
