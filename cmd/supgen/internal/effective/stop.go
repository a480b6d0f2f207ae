package effective

import (
	"math"
	"slices"
	"time"

	"github.com/supgen/supgen/cmd/supgen/internal/notation"
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

func stopOf(c *dsl.Child, users users) Stop {
	if c.Role == runtime.Supervisor {
		stop := Stop{Within: amount(c.Bound.Unlimited, c.Bound.Total)}
		for _, link := range c.Bound.Chain {
			stop.Chain = append(stop.Chain, Link{link.Child.Path(), amount(link.Unlimited, link.Amount)})
		}
		return stop
	}
	falling := map[*dsl.Child]bool{}
	users.fell(c, falling)
	w := &stopping{users, falling, map[*dsl.Child]*chain{}}
	last := w.down(c)
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
	return notation.Duration(d)
}

// users is who needs a child, in the order of the file.
type users map[*dsl.Child][]*dsl.Child

func usersIn(root *dsl.Child) users {
	u := users{}
	for c := range root.All() {
		for _, need := range c.Needs {
			u[need.Child] = append(u[need.Child], c)
		}
	}
	return u
}

// fell collects what goes down when a child is stopped: what is below it, and what needs any of that.
func (u users) fell(c *dsl.Child, falling map[*dsl.Child]bool) {
	if falling[c] {
		return
	}
	falling[c] = true
	for _, child := range c.Members() {
		u.fell(child, falling)
	}
	for _, user := range u[c] {
		u.fell(user, falling)
	}
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
	users   users
	falling map[*dsl.Child]bool
	chains  map[*dsl.Child]*chain // up to the end of each child
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

// asked is the longest chain before a child is asked to stop: what needs it, the younger under rest_for_one, the
// primary of a sidecar, and whatever its supervisor waits for.
func (w *stopping) asked(c *dsl.Child) *chain {
	var longest *chain
	for _, user := range w.users[c] { // each falls with c
		longest = longer(longest, w.down(user))
	}
	if c.Of != nil && w.falling[c.Of] {
		longest = longer(longest, w.down(c.Of))
	}
	if _, all, slot := ordering(c); all != nil {
		for _, younger := range slices.Concat(all[slot+1:]...) {
			if w.falling[younger] {
				longest = longer(longest, w.down(younger))
			}
		}
	}
	if c.Parent != nil && w.falling[c.Parent] {
		longest = longer(longest, w.asked(c.Parent))
	}
	return longest
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
