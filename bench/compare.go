package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// comparison shows two runs beside each other. Ratios within one run can be compared across machines, values only on
// one machine: for each row, supgen's value, and its value divided by each contender's, then and now.
func comparison(old, now *results) string {
	lines := [][]string{{"", "then", "now", "now / then"}}
	for _, w := range rows {
		label := w.label(now.Size)
		for _, who := range slices.Sorted(maps.Keys(now.Values[w.key])) {
			then, there := old.relative(w.key, who)
			is, here := now.relative(w.key, who)
			if !there || !here {
				continue
			}
			what := label
			if who != self {
				what += ": × " + who
			}
			lines = append(lines, []string{what, figure(then), figure(is), changed(then, is)})
		}
	}
	var out strings.Builder
	fmt.Fprintf(&out, "then: %s, %s\nnow:  %s, %s\n", old.Machine, old.Date.Format("2006-01-02 15:04"), now.Machine, now.Date.Format("2006-01-02 15:04"))
	if old.Machine != now.Machine {
		out.WriteString("The machines differ: compare the ratios (×), not the values.\n")
	}
	if !slices.Equal(old.Size.Kernel, now.Size.Kernel) || old.Size.Many != now.Size.Many {
		out.WriteString("The sizes differ (-quick): what is compared is not the same.\n")
	}
	fmt.Fprintf(&out, "%s\n\n%s", now.noise(), aligned(lines))
	return out.String()
}

// relative is supgen's value in a row, divided by another contender's.
func (r *results) relative(key, who string) (float64, bool) {
	own, known := r.value(key, self)
	if who == self {
		return own, known
	}
	other, there := r.value(key, who)
	return own / other, known && there && other > 0
}

func changed(then, now float64) string {
	if then == 0 {
		return ""
	}
	return figure(now / then)
}
