package output

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/report"
)

// A reader gets a thousand mistakes, and how many more there are; a log has all that GitHub does not show.
func TestManyMistakes(t *testing.T) {
	const line, more = "x.sup:1:1: wrong [bad-type]", "and 7 more; validate and generate report all with --format json"
	for _, test := range []struct {
		format  string
		n, want int
		last    string
	}{
		{"text", mostText, mostText, line},
		{"text", mostText + 7, mostText, more},
		{"github", mostText + 7, mostText + 7, line},
	} {
		var stdout, stderr strings.Builder
		d := diag.Diagnostic{Code: diag.CodeBadType, Message: "wrong", Range: diag.Range{Pos: diag.Pos{File: "x.sup", Line: 1, Column: 1}}}
		if err := Report(&stdout, &stderr, test.format, report.Report{Diagnostics: slices.Repeat([]diag.Diagnostic{d}, test.n)}); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
		if n := strings.Count(stderr.String(), "wrong"); n != test.want || lines[len(lines)-1] != test.last {
			t.Errorf("%s: of %d mistakes, %d are printed, and in the end %q", test.format, test.n, n, lines[len(lines)-1])
		}
	}
}

func TestColoured(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	// The null device is a character device, as terminals are, and there is one everywhere.
	device, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	for _, test := range []struct {
		env            string
		file, terminal bool
	}{
		{"TERM=xterm", false, true},
		{"TERM=dumb", false, false},
		{"NO_COLOR=1", false, false},
		{"NO_COLOR=1 FORCE_COLOR=1", false, false},
		{"FORCE_COLOR=1", true, true},
		{"CLICOLOR_FORCE=1", true, true},
		{"CLICOLOR_FORCE=0", false, true},
	} {
		for _, name := range []string{"TERM", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"} {
			t.Setenv(name, "")
		}
		for _, set := range strings.Fields(test.env) {
			name, value, _ := strings.Cut(set, "=")
			t.Setenv(name, value)
		}
		if New(file).colour != test.file || New(device).colour != test.terminal {
			t.Errorf("%s: a file is coloured: %t, a terminal: %t", test.env, New(file).colour, New(device).colour)
		}
		if New(device).Colour(Never).colour || !New(file).Colour(Always).colour || New(file).Colour(Auto).colour != test.file {
			t.Errorf("%s has a say in what was asked for", test.env)
		}
	}
}

// The message and the carets have the colour, and the text is the same without it.
func TestPaint(t *testing.T) {
	src := "\tservice DB\n"
	d := diag.Diagnostic{Code: diag.CodeBadType, Message: "wrong\x1b[2J", Hint: "right",
		Range: diag.Range{Pos: diag.Pos{File: "x.sup", Line: 1, Column: 2, Offset: 1}, End: diag.Pos{File: "x.sup", Line: 1, Column: 9, Offset: 8}}}
	r := report.Report{Diagnostics: []diag.Diagnostic{d}, Text: map[string][]byte{"x.sup": []byte(src)}}
	var painted, bare strings.Builder
	if err := errors.Join(printText(New(&painted).Colour(Always), r, 1), printText(New(&bare).Colour(Never), r, 1)); err != nil {
		t.Fatal(err)
	}
	const want = "\x1b[1mx.sup:1:2:\x1b[0m\x1b[1;31m wrong\\u001b[2J\x1b[0m\x1b[2m [bad-type]\x1b[0m\n" +
		"\t\tservice DB\n\x1b[1;31m\t\t^^^^^^^\x1b[0m\n\tright\n"
	if painted.String() != want {
		t.Errorf("%q, not %q", painted.String(), want)
	}
	if got := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(painted.String(), ""); got != bare.String() {
		t.Errorf("%q has the text %q, not %q", painted.String(), got, bare.String())
	}
}
