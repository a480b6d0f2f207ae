package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// columns are the contenders with a column of their own; all others share the last one.
var columns = []string{"bare", "bare+ctx", "bare-central", "suture"}

const self = "supgen"

// table shows what was measured, in Markdown: a row a value, medians with their spread, and for each contender supgen's
// value divided by its own.
func table(r *results) string {
	head := append([]string{"", self, "goal"}, append(slices.Clone(columns), "others")...)
	lines := [][]string{head}
	for _, w := range rows {
		if values := r.Values[w.key]; len(values) > 0 {
			lines = append(lines, line(w, r, values))
		}
	}
	return aligned(lines)
}

// line is the cells of a row.
func line(w row, r *results, values map[string][]float64) []string {
	cells := []string{w.label(r.Size), cell(values, self), verdicts(w.key, r)}
	for _, who := range columns {
		cells = append(cells, cell(values, who))
	}
	var others []string
	for _, who := range slices.Sorted(maps.Keys(values)) {
		if who != self && !slices.Contains(columns, who) {
			others = append(others, who+" "+cell(values, who))
		}
	}
	return append(cells, strings.Join(others, "; "))
}

// cell is a median with its spread and, of others than supgen, the ratio.
func cell(values map[string][]float64, who string) string {
	samples := values[who]
	if len(samples) == 0 {
		return ""
	}
	text := figure(median(samples))
	if wide := spread(samples); wide >= 0.5 {
		text += fmt.Sprintf(" ±%.0f%%", wide)
	}
	if own := values[self]; who != self && len(own) > 0 && median(samples) > 0 {
		text += fmt.Sprintf(" (%s)", figure(median(own)/median(samples)))
	}
	return text
}

func verdicts(key string, r *results) string {
	var all []string
	for _, g := range goals {
		if g.row == key {
			all = append(all, g.judge(r).String())
		}
	}
	return strings.Join(all, "; ")
}

// aligned is a Markdown table whose columns are of one width: the first line is its head. Columns without anything
// below their head are left out.
func aligned(lines [][]string) string {
	width := make([]int, len(lines[0]))
	empty := slices.Repeat([]bool{true}, len(width))
	for n, cells := range lines {
		for i, text := range cells {
			width[i] = max(width[i], utf8.RuneCountInString(text), 3)
			empty[i] = empty[i] && (n == 0 || text == "")
		}
	}
	var out strings.Builder
	put := func(cell func(i int) string) {
		for i := range width {
			if !empty[i] {
				fmt.Fprintf(&out, "| %s ", cell(i))
			}
		}
		out.WriteString("|\n")
	}
	for n, cells := range lines {
		put(func(i int) string { return cells[i] + strings.Repeat(" ", width[i]-utf8.RuneCountInString(cells[i])) })
		if n == 0 {
			put(func(i int) string { return strings.Repeat("-", width[i]) })
		}
	}
	return out.String()
}
