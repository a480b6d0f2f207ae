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
}

// New returns a Writer to a terminal or a log.
func New(out io.Writer) Writer { return Writer{out, report.ForLog} }

func (w Writer) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.out, w.escape(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Exact is for what is read by programs, to the byte: code, patches, workflow commands. It is what a Writer writes to. A
// terminal is not a program: there it escapes what a terminal would obey.
func Exact(w io.Writer) io.Writer {
	if _, ok := w.(Writer); !ok {
		return w
	}
	out := unwrap(w)
	if isTerminal(out) {
		return Writer{out, diag.Visible}
	}
	return out
}

// unwrap is what a Writer writes to.
func unwrap(w io.Writer) io.Writer {
	if w, ok := w.(Writer); ok {
		return w.out
	}
	return w
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
