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

// A reader gets a thousand mistakes, and how many more there are.
func TestManyMistakes(t *testing.T) {
	for n, last := range map[int]string{mostText: "x.sup:1:1: wrong [bad-type]", mostText + 7: "and 7 more, which --format json has"} {
		var b strings.Builder
		d := diag.Diagnostic{Code: diag.CodeBadType, Message: "wrong", Range: diag.Range{Pos: diag.Pos{File: "x.sup", Line: 1, Column: 1}}}
		if err := printText(&b, report.Report{Diagnostics: slices.Repeat([]diag.Diagnostic{d}, n)}); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(b.String()), "\n")
		if got := lines[len(lines)-1]; got != last || strings.Count(b.String(), "wrong") != mostText {
			t.Errorf("of %d mistakes, %d are printed, and in the end %q", n, strings.Count(b.String(), "wrong"), got)
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
	if err := errors.Join(printText(New(&painted).Colour(Always), r), printText(New(&bare).Colour(Never), r)); err != nil {
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
