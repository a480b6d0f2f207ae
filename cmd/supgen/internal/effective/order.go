package effective

import (
	"slices"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/runtime"
)

// slots is the order that rest_for_one puts the children of a supervisor or a group in. It is nil where there is no
// such order.
func slots(s *dsl.Child) [][]*dsl.Child { return s.Slots() }

// isSibling reports whether strategies know a child: sidecars and dynamic children stand outside of them.
func isSibling(c *dsl.Child) bool { return c.Role != runtime.Sidecar && !c.Dynamic }

func siblings(children []*dsl.Child) []*dsl.Child {
	return slices.DeleteFunc(slices.Clone(children), func(c *dsl.Child) bool { return !isSibling(c) })
}

// ordering is the supervisor, or the group, whose rest_for_one a child stands in, and the child's slot. It is nil if
// none orders it.
func ordering(c *dsl.Child) (by *dsl.Child, all [][]*dsl.Child, slot int) {
	for _, by := range []*dsl.Child{c.Parent, c.Group} {
		if by == nil {
			continue
		}
		all := slots(by)
		for i, children := range all {
			if slices.Contains(children, c) {
				return by, all, i
			}
		}
	}
	return nil, nil, 0
}
