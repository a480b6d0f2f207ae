package compare

import (
	"strings"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/report"
)

// Annotations are the changes as workflow commands, which annotate the lines of the new version: a warning where something is
// worse, and else a notice. place is how GitHub names a file.
func (r Result) Annotations(place func(file string) string) string {
	var b strings.Builder
	for _, c := range r.Changes {
		level := "notice"
		if c.Risk != "" {
			level = "warning"
		}
		lines := []string{c.subject() + " " + c.head()}
		if c.Kind == Changed {
			lines[0] += ": " + value(c.Old) + " → " + value(c.New)
		}
		for _, r := range c.reasons() {
			lines = append(lines, r.verdict+": "+r.text)
		}
		at := diag.Pos{File: place(c.at.File), Line: c.at.Line}
		b.WriteString(report.Command(level, at, "supgen: "+string(c.Verdict), strings.Join(lines, "\n")))
	}
	return b.String()
}

func value(s *Said) string {
	if s == nil {
		return "none"
	}
	return s.Value
}
