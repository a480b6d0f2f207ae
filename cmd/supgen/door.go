package main

import (
	"io"
	"os"

	"github.com/supgen/supgen/dsl/diag"
)

// A door is what a command prints through, to a terminal or into a log: neither may obey what stands in a file, or in
// its name. Everything goes through one that escapes both kinds of commands, but for what asks for [exact]; see run.
type door struct {
	out    io.Writer
	escape func(string) string
}

func (d door) Write(p []byte) (int, error) {
	if _, err := io.WriteString(d.out, d.escape(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// exact is for what is read by programs, to the byte: code, patches, workflow commands. A terminal is not one: there it
// escapes what a terminal would obey.
func exact(w io.Writer) io.Writer {
	d, ok := w.(door)
	switch {
	case !ok:
		return w
	case isTerminal(d.out):
		return door{d.out, diag.Visible}
	}
	return d.out
}

// behind is where a door leads to.
func behind(w io.Writer) io.Writer {
	if d, ok := w.(door); ok {
		return d.out
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
