package compare

import (
	"fmt"
	"strings"
)

// mostMarkdown is less than GitHub takes of a comment, 65,536 characters, by what a user may put around it.
const mostMarkdown = 60_000

// Markdown is the result as a comment on a change of code: a table, what is riskier first. It is empty if there was nothing to compare.
// What there is no room for is counted.
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
	if len(r.Why) > 0 {
		parts = append(parts, r.why())
	}
	if len(r.Changes) > 0 {
		parts = append(parts, r.table(mostMarkdown-len(strings.Join(parts, "\n"))))
	}
	return strings.Join(parts, "\n")
}

// why is a list of what kept packages from being compared.
func (r Result) why() string {
	const most = 10
	var b strings.Builder
	for i, why := range r.Why {
		if i == most {
			fmt.Fprintf(&b, "* and %d more\n", len(r.Why)-most)
			break
		}
		fmt.Fprintf(&b, "* %s\n", code(why))
	}
	return b.String()
}

// table is the rows, of which there may be no more than fit into so many bytes.
func (r Result) table(most int) string {
	var b strings.Builder
	b.WriteString("| child | change | before | now | means |\n| --- | --- | --- | --- | --- |\n")
	folded, left := fold(r.Changes), 0
	for _, v := range []Verdict{Riskier, Depends, Safer, Neither} {
		for _, c := range folded {
			if c.Verdict != v {
				continue
			}
			row := c.row()
			if left > 0 || b.Len()+len(row) > most {
				left++
				continue
			}
			b.WriteString(row)
		}
	}
	if left > 0 {
		fmt.Fprintf(&b, "\n**and %d more**, for which a comment has no room\n", left)
	}
	return b.String()
}

func (c Change) row() string {
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
	return fmt.Sprintf("| %s | %s | %s | %s | %s |\n", code(c.subject()), inCell(c.head()), value(c.Old), value(c.New), strings.Join(means, "<br>"))
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
