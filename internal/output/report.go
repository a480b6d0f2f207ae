package output

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/report"
)

// ReportFormats are the formats that [Report] knows.
var ReportFormats = []string{"text", "json", "sarif", "github"}

// Report prints diagnostics in a format: text to standard error, the formats for machines to standard output. With "github"
// the text goes to standard error too, since the log of a step does not show where an annotation is.
func Report(stdout, stderr io.Writer, format string, r report.Report) error {
	switch format {
	case "json":
		return JSON(stdout, r.Renamed(Places()).Findings())
	case "sarif":
		return JSON(stdout, r.Renamed(Places()).SARIF())
	case "github":
		if _, err := Exact(stdout).Write(r.Renamed(Places()).GitHub()); err != nil {
			return err
		}
		return printText(stderr, r, math.MaxInt) // what GitHub does not show is found nowhere else
	}
	return printText(stderr, r, mostText)
}

// mostText is how many diagnostics are printed at a terminal. The formats for machines have all.
const mostText = 1000

// printText prints a report for a reader, so many diagnostics at most.
func printText(w io.Writer, r report.Report, most int) error {
	for i, d := range r.Diagnostics {
		if i == most {
			_, err := fmt.Fprintf(w, "and %d more; validate and generate report all with --format json\n", len(r.Diagnostics)-i)
			return err
		}
		text, to := d.Text(r.Text[d.Pos.File]), w
		if out, ok := w.(Writer); ok && out.colour {
			text, to = out.paint(d, text), out.out
		}
		if _, err := io.WriteString(to, text); err != nil {
			return err
		}
	}
	return nil
}

// What a terminal obeys.
const (
	plain  = "\x1b[0m"
	bold   = "\x1b[1m"
	dim    = "\x1b[2m"
	red    = "\x1b[1;31m"
	yellow = "\x1b[1;33m"
)

// paint escapes the text of a diagnostic, and colours it: what is wrong and the carets by severity, the code dim.
func (w Writer) paint(d diag.Diagnostic, text string) string {
	severity := red
	if d.Severity == diag.Warning {
		severity = yellow
	}
	first, rest, _ := strings.Cut(w.escape(text), "\n")
	place, code := d.Pos.String()+":", fmt.Sprintf(" [%s]", d.Code)
	if message, ok := strings.CutPrefix(first, place); ok {
		first = bold + place + plain + severity + strings.TrimSuffix(message, code) + plain + dim + code + plain
	}
	if source, below, ok := strings.Cut(rest, "\n"); ok {
		if carets, below, ok := strings.Cut(below, "\n"); ok && carets != "" && strings.Trim(carets, "\t ^") == "" {
			rest = source + "\n" + severity + carets + plain + "\n" + below
		}
	}
	return first + "\n" + rest
}
