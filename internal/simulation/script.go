package simulation

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/encoding"
	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/table"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/sim"
)

// A Script is the text of one.
type Script struct {
	name string // in messages
	text string
}

// NewScript is a script with this text; name is how messages call it.
func NewScript(name string, text []byte) Script { return Script{name, string(text)} }

// ReadScript reads a file.
func ReadScript(name string) (Script, error) {
	text, err := load.Read(name)
	return NewScript(name, text), err
}

// Calm is the script in which all goes well.
var Calm = Script{"", `
at 1m shutdown by supgen "there is no script"
until 1h
`}

// Text is the text of the script.
func (s Script) Text() string { return s.text }

// Root is the tree of a package that the script is about: the only one, or the one that a path in it begins with. It is nil if
// there is no tree, or no path. A mistake in the script is an error for [Script.Mistakes].
func (s Script) Root(t *tree.Tree) (*tree.Child, error) {
	roots := t.Roots()
	switch len(roots) {
	case 0:
		return nil, nil
	case 1:
		return roots[0], nil
	}
	script, err := sim.Parse(s.text)
	var names []string
	for _, root := range roots {
		names = append(names, root.Name)
	}
	var errs []error
	find := func(path string, line int) *tree.Child {
		name, _, _ := strings.Cut(path, ".")
		if i := slices.Index(names, name); i >= 0 {
			return roots[i]
		}
		if path != "" {
			hint := cmp.Or(diag.DidYouMean(name, names), "; there are "+strings.Join(names, ", "))
			errs = append(errs, &sim.LineError{Line: line, Word: name, Message: fmt.Sprintf("there is no tree %q%s", name, hint)})
		}
		return nil
	}
	for _, r := range script.Rules {
		if root := find(r.Path, r.Line); root != nil {
			return root, nil
		}
	}
	for _, a := range script.Acts {
		if root := find(cmp.Or(a.Path, a.Rule.Path), a.Line); root != nil {
			return root, nil
		}
	}
	for _, e := range script.Expects {
		if root := find(e.Path, e.Line); root != nil {
			return root, nil
		}
	}
	return nil, inOrder(err, errors.Join(errs...))
}

// Play runs a tree with the script. A seed that is not 0 takes the place of the script's. A mistake in the script is an error
// for [Script.Mistakes].
func (s Script) Play(root *tree.Child, seed uint64) (Result, error) {
	script, err := sim.Parse(s.text)
	if err != nil {
		return Result{}, check(root, script, err)
	}
	if seed != 0 {
		script.Seed = seed
	}
	result, err := sim.Run(sim.Tree(table.Of(root)), script)
	if err == nil && s == Calm {
		addWaits(result.Timeline, root)
	}
	return Result{result, root, script}, err
}

// Check reports the mistakes in the script, without playing it.
func (s Script) Check(t *tree.Tree) (all []diag.Diagnostic) {
	root, err := s.Root(t)
	if root != nil {
		script, wrong := sim.Parse(s.text)
		err = check(root, script, wrong)
	} else if err == nil {
		err = errNoTree
	}
	var said diag.Reports
	for _, err := range each(err) {
		at := diag.Range{Pos: diag.Pos{File: s.name, Line: 1, Column: 1}, End: diag.Pos{File: s.name, Line: 1, Column: 1}}
		message := err.Error()
		if mistake := new(sim.LineError); errors.As(err, &mistake) && mistake.Line > 0 {
			text, from, to := s.span(mistake)
			from.Offset += len(s.text) - len(text) // of a byte order mark
			to.Offset += len(s.text) - len(text)
			at, message = diag.Range{Pos: from, End: to}, mistake.Message
		}
		said.Reportf("", at.Pos, at.End, "%s", message)
	}
	return said.List
}

// check is what is wrong with a script for a tree, and in its text.
func check(root *tree.Child, script sim.Script, wrong error) error {
	if script.Until == 0 {
		script.Until = math.MaxInt64 // the line that says it may be the wrong one
	}
	_, unknown := sim.Watch(sim.Tree(table.Of(root)), script, func(runtime.Event) bool { return false })
	return inOrder(wrong, unknown)
}

// each are the errors that one joins.
func each(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	} else if err != nil {
		return []error{err}
	}
	return nil
}

// inOrder joins the mistakes of errors that join some, sorted by line.
func inOrder(errs ...error) error {
	var all []error
	for _, err := range errs {
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			all = append(all, joined.Unwrap()...)
		} else if err != nil {
			return err
		}
	}
	line := func(err error) (n int) {
		if mistake := new(sim.LineError); errors.As(err, &mistake) {
			n = mistake.Line
		}
		return n
	}
	slices.SortStableFunc(all, func(a, b error) int { return cmp.Compare(line(a), line(b)) })
	return errors.Join(all...)
}

// Mistakes renders what an error of Play says of the lines of the script. If it is about anything else, ok is false.
func (s Script) Mistakes(err error) (text string, ok bool) {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return "", false
	}
	for _, err := range joined.Unwrap() {
		var mistake *sim.LineError
		if !errors.As(err, &mistake) {
			return "", false
		}
		text += s.Line(mistake)
	}
	return text, true
}

// Line renders a mistake with its line, as those of the language are.
func (s Script) Line(mistake *sim.LineError) string {
	text, from, to := s.span(mistake)
	return fmt.Sprintf("%s: %s\n%s", from, mistake.Message, diag.Excerpt([]byte(text), from, to))
}

// span is the text of the script, and where in it a mistake is.
func (s Script) span(mistake *sim.LineError) (text string, from, to diag.Pos) {
	text = strings.TrimPrefix(s.text, encoding.ByteOrderMark) // which is in no column
	lines := strings.SplitAfter(text, "\n")
	line := strings.TrimRight(lines[mistake.Line-1], " \t\r\n")
	column, end := mistake.Column, mistake.End
	if at := strings.Index(line, mistake.Word); column == 0 && mistake.Word != "" && at >= 0 {
		column, end = at+1, at+1+len(mistake.Word)
	} else if column == 0 {
		column, end = 1+len(line)-len(strings.TrimLeft(line, " \t")), 1+len(line)
	}
	start := len(strings.Join(lines[:mistake.Line-1], ""))
	from = diag.Pos{File: s.name, Offset: start + column - 1, Line: mistake.Line, Column: column}
	to = diag.Pos{File: s.name, Offset: start + end - 1, Line: mistake.Line, Column: end}
	return text, from, to
}
