package effective

import (
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/policy"
)

// relations are who has to do with whom in a tree. A child names those it starts after; here it is known from the
// other side too. They are looked up once for a tree: it may have many children, and each is asked about.
type relations struct {
	rank     map[*tree.Child]int             // in the order of the file
	users    map[*tree.Child][]*tree.Child   // who needs a child, in the order of the file
	sidecars map[*tree.Child][]*tree.Child   // whose primary a child is, the same
	slots    map[*tree.Child][][]*tree.Child // of each supervisor and group under rest_for_one
	places   map[*tree.Child][]place         // that of its supervisor before that of its group
	stops    *tree.Stops
}

// A place is where rest_for_one puts a child.
type place struct {
	by   *tree.Child // the supervisor, or the group, whose strategy it is
	slot int
}

func relationsIn(root *tree.Child) *relations {
	r := &relations{
		map[*tree.Child]int{}, map[*tree.Child][]*tree.Child{}, map[*tree.Child][]*tree.Child{},
		map[*tree.Child][][]*tree.Child{}, map[*tree.Child][]place{}, tree.StopsOf(root),
	}
	for c := range root.All() {
		r.rank[c] = len(r.rank)
		for _, need := range c.Needs {
			r.users[need.Child] = append(r.users[need.Child], c)
		}
		if c.Of != nil {
			r.sidecars[c.Of] = append(r.sidecars[c.Of], c)
		}
		if slots := c.Slots(); slots != nil {
			r.slots[c] = slots
			r.seat(c, slots)
		}
	}
	return r
}

func (r *relations) seat(by *tree.Child, slots [][]*tree.Child) {
	for i, slot := range slots {
		for _, c := range slot {
			r.places[c] = append(r.places[c], place{by, i})
		}
	}
}

// order is the place of a child that it starts and stops by: a rest_for_one of its supervisor holds for the members of
// groups as well. It is none, with a nil supervisor, if nothing orders the child.
func (r *relations) order(c *tree.Child) place {
	if places := r.places[c]; len(places) > 0 {
		return places[0]
	}
	return place{}
}

// isSibling reports whether strategies know a child: sidecars and dynamic children stand outside of them.
func isSibling(c *tree.Child) bool { return c.Role != policy.Sidecar && !c.Dynamic }
