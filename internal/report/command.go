package report

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
)

// Command is a workflow command that annotates a line: level is "error", "warning" or "notice". root is as in
// [Report.GitHub].
func Command(level, root string, at diag.Pos, title, message string) string {
	place := ""
	if at.IsValid() {
		place = fmt.Sprintf("file=%s,line=%d,", inProperty(root+at.File), at.Line)
	}
	return fmt.Sprintf("::%s %stitle=%s::%s\n", level, place, inProperty(title), inMessage(message))
}

// ForLog is text that neither a terminal nor a reader nor a service that runs programs and reads what they print takes
// for anything else. It is [diag.Visible], with the beginning of a workflow command escaped too.
func ForLog(text string) string {
	text = diag.Visible(text)
	if !strings.Contains(text, "::") && !strings.Contains(text, "##") {
		return text
	}
	return workflowCommand.ReplaceAllStringFunc(text, func(command string) string {
		first := strings.IndexAny(command, ":#")
		return command[:first] + fmt.Sprintf(`\u%04x`, command[first]) + command[first+1:]
	})
}

// workflowCommand is how a line begins that GitHub takes for a command, and what it, in its older form, and Azure look
// for anywhere in a line.
var workflowCommand = regexp.MustCompile(`(?m)^[\pZ\t]*::|##\w*\[`)

// inProperty and inMessage are text in the parts of a workflow command.
func inProperty(text string) string { return propertyEscapes.Replace(ForLog(text)) }
func inMessage(text string) string  { return messageEscapes.Replace(ForLog(text)) }

var (
	messageEscapes  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
