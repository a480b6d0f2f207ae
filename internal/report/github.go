package report

import (
	"fmt"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
)

// GitHub is the report as workflow commands, one a line, which annotate the lines of a change:
//
//	::error file=shop.sup,line=7,col=9,endColumn=11,title=supgen%3A duplicate-child::service "DB" is declared twice
//
// The names of files have to be as seen from the top of the repository.
func (r Report) GitHub() []byte {
	r.columns = columns{}
	var b strings.Builder
	for _, d := range r.Diagnostics {
		fmt.Fprintf(&b, "::%s file=%s,line=%d,col=%d,endColumn=%d,title=%s::%s\n",
			d.Severity, inProperty(d.Pos.File), d.Pos.Line, r.column(d.Pos), r.column(d.End),
			inProperty("supgen: "+string(d.Code)), inMessage(withNotes(d)))
	}
	for _, f := range r.Failures {
		place := ""
		if f.Pos.File != "" {
			place = "file=" + inProperty(f.Pos.File) + ","
		}
		if f.Pos.IsValid() {
			place += fmt.Sprintf("line=%d,col=%d,", f.Pos.Line, f.Pos.Column)
		}
		fmt.Fprintf(&b, "::%s %stitle=supgen::%s\n", f.Severity, place, inMessage(f.Text()))
	}
	return []byte(summed(b.String() + r.Annotations))
}

// withNotes is all that is to be said of a diagnostic: an annotation has one place only.
func withNotes(d diag.Diagnostic) string {
	text := withHint(d)
	for _, n := range d.Notes {
		text += "\n" + n.String()
	}
	return text
}
