package compare

import (
	"fmt"
	"go/ast"
	"go/parser"
	"slices"
	"strconv"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/notation"
	"github.com/supgen/supgen/runtime/policy"
)

// fact compares what a child's declaration says.
func (d *differences) fact(what, old, now string, e effect) {
	if old != now {
		d.declare(what, old, now, e)
	}
}

func (d *differences) declare(what, old, now string, e effect) {
	d.add(what, &Said{orNone(old), d.old.Pos.String(), d.old.Pos}, &Said{orNone(now), d.now.Pos.String(), d.now.Pos}, e)
}

func orNone(value string) string {
	if value == "" {
		return "none"
	}
	return value
}

// facts compares what the declarations say of the two alone.
func (d *differences) facts() {
	old, now := d.old, d.now
	regrouped := d.pairs.now[old.Group] != now.Group || (old.Group == nil) != (now.Group == nil)
	if was, is := role(old), role(now); was != is {
		e := d.role()
		if !regrouped {
			e = e.and(d.besides())
		}
		d.declare("role", was, is, e)
	}
	if regrouped {
		d.declare("group", notation.Name(old.Group), notation.Name(now.Group), d.group().and(d.besides()))
	}
	if old.Of != nil && now.Of != nil && d.pairs.now[old.Of] != now.Of {
		d.declare("of", old.Of.Path(), now.Of.Path(), trade(old.Of.Name+" starts without it, and may outlive it",
			now.Of.Name+" starts when it is ready, and stops before it"))
	}
	if old.Of != nil && now.Of != nil {
		d.fact("linked", yes(old.Linked), yes(now.Linked), either(now.Linked,
			trade("it goes down whenever "+now.Of.Name+" is restarted", "it starts anew with "+now.Of.Name),
			trade("it goes on with what it knows of a "+now.Of.Name+" that was restarted", "it stays up when "+now.Of.Name+" is restarted")))
	}
	d.fact("replicas", notation.Replicas(old), notation.Replicas(now), d.replicas())
	if old.Dynamic && now.Dynamic {
		d.dynamic()
	}
	d.provides()
	d.fact("optional", yes(old.Optional), yes(now.Optional), d.optional())
	d.fact("tags", notation.Tags(old), notation.Tags(now), neither("what watches it by its tags sees others"))
	if finish := d.finish(); finish != (effect{}) {
		d.declare("finish", notation.Finish(old), notation.Finish(now), finish)
	}
}

// besides is what it means that a child is restarted with other siblings than before. That it has moved says so already.
func (d *differences) besides() effect {
	if d.pairs.now[d.old.Parent] != d.now.Parent {
		return effect{}
	}
	return d.together(d.old, d.now)
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return ""
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func (d *differences) role() effect {
	old, now := d.old, d.now
	e := neither("where nothing else is written, it is restarted, limited and stopped as every " + role(now) + " is")
	switch {
	case old.Dynamic != now.Dynamic:
		e = either(now.Dynamic, trade("it runs only when it is started by hand, and does not come back when its supervisor restarts", "as many of it run as are wanted"),
			trade("nothing starts more of it at run time", "it is started with its supervisor"))
	case now.Role == policy.Job:
		e = trade("what waits for it waits until it has completed", "what waits for it starts when its work is done").and(e)
	case old.Role == policy.Job:
		e = trade("nothing waits for its work to be done", "what waits for it starts as soon as it is ready").and(e)
	}
	return e
}

func (d *differences) group() effect {
	was, is := "the siblings in no group", "the siblings in no group"
	if d.old.Group != nil {
		was = "the group " + d.old.Group.Name
	}
	if d.now.Group != nil {
		is = "the group " + d.now.Group.Name
	}
	return trade("it is restarted and limited with "+is, "it is no longer restarted and limited with "+was)
}

func (d *differences) replicas() effect {
	o, n := d.old.Count(), d.now.Count()
	if d.old.Dynamic != d.now.Dynamic {
		return neither("of a dynamic one there are as many as were started")
	}
	run := fmt.Sprintf("%d replicas run, not %d", n, max(o, 1))
	if n <= 1 {
		run = fmt.Sprintf("one replica runs, not %d", o)
	}
	e := either(max(n, 1) > max(o, 1), better(run), worse(run))
	if max(n, 1) == max(o, 1) {
		e = effect{}
	}
	switch was, is := d.old.Fewest > 0, d.now.Fewest > 0; {
	case is && was && d.old.Replicas != d.now.Replicas:
		e = e.and(neither(fmt.Sprintf("the program may choose up to %d, not %d", d.now.Replicas, d.old.Replicas)))
	case is && !was:
		e = e.and(neither("the program may choose how many"))
	case was && !is:
		e = e.and(neither("the program no longer chooses how many"))
	}
	if (o == 0) != (n == 0) {
		e = e.and(neither("its paths have an index, or no longer have one"))
		if d.now.Provides != "" {
			e = e.and(neither("what needs it is handed " + either(n > 0, effect{note: "a slice"}, effect{note: "a single value"}).note))
		}
	}
	return e
}

// mixed is what it means that values of one type change places: Go compiles what was written for the old order.
const mixed = "Go code for the old order still compiles, and mixes them up"

func (d *differences) dynamic() {
	old, now := d.old, d.now
	d.fact("max", number(old.Max), number(now.Max), either(now.Max > old.Max,
		trade("more of it may run at the same time", fmt.Sprintf("the %s of it is not refused", ordinal(old.Max+1))),
		trade(fmt.Sprintf("the %s of it is refused", ordinal(now.Max+1)), "fewer of it may run at the same time")))
	was, is := params(old), params(now)
	if !slices.Equal(was, is) || notation.Params(old) != notation.Params(now) {
		e := neither("what starts it has to pass other arguments")
		switch {
		case slices.Equal(was, is) && !slices.Equal(sorted(paramNames(old)), sorted(paramNames(now))):
			e = neither("its arguments are called otherwise")
		case slices.Equal(was, is):
			e = worse(mixed)
		}
		d.declare("arguments", notation.Params(old), notation.Params(now), e)
	}
	switch {
	case old.Key < 0 && now.Key >= 0:
		d.fact("key", "", notation.Key(now), trade("a second one with the same "+notation.Key(now)+" is refused", "no two with the same "+notation.Key(now)+" run"))
	case old.Key >= 0 && now.Key < 0:
		d.fact("key", notation.Key(old), "", trade("two with the same "+notation.Key(old)+" may run", "a second one with the same "+notation.Key(old)+" is not refused"))
	case old.Key >= 0 && (old.Key != now.Key || was[old.Key] != is[now.Key]):
		d.declare("key", notation.Key(old), notation.Key(now), neither("something else tells them apart, and names them in paths"))
	}
}

func params(c *tree.Child) []string {
	var types []string
	for _, p := range c.Params {
		types = append(types, qualified(p.Type, c.File))
	}
	return types
}

func paramNames(c *tree.Child) []string {
	var names []string
	for _, p := range c.Params {
		names = append(names, p.Name)
	}
	return names
}

func sorted(words []string) []string {
	slices.Sort(words)
	return words
}

// provides compares the types by the packages that they come from: an import may be another one under the same name, or
// the same one under another.
func (d *differences) provides() {
	was, is := qualified(d.old.Provides, d.old.File), qualified(d.now.Provides, d.now.File)
	if was == is {
		return
	}
	old, now := d.old.Provides, d.now.Provides
	if old == now {
		old, now = was, is
	}
	d.declare("provides", old, now, neither("the Go code of what needs it, and its own, has to change with it"))
}

// qualified is a type with the paths of its packages.
func qualified(typ string, file *tree.File) string {
	expr, err := parser.ParseExpr(typ)
	if err != nil || file == nil {
		return typ
	}
	type edit struct {
		at, end int
		path    string
	}
	var edits []edit
	ast.Inspect(expr, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if pkg, ok := sel.X.(*ast.Ident); ok {
				for _, i := range file.Imports {
					if i.Name == pkg.Name {
						edits = append(edits, edit{int(pkg.Pos()) - 1, int(pkg.End()) - 1, i.Path})
					}
				}
			}
		}
		return true
	})
	for _, e := range slices.Backward(edits) {
		typ = typ[:e.at] + strconv.Quote(e.path) + typ[e.end:]
	}
	return typ
}

func (d *differences) optional() effect {
	of := above(d.now)
	return either(d.now.Optional,
		trade(of+" is ready without it", of+" does not wait for it, and its restarts do not count there"),
		trade(of+" is ready only when it is, and its restarts count there", of+" is not ready without it"))
}

// finish is what it means that a supervisor ends well at another time.
func (d *differences) finish() effect {
	was, is := map[*tree.Child]bool{}, map[*tree.Child]bool{}
	for _, ref := range d.old.Finish.Of {
		was[d.pairs.now[ref.Child]] = true
	}
	same := len(d.old.Finish.Of) == len(d.now.Finish.Of)
	for _, ref := range d.now.Finish.Of {
		is[ref.Child] = true
		same = same && was[ref.Child]
	}
	name := d.now.Name
	switch old, now := d.old.Finish, d.now.Finish; {
	case same && (old.Any == now.Any || len(is) < 2):
		return effect{}
	case len(now.Of) == 0:
		return trade(name+" does not end by itself any more", name+" goes on when they have ended")
	case len(old.Of) == 0:
		return trade(name+" ends by itself, with all that is below it", name+" ends when its work is done")
	case same && now.Any:
		return trade(name+" ends with the first of them, whatever the others still do", name+" does not wait for all of them")
	case same:
		return trade(name+" waits for all of them before it ends", name+" does not end while one of them still works")
	}
	return trade(name+" no longer ends with those that it ended with", name+" ends with others")
}
