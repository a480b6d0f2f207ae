package effective

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// A Member is a child that goes down, and mostly comes back, when another one is restarted.
type Member struct {
	Path string `json:"path"`
	Fate string `json:"fate"`
	Why  string `json:"why"`
	of   *tree.Child
}

// restarted is what an automatic restart of a child takes along, itself first, the others in the order of the file.
// Children that have ended, or that an operator holds, are left as they are; that is not known here.
func (r *relations) restarted(c *tree.Child) []Member {
	s := &scope{relations: r, failed: c, at: map[*tree.Child]int{}, taken: map[*tree.Child]int{}}
	s.join(c, "it failed", false)
	for len(s.queue) > 0 {
		next := s.queue[0]
		s.queue = s.queue[1:]
		s.spread(next)
	}
	slices.SortStableFunc(s.members[1:], func(a, b Member) int { return cmp.Compare(r.rank[a.of], r.rank[b.of]) })
	return s.members
}

// A scope is what goes down together.
type scope struct {
	*relations
	failed  *tree.Child
	members []Member
	at      map[*tree.Child]int // in members
	taken   map[*tree.Child]int // from this slot on, a strategy has taken all in
	queue   []*tree.Child       // whose fate others share, and it is not known yet whose
}

// join takes in a child and all that is below it; needed says that it is because something that the child needs went
// down.
func (s *scope) join(c *tree.Child, why string, needed bool) {
	m := Member{c.Path(), s.fate(c, needed), why, c}
	if at, ok := s.at[c]; ok && (s.members[at].Fate == m.Fate || !needed || c.Role != policy.Job) {
		return
	} else if ok {
		s.members[at] = m
	} else {
		s.at[c] = len(s.members)
		s.members = append(s.members, m)
	}
	// A child that needs a job that is not run again keeps what it was given, or has not started yet.
	if m.Fate != fateUnlessDone {
		s.queue = append(s.queue, c)
	}
	for _, child := range c.Members() {
		s.join(child, "is part of "+c.Name, false)
	}
}

// spread takes in whatever shares the fate of a member.
func (s *scope) spread(m *tree.Child) {
	for _, user := range s.users[m] {
		if m != s.failed || m.Role != policy.Job { // who needs a job that failed has not started yet
			s.join(user, "needs "+m.Name, true)
		}
	}
	for _, other := range s.sidecars[m] {
		if other.Linked {
			s.join(other, "is a linked sidecar of "+m.Name, false)
		}
	}
	if m.Parent != nil && isSibling(m) {
		s.takeAlong(m)
	}
}

// takeAlong takes in the siblings that the strategy of a child's group or supervisor restarts with it. A group's
// strategy is its own: to the supervisor's, the failure of a member is none of its business.
func (s *scope) takeAlong(c *tree.Child) {
	by := c.Parent
	if c.Group != nil {
		by = c.Group
	}
	end, again := s.taken[by]
	var slots [][]*tree.Child
	first := 0
	switch by.Strategy.Value {
	case policy.OneForOne:
		return
	case policy.OneForAll:
		if again {
			return
		}
		slots = [][]*tree.Child{by.Members()}
	case policy.RestForOne:
		slots = s.slots[by]
		last := len(s.places[c]) - 1 // a group's order is behind the supervisor's
		first = s.places[c][last].slot + 1
	}
	if !again {
		end = len(slots)
	}
	for i := first; i < end; i++ {
		for _, other := range slots[i] {
			if isSibling(other) {
				s.join(other, fmt.Sprintf("%s of %s", by.Strategy.Value, by.Name), false)
			}
		}
	}
	s.taken[by] = min(first, end)
}

// What happens to a member.
const (
	fateRestarts   = "restarts"
	fateAgain      = "runs again"
	fateUnlessDone = "runs again, unless it has completed"
	fateStopped    = "is stopped for good"
	fateGone       = "does not come back"
)

// fate is what happens to a member. A job that has completed is only run again where everything declared starts
// anew, or for a new value, if what it needs went down.
func (s *scope) fate(c *tree.Child, needed bool) string {
	fresh := isPart(c, s.failed) && s.failed.Role == policy.Supervisor
	temporary := c.On[policy.OutcomeSuccess].Value.Action == policy.ActionStop && c.On[policy.OutcomeError].Value.Action == policy.ActionStop
	switch {
	case c.Dynamic && fresh:
		return fateGone
	case c == s.failed:
		return fateRestarts
	case c.Role == policy.Job && (needed && c.Provides != "" || fresh):
		return fateAgain
	case c.Role == policy.Job:
		return fateUnlessDone
	case temporary && !fresh:
		return fateStopped
	}
	return fateRestarts
}

// isPart reports whether c is p, or somewhere below it.
func isPart(c, p *tree.Child) bool {
	for ; c != nil; c = c.Parent {
		if c == p {
			return true
		}
	}
	return false
}
