// Package output is what commands print through: to a terminal, or into a log. Neither may obey what stands in a file, or in
// its name, so a [Writer] escapes both kinds of commands. Whatever is read by programs, to the byte, asks for [Exact].
package output

import (
	"io"
	"os"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/report"
)

// A Writer escapes what it writes.
type Writer struct {
	out    io.Writer
	escape func(string) string
	colour bool // mistakes are printed in colour
	failed *error
}

// Err is the first error of what was written. A command that prints line by line need not look at each.
func (w Writer) Err() error { return *w.failed }

// New returns a Writer to a terminal or a log, in colour as [Auto] says.
func New(out io.Writer) Writer { return Writer{out, report.ForLog, coloured(out), new(error)} }

// When a Writer prints in colour.
const (
	Auto   = "auto" // to a terminal, or where FORCE_COLOR or CLICOLOR_FORCE is set, unless NO_COLOR is
	Always = "always"
	Never  = "never"
)

// Colour returns the Writer that prints in colour Auto, Always or Never.
func (w Writer) Colour(when string) Writer {
	w.colour = when == Always || when == Auto && coloured(w.out)
	return w
}

// IsColoured reports whether the Writer prints in colour.
func (w Writer) IsColoured() bool { return w.colour }

func (w Writer) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.out, w.escape(string(p))); err != nil {
		if *w.failed == nil {
			*w.failed = err
		}
		return 0, err
	}
	return len(p), nil
}

// Exact is for what is read by programs, to the byte: code, patches, workflow commands. It is what a Writer writes to. A
// terminal is not a program: there it escapes what a terminal would obey.
func Exact(w io.Writer) io.Writer {
	printer, ok := w.(Writer)
	switch {
	case !ok:
		return w
	case isDevice(printer.out):
		printer.escape, printer.colour = diag.Visible, false
		return printer
	}
	return printer.out
}

// coloured reports what the environment says of colour, and else whether w is a terminal (no-color.org, force-color.org,
// bixense.com/clicolors).
func coloured(w io.Writer) bool {
	switch {
	case isSet("NO_COLOR"):
		return false
	case isSet("FORCE_COLOR") || isSet("CLICOLOR_FORCE"):
		return true
	}
	return isDevice(w) && os.Getenv("TERM") != "dumb"
}

// isSet reports whether a variable says yes. Some write 0 for no.
func isSet(name string) bool {
	value := os.Getenv(name)
	return value != "" && value != "0"
}

// IsTerminal reports whether somebody may type into a stream, or read it. The null device is none.
func IsTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok || !isDevice(f) {
		return false
	}
	info, err := f.Stat()
	null, err2 := os.Stat(os.DevNull)
	return err != nil || err2 != nil || !os.SameFile(info, null)
}

func isDevice(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
