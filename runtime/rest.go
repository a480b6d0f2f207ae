package runtime

// restOrders are the orders of siblings that rest_for_one makes: they start one slot after another, and stop in reverse. Replicas
// are one, and so are the members of a group to the supervisor's order, unless the group is rest_for_one itself. Sidecars and
// dynamic children stand outside.
type restOrders struct {
	members map[ID][]ID // by supervisor or group: in the order of the file
	seats   []seat      // by row
}

// A seat is where a child stands.
type seat struct {
	in    ID  // the supervisor or the group
	slot  int // from 1; 0 is nowhere
	head  ID  // the first that stands in its slot
	elder ID  // the first of the slot before; 0 is none
}

func restOrdersOf(table []Child) restOrders {
	o := restOrders{make(map[ID][]ID), make([]seat, len(table))}
	for i, c := range table {
		if i == 0 || c.Role == Group || c.Role == Sidecar || c.Dynamic {
			continue
		}
		in := c.Parent
		if table[in].Strategy != RestForOne {
			if in = c.Group; in == 0 || table[in].Strategy != RestForOne {
				continue
			}
		}
		s := seat{in: in, slot: 1, head: ID(i)}
		if elders := o.members[in]; len(elders) > 0 {
			last := elders[len(elders)-1]
			s = o.seats[last]
			if c.Group == 0 || c.Group != table[last].Group || table[c.Group].Strategy == RestForOne {
				s = seat{in, s.slot + 1, ID(i), s.head}
			}
		}
		o.members[in], o.seats[i] = append(o.members[in], ID(i)), s
	}
	return o
}
