package tree

import (
	"slices"

	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/runtime/policy"
)

// Slots is the order that rest_for_one puts the children of a supervisor or a group in: those in a slot start when
// those in the slot before are ready, and stop before them. Sidecars and dynamic children stand outside of it. The
// members of a group share a slot of its supervisor, unless the group is under rest_for_one too. Without rest_for_one
// there are none.
func (c *Child) Slots() [][]*Child {
	if c.Strategy.Value != policy.RestForOne {
		return nil
	}
	var slots [][]*Child
	add := func(slot ...*Child) {
		if slot = slices.DeleteFunc(slices.Clone(slot), OutsideOrder); len(slot) > 0 {
			slots = append(slots, slot)
		}
	}
	for _, child := range c.Children {
		switch {
		case child.Role != policy.Group:
			add(child)
		case child.Strategy.Value == policy.RestForOne:
			slots = append(slots, child.Slots()...)
		default:
			add(child.Children...)
		}
	}
	return slots
}

func OutsideOrder(c *Child) bool {
	return c.Dynamic || c.Role == policy.Sidecar || c.Role == syntax.NoRole
}
