package effective

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/runtime"
)

// A Member is a child that goes down, and mostly comes back, when another one is restarted.
type Member struct {
	Path string `json:"path"`
	Fate string `json:"fate"`
	Why  string `json:"why"`
	of   *dsl.Child
}

// restarted is what an automatic restart of a child takes along, itself first, the others in the order of the file.
// Children that have ended, or that an operator holds, are left as they are; that is not known here.
func restarted(c *dsl.Child, users users) []Member {
	s := &scope{failed: c, users: users, in: map[*dsl.Child]bool{}}
	s.join(c, "failed")
	for i := 0; i < len(s.members); i++ {
		s.spread(s.members[i].of)
	}
	rank := map[*dsl.Child]int{}
	for child := range c.Root().All() {
		rank[child] = len(rank)
	}
	slices.SortStableFunc(s.members[1:], func(a, b Member) int { return cmp.Compare(rank[a.of], rank[b.of]) })
	return s.members
}

// A scope is what goes down together.
type scope struct {
	failed  *dsl.Child
	users   users
	members []Member
	in      map[*dsl.Child]bool
}

// join takes in a child and all that is below it.
func (s *scope) join(c *dsl.Child, why string) {
	if s.in[c] {
		return
	}
	s.in[c] = true
	s.members = append(s.members, Member{c.Path(), s.fate(c), why, c})
	for _, child := range c.Members() {
		s.join(child, "is part of "+c.Name)
	}
}

// spread takes in whatever shares the fate of a member.
func (s *scope) spread(m *dsl.Child) {
	for _, user := range s.users[m] {
		s.join(user, "needs "+m.Name)
	}
	if m.Parent == nil {
		return
	}
	for _, other := range m.Parent.Members() {
		if other.Of == m && other.Linked {
			s.join(other, "is a linked sidecar of "+m.Name)
		}
	}
	if !isSibling(m) {
		return
	}
	by, others := companions(m)
	for _, other := range others {
		s.join(other, fmt.Sprintf("%s of %s", by.Strategy.Value, by.Name))
	}
}

// companions are the siblings that the strategy of a child's group or supervisor takes along. A group's strategy is
// its own: to the supervisor's, the failure of a member is none of its business.
func companions(c *dsl.Child) (by *dsl.Child, others []*dsl.Child) {
	by = c.Parent
	if c.Group != nil {
		by = c.Group
	}
	switch by.Strategy.Value {
	case runtime.OneForAll:
		return by, siblings(by.Members())
	case runtime.RestForOne:
		for i, slot := range slots(by) {
			if slices.Contains(slot, c) {
				return by, slices.Concat(slots(by)[i+1:]...)
			}
		}
	}
	return by, nil
}

// fate is what becomes of a member.
func (s *scope) fate(c *dsl.Child) string {
	fresh := isPart(c, s.failed) && s.failed.Role == runtime.Supervisor // everything declared starts anew
	temporary := c.On[runtime.OutcomeSuccess].Value == runtime.ActionStop && c.On[runtime.OutcomeError].Value == runtime.ActionStop
	switch {
	case c.Dynamic && fresh:
		return "does not come back"
	case c == s.failed:
		return "restarts"
	case c.Role == runtime.Job && (c.Provides != "" || fresh):
		return "runs again"
	case c.Role == runtime.Job:
		return "runs again, unless it has completed"
	case temporary && !fresh:
		return "is stopped for good"
	}
	return "restarts"
}

// isPart reports whether c is p, or somewhere below it.
func isPart(c, p *dsl.Child) bool {
	for ; c != nil; c = c.Parent {
		if c == p {
			return true
		}
	}
	return false
}
