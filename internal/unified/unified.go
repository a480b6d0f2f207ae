// Package unified compares two texts line by line, and prints what differs as patch and git do.
package unified

import (
	"bytes"
	"fmt"
	"sort"
	"strings"
)

// around is how many equal lines a hunk shows on each side of a change.
const around = 3

// Diff returns the unified diff that makes b of a, or nothing when they are equal.
//
// It anchors at the lines that occur once in each, the longest run of them that is in the same order, and
// calls all that differs between two anchors changed. That is not always the smallest diff, but one that
// reads well, and its time does not explode however much has changed.
func Diff(aName string, a []byte, bName string, b []byte) []byte {
	if bytes.Equal(a, b) {
		return nil
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", aName, bName)
	x, y := lines(a), lines(b)
	for _, h := range hunks(changes(x, y), len(x)) {
		h.write(&out, x, y)
	}
	return out.Bytes()
}

// A change replaces x[x0:x1] by y[y0:y1].
type change struct{ x0, x1, y0, y1 int }

// changes returns, in order, what makes y of x.
func changes(x, y []string) []change {
	var found []change
	at := point{} // both are equal, or accounted for, before it
	for _, p := range append(anchors(x, y), point{len(x), len(y)}) {
		if p.x < at.x {
			continue // grown over from the anchor before it
		}
		end := p
		for end.x > at.x && end.y > at.y && x[end.x-1] == y[end.y-1] {
			end = point{end.x - 1, end.y - 1}
		}
		for at.x < end.x && at.y < end.y && x[at.x] == y[at.y] {
			at = point{at.x + 1, at.y + 1}
		}
		if at != end {
			found = append(found, change{at.x, end.x, at.y, end.y})
		}
		for p.x < len(x) && p.y < len(y) && x[p.x] == y[p.y] {
			p = point{p.x + 1, p.y + 1}
		}
		at = p
	}
	return found
}

// A point is an index of each side.
type point struct{ x, y int }

// anchors returns the longest increasing sequence of the pairs of lines that occur once in x and once in y.
func anchors(x, y []string) []point {
	type count struct{ inX, inY, y int }
	counts := make(map[string]count)
	for _, line := range x {
		c := counts[line]
		c.inX++
		counts[line] = c
	}
	for i, line := range y {
		c := counts[line]
		c.inY++
		c.y = i
		counts[line] = c
	}
	var pairs []point
	for i, line := range x {
		if c := counts[line]; c.inX == 1 && c.inY == 1 {
			pairs = append(pairs, point{i, c.y})
		}
	}

	// ends[n] is the pair that ends the sequence of n+1 pairs whose y is smallest, before[i] the pair before i.
	var ends []int
	before := make([]int, len(pairs))
	for i, p := range pairs {
		n := sort.Search(len(ends), func(n int) bool { return pairs[ends[n]].y >= p.y })
		before[i] = -1
		if n > 0 {
			before[i] = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, i)
		}
		ends[n] = i
	}
	longest := make([]point, len(ends))
	if len(ends) > 0 {
		for n, i := len(ends)-1, ends[len(ends)-1]; n >= 0; n, i = n-1, before[i] {
			longest[n] = pairs[i]
		}
	}
	return longest
}

// A hunk is changes that are so near to each other that their surroundings touch.
type hunk struct {
	changes []change
	after   int // equal lines behind the last change
}

func hunks(changes []change, lenX int) []hunk {
	var found []hunk
	for i, c := range changes {
		if i == 0 || c.x0-changes[i-1].x1 > 2*around {
			found = append(found, hunk{})
		}
		h := &found[len(found)-1]
		h.changes = append(h.changes, c)
		h.after = min(around, lenX-c.x1)
	}
	return found
}

func (h hunk) write(out *bytes.Buffer, x, y []string) {
	first, last := h.changes[0], h.changes[len(h.changes)-1]
	before := min(around, first.x0)
	x0, y0 := first.x0-before, first.y0-before
	fmt.Fprintf(out, "@@ -%s +%s @@\n", span(x0, last.x1+h.after), span(y0, last.y1+h.after))
	for _, c := range h.changes {
		writeLines(out, ' ', x[x0:c.x0])
		writeLines(out, '-', x[c.x0:c.x1])
		writeLines(out, '+', y[c.y0:c.y1])
		x0 = c.x1
	}
	writeLines(out, ' ', x[x0:last.x1+h.after])
}

// span writes lines [from, to), counted from 0, as a hunk's header does: an empty range names the line before it.
func span(from, to int) string {
	if from == to {
		return fmt.Sprintf("%d,0", from)
	}
	return fmt.Sprintf("%d,%d", from+1, to-from)
}

func writeLines(out *bytes.Buffer, sign byte, lines []string) {
	for _, line := range lines {
		out.WriteByte(sign)
		out.WriteString(line)
		if !strings.HasSuffix(line, "\n") {
			out.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

// lines splits text behind each line end.
func lines(text []byte) []string {
	split := strings.SplitAfter(string(text), "\n")
	if last := len(split) - 1; split[last] == "" {
		split = split[:last]
	}
	return split
}
