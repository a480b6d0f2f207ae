package picture

import (
	"cmp"
	"math"
	"slices"
)

// arrange lays a box out from the inside out: its size, and where in it everything is. It answers with the frames
// that the lines are drawn by.
func arrange(b *box) []*frame {
	if len(b.items) == 0 {
		return nil
	}
	var frames []*frame
	for _, item := range b.items {
		frames = append(frames, arrange(item)...)
	}
	f := columnsOf(b)
	f.order()
	f.spread()
	f.placeAcross()
	for range 6 {
		f.placeDown(-1)
		f.placeDown(+1)
	}
	bottom := f.settle()
	b.pack(bottom)
	title := measure(title(b.child)+"   "+b.small, titleSize)
	b.w = max(b.w, title+2*padding)
	last := &f.columns[len(f.columns)-1]
	last.x = b.w // it may have grown
	for _, s := range f.columns[0].slots {
		b.ports[port{s.net, false}] = s.y
	}
	for _, s := range last.slots {
		b.ports[port{s.net, true}] = s.y
	}
	return append(frames, f)
}

// placeAcross gives the columns their widths, and the room between them that their lines need.
func (f *frame) placeAcross() {
	x := padding
	gaps := f.gaps()
	for i := range f.columns {
		c := &f.columns[i]
		for _, s := range c.slots {
			if s.item != nil {
				c.w = max(c.w, s.item.w)
			}
		}
		c.x = x
		x += c.w
		if i < len(gaps) {
			x += gaps[i].width()
		}
		c.align()
	}
	f.w = x + padding
	f.columns[0].x = 0
}

// align puts the items of a column at its left, and makes its leaves equally wide.
func (c column) align() {
	widest := 0.0
	for _, s := range c.slots {
		if s.item != nil && len(s.item.items) == 0 {
			widest = max(widest, s.item.w)
		}
	}
	for _, s := range c.slots {
		if s.item != nil {
			s.item.x = c.x
		}
		if s.item != nil && len(s.item.items) == 0 {
			s.item.w = widest
		}
	}
}

// placeDown moves the slots of each column to where they are joined to on a side, as near as their order and the
// room they need let them.
func (f *frame) placeDown(side int) {
	columns := make([]int, len(f.columns))
	for i := range columns {
		columns[i] = i
	}
	if side > 0 {
		slices.Reverse(columns)
	}
	for _, i := range columns {
		slots := f.columns[i].slots
		wanted, weights := make([]float64, len(slots)), make([]float64, len(slots))
		offset := 0.0
		for at, s := range slots {
			offset += before(slots, at)
			wanted[at], weights[at] = s.wanted(side)-offset, s.weight()
			offset += s.h
		}
		offset = 0
		for at, top := range increasing(wanted, weights) {
			offset += before(slots, at)
			slots[at].y = top + offset
			offset += slots[at].h
		}
	}
}

// before is the room above a slot.
func before(slots []*slot, at int) float64 {
	switch {
	case at == 0:
		return 0
	case slots[at].item == nil && slots[at-1].item == nil:
		return lane
	}
	return spacing
}

// wanted is the top of a slot at which its lines to a side would be level.
func (s *slot) wanted(side int) float64 {
	sum, n := 0.0, 0
	for _, j := range s.joins {
		if j.next == side {
			sum += j.to.y + j.to.attach(j.net, side < 0) - s.attach(j.net, side > 0)
			n++
		}
	}
	if n == 0 {
		return s.y
	}
	return sum / float64(n)
}

// weight keeps long lines straight rather than boxes in place.
func (s *slot) weight() float64 {
	if s.item == nil {
		return 4
	}
	return 1
}

func (s *slot) attach(n net, right bool) float64 {
	if s.item == nil {
		return 0
	}
	return s.item.attach(n, right)
}

// increasing is the sequence nearest to the values, by weighted squares, that never decreases: neighbours that would
// are pooled.
func increasing(values, weights []float64) []float64 {
	type pool struct {
		mean, weight float64
		n            int
	}
	var pools []pool
	for i, v := range values {
		p := pool{v, weights[i], 1}
		for len(pools) > 0 && pools[len(pools)-1].mean > p.mean {
			last := pools[len(pools)-1]
			pools = pools[:len(pools)-1]
			weight := last.weight + p.weight
			p = pool{(last.mean*last.weight + p.mean*p.weight) / weight, weight, last.n + p.n}
		}
		pools = append(pools, p)
	}
	var result []float64
	for _, p := range pools {
		for range p.n {
			result = append(result, p.mean)
		}
	}
	return result
}

// settle moves everything below the header, takes out what is empty across all columns, and is where the lowest slot
// ends.
func (f *frame) settle() (bottom float64) {
	var slots []*slot
	for _, c := range f.columns {
		slots = append(slots, c.slots...)
	}
	slices.SortStableFunc(slots, func(a, b *slot) int { return cmp.Compare(a.y, b.y) })
	bottom = header
	const gap = spacing * 1.5
	shift := 0.0
	for i, s := range slots {
		switch {
		case i == 0:
			shift = s.y - header - 4
		case s.y-shift > bottom+gap:
			shift = s.y - bottom - gap
		}
		s.y = math.Round(s.y - shift)
		bottom = max(bottom, s.y+s.h)
		if s.item != nil {
			s.item.y = s.y
		}
	}
	return bottom
}

// pack puts what has no lines below the columns, in the order of the file: leaves in a grid, boxes in rows.
func (b *box) pack(y float64) {
	area, leafWidth := 0.0, 0.0
	for _, item := range b.loose {
		area += (item.w + spacing) * (item.h + spacing)
		if len(item.items) == 0 {
			leafWidth = max(leafWidth, item.w)
		}
	}
	most := max(b.w-2*padding, math.Sqrt(area*2))
	if y > header && len(b.loose) > 0 {
		y += spacing
	}
	r := row{b: b, x: padding, y: y, most: most}
	for _, leaves := range []bool{true, false} {
		for _, item := range b.loose {
			if leaf := len(item.items) == 0; leaf == leaves {
				if leaf {
					item.w = leafWidth
				}
				r.add(item)
			}
		}
		r.wrap()
	}
	b.h = max(r.y-spacing, y) + padding
}

// A row is what is packed side by side.
type row struct {
	b       *box
	x, y, h float64
	most    float64
}

func (r *row) add(item *box) {
	if r.x > padding && r.x+item.w > padding+r.most {
		r.wrap()
	}
	item.x, item.y = r.x, r.y
	r.x += item.w + spacing
	r.h = max(r.h, item.h)
	r.b.w = max(r.b.w, r.x-spacing+padding)
}

func (r *row) wrap() {
	if r.h > 0 {
		r.y += r.h + spacing
	}
	r.x, r.h = padding, 0
}
