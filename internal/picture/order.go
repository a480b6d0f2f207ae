package picture

import (
	"cmp"
	"slices"
)

// sweeps is how often the columns are ordered by their neighbours, in turns from the left and from the right.
const sweeps = 12

// order orders the slots of each column so that few lines cross: each goes to the mean place of what it is joined to
// in the column before. Of all orders that come up, the one with the fewest crossings is kept, the first of those.
func (f *frame) order() {
	for i := range f.columns {
		f.columns[i].begin()
	}
	f.number()
	best, fewest := f.snapshot(), f.crossings()
	for sweep := 0; sweep < sweeps && fewest > 0; sweep++ {
		if sweep%2 == 0 {
			for i := 1; i < len(f.columns); i++ {
				f.sort(i, -1)
			}
		} else {
			for i := len(f.columns) - 2; i >= 0; i-- {
				f.sort(i, +1)
			}
		}
		if n := f.crossings(); n < fewest {
			best, fewest = f.snapshot(), n
		}
	}
	for i := range f.columns {
		f.columns[i].slots = best[i]
	}
	f.number()
}

// begin is the order to begin with: that of the file, and in the middle what passes. What has no reason to move stays
// there.
func (c *column) begin() {
	var items, lanes []*slot
	for _, s := range c.slots {
		if s.item != nil {
			items = append(items, s)
		} else {
			lanes = append(lanes, s)
		}
	}
	half := len(items) / 2
	c.slots = slices.Concat(items[:half], lanes, items[half:])
}

func (f *frame) number() {
	for _, c := range f.columns {
		for i, s := range c.slots {
			s.index = i
		}
	}
}

func (f *frame) snapshot() [][]*slot {
	var all [][]*slot
	for _, c := range f.columns {
		all = append(all, slices.Clone(c.slots))
	}
	return all
}

// sort orders a column by the one on a side of it. What is not joined to that side stays where it is.
func (f *frame) sort(column, side int) {
	slots := f.columns[column].slots
	mean := map[*slot]float64{}
	var moved []*slot
	for _, s := range slots {
		sum, n := 0.0, 0
		for _, j := range s.joins {
			if j.next == side {
				sum += (float64(j.to.index) + 0.5) / float64(len(f.columns[column+side].slots))
				n++
			}
		}
		if n > 0 {
			mean[s] = sum / float64(n)
			moved = append(moved, s)
		}
	}
	slices.SortStableFunc(moved, func(a, b *slot) int { return cmp.Compare(mean[a], mean[b]) })
	for i, s := range slots {
		if _, ok := mean[s]; ok {
			slots[i], moved = moved[0], moved[1:]
		}
		slots[i].index = i
	}
}

// crossings counts the pairs of links that cross: of two that start one above the other, the upper one ends below.
func (f *frame) crossings() int {
	between := make([][]link, len(f.columns))
	for _, l := range f.links {
		between[l.left.column] = append(between[l.left.column], l)
	}
	n := 0
	for column, links := range between {
		if len(links) == 0 {
			continue
		}
		slices.SortFunc(links, func(a, b link) int {
			return cmp.Or(cmp.Compare(a.left.index, b.left.index), cmp.Compare(a.right.index, b.right.index))
		})
		n += inversions(links, len(f.columns[column+1].slots))
	}
	return n
}

// inversions counts the pairs of links of which the one that ends lower comes first.
func inversions(links []link, slots int) int {
	ended := make([]int, slots+1) // a Fenwick tree: how many of the links so far end where, from the top
	n := 0
	for i, l := range links {
		n += i
		for at := l.right.index + 1; at > 0; at -= at & -at {
			n -= ended[at]
		}
		for at := l.right.index + 1; at <= slots; at += at & -at {
			ended[at]++
		}
	}
	return n
}
