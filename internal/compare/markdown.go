package compare

import (
	"fmt"
	"strings"
)

// Markdown is the result as a comment on a change of code: a table, what is riskier first. It is empty if there was nothing to compare.
func (r Result) Markdown() string {
	var parts []string
	if r.Compared > 0 {
		parts = append(parts, "**"+r.summary()+"**\n")
	}
	if len(r.Missed) > 0 {
		missed := make([]string, len(r.Missed))
		for i, name := range r.Missed {
			missed[i] = code(name)
		}
		parts = append(parts, "**not compared**: "+strings.Join(missed, ", ")+"\n")
	}
	if len(r.Changes) > 0 {
		parts = append(parts, r.table())
	}
	return strings.Join(parts, "\n")
}

func (r Result) table() string {
	var b strings.Builder
	b.WriteString("| child | change | before | now | means |\n| --- | --- | --- | --- | --- |\n")
	folded := fold(r.Changes)
	for _, v := range []Verdict{Riskier, Depends, Safer, Neither} {
		for _, c := range folded {
			if c.Verdict == v {
				c.row(&b)
			}
		}
	}
	return b.String()
}

func (c Change) row(b *strings.Builder) {
	var means []string
	for _, r := range c.reasons() {
		means = append(means, "**"+r.verdict+"**: "+inCell(r.text))
	}
	value := func(s *Said) string {
		if s == nil || c.Kind != Changed {
			return ""
		}
		return code(s.Value)
	}
	fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", code(c.subject()), inCell(c.head()), value(c.Old), value(c.New), strings.Join(means, "<br>"))
}

// inCell is text that is nothing but text in a cell of a table.
var inCell = strings.NewReplacer("\\", "\\\\", "|", "\\|", "*", "\\*", "_", "\\_", "`", "\\`", "[", "\\[", "<", "&lt;", "&", "&amp;", "\n", " ", "\r", " ").Replace

// code is text as it is written in a .sup file, in a cell.
func code(s string) string {
	if s == "" {
		return ""
	}
	return "<code>" + inCell(s) + "</code>"
}
