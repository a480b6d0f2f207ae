package tree

import (
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
	rows, table := []*Child{c}, []policy.Spec{{Strategy: policy.RestForOne}}
	var add func(children []*Child, group policy.ID)
	add = func(children []*Child, group policy.ID) {
		for _, child := range children {
			id := policy.ID(len(rows))
			switch {
			case child.Role == policy.Group:
				rows, table = append(rows, child), append(table, policy.Spec{Role: policy.Group, Strategy: child.Strategy.Value})
				add(child.Children, id)
			case !OutsideOrder(child):
				rows, table = append(rows, child), append(table, policy.Spec{Role: child.Role, Group: group})
			}
		}
	}
	add(c.Children, 0)
	var slots [][]*Child
	for _, members := range policy.RestOrdersOf(table).Slots(0) {
		var slot []*Child
		for _, id := range members {
			slot = append(slot, rows[id])
		}
		slots = append(slots, slot)
	}
	return slots
}

// OutsideOrder reports whether a child stands outside the order of its siblings.
func OutsideOrder(c *Child) bool {
	return c.Dynamic || c.Role == policy.Sidecar || c.Role == syntax.NoRole
}
