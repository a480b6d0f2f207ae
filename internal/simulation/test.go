package simulation

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf16"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/encoding"
	"github.com/supgen/supgen/internal/report"
	"github.com/supgen/supgen/internal/unified"
	"github.com/supgen/supgen/runtime/sim"
)

// A Verdict is what came of a script as a test.
type Verdict struct {
	Name     string // of the script
	Failures []Failure
	Idle     bool // it expects nothing, and so it cannot fail
}

// A Failure is something that is not as the script expects, or a mistake in it.
type Failure struct {
	Line    int                      // of the script
	Column  int                      // in UTF-16 code units, from 1; 0 is the whole line
	Message func(name string) string // of a script of that name
	Detail  func(name string) string // what a reader gets to see of it, with the message in it; its lines are ended
	More    string                   // what a report says besides that has no other place for it
}

// Said is a message that does not depend on the name.
func Said(message string) func(name string) string { return func(string) string { return message } }

// Test plays the script, and compares what happens with what it expects: where children stand, and the timeline behind it.
func (s Script) Test(t *tree.Tree) Verdict {
	v := Verdict{Name: s.name}
	result, err := s.playIn(t)
	if err != nil {
		v.Failures = s.failures(err)
		return v
	}
	for _, unmet := range result.Unmet {
		v.Failures = append(v.Failures, s.failure(unmet))
	}
	script, _, golden := sim.Cut(s.text)
	v.Idle = !golden && len(result.script.Expects) == 0
	blank := regexp.MustCompile(`\n+`)
	want, got := unaligned(s.text), unaligned(script+"---\n"+result.golden())
	if golden && blank.ReplaceAllString(want, "\n") != blank.ReplaceAllString(got, "\n") {
		message := func(name string) string {
			return fmt.Sprintf("something else happens than the timeline says; supgen test --update %s writes it", diag.VisibleLine(filepath.ToSlash(name)))
		}
		separator := strings.Count(script, "\n") + 1
		v.Failures = append(v.Failures, Failure{Line: separator, Message: message,
			Detail: func(name string) string {
				shown := diag.VisibleLine(filepath.ToSlash(name))
				place := diag.Pos{File: name, Line: separator, Column: 1}
				return fmt.Sprintf("%s: %s\n%s", place, message(name), unified.Diff(shown, []byte(want), shown+" (simulated)", []byte(got)))
			}})
	}
	return v
}

// Update is the script with the timeline that it comes to, if it has one or expects nothing else.
func (s Script) Update(t *tree.Tree) Script {
	result, err := s.playIn(t)
	script, _, golden := sim.Cut(s.text)
	if err != nil || !golden && len(result.script.Expects) > 0 {
		return s
	}
	timeline := "---\n" + result.golden()
	if !strings.HasSuffix(script, "\n") && script != "" {
		timeline = "\n" + timeline
	}
	if strings.Contains(script, "\r\n") {
		timeline = strings.ReplaceAll(timeline, "\n", "\r\n")
	}
	return Script{s.name, script + timeline}
}

// playIn plays the script in the tree that it is about.
func (s Script) playIn(t *tree.Tree) (Result, error) {
	root, err := s.Root(t)
	if root == nil {
		return Result{}, cmp.Or(err, errNoTree)
	}
	return s.Play(root, 0)
}

var errNoTree = errors.New("no path in it begins with the name of a tree")

// golden is the timeline as simulate prints it.
func (r Result) golden() string { return report.ForLog(r.Timeline.String()) }

// unaligned is a text with one blank between words. One time or path that is longer than all others moves the columns of every line
// of a timeline.
func unaligned(text string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimPrefix(text, encoding.ByteOrderMark)) {
		fmt.Fprintln(&b, strings.Join(strings.Fields(line), " "))
	}
	return b.String()
}

// failure is a mistake, with [Script.Line] of a script of any name.
func (s Script) failure(mistake *sim.LineError) Failure {
	text, from, _ := s.span(mistake)
	before := text[from.Offset-(from.Column-1) : from.Offset]
	return Failure{Line: mistake.Line, Column: 1 + len(utf16.Encode([]rune(before))), Message: Said(mistake.Message),
		Detail: func(name string) string { return Script{name, s.text}.Line(mistake) }}
}

// failures are what an error of [Script.Play] says of the script.
func (s Script) failures(err error) (all []Failure) {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []Failure{{Line: 1, Message: Said(err.Error()), Detail: func(name string) string {
			return fmt.Sprintf("%s: %v\n", diag.Pos{File: name, Line: 1, Column: 1}, err)
		}}}
	}
	for _, err := range joined.Unwrap() {
		var mistake *sim.LineError
		if errors.As(err, &mistake) {
			all = append(all, s.failure(mistake))
		} else {
			all = append(all, s.failures(err)...)
		}
	}
	return all
}
