package effective

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/runtime"
)

// A Stop is the longest that it takes until a child is down. Of a supervisor it is the bound of its subtree, which a
// promise is held to. Any other child is asked to stop alone: what needs it goes down first.
type Stop struct {
	Within string `json:"within"` // a duration, or "unlimited"
	Chain  []Link `json:"chain"`  // what is waited for, one after another
}

// A Link is what one child adds.
type Link struct {
	Path   string `json:"path"`
	Within string `json:"within"`
}

func (r *relations) stopOf(c *dsl.Child) Stop {
	if c.Role == runtime.Supervisor {
		stop := Stop{Within: amount(c.Bound.Unlimited, c.Bound.Total)}
		for _, link := range c.Bound.Chain {
			stop.Chain = append(stop.Chain, Link{link.Child.Path(), amount(link.Unlimited, link.Amount)})
		}
		return stop
	}
	last := r.stopping(c).down(c)
	stop := Stop{Within: amount(last.unlimited, last.total)}
	for at := last; at != nil; at = at.before {
		stop.Chain = append(stop.Chain, Link{at.child.Path(), amount(at.unlimitedHere, at.here)})
	}
	slices.Reverse(stop.Chain)
	return stop
}

func amount(unlimited bool, d time.Duration) string {
	if unlimited {
		return "unlimited"
	}
	return dsl.Duration(d)
}

// falling is what goes down when a child is stopped, itself first: what is below it, and what needs any of that.
func (r *relations) falling(c *dsl.Child) []*dsl.Child {
	var all []*dsl.Child
	seen := map[*dsl.Child]bool{}
	var fall func(c *dsl.Child)
	fall = func(c *dsl.Child) {
		if seen[c] {
			return
		}
		seen[c] = true
		all = append(all, c)
		for _, child := range c.Members() {
			fall(child)
		}
		for _, user := range r.users[c] {
			fall(user)
		}
	}
	fall(c)
	return all
}

// A chain is children that stop one after another, as its last link.
type chain struct {
	before                   *chain
	child                    *dsl.Child
	here, total              time.Duration
	unlimitedHere, unlimited bool
}

func longer(a, b *chain) *chain {
	switch {
	case b == nil, a != nil && a.unlimited:
		return a
	case a == nil, b.unlimited, b.total > a.total:
		return b
	}
	return a
}

// stopping is the stop of what falls together.
type stopping struct {
	*relations
	falls  map[*dsl.Child]bool
	orders map[*dsl.Child][]*dsl.Child // what of it a rest_for_one orders, the eldest first
	chains map[*dsl.Child]*chain       // up to the end of each child
	before map[*dsl.Child]*chain       // up to when it is asked to stop
	behind map[*dsl.Child]*chain       // up to the end of it and of all that are younger
}

func (r *relations) stopping(c *dsl.Child) *stopping {
	w := &stopping{
		r, map[*dsl.Child]bool{}, map[*dsl.Child][]*dsl.Child{},
		map[*dsl.Child]*chain{}, map[*dsl.Child]*chain{}, map[*dsl.Child]*chain{},
	}
	falling := r.falling(c)
	slices.SortFunc(falling, func(a, b *dsl.Child) int { return cmp.Compare(r.rank[a], r.rank[b]) })
	for _, child := range falling {
		w.falls[child] = true
		if by := r.order(child).by; by != nil {
			w.orders[by] = append(w.orders[by], child)
		}
	}
	return w
}

// down is the longest chain up to the end of a child: of a supervisor, of the last of its children.
func (w *stopping) down(c *dsl.Child) *chain {
	if done, ok := w.chains[c]; ok {
		return done
	}
	longest := w.asked(c)
	if c.Role == runtime.Supervisor || c.Role == runtime.Group {
		for _, child := range c.Members() {
			longest = longer(longest, w.down(child))
		}
	} else {
		longest = longest.then(c)
	}
	w.chains[c] = longest
	return longest
}

// asked is the longest chain before a child is asked to stop: what needs it or comes after it, the younger under rest_for_one, the
// primary of a sidecar, and whatever its supervisor waits for.
func (w *stopping) asked(c *dsl.Child) *chain {
	if done, ok := w.before[c]; ok {
		return done
	}
	var longest *chain
	for _, user := range w.users[c] { // each falls with c
		longest = longer(longest, w.down(user))
	}
	for _, later := range w.laters[c] { // where one stop takes both
		if w.falls[later] {
			longest = longer(longest, w.down(later))
		}
	}
	if c.Of != nil && w.falls[c.Of] {
		longest = longer(longest, w.down(c.Of))
	}
	if order := w.order(c); order.by != nil {
		all := w.orders[order.by]
		younger := sort.Search(len(all), func(i int) bool { return w.order(all[i]).slot > order.slot })
		longest = longer(longest, w.rest(all[younger:]))
	}
	if c.Parent != nil && w.falls[c.Parent] {
		longest = longer(longest, w.asked(c.Parent))
	}
	w.before[c] = longest
	return longest
}

// rest is the longest chain up to the end of one of the children, which are the youngest in their order.
func (w *stopping) rest(children []*dsl.Child) *chain {
	if len(children) == 0 {
		return nil
	}
	eldest := children[0]
	if _, ok := w.behind[eldest]; !ok {
		w.behind[eldest] = longer(w.down(eldest), w.rest(children[1:]))
	}
	return w.behind[eldest]
}

// then is the chain with one more child.
func (c *chain) then(child *dsl.Child) *chain {
	budget := child.Shutdown.Value
	next := &chain{before: c, child: child, here: budget.Drain + budget.Abort, unlimitedHere: budget.Unlimited}
	next.total, next.unlimited = next.here, next.unlimitedHere
	if c != nil {
		next.unlimited = next.unlimited || c.unlimited
		if next.total > math.MaxInt64-c.total {
			next.total = math.MaxInt64
		} else {
			next.total += c.total
		}
	}
	return next
}
