package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/supgen/supgen/internal/output"
)

// nasty is what a terminal, a reader, a log or a format would take for something else than a text.
var nasty = []string{
	"\x1b]0;pwned\x07", "\x1b[2J", "\u009b31m", "\x7f", "\b\b", "\v\f",
	"\u202egnp.exe", "\u2066x\u2069", "\u200b", "\ufeff", "\u2028x\u2029", "\u0085", "\U000e0041",
	"\xff\xfe", "\xe2\x80", "a\r::error::pwned",
	"::error file=a,line=1::pwned", " ::stop-commands::x", "\u00a0::warning::x", "##[error]pwned", "x ##vso[task.setvariable]y",
	"%0A::error::x", "*/ func init() {} /*", "</title><script>alert(1)</script>", "]]>", "--><b>", "\"]; x [label=\"", "#quot;", "`$(id)`",
}

var (
	command = regexp.MustCompile(`(?m)^[\s\pZ]*::`)
	found   = regexp.MustCompile(`^::(error|warning|notice) (file=[^:,]*,(line=\d+,(col=\d+,(endColumn=\d+,)?)?)?)?title=[^:,]*::`)
)

// wantHarmless wants nothing in a text that a terminal, a reader or a log would obey.
func wantHarmless(t *testing.T, of, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("%s: not UTF-8: %q", of, text)
	}
	for _, r := range text {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
			t.Errorf("%s: %q in %q", of, r, text)
			return
		}
	}
	if command.MatchString(text) || regexp.MustCompile(`##\w*\[`).MatchString(text) {
		t.Errorf("%s: a workflow command in %q", of, text)
	}
}

// streams are what a command line has printed.
type streams struct{ stdout, stderr string }

func printed(args ...string) streams {
	var stdout, stderr bytes.Buffer
	run(args, &stdout, &stderr)
	return streams{stdout.String(), stderr.String()}
}

// TestNothingGetsOut puts each nasty text wherever a file can have one, and reads what every command makes of it, in
// every format.
func TestNothingGetsOut(t *testing.T) {
	for i, text := range nasty {
		if testing.Short() && i%4 != 0 {
			continue
		}
		t.Run(strconv.Quote(text), func(t *testing.T) {
			t.Chdir(t.TempDir())
			t.Setenv("GITHUB_WORKSPACE", "")
			line := strings.NewReplacer("\n", "", "\v", "", "\r", "").Replace(text)
			dir := "d" // called like the text, where that can be the name of a directory
			if name := strings.ReplaceAll(text, "/", "_"); os.Mkdir(name, 0o755) == nil && i%2 == 0 {
				dir = name
			}
			for _, d := range []string{"good", "old", "odd", "bad", dir} {
				if err := os.Mkdir(d, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
					t.Fatal(err)
				}
			}
			good := fmt.Sprintf("// %[1]s\npackage x\n\n// Shop: %[1]s\n//%[1]s\nsupervisor Shop {\n\t//%[1]s\n\tservice DB { // %[1]s\n\t\ttags %[2]q, \"b\"\n\t}\n"+
				"\tdynamic job Ask(key string) key key {\n\t\tmax 3\n\t}\n}\n", line, text)
			write(t, "good/x.sup", good)
			write(t, filepath.Join(dir, "x.sup"), good+"\npolicy unused {\n\tlimit 1 in 1m\n}\n")
			write(t, "old/x.sup", "package x\n\nsupervisor Shop {\n\tservice DB\n}\n")
			write(t, "bad/x.sup", good+line+"\n"+fmt.Sprintf("supervisor Two {\n\tservice X {\n\t\ttags %[1]q, %[1]q\n\t}\n\tservice %[2]s\n\tservice Y needs X %[2]s\n}\nimport %[1]q\n", text, line))
			write(t, "x.sim", fmt.Sprintf("Shop.DB error %[1]q after 1s\nat 1s start Shop.Ask[%[1]q]\nat 2s pause Shop.DB by %[1]q %[1]q\nat 3s expect Shop.DB#7 ready\nuntil 1m\n", text))
			write(t, "good/x.sim", fmt.Sprintf("Shop.DB error %[1]q after 1s\nat 3s expect Shop.DB#7 ready\nuntil 1m\n---\n%[2]s\n", text, line))
			write(t, "good/bad.sim", line+"\nShop.DB error "+line+"\n")
			write(t, "bad.sim", line+"\nShop.DB error "+line+"\n")
			oddName := filepath.Join("odd", strings.ReplaceAll(text, "/", "_")+".sup")
			odd := os.WriteFile(oddName, []byte("package x\n"), 0o644) == nil

			for _, d := range []string{"good", dir, "bad", "odd", "./...", text} {
				for _, format := range output.ReportFormats {
					wantDiagnostics(t, format, printed("validate", "--format", format, d))
				}
				for _, format := range []string{"text", "json"} {
					for _, args := range [][]string{{"explain", d}, {"explain", d, "DB"}, {"explain", d, text}, {"diff", "old", d}, {"diff", d, "old"},
						{"simulate", d}, {"simulate", d, "x.sim"}, {"simulate", d, "bad.sim"}, {"simulate", "--tree", text, d}} {
						out := printed(append(args, "--format", format)...)
						of := strings.Join(args, " ")
						wantHarmless(t, of, out.stdout)
						wantHarmless(t, of, out.stderr)
						if format == "json" {
							wantJSON(t, of, out.stdout)
						}
					}
				}
				for _, args := range [][]string{{"old", d}, {d, "old"}} {
					out := printed("diff", "--format", "markdown", args[0], args[1])
					wantHarmless(t, "markdown", out.stdout+out.stderr)
					wantDiagnostics(t, "github", printed("diff", "--format", "github", args[0], args[1]))
				}
				for _, format := range []string{"mermaid", "dot", "svg"} {
					out := printed("graph", "--format", format, d)
					wantHarmless(t, format, out.stdout+out.stderr)
					if format == "svg" && out.stdout != "" {
						wantXML(t, out.stdout)
					}
				}
				for _, args := range [][]string{{"fmt", "-l", d}, {"explain", text}, {"init", d}, {text}, {"validate", "--" + text}} {
					out := printed(args...)
					wantHarmless(t, strings.Join(args, " "), out.stdout+out.stderr)
				}
				wantHarmless(t, "fmt", printed("fmt", "-d", d).stderr)
			}

			if !utf8.ValidString(text) {
				return // what stands in "good" has a mistake
			}
			out := printed("test", "good")
			wantHarmless(t, "test", out.stdout+out.stderr)
			wantDiagnostics(t, "github", printed("test", "--format", "github", "good"))
			out = printed("test", "--format", "junit", "good")
			wantHarmless(t, "junit", out.stdout+out.stderr)
			wantXML(t, out.stdout)
			printed("test", "--update", "good")
			if text, err := os.ReadFile("good/x.sim"); err != nil {
				t.Error(err)
			} else if _, timeline, _ := strings.Cut(string(text), "---\n"); strings.Contains(timeline, "launched") {
				wantHarmless(t, "a timeline", timeline)
			} else {
				t.Errorf("no timeline in %q", text)
			}

			var explained struct {
				Facts []struct{ Name, Value string }
			}
			if err := json.Unmarshal([]byte(printed("explain", "--format", "json", "good", "DB").stdout), &explained); err != nil {
				t.Error(err)
			} else if want := strconv.Quote(text) + `, "b"`; len(explained.Facts) != 1 || explained.Facts[0].Value != want {
				t.Errorf("JSON says %q, and the file %s", explained.Facts, want)
			}
			code := printed("generate", "--stdout", "good").stdout
			wantHarmless(t, "generate", strings.ReplaceAll(code, "##", "")) // it is no log
			if _, err := parser.ParseFile(token.NewFileSet(), "x.sup.go", code, parser.AllErrors); err != nil {
				t.Error(err)
			}
			out = printed("generate", "odd")
			wantHarmless(t, "generate", out.stdout+out.stderr)
			if text, err := os.ReadFile(oddName + ".go"); odd && err == nil {
				if _, err := parser.ParseFile(token.NewFileSet(), "x.sup.go", text, parser.AllErrors); err != nil {
					t.Errorf("%q: %v", oddName, err)
				}
				wantHarmless(t, oddName, strings.ReplaceAll(string(text), "##", ""))
			}
		})
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func wantDiagnostics(t *testing.T, format string, out streams) {
	t.Helper()
	wantHarmless(t, format, out.stderr)
	if format != "github" {
		wantHarmless(t, format, out.stdout)
	}
	switch format {
	case "json", "sarif":
		wantJSON(t, format, out.stdout)
	case "github":
		for line := range strings.Lines(out.stdout) {
			if !found.MatchString(line) || strings.Count(line, "::") > 2 && command.MatchString(line[2:]) {
				t.Errorf("%q is not an annotation", line)
			}
			wantHarmless(t, format, strings.TrimPrefix(line, "::"))
		}
	}
}

func wantJSON(t *testing.T, of, text string) {
	t.Helper()
	for d := json.NewDecoder(strings.NewReader(text)); ; {
		var v any
		if err := d.Decode(&v); err == io.EOF {
			return
		} else if err != nil {
			t.Errorf("%s: %v in %s", of, err, text)
			return
		}
	}
}

func wantXML(t *testing.T, text string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Errorf("%v in %s", err, text)
			return
		}
	}
}
