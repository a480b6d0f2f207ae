package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/runtime/sim"
)

// A script is the text of one, for the simulate command, and how it is called in messages.
type script struct{ name, text string }

// readScript reads a file, or for "-" standard input.
func readScript(cmd *cobra.Command, name string) (*script, error) {
	if name == "-" {
		text, err := readAll("standard input", cmd.InOrStdin())
		return &script{"<standard input>", string(text)}, err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := readAll(fmt.Sprintf("%q", name), f)
	return &script{name, string(text)}, err
}

// mistakes prints what is wrong with the script, and ends with errFound.
func (s *script) mistakes(w io.Writer, err error) error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	for _, err := range joined.Unwrap() {
		var mistake *sim.LineError
		if !errors.As(err, &mistake) {
			return err
		}
		if _, err := io.WriteString(w, s.told(mistake)); err != nil {
			return err
		}
	}
	return errFound
}

// told is a mistake for a reader, with its line, as those of the language are told.
func (s *script) told(mistake *sim.LineError) string {
	lines := strings.SplitAfter(s.text, "\n")
	line := strings.TrimRight(lines[mistake.Line-1], " \t\r\n")
	column, end := mistake.Column, mistake.End
	if column == 0 {
		column, end = 1+len(line)-len(strings.TrimLeft(line, " \t")), 1+len(line)
	}
	start := len(strings.Join(lines[:mistake.Line-1], ""))
	from := diag.Pos{File: s.name, Offset: start + column - 1, Line: mistake.Line, Column: column}
	to := diag.Pos{File: s.name, Offset: start + end - 1, Line: mistake.Line, Column: end}
	return fmt.Sprintf("%s: %s\n%s", from, mistake.Message, diag.Excerpt([]byte(s.text), from, to))
}
