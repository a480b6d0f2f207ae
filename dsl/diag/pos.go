package diag

import (
	"cmp"
	"fmt"
)

// A Pos is a place in a .sup file. The zero Pos is none.
type Pos struct {
	File   string // as it was given to Parse
	Offset int    // in bytes, from 0
	Line   int    // from 1
	Column int    // in bytes, from 1
}

// IsValid reports whether p is a place at all.
func (p Pos) IsValid() bool { return p.Line > 0 }

// String is "shop.sup:7:9", which editors and terminals turn into a link. What does not show in the name of the file is
// escaped; see [VisibleLine].
func (p Pos) String() string {
	return fmt.Sprintf("%s:%d:%d", VisibleLine(p.File), p.Line, p.Column)
}

// Plus is the place n bytes further on the same line.
func (p Pos) Plus(n int) Pos {
	p.Offset += n
	p.Column += n
	return p
}

// Compare orders places by file and offset.
func (p Pos) Compare(q Pos) int {
	if p.File != q.File {
		return cmp.Compare(p.File, q.File)
	}
	return cmp.Compare(p.Offset, q.Offset)
}

// A Range is what stands from Pos up to End, in one file. The zero Range is none.
type Range struct{ Pos, End Pos }

// Holds reports whether p is in r, or right behind it.
func (r Range) Holds(p Pos) bool { return r.Pos.Compare(p) <= 0 && p.Compare(r.End) <= 0 }
