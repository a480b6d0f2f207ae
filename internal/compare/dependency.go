package compare

import (
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// dependencies compares what a child needs, what it wants, and what it comes after. What changes from one to another is one change.
func (d *differences) dependencies() {
	was, is := clausesOf(d.old), clausesOf(d.now)
	for i, c := range was {
		for _, o := range c.refs {
			if p := d.pairs.now[o.Child]; holds(is[i].refs, p) == nil {
				d.lost(c.keyword, o, p, was, is)
			}
		}
		for _, n := range is[i].refs {
			if old := d.pairs.before[n.Child]; holds(c.refs, old) == nil {
				d.won(c.keyword, n, old, was, is)
			}
		}
	}
	d.handed(d.old.Needs, d.now.Needs)
	d.handed(d.old.Wants, d.now.Wants)
}

// A clause is the children that another names behind a keyword.
type clause struct {
	keyword string
	refs    []tree.Ref
}

func clausesOf(c *tree.Child) [3]clause {
	return [...]clause{{"needs", c.Needs}, {"wants", c.Wants}, {"after", c.After}}
}

// only is a keyword behind which a child is named here, and not there; nil is none.
func only(here [3]clause, c *tree.Child, there [3]clause, other *tree.Child) (keyword string, r *tree.Ref) {
	for i, clause := range here {
		if r := holds(clause.refs, c); r != nil && holds(there[i].refs, other) == nil {
			return clause.keyword, r
		}
	}
	return "", nil
}

func holds(refs []tree.Ref, c *tree.Child) *tree.Ref {
	for i := range refs {
		if c != nil && refs[i].Child == c {
			return &refs[i]
		}
	}
	return nil
}

// lost is a child that is not named behind a keyword any more, and is now p. If it is behind another one instead, won says so.
func (d *differences) lost(what string, o tree.Ref, p *tree.Child, was, is [3]clause) {
	if _, r := only(is, p, was, o.Child); r != nil {
		return
	}
	d.add(what, ref(o), nil, d.without(what, o.Child, p))
}

// won is a child that is named behind a keyword, and was old and not behind it.
func (d *differences) won(what string, n tree.Ref, old *tree.Child, before, is [3]clause) {
	was, o := only(before, old, is, n.Child)
	if o == nil {
		d.add(what, nil, ref(n), d.with(what, n.Child, old))
		return
	}
	d.add(what, spelled(was, *o), spelled(what, n), d.becomes(was, what, n.Child, old))
}

func ref(r tree.Ref) *Said { return &Said{r.Child.Path(), r.Pos.String(), r.Pos} }

func spelled(what string, r tree.Ref) *Said {
	return &Said{what + " " + r.Child.Path(), r.Pos.String(), r.Pos}
}

// A tie is how far a child hangs on another, by its own clauses or by way of others.
type tie struct{ waits, falls degree }

// A degree is how strict that is.
type degree int

const (
	free   degree = iota
	loose         // it starts when the other is at rest, too; it goes down when that is restarted, and not when it stays down
	strict        // as needs has it
)

// tieOf is how far a child hangs on p, of which there is none where that is nil.
func tieOf(c, p *tree.Child) (t tie) {
	switch {
	case p == nil:
		return tie{}
	case needs(c, p, true):
		t.waits = strict
	case waits(c, p):
		t.waits = loose
	}
	switch {
	case done(p):
	case needs(c, p, false):
		t.falls = strict
	case falls(c, p):
		t.falls = loose
	}
	return t
}

// tied is what it means that a clause about another child has come, has gone or has become another one: old is the other one
// before, and p is what it is now.
func (d *differences) tied(old, p *tree.Child) effect {
	was, is := tieOf(d.old, old), tieOf(d.now, p)
	return starts(was.waits, is.waits, p.Name, moment(p)).and(goesDown(was.falls, is.falls, p.Name))
}

func starts(was, is degree, p, ready string) effect {
	if max(was, is) == loose {
		ready += ", or at rest"
	}
	switch {
	case was == is:
		return effect{}
	case was == free:
		return trade("it does not start as long as "+p+" is not "+ready, "it never starts before "+p+" is "+ready)
	case is == free:
		return trade("it may start before "+p+" is "+ready, "it starts without waiting for "+p)
	case is == strict:
		return trade("it does not start while "+p+" is at rest", "it never starts without "+p)
	}
	return trade("it starts without "+p+" when that is at rest", "it does not wait for "+p+" when that is at rest")
}

func goesDown(was, is degree, p string) effect {
	down, does := " is down", " does"
	if max(was, is) == loose {
		down, does = " is restarted", " is restarted"
	}
	switch {
	case was == is:
		return effect{}
	case was == free:
		return trade("it goes down whenever "+p+does, "it never goes on while "+p+down)
	case is == free:
		return trade("it goes on while "+p+down, "it stays up when "+p+strings.Replace(does, "does", "goes down", 1))
	case is == strict:
		return trade("it goes down with "+p+" when that stays down, too", "it never goes on without "+p)
	}
	return trade("it goes on without "+p+" when that stays down", "it stays up when "+p+" stays down")
}

// without is what it means that a child no longer says it waits for another, which is now p.
func (d *differences) without(what string, old, p *tree.Child) effect {
	if p == nil {
		return neither("there is no " + old.Name + " any more")
	}
	return d.indirect(d.tied(old, p), what, p, "is no longer handed")
}

// with is what it means that a child says that it waits for another, which was old.
func (d *differences) with(what string, p, old *tree.Child) effect {
	return d.indirect(d.tied(old, p), what, p, "is handed")
}

// indirect adds what is handed over, and says so if nothing else has changed.
func (d *differences) indirect(e effect, what string, p *tree.Child, handed string) effect {
	if e == (effect{}) && what != "wants" {
		e = neither("it waits for " + p.Name + " in any case, by way of others")
	}
	if what != "after" {
		e = e.and(d.hands(what, p, handed))
	}
	return e
}

// hands is what it means that a child is, or is no longer, handed what another provides.
func (d *differences) hands(what string, p *tree.Child, handed string) effect {
	switch {
	case p.Provides == "", d.now.Role == policy.Supervisor:
		return effect{}
	case what == "wants":
		return neither("it " + handed + " what " + p.Name + " provides while that is ready, as a runtime.Wanted")
	}
	return neither("it " + handed + " what " + p.Name + " provides")
}

// becomes is what it means that a child is named behind another keyword.
func (d *differences) becomes(was, what string, p, old *tree.Child) effect {
	e := d.tied(old, p)
	switch {
	case e != (effect{}):
	case done(p):
		e = neither(p.Name + " does not go down once it has completed: it waits for the same as before")
	case was == "needs", what == "needs":
		e = neither("it goes down with " + p.Name + " in any case, by way of others")
	}
	if what == "after" {
		return e.and(d.hands(was, p, "is no longer handed"))
	}
	return e.and(d.hands(what, p, "is handed"))
}

// handed compares the order of what a child is handed, as far as it is the same: it is the order of its parameters.
func (d *differences) handed(before, now []tree.Ref) {
	if d.now.Role == policy.Supervisor {
		return
	}
	var was, is []*tree.Child
	for _, o := range before {
		if n := d.pairs.now[o.Child]; holds(now, n) != nil && n.Provides != "" {
			was = append(was, n)
		}
	}
	for _, n := range now {
		if slices.Contains(was, n.Child) {
			is = append(is, n.Child)
		}
	}
	if slices.Equal(was, is) {
		return
	}
	e := neither("its Go code has to take them in this order")
	types := func(children []*tree.Child) (types []string) {
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

// needs reports whether a child needs p, by itself or by way of others: it starts only when that is ready (of a job: complete),
// or it goes down whenever that does. What comes after a job that is not optional starts only when that has completed, too.
func needs(c, p *tree.Child, starts bool) bool {
	w := walk{to: p, seen: map[*tree.Child]bool{}}
	w.follows = func(c *tree.Child) []*tree.Child {
		if !starts {
			return slices.DeleteFunc(targets(c.Needs), done)
		}
		jobs := slices.DeleteFunc(targets(c.After), func(c *tree.Child) bool { return c.Role != policy.Job || c.Optional })
		return append(targets(c.Needs), jobs...)
	}
	return w.from(c)
}

// waits reports whether a child starts only when p is ready or at rest, by itself or by way of others.
func waits(c, p *tree.Child) bool {
	w := walk{to: p, seen: map[*tree.Child]bool{}}
	w.follows = func(c *tree.Child) []*tree.Child {
		next := append(targets(c.Needs), targets(c.After)...)
		if c.Parent != nil && c.Role != policy.Sidecar && !c.Dynamic {
			next = append(next, elder(c)...)
			for _, s := range c.Parent.Members() {
				if s.Of == c {
					next = append(next, s)
				}
			}
		}
		return next
	}
	w.parts = func(c *tree.Child) []*tree.Child { // what has to be ready for a supervisor to be
		return slices.DeleteFunc(c.Members(), func(m *tree.Child) bool { return m.Optional || m.Dynamic || m.Role == policy.Sidecar })
	}
	return w.from(c)
}

// falls reports whether a child goes down whenever p does.
func falls(c, p *tree.Child) bool {
	all := map[*tree.Child]bool{} // whose one_for_all is followed
	w := walk{to: p, seen: map[*tree.Child]bool{}}
	w.follows = func(c *tree.Child) []*tree.Child {
		next := append(slices.DeleteFunc(targets(c.Needs), done), elder(c)...)
		if by := strategist(c); by != nil && by.Strategy.Value == policy.OneForAll && !all[by] {
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
func done(c *tree.Child) bool { return c.Role == policy.Job && c.Provides == "" }

// A walk looks for a child in what others follow.
type walk struct {
	to             *tree.Child
	seen           map[*tree.Child]bool
	follows, parts func(*tree.Child) []*tree.Child
}

// from reports whether a child, or a supervisor that it is in, follows the one looked for.
func (w *walk) from(c *tree.Child) bool {
	for ; c != nil && !w.seen[c]; c = c.Parent {
		w.seen[c] = true
		if slices.ContainsFunc(w.follows(c), w.is) {
			return true
		}
	}
	return false
}

func (w *walk) is(c *tree.Child) bool {
	return c == w.to || w.from(c) || w.parts != nil && slices.ContainsFunc(w.parts(c), w.is)
}

func targets(refs []tree.Ref) []*tree.Child {
	var children []*tree.Child
	for _, r := range refs {
		children = append(children, r.Child)
	}
	return children
}

// elder is the sibling before a child under rest_for_one, or none. Who is before that follows from it.
func elder(c *tree.Child) []*tree.Child {
	by := strategist(c)
	if by == nil || by.Strategy.Value != policy.RestForOne {
		return nil
	}
	var before *tree.Child
	for _, other := range by.Members() {
		if other == c && before != nil {
			return []*tree.Child{before}
		}
		if other.Role != policy.Sidecar && !other.Dynamic {
			before = other
		}
	}
	return nil
}

// strategist is the group or the supervisor whose strategy is about a child; nil is none.
func strategist(c *tree.Child) *tree.Child {
	switch {
	case c.Role == policy.Sidecar || c.Dynamic:
		return nil
	case c.Group != nil:
		return c.Group
	}
	return c.Parent
}
