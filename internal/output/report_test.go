package output

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
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
	t.Setenv("TERM", "xterm")
	t.Setenv("NO_COLOR", "")
	if coloured(file) || coloured(&bytes.Buffer{}) {
		t.Error("a file is coloured")
	}
	if runtime.GOOS != "windows" && !coloured(device) {
		t.Error("a terminal is not coloured")
	}
	t.Setenv("NO_COLOR", "1")
	if coloured(device) {
		t.Error("a terminal is coloured in spite of NO_COLOR")
	}
	t.Setenv("NO_COLOR", "")
	t.Setenv("TERM", "dumb")
	if coloured(device) {
		t.Error("a dumb terminal is coloured")
	}
}
