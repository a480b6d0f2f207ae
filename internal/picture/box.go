package picture

import (
	"math"

	"github.com/supgen/supgen/dsl/tree"
)

// The measures of the picture, in pixels.
const (
	titleSize    = 13.0
	subtitleSize = 10.5
	leafHeight   = 40.0
	header       = 30.0 // of a box, above what is in it
	padding      = 14.0 // of a box, on all sides
	spacing      = 12.0 // between what stands above each other
	lane         = 9.0  // what a line has to itself in a column
)

// A box is a child in the picture: a leaf, or a supervisor or a group with boxes in it.
type box struct {
	child  *tree.Child
	small  string // what is printed below its name, or behind it
	parent *box
	items  []*box
	level  int

	x, y, w, h float64 // within the parent's, later of the picture

	rank    int              // its column in the parent's, before columns are split
	wires   []wire           // between what is in it, and from there to its borders
	laid    map[wire]bool    // is in wires
	columns []column         // what is in it and has lines; the first and the last are the borders
	loose   []*box           // what is in it and has none
	ports   map[port]float64 // how far below its top
}

// A net is the lines to one provider that look alike: they share a trunk.
type net struct {
	to       *box
	kind     kind
	backward bool // the provider is right of its dependants; see ranks
}

// A port is where a net crosses the border of a box.
type port struct {
	net
	right bool
}

// A wire is the part of a net within one box, from left to right. A nil end is the box's border.
type wire struct {
	net
	left, right *box
}

// boxes makes the box of a child and all below it.
func boxes(c *tree.Child, t turns, parent *box, of map[*tree.Child]*box) *box {
	b := &box{child: c, small: t.subtitle(c), parent: parent, laid: map[wire]bool{}, ports: map[port]float64{}}
	of[c] = b
	if parent != nil {
		b.level = parent.level + 1
	}
	for _, child := range c.Children {
		b.items = append(b.items, boxes(child, t, b, of))
	}
	if len(b.items) == 0 {
		b.h = leafHeight
		b.w = math.Ceil(max(measure(title(c), titleSize), measure(b.small, subtitleSize))) + 2*padding
	}
	return b
}

// common is the innermost box that two boxes are in, and what in it each of them is, or is part of.
func common(a, b *box) (in, aItem, bItem *box) {
	for a.level > b.level {
		a = a.parent
	}
	for b.level > a.level {
		b = b.parent
	}
	for a.parent != b.parent {
		a, b = a.parent, b.parent
	}
	return a.parent, a, b
}

// connect lays the wires of a relation, in each box that it goes through, and answers with its net.
func connect(from, to *box, k kind) net {
	in, fromItem, toItem := common(from, to)
	n := net{to, k, toItem.rank > fromItem.rank}
	left, right := toItem, fromItem
	if n.backward {
		left, right = fromItem, toItem
	}
	in.lay(wire{n, left, right})
	for b := from; b != fromItem; b = b.parent {
		b.parent.layOut(n, b, n.backward)
	}
	for b := to; b != toItem; b = b.parent {
		b.parent.layOut(n, b, !n.backward)
	}
	return n
}

// layOut lays a wire from an item to a border.
func (b *box) layOut(n net, item *box, right bool) {
	if right {
		b.lay(wire{n, item, nil})
	} else {
		b.lay(wire{n, nil, item})
	}
}

func (b *box) lay(w wire) {
	if !b.laid[w] {
		b.laid[w] = true
		b.wires = append(b.wires, w)
	}
}

// attach is how far below its top a net meets a box.
func (b *box) attach(n net, right bool) float64 { return b.ports[port{n, right}] }
