package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/report"
)

// diagnosticFormats are the formats that diagnostics can be had in.
var diagnosticFormats = []string{"text", "json", "sarif", "github"}

const diagnosticUsage = `how to report: "text" to standard error, or to standard output
"json", "sarif" for code scanning, "github" for annotations`

// printDiagnostics prints what was found in the sources: text to standard error, the formats for machines to
// standard output. It reports whether there is an error among it.
func printDiagnostics(cmd *cobra.Command, format string, sources []*source) (found bool, err error) {
	r := report.Report{Text: map[string][]byte{}}
	for _, s := range sources {
		r.Diagnostics = append(r.Diagnostics, s.diagnostics...)
		for name, text := range s.text {
			r.Text[name] = text
		}
	}
	switch format {
	case "text":
		err = printText(cmd.ErrOrStderr(), r)
	case "json":
		err = printJSON(cmd.OutOrStdout(), r.Findings())
	case "sarif":
		err = printJSON(cmd.OutOrStdout(), r.SARIF())
	case "github":
		_, err = exact(cmd.OutOrStdout()).Write(r.GitHub(fromWorkspace()))
	}
	return diag.HasErrors(r.Diagnostics), err
}

// printJSON prints a value so that a person can read it too.
func printJSON(w io.Writer, v any) error { return encoder(w, "").Encode(v) }

// printArray prints values as printJSON would print a list of them, and holds one at a time.
func printArray[T any](w io.Writer, values iter.Seq[T]) error {
	var b bytes.Buffer
	e := encoder(&b, "\t")
	before, end := "[\n\t", "[]\n"
	for v := range values {
		b.WriteString(before)
		if err := e.Encode(v); err != nil {
			return err
		}
		b.Truncate(b.Len() - 1) // it ends the line
		if _, err := b.WriteTo(w); err != nil {
			return err
		}
		before, end = ",\n\t", "\n]\n"
	}
	_, err := io.WriteString(w, end)
	return err
}

// encoder indents all lines but the first by a prefix.
func encoder(w io.Writer, prefix string) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false) // messages hold "<" and "&", and no browser reads this
	e.SetIndent(prefix, "\t")
	return e
}

// fromWorkspace is the current directory as seen from the top of the repository that GitHub has checked out, with a
// slash behind it; "" if it is the top, or elsewhere.
func fromWorkspace() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	below, err := filepath.Rel(os.Getenv("GITHUB_WORKSPACE"), dir)
	if err != nil || below == "." || below == ".." || strings.HasPrefix(below, ".."+string(filepath.Separator)) {
		return ""
	}
	return filepath.ToSlash(below) + "/"
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
			io.WriteString(behind(w), colour(d))
			io.WriteString(w, text[:first])
			io.WriteString(behind(w), "\x1b[0m")
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
	return isTerminal(behind(w)) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
