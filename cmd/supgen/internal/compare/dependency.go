package compare

import (
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/runtime"
)

// dependencies compares what a child needs, and what it comes after. What changes from one to the other is one change.
func (d *differences) dependencies() {
	for _, o := range d.old.Needs {
		d.lost("needs", o, d.now.Needs, d.now.After)
	}
	for _, n := range d.now.Needs {
		d.won("needs", n, d.old.Needs, d.old.After)
	}
	for _, o := range d.old.After {
		d.lost("after", o, d.now.After, d.now.Needs)
	}
	for _, n := range d.now.After {
		d.won("after", n, d.old.After, d.old.Needs)
	}
	d.handed()
}

func holds(refs []dsl.Ref, c *dsl.Child) *dsl.Ref {
	for i := range refs {
		if c != nil && refs[i].Child == c {
			return &refs[i]
		}
	}
	return nil
}

// lost is a clause that is gone; same is what the new version has of its kind, and other what it has of the other one.
func (d *differences) lost(what string, o dsl.Ref, same, other []dsl.Ref) {
	p := d.pairs.now[o.Child]
	if holds(same, p) != nil || holds(other, p) != nil { // the latter is told by won
		return
	}
	d.add(what, ref(o), nil, d.without(what, o.Child, p))
}

// won is a clause that is new; same and other are of the old version.
func (d *differences) won(what string, n dsl.Ref, same, other []dsl.Ref) {
	old := d.pairs.before[n.Child]
	if holds(same, old) != nil {
		return
	}
	o := holds(other, old)
	if o == nil {
		d.add(what, nil, ref(n), d.with(what, n.Child, old))
		return
	}
	was := "after"
	if what == "after" {
		was = "needs"
	}
	d.add(what, spelled(was, *o), spelled(what, n), d.shares(what == "needs", n.Child, old))
}

// until is what another child has to be before one starts. What comes after it does not wait for one that is at rest.
func until(what string, c *dsl.Child) string {
	if what == "after" && (c.Role != runtime.Job || c.Optional) {
		return moment(c) + ", or at rest"
	}
	return moment(c)
}

func ref(r dsl.Ref) *Said { return &Said{r.Child.Path(), r.Pos.String(), r.Pos} }

func spelled(what string, r dsl.Ref) *Said {
	return &Said{what + " " + r.Child.Path(), r.Pos.String(), r.Pos}
}

// without is what it means that a child no longer says it waits for another, which is now p.
func (d *differences) without(what string, old, p *dsl.Child) effect {
	if p == nil {
		return neither("there is no " + old.Name + " any more")
	}
	var e effect
	if !waits(d.now, p) {
		e = trade("it may start before "+p.Name+" is "+until(what, p), "it starts without waiting for "+p.Name)
	}
	if what == "needs" && !done(p) && !falls(d.now, p) {
		e = e.and(trade("it goes on while "+p.Name+" is down", "it stays up when "+p.Name+" goes down"))
	}
	return d.indirect(e, what, p, "is no longer handed")
}

// with is what it means that a child says that it waits for another, which was old.
func (d *differences) with(what string, p, old *dsl.Child) effect {
	var e effect
	if old == nil || !waits(d.old, old) {
		e = trade("it does not start as long as "+p.Name+" is not "+until(what, p), "it never starts before "+p.Name+" is "+until(what, p))
	}
	if what == "needs" && !done(p) && (old == nil || !falls(d.old, old)) {
		e = e.and(trade("it goes down whenever "+p.Name+" does", "it never goes on while "+p.Name+" is down"))
	}
	return d.indirect(e, what, p, "is handed")
}

// indirect adds what is handed over, and says so if nothing else has changed.
func (d *differences) indirect(e effect, what string, p *dsl.Child, handed string) effect {
	if e == (effect{}) {
		e = neither("it waits for " + p.Name + " in any case, by way of others")
	}
	if what == "needs" && p.Provides != "" && d.now.Role != runtime.Supervisor {
		e = e.and(neither("it " + handed + " what " + p.Name + " provides"))
	}
	return e
}

// shares is what it means that needs takes the place of after, or the other way round.
func (d *differences) shares(needs bool, p, old *dsl.Child) effect {
	var e effect
	switch {
	case done(p):
		e = neither(p.Name + " does not go down once it has completed: it waits for the same as before")
	case needs && !falls(d.old, old):
		e = trade("it goes down whenever "+p.Name+" does", "it never goes on while "+p.Name+" is down")
	case !needs && !falls(d.now, p):
		e = trade("it goes on while "+p.Name+" is down", "it stays up when "+p.Name+" goes down")
	}
	handed := "is handed"
	if !needs {
		handed = "is no longer handed"
	}
	if e == (effect{}) {
		e = neither("it goes down with " + p.Name + " in any case, by way of others")
	}
	return d.indirect(e, "needs", p, handed)
}

// handed compares the order of what a child is handed, as far as it is the same: it is the order of its parameters.
func (d *differences) handed() {
	if d.now.Role == runtime.Supervisor {
		return
	}
	var was, is []*dsl.Child
	for _, o := range d.old.Needs {
		if n := d.pairs.now[o.Child]; holds(d.now.Needs, n) != nil && n.Provides != "" {
			was = append(was, n)
		}
	}
	for _, n := range d.now.Needs {
		if slices.Contains(was, n.Child) {
			is = append(is, n.Child)
		}
	}
	if slices.Equal(was, is) {
		return
	}
	e := neither("its Go code has to take them in this order")
	types := func(children []*dsl.Child) (types []string) {
		for _, c := range children {
			types = append(types, strings.Repeat("[]", min(c.Replicas, 1))+qualified(c.Provides, c.File))
		}
		return types
	}
	if slices.Equal(types(was), types(is)) {
		e = worse(mixed)
	}
	d.declare("order of needs", path(was), path(is), e)
}

// waits reports whether a child starts only when p is ready (of a job: complete), by itself or by way of others.
func waits(c, p *dsl.Child) bool {
	w := walk{to: p, seen: map[*dsl.Child]bool{}}
	w.follows = func(c *dsl.Child) []*dsl.Child {
		next := append(targets(c.Needs), targets(c.After)...)
		if c.Parent != nil && c.Role != runtime.Sidecar && !c.Dynamic {
			next = append(next, elder(c)...)
			for _, s := range c.Parent.Members() {
				if s.Of == c {
					next = append(next, s)
				}
			}
		}
		return next
	}
	w.parts = func(c *dsl.Child) []*dsl.Child { // what has to be ready for a supervisor to be
		return slices.DeleteFunc(c.Members(), func(m *dsl.Child) bool { return m.Optional || m.Dynamic || m.Role == runtime.Sidecar })
	}
	return w.from(c)
}

// falls reports whether a child goes down whenever p does.
func falls(c, p *dsl.Child) bool {
	all := map[*dsl.Child]bool{} // whose one_for_all is followed
	w := walk{to: p, seen: map[*dsl.Child]bool{}}
	w.follows = func(c *dsl.Child) []*dsl.Child {
		next := append(slices.DeleteFunc(targets(c.Needs), done), elder(c)...)
		if by := strategist(c); by != nil && by.Strategy.Value == runtime.OneForAll && !all[by] {
			all[by] = true
			next = append(next, siblings(by)...)
		}
		if c.Linked {
			next = append(next, c.Of)
		}
		return next
	}
	return w.from(c)
}

// done reports whether a child does not go down any more once it was ready: a job that hands nothing over.
func done(c *dsl.Child) bool { return c.Role == runtime.Job && c.Provides == "" }

// A walk looks for a child in what others follow.
type walk struct {
	to             *dsl.Child
	seen           map[*dsl.Child]bool
	follows, parts func(*dsl.Child) []*dsl.Child
}

// from reports whether a child, or a supervisor that it is in, follows the one looked for.
func (w *walk) from(c *dsl.Child) bool {
	for ; c != nil && !w.seen[c]; c = c.Parent {
		w.seen[c] = true
		if slices.ContainsFunc(w.follows(c), w.is) {
			return true
		}
	}
	return false
}

func (w *walk) is(c *dsl.Child) bool {
	return c == w.to || w.from(c) || w.parts != nil && slices.ContainsFunc(w.parts(c), w.is)
}

func targets(refs []dsl.Ref) []*dsl.Child {
	var children []*dsl.Child
	for _, r := range refs {
		children = append(children, r.Child)
	}
	return children
}

// elder is the sibling before a child under rest_for_one, or none. Who is before that follows from it.
func elder(c *dsl.Child) []*dsl.Child {
	by := strategist(c)
	if by == nil || by.Strategy.Value != runtime.RestForOne {
		return nil
	}
	var before *dsl.Child
	for _, other := range by.Members() {
		if other == c && before != nil {
			return []*dsl.Child{before}
		}
		if other.Role != runtime.Sidecar && !other.Dynamic {
			before = other
		}
	}
	return nil
}

// strategist is the group or the supervisor whose strategy is about a child; nil is none.
func strategist(c *dsl.Child) *dsl.Child {
	switch {
	case c.Role == runtime.Sidecar || c.Dynamic:
		return nil
	case c.Group != nil:
		return c.Group
	}
	return c.Parent
}
