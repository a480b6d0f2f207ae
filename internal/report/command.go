package report

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
)

// Command is a workflow command that annotates a line, from a column on if at has one: level is "error", "warning" or "notice".
func Command(level string, at diag.Pos, title, message string) string {
	place := ""
	if at.IsValid() {
		place = fmt.Sprintf("file=%s,line=%d,", inProperty(at.File), at.Line)
		if at.Column > 0 {
			place += fmt.Sprintf("col=%d,", at.Column)
		}
	}
	return fmt.Sprintf("::%s %stitle=%s::%s\n", level, place, inProperty(title), inMessage(message))
}

// shown is how many annotations of one level GitHub shows of a step.
const shown = 10

// summed is workflow commands, behind a notice of how many there are if GitHub will not show all of them.
func summed(commands string) string {
	var counts []string
	more := false
	for _, level := range []string{"error", "warning", "notice"} {
		n := strings.Count("\n"+commands, "\n::"+level+" ")
		more = more || n > shown
		switch {
		case n == 1:
			counts = append(counts, "1 "+level)
		case n > 1:
			counts = append(counts, fmt.Sprintf("%d %ss", n, level))
		}
	}
	if !more {
		return commands
	}
	return Command("notice", diag.Pos{}, "supgen", fmt.Sprintf("%s; GitHub shows %d of each, the log of this step has all", strings.Join(counts, ", "), shown)) + commands
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
