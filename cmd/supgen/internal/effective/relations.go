package effective

import (
	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/runtime"
)

// relations are who has to do with whom in a tree. A child names those it starts after; here it is known from the
// other side too. They are looked up once for a tree: it may have many children, and each is asked about.
type relations struct {
	rank     map[*dsl.Child]int            // in the order of the file
	users    map[*dsl.Child][]*dsl.Child   // who needs a child, in the order of the file
	sidecars map[*dsl.Child][]*dsl.Child   // whose primary a child is, the same
	slots    map[*dsl.Child][][]*dsl.Child // of each supervisor and group under rest_for_one
	places   map[*dsl.Child][]place        // that of its supervisor before that of its group
	stops    *dsl.Stops
}

// A place is where rest_for_one puts a child.
type place struct {
	by   *dsl.Child // the supervisor, or the group, whose strategy it is
	slot int
}

func relationsIn(root *dsl.Child) *relations {
	r := &relations{
		map[*dsl.Child]int{}, map[*dsl.Child][]*dsl.Child{}, map[*dsl.Child][]*dsl.Child{},
		map[*dsl.Child][][]*dsl.Child{}, map[*dsl.Child][]place{}, dsl.StopsOf(root),
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

func (r *relations) seat(by *dsl.Child, slots [][]*dsl.Child) {
	for i, slot := range slots {
		for _, c := range slot {
			r.places[c] = append(r.places[c], place{by, i})
		}
	}
}

// order is the place of a child that it starts and stops by: a rest_for_one of its supervisor holds for the members of
// groups as well. It is none, with a nil supervisor, if nothing orders the child.
func (r *relations) order(c *dsl.Child) place {
	if places := r.places[c]; len(places) > 0 {
		return places[0]
	}
	return place{}
}

// isSibling reports whether strategies know a child: sidecars and dynamic children stand outside of them.
func isSibling(c *dsl.Child) bool { return c.Role != runtime.Sidecar && !c.Dynamic }
