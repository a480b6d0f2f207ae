package protocol

import (
	"encoding/json"
	"math"
	"sort"
	"unicode/utf8"
)

// An Encoding is how the characters of a line are counted.
type Encoding string

const (
	UTF8  Encoding = "utf-8"
	UTF16 Encoding = "utf-16" // what a client has that says nothing
	UTF32 Encoding = "utf-32"
)

// A Text is the text of a file, with the beginnings of its lines.
type Text struct {
	Bytes []byte
	lines []int // offsets
}

// NewText is a text; it is not to be changed afterwards. Lines end with a line feed, a carriage return, or both.
func NewText(text []byte) *Text {
	t := &Text{Bytes: text, lines: []int{0}}
	for i, c := range text {
		if c == '\n' || c == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			t.lines = append(t.lines, i+1)
		}
	}
	return t
}

// Position is a place in a file: the line and the character in it, both from 0.
type Position struct {
	Line      uint32 `json:"line"`
	Character uint32 `json:"character"`
}

// UnmarshalJSON reads numbers of any size: what is before the text is its beginning, and what is far behind it its end.
func (p *Position) UnmarshalJSON(text []byte) error {
	var at struct{ Line, Character float64 }
	err := json.Unmarshal(text, &at)
	clamped := func(n float64) uint32 { return uint32(max(0, min(n, math.MaxUint32))) }
	*p = Position{clamped(at.Line), clamped(at.Character)}
	return err
}

// Range is what stands from Start up to End.
type Range struct {
	Start Position `json:"start"`
	End   Position `json:"end"`
}

// Lines is how many lines there are; the last one may be empty.
func (t *Text) Lines() int { return len(t.lines) }

// line is where a line begins and ends, without what ends it.
func (t *Text) line(n int) (from, to int) {
	from, to = t.lines[n], len(t.Bytes)
	if n+1 < len(t.lines) {
		to = t.lines[n+1]
	}
	for to > from && (t.Bytes[to-1] == '\n' || t.Bytes[to-1] == '\r') {
		to--
	}
	return from, to
}

// Offset is a position as an offset in bytes. What is behind the end of its line, or of the text, is there; within a character it is
// at its beginning.
func (t *Text) Offset(p Position, e Encoding) int {
	if int64(p.Line) >= int64(len(t.lines)) {
		return len(t.Bytes)
	}
	from, to := t.line(int(p.Line))
	units := uint32(0)
	for at := from; at < to; {
		r, size := utf8.DecodeRune(t.Bytes[at:to])
		if units += e.width(r, size); units > p.Character {
			return at
		}
		at += size
	}
	return to
}

// Position is an offset as a position.
func (t *Text) Position(offset int, e Encoding) Position {
	offset = max(0, min(offset, len(t.Bytes)))
	n := sort.SearchInts(t.lines, offset+1) - 1
	from, to := t.line(n)
	units := uint32(0)
	for at := from; at < min(offset, to); {
		r, size := utf8.DecodeRune(t.Bytes[at:to])
		if at+size > offset {
			break
		}
		units += e.width(r, size)
		at += size
	}
	return Position{uint32(n), units}
}

// Range is what stands between two offsets.
func (t *Text) Range(from, to int, e Encoding) Range {
	return Range{t.Position(from, e), t.Position(to, e)}
}

// width is how many units a character takes.
func (e Encoding) width(r rune, size int) uint32 {
	switch {
	case e == UTF8:
		return uint32(size)
	case e == UTF16 && r > 0xffff:
		return 2
	}
	return 1
}
