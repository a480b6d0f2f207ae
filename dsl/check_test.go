package dsl

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
)

// TestCheckFiles checks each testdata/check/*.sup as a package of its own. A comment // ERROR "regexp" or
// // WARNING "regexp" at a line wants that diagnostic there and at no other line; several regexps want several. They
// are matched against the code and the message: `unknown-name: nothing that can be seen`.
func TestCheckFiles(t *testing.T) {
	seen := map[diag.Code]bool{}
	files, err := filepath.Glob("../testdata/check/*.sup")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files to check: %v", err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			diagnostics := checkText(filepath.Base(name), string(src))
			for _, d := range diagnostics {
				seen[d.Code] = true
			}
			compare(t, expectations(t, string(src)), diagnostics)
		})
	}
	if t.Failed() {
		return
	}
	for _, code := range diag.Codes() {
		if !seen[code] {
			t.Errorf("no file in testdata/check has the code %q", code)
		}
	}
}

// checkText is all diagnostics of a package of one file.
func checkText(name, src string) []diag.Diagnostic {
	f, _ := syntax.Parse(name, []byte(src))
	_, diagnostics := Check([]*syntax.File{f}, "")
	return diagnostics
}

type expectation struct {
	line     int
	severity diag.Severity
	pattern  *regexp.Regexp
}

var (
	expected = regexp.MustCompile(`// (ERROR|WARNING) (.*)$`)
	quoted   = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
)

func expectations(t *testing.T, src string) []expectation {
	var wanted []expectation
	for i, line := range strings.Split(src, "\n") {
		m := expected.FindStringSubmatch(strings.TrimSuffix(line, "\r"))
		if m == nil {
			continue
		}
		severity := diag.Error
		if m[1] == "WARNING" {
			severity = diag.Warning
		}
		for _, q := range quoted.FindAllString(m[2], -1) {
			text, err := strconv.Unquote(q)
			if err != nil {
				t.Fatalf("line %d: %s: %v", i+1, q, err)
			}
			wanted = append(wanted, expectation{i + 1, severity, regexp.MustCompile(text)})
		}
	}
	return wanted
}

func compare(t *testing.T, wanted []expectation, diagnostics []diag.Diagnostic) {
	t.Helper()
	for _, d := range diagnostics {
		fits := func(e expectation) bool {
			return e.line == d.Pos.Line && e.severity == d.Severity && e.pattern.MatchString(string(d.Code)+": "+d.Message)
		}
		if i := slices.IndexFunc(wanted, fits); i >= 0 {
			wanted = slices.Delete(wanted, i, i+1)
		} else {
			t.Errorf("unexpected: %s", d.Text(nil))
		}
	}
	for _, e := range wanted {
		t.Errorf("line %d: no %s that matches %q", e.line, e.severity, e.pattern)
	}
}
