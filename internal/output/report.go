package output

import (
	"fmt"
	"io"
	"os"

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
	}
	return printText(stderr, r)
}

// mostText is how many diagnostics are printed for a reader. The formats for machines have all.
const mostText = 1000

// printText prints a report for a reader.
func printText(w io.Writer, r report.Report) error {
	colours := coloured(w)
	for i, d := range r.Diagnostics {
		if i == mostText {
			_, err := fmt.Fprintf(w, "and %d more, which --format json has\n", len(r.Diagnostics)-i)
			return err
		}
		text := d.Text(r.Text[d.Pos.File])
		if colours {
			first := len(diag.Visible(d.String()))
			io.WriteString(unwrap(w), colour(d))
			io.WriteString(w, text[:first])
			io.WriteString(unwrap(w), "\x1b[0m")
			text = text[first:]
		}
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
	}
	return nil
}

func colour(d diag.Diagnostic) string {
	if d.Severity == diag.Warning {
		return "\x1b[1;33m"
	}
	return "\x1b[1;31m"
}

// coloured reports whether w is a terminal whose user did not ask for plain text (no-color.org).
func coloured(w io.Writer) bool {
	return isTerminal(unwrap(w)) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
