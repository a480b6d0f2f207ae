package policy

// RestOrders are the orders of siblings that rest_for_one makes: they start one slot after another, and stop in reverse. Replicas
// are one, and so are the members of a group to the supervisor's order, unless the group is rest_for_one itself. Sidecars and
// dynamic children stand outside.
type RestOrders struct {
	Members map[ID][]ID // by supervisor or group: in the order of the file
	Seats   []Seat      // by row
}

// A Seat is where a child stands.
type Seat struct {
	In    ID  // the supervisor or the group
	Slot  int // from 1; 0 is nowhere
	Head  ID  // the first that stands in its slot
	Elder ID  // the first of the slot before; 0 is none
}

// RestOrdersOf lays out the orders of a tree.
func RestOrdersOf(table []Spec) RestOrders {
	o := RestOrders{make(map[ID][]ID), make([]Seat, len(table))}
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
		s := Seat{In: in, Slot: 1, Head: ID(i)}
		if elders := o.Members[in]; len(elders) > 0 {
			last := elders[len(elders)-1]
			s = o.Seats[last]
			if c.Group == 0 || c.Group != table[last].Group || table[c.Group].Strategy == RestForOne {
				s = Seat{in, s.Slot + 1, ID(i), s.Head}
			}
		}
		o.Members[in], o.Seats[i] = append(o.Members[in], ID(i)), s
	}
	return o
}

// Slots returns the members of a supervisor or group by slot.
func (o RestOrders) Slots(in ID) (slots [][]ID) {
	for _, id := range o.Members[in] {
		if o.Seats[id].Slot > len(slots) {
			slots = append(slots, nil)
		}
		last := &slots[len(slots)-1]
		*last = append(*last, id)
	}
	return slots
}
