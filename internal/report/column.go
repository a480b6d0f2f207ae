package report

import (
	"sort"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/supgen/supgen/dsl/diag"
)

// columns are marks in the lines of files: a line of a megabyte may have thousands of mistakes, and is counted once.
type columns map[line][]mark

type line struct {
	file  string
	start int // its offset in the file
}

// A mark is how many UTF-16 code units stand before a byte of a line.
type mark struct{ offset, units int }

// apart is how many bytes are between two marks.
const apart = 1024

// column is the column of a place in UTF-16 code units, from 1.
func (r Report) column(pos diag.Pos) int {
	text := r.Text[pos.File]
	start := pos.Offset - (pos.Column - 1)
	if start < 0 || pos.Offset > len(text) {
		return pos.Column
	}
	at := mark{start, 0}
	if pos.Column > apart && r.columns != nil {
		l := line{pos.File, start}
		marks := r.columns[l]
		if marks == nil {
			marks = []mark{at}
		}
		for last := marks[len(marks)-1]; last.offset+apart <= pos.Offset; {
			last = count(text, last, last.offset+apart)
			marks = append(marks, last)
		}
		r.columns[l] = marks
		at = marks[sort.Search(len(marks), func(i int) bool { return marks[i].offset > pos.Offset })-1]
	}
	return 1 + count(text, at, pos.Offset).units
}

// count is the mark at the first character of a text that does not begin before end.
func count(text []byte, from mark, end int) mark {
	for from.offset < end {
		char, size := utf8.DecodeRune(text[from.offset:])
		from = mark{from.offset + size, from.units + utf16.RuneLen(char)}
	}
	return from
}
