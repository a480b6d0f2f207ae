package top

import (
	"os"

	"golang.org/x/term"
)

// A terminal is where the screen is: the alternate one, without a cursor, each key as it is pressed.
type terminal struct {
	in, out *os.File
	before  *term.State // nil while the screen is not taken
}

// enter takes the screen.
func (t *terminal) enter() error {
	before, err := term.MakeRaw(int(t.in.Fd()))
	if err != nil {
		return err
	}
	t.before = before
	obeySequences(t.out)
	_, err = t.out.WriteString("\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J")
	return err
}

// leave gives the screen back. It may be called twice.
func (t *terminal) leave() {
	if t.before == nil {
		return
	}
	t.out.WriteString("\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l")
	term.Restore(int(t.in.Fd()), t.before)
	t.before = nil
}

// Columns is how wide a terminal is; 0 if it is none.
func Columns(f *os.File) int {
	columns, _, _ := size(f)
	return columns
}

// size is how many columns and lines a terminal has.
func size(f *os.File) (columns, lines int, ok bool) {
	columns, lines, err := term.GetSize(int(f.Fd()))
	return columns, lines, err == nil && columns > 0 && lines > 0
}

// CanRun reports whether there is a terminal that can be drawn on.
func CanRun(in, out *os.File) bool {
	kind := os.Getenv("TERM")
	return term.IsTerminal(int(in.Fd())) && term.IsTerminal(int(out.Fd())) && kind != "dumb" && (kind != "" || isWindows)
}
