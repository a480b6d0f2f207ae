package compare

import (
	"strings"

	"github.com/supgen/supgen/internal/report"
)

// GitHub is the changes as workflow commands, which annotate the lines of the new version: a warning where something is
// worse, and else a notice. root is put before the names of files.
func GitHub(changes []Change, root string) string {
	var b strings.Builder
	for _, c := range changes {
		level := "notice"
		if c.Risk != "" {
			level = "warning"
		}
		lines := []string{c.Path + " " + c.head()}
		if c.Kind == Changed {
			lines[0] += ": " + value(c.Old) + " → " + value(c.New)
		}
		for _, r := range c.reasons() {
			lines = append(lines, r.verdict+": "+r.text)
		}
		b.WriteString(report.Command(level, root, c.at, "supgen: "+string(c.Verdict), strings.Join(lines, "\n")))
	}
	return b.String()
}

func value(s *Said) string {
	if s == nil {
		return "none"
	}
	return s.Value
}
