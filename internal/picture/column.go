package picture

import (
	"cmp"
	"math"
	"slices"
)

// A column is what stands above each other in a box, from the top down.
type column struct {
	slots []*slot
	x, w  float64
}

// A slot is the place of one thing in a column: of an item, or of a net that passes the column, or, in the first and
// the last column, that crosses the border.
type slot struct {
	item   *box // or nil
	net    net
	column int
	index  int     // in the column
	y, h   float64 // its top
	joins  []joint // to the columns beside it
}

// A joint is one end of a link.
type joint struct {
	net  net
	to   *slot
	next int // +1 to the right
}

// A link is a piece of a net between two neighbouring columns.
type link struct {
	net         net
	left, right *slot
}

// A frame is a box while what is in it is laid out in columns.
type frame struct {
	*box
	slots  map[*box]*slot
	lanes  map[lanePlace]*slot
	links  []link
	linked map[link]bool
}

type lanePlace struct {
	net    net
	column int
}

// columnsOf puts the items of a box that have lines into columns, and the lines between them.
func columnsOf(b *box) *frame {
	f := &frame{b, map[*box]*slot{}, map[lanePlace]*slot{}, nil, map[link]bool{}}
	wired := map[*box]bool{}
	for _, w := range b.wires {
		wired[w.left], wired[w.right] = true, true
	}
	var items []*box
	for _, item := range b.items {
		if wired[item] {
			items = append(items, item)
		} else {
			b.loose = append(b.loose, item)
		}
	}
	f.fill(items)
	for _, w := range b.wires {
		f.run(w)
	}
	return f
}

// fill makes the columns. A rank that would be much higher than the box is wide takes several: none of its items
// waits for another.
func (f *frame) fill(items []*box) {
	area, highest := 0.0, 0.0
	for _, item := range items {
		area += (item.w + 60) * (item.h + spacing)
		highest = max(highest, item.h)
	}
	most := max(math.Sqrt(area)*1.1, highest, 6*(leafHeight+spacing))
	bands := f.bands(items, most)
	slices.SortStableFunc(items, func(a, b *box) int {
		return cmp.Or(cmp.Compare(bands[a], bands[b]), cmp.Compare(a.rank, b.rank))
	})
	f.columns = []column{{}} // the left border
	band, rank, height := -1, -1, 0.0
	for _, item := range items {
		if bands[item] != band || item.rank != rank || height+item.h > most {
			f.columns = append(f.columns, column{})
			band, rank, height = bands[item], item.rank, 0
		}
		height += item.h + spacing
		f.slots[item] = f.add(len(f.columns)-1, &slot{item: item, h: item.h})
	}
	f.columns = append(f.columns, column{}) // the right border
}

func (f *frame) add(column int, s *slot) *slot {
	s.column = column
	f.columns[column].slots = append(f.columns[column].slots, s)
	return s
}

// run lays the links of a wire, and the lanes on its way.
func (f *frame) run(w wire) {
	from, to := 0, len(f.columns)-1
	at := f.lane(w.net, from, w.left)
	if w.left != nil {
		from = at.column
	}
	if w.right != nil {
		to = f.slots[w.right].column
	}
	for column := from + 1; column <= to; column++ {
		var end *box
		if column == to {
			end = w.right
		}
		next := f.lane(w.net, column, end)
		f.link(link{w.net, at, next})
		at = next
	}
}

// lane is the slot of an item, or of a net where it passes a column.
func (f *frame) lane(n net, column int, item *box) *slot {
	if item != nil {
		return f.slots[item]
	}
	place := lanePlace{n, column}
	if f.lanes[place] == nil {
		f.lanes[place] = f.add(column, &slot{net: n})
	}
	return f.lanes[place]
}

func (f *frame) link(l link) {
	if f.linked[l] {
		return
	}
	f.linked[l] = true
	f.links = append(f.links, l)
	l.left.joins = append(l.left.joins, joint{l.net, l.right, +1})
	l.right.joins = append(l.right.joins, joint{l.net, l.left, -1})
}

// spread gives each net a place of its own where it meets an item: below each other as where they go to, so that they
// are distinguished up to their ends. Those that go on inside of a box have theirs already.
func (f *frame) spread() {
	for _, c := range f.columns {
		for _, s := range c.slots {
			if s.item != nil {
				s.spread(-1)
				s.spread(+1)
			}
		}
	}
}

func (s *slot) spread(side int) {
	var nets []net
	sum, n := map[net]float64{}, map[net]float64{}
	for _, j := range s.joins {
		if _, ok := s.item.ports[port{j.net, side > 0}]; ok || j.next != side {
			continue
		}
		if n[j.net] == 0 {
			nets = append(nets, j.net)
		}
		sum[j.net], n[j.net] = sum[j.net]+float64(j.to.index), n[j.net]+1
	}
	slices.SortStableFunc(nets, func(a, b net) int { return cmp.Compare(sum[a]/n[a], sum[b]/n[b]) })
	height := s.item.h
	if len(s.item.items) > 0 {
		height = header
	}
	step := min(lane, (height-2*6)/max(1, float64(len(nets)-1)))
	for i, net := range nets {
		s.item.ports[port{net, side > 0}] = height/2 + step*(float64(i)-float64(len(nets)-1)/2)
	}
}
