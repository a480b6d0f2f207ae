package report

import (
	"fmt"

	"github.com/supgen/supgen/dsl"
)

// Command is a workflow command that annotates a line: level is "error", "warning" or "notice". root is as in
// [Report.GitHub].
func Command(level, root string, at dsl.Pos, title, message string) string {
	place := ""
	if at.IsValid() {
		place = fmt.Sprintf("file=%s,line=%d,", inProperty(root+at.File), at.Line)
	}
	return fmt.Sprintf("::%s %stitle=%s::%s\n", level, place, inProperty(title), inMessage(message))
}
