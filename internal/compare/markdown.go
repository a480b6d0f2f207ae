package compare

import (
	"fmt"
	"strings"
)

// Markdown is the changes as a comment on a change of code: a table, what is riskier first.
func Markdown(changes []Change) string {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s**\n", Summary(changes))
	if len(changes) == 0 {
		return b.String()
	}
	b.WriteString("\n| child | change | before | now | means |\n| --- | --- | --- | --- | --- |\n")
	folded := fold(changes)
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
