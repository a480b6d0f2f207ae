package picture

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// corner is the radius that lines turn with.
const corner = 8.0

// A gap is the room between two neighbouring columns. In it each net goes up and down on a track of its own.
type gap struct {
	bundles []*bundle
}

// A bundle is the links of a net in a gap. They meet in one slot, on the side of the provider.
type bundle struct {
	net       net
	links     []link
	track     float64
	followers []*bundle // whose tracks have to be behind
	ahead     int       // how many it follows itself, of those that have no track yet
}

// gaps collects the links between the columns; gap i is right of column i.
func (f *frame) gaps() []gap {
	gaps := make([]gap, len(f.columns)-1)
	at := map[lanePlace]*bundle{}
	for _, l := range f.links {
		place := lanePlace{l.net, l.left.column}
		if at[place] == nil {
			at[place] = &bundle{net: l.net}
			gaps[l.left.column].bundles = append(gaps[l.left.column].bundles, at[place])
		}
		at[place].links = append(at[place].links, l)
	}
	return gaps
}

// width is the room that a gap needs. Where very many nets pass, they come nearer to each other.
func (g gap) width() float64 {
	if len(g.bundles) == 0 {
		return 0
	}
	return 3*corner + min(float64(len(g.bundles))*lane, 220) + corner
}

// assign gives each bundle its track between two columns. Of two that go the same way, up or down, the tracks are
// ordered so that they do not cross. One that leaves on the left where another arrives on the right turns before that,
// or they would run on top of each other.
func (g gap) assign(left, right float64) {
	slices.SortStableFunc(g.bundles, func(a, b *bundle) int { return cmp.Compare(a.order(), b.order()) })
	g.queue()
	for i := range g.bundles {
		rest := g.bundles[i:]
		first := slices.IndexFunc(rest, func(b *bundle) bool { return b.ahead == 0 })
		if first > 0 { // if each follows another, there is no such order
			b := rest[first]
			copy(rest[1:first+1], rest[:first])
			rest[0] = b
		}
		for _, b := range rest[0].followers {
			b.ahead--
		}
	}
	step := (right - left - 3*corner) / float64(len(g.bundles)+1)
	for i, b := range g.bundles {
		b.track = left + 1.5*corner + step*float64(i+1)
	}
}

// queue finds who follows whom: a bundle those that leave on the left where it arrives on the right.
func (g gap) queue() {
	const near = 3.0
	type start struct {
		y  float64
		of *bundle
	}
	var starts []start
	for _, b := range g.bundles {
		for _, l := range b.links {
			starts = append(starts, start{l.leftY(), b})
		}
	}
	slices.SortStableFunc(starts, func(a, b start) int { return cmp.Compare(a.y, b.y) })
	starts = slices.Compact(starts) // most links of a bundle leave at one place
	for _, b := range g.bundles {
		known := map[*bundle]bool{b: true}
		for _, l := range b.links {
			y := l.rightY()
			at, _ := slices.BinarySearchFunc(starts, y-near, func(s start, y float64) int { return cmp.Compare(s.y, y) })
			for ; at < len(starts) && starts[at].y < y+near; at++ {
				other := starts[at].of
				if math.Abs(y-starts[at].y) < near && !known[other] {
					known[other] = true
					other.followers = append(other.followers, b)
					b.ahead++
				}
			}
		}
	}
}

// order is where a bundle's track belongs: what goes down from far below comes first, what goes up from there last.
func (b *bundle) order() float64 {
	one, sum := b.meeting(), 0.0
	for _, l := range b.links {
		sum += b.far(l) - one
	}
	if (sum > 0) != b.net.backward {
		return -one
	}
	return one
}

// meeting is the height at which the links meet, and far that at which one ends.
func (b *bundle) meeting() float64 {
	if b.net.backward {
		return b.links[0].rightY()
	}
	return b.links[0].leftY()
}

func (b *bundle) far(l link) float64 {
	if b.net.backward {
		return l.leftY()
	}
	return l.rightY()
}

func (l link) leftY() float64  { return l.left.y + l.left.attach(l.net, true) }
func (l link) rightY() float64 { return l.right.y + l.right.attach(l.net, false) }

// trace adds to each net's path what of it is in one box.
func (f *frame) trace(paths map[net]*strings.Builder) {
	to := func(n net) *strings.Builder {
		if paths[n] == nil {
			paths[n] = &strings.Builder{}
		}
		return paths[n]
	}
	for i, g := range f.gaps() {
		left, right := f.columns[i], f.columns[i+1]
		g.assign(f.x+left.x+left.w, f.x+right.x)
		for _, b := range g.bundles {
			f.draw(to(b.net), b, left, right)
		}
	}
	for _, c := range f.columns {
		for _, s := range c.slots {
			if s.item == nil && c.w > 0 {
				fmt.Fprintf(to(s.net), "M%.1f %.1fh%.1f", f.x+c.x, f.y+s.y, c.w)
			}
		}
	}
}

// draw adds a bundle to a path: from where its links meet to its track, along that, and to each far end.
func (f *frame) draw(path *strings.Builder, b *bundle, left, right column) {
	ends := slices.Clone(b.links)
	slices.SortFunc(ends, func(x, y link) int { return cmp.Compare(b.far(x), b.far(y)) })
	y0 := f.y + b.meeting()
	for i, l := range ends {
		near, far, ahead := f.x+left.x+left.w, f.x+right.x, 1.0
		if l.left.item != nil {
			near = f.x + left.x + l.left.item.w
		}
		if b.net.backward {
			near, far, ahead = far, near, -1
		}
		y := f.y + b.far(l)
		outermost := i == 0 || i == len(ends)-1
		down := math.Copysign(1, y-y0)
		before, behind := b.track-ahead*corner, b.track+ahead*corner
		switch {
		case math.Abs(y-y0) < 2*corner:
			fmt.Fprintf(path, "M%.1f %.1fH%.1fC%.1f %.1f %.1f %.1f %.1f %.1f", near, y0, before, b.track, y0, b.track, y, behind, y)
		case outermost:
			fmt.Fprintf(path, "M%.1f %.1fH%.1fQ%.1f %.1f %.1f %.1fV%.1fQ%.1f %.1f %.1f %.1f", near, y0, before,
				b.track, y0, b.track, y0+down*corner, y-down*corner, b.track, y, behind, y)
		default: // the trunk is there already
			fmt.Fprintf(path, "M%.1f %.1fQ%.1f %.1f %.1f %.1f", b.track, y-down*corner, b.track, y, behind, y)
		}
		fmt.Fprintf(path, "H%.1f", far)
	}
}
