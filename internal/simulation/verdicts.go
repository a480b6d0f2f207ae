package simulation

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/report"
)

// Verdicts are those of several scripts.
type Verdicts []Verdict

// idle is what is said of a script that cannot fail.
const idle = "expects nothing"

// Lost is what is said of a script that has no tree.
const Lost = "is not run: there is no .sup file beside it"

// Text is a line for each script, behind those that failed what is wrong, and a summary. Quiet, it is only what failed.
func (v Verdicts) Text(quiet bool) string {
	var b strings.Builder
	for _, v := range v {
		name := diag.VisibleLine(filepath.ToSlash(v.Name))
		switch {
		case len(v.Failures) > 0:
			fmt.Fprintf(&b, "FAIL  %s\n", name)
			for _, f := range v.Failures {
				b.WriteString(f.Detail(v.Name))
			}
		case quiet:
		case v.Idle:
			fmt.Fprintf(&b, "?     %s  %s\n", name, idle)
		default:
			fmt.Fprintf(&b, "ok    %s\n", name)
		}
	}
	if !quiet && len(v) > 0 {
		fmt.Fprintln(&b, v.summary())
	}
	return b.String()
}

// summary counts: "3 scripts: 1 failed, 2 ok".
func (v Verdicts) summary() string {
	failed, idles := v.count()
	var parts []string
	for _, part := range []struct {
		n    int
		what string
	}{{failed, "failed"}, {len(v) - failed - idles, "ok"}, {idles, idle}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	scripts := "scripts"
	if len(v) == 1 {
		scripts = "script"
	}
	return fmt.Sprintf("%d %s: %s", len(v), scripts, strings.Join(parts, ", "))
}

func (v Verdicts) count() (failed, idles int) {
	for _, v := range v {
		switch {
		case len(v.Failures) > 0:
			failed++
		case v.Idle:
			idles++
		}
	}
	return failed, idles
}

// Failed reports whether one of them failed.
func (v Verdicts) Failed() bool {
	failed, _ := v.count()
	return failed > 0
}

// Annotations are a workflow command for each failure. place is how GitHub names a file.
func (v Verdicts) Annotations(place func(file string) string) string {
	var b strings.Builder
	for _, v := range v {
		for _, f := range v.Failures {
			b.WriteString(report.Command("error", diag.Pos{File: place(v.Name), Line: f.Line, Column: f.Column}, "supgen: test", f.Message(place(v.Name))))
		}
	}
	return b.String()
}

// The elements of JUnit's reports, as CI services read them. They want times. A script runs in virtual time, which takes none, and the
// report is the same wherever it is made.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Time     int          `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     int         `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Time    int           `xml:"time,attr"`
		Failure *junitMessage `xml:"failure"`
		Error   *junitMessage `xml:"error"`
		Skipped *junitMessage `xml:"skipped"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit is a report in the XML of JUnit: a suite for each directory, and a case for each script, those that are lost too, and for each file or
// directory that kept scripts from being played. place is how the report names a file; failures are named so already.
func (v Verdicts) JUnit(place func(file string) string, lost []string, failures []report.Failure) (string, error) {
	all := junitSuites{Tests: len(v) + len(lost) + len(failures), Errors: len(failures)}
	all.Failures, all.Skipped = v.count()
	all.Skipped += len(lost)
	for _, v := range v {
		name := place(v.Name)
		suite, c := all.add(name)
		switch {
		case len(v.Failures) > 0:
			suite.Failures++
			c.Failure = &junitMessage{Message: report.ForLog(v.Failures[0].Message(name))}
			for _, f := range v.Failures {
				c.Failure.Text += report.ForLog(f.Detail(name) + f.More)
			}
		case v.Idle:
			suite.Skipped++
			c.Skipped = &junitMessage{Message: idle}
		}
	}
	for _, name := range lost {
		suite, c := all.add(place(name))
		suite.Skipped++
		c.Skipped = &junitMessage{Message: Lost}
	}
	for _, f := range failures {
		suite, c := all.add(f.Pos.File)
		suite.Errors++
		c.Error = &junitMessage{Message: report.ForLog(f.Text())}
	}
	text, err := xml.MarshalIndent(all, "", "\t")
	return xml.Header + string(text) + "\n", err
}

// add adds a case for a file, or for none, to the suite of its directory.
func (all *junitSuites) add(name string) (*junitSuite, *junitCase) {
	file := report.ForLog(filepath.ToSlash(name))
	dir := path.Dir(cmp.Or(file, "supgen/supgen"))
	i := slices.IndexFunc(all.Suites, func(s junitSuite) bool { return s.Name == dir })
	if i < 0 {
		i = len(all.Suites)
		all.Suites = append(all.Suites, junitSuite{Name: dir})
	}
	suite := &all.Suites[i]
	suite.Tests++
	suite.Cases = append(suite.Cases, junitCase{Class: dir, Name: path.Base(cmp.Or(file, "supgen")), File: file})
	return suite, &suite.Cases[len(suite.Cases)-1]
}
