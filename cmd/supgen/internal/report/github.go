package report

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/supgen/supgen/dsl"
)

// GitHub is the report as workflow commands, one a line, which annotate the lines of a change:
//
//	::error file=shop.sup,line=7,col=9,endColumn=11,title=supgen%3A duplicate-child::service "DB" is declared twice
//
// root, which ends in a slash or is empty, is put before the names of files: GitHub knows them from the top of the
// repository.
func (r Report) GitHub(root string) []byte {
	var b strings.Builder
	for _, d := range r.Diagnostics {
		fmt.Fprintf(&b, "::%s file=%s,line=%d,col=%d,endColumn=%d,title=%s::%s\n",
			d.Severity, inProperty(ForLog(root+d.Pos.File)), d.Pos.Line, r.column(d.Pos), r.column(d.End),
			inProperty("supgen: "+string(d.Code)), inMessage(ForLog(withNotes(d))))
	}
	return []byte(b.String())
}

// withNotes is all that is to be said of a diagnostic: an annotation has one place only.
func withNotes(d dsl.Diagnostic) string {
	text := withHint(d)
	for _, n := range d.Notes {
		text += "\n" + n.String()
	}
	return text
}

// ForLog is text that neither a terminal nor a reader nor a service that runs programs and reads what they print takes
// for anything else. It is [dsl.Visible], with the beginning of a workflow command escaped too.
func ForLog(text string) string {
	text = dsl.Visible(text)
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

var (
	inMessage  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace
	inProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace
)
