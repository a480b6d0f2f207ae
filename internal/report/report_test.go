package report_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/internal/report"
)

// odd has mistakes with a hint, with a note, and a line that cannot be read; idle is worth a warning.
const (
	odd = `package shop

supervisor Shop {
	service DB
	service DB
	worker One needs DBB
	wroker Two
}
`
	idle = `package shop

policy calm {
	backoff 1s..1m
}

supervisor Shop {
	worker One
}
`
)

func checked(t *testing.T, name, text string) report.Report {
	t.Helper()
	file, _ := dsl.Parse(name, []byte(text))
	_, diagnostics := dsl.Check([]*syntax.File{file}, "")
	return report.Report{Diagnostics: diagnostics, Text: map[string][]byte{name: []byte(text)}}
}

// tags puts two characters before a mistake: one takes four bytes and two UTF-16 code units, the other two and one.
const tags = `package shop

supervisor Shop {
	worker One {
		tags "𝄞é", "a", "a"
	}
}
`

func TestSARIF(t *testing.T) {
	var log struct {
		Schema  string `json:"$schema"`
		Version string
		Runs    []struct {
			ColumnKind string
			Tool       struct {
				Driver struct {
					Name  string
					Rules []struct {
						ID               string
						ShortDescription struct{ Text string }
						Help             struct{ Text, Markdown string }
					}
				}
			}
			Results []struct {
				RuleID    string
				RuleIndex int
				Level     string
				Message   struct{ Text string }
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
					}
				}
				RelatedLocations []struct {
					Message struct{ Text string }
				}
			}
		}
	}
	r := checked(t, "a dir/odd.sup", odd)
	r.Diagnostics = append(r.Diagnostics, checked(t, "a dir/odd.sup", idle).Diagnostics...)
	if err := json.Unmarshal(encoded(t, r.SARIF()), &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || !strings.Contains(log.Schema, "sarif") || len(log.Runs) != 1 {
		t.Fatalf("the log is %+v", log)
	}
	run := log.Runs[0]
	if run.Tool.Driver.Name != "supgen" || run.ColumnKind != "utf16CodeUnits" || len(run.Results) != len(r.Diagnostics) {
		t.Errorf("the run is %+v", run)
	}
	levels := map[string]int{}
	for i, result := range run.Results {
		d := r.Diagnostics[i]
		rule := run.Tool.Driver.Rules[result.RuleIndex]
		if result.RuleID != string(d.Code) || rule.ID != result.RuleID || rule.ShortDescription.Text == "" ||
			!strings.Contains(rule.Help.Text, "\nThis breaks it:\n") || !strings.Contains(rule.Help.Markdown, "\n\tshop.sup:") {
			t.Errorf("result %d is of rule %q, %+v", i, result.RuleID, rule)
		}
		levels[result.Level]++
		place := result.Locations[0].PhysicalLocation
		if place.ArtifactLocation.URI != "a%20dir/odd.sup" || place.Region.StartLine != d.Pos.Line || place.Region.EndColumn < place.Region.StartColumn {
			t.Errorf("result %d is at %+v", i, place)
		}
		if !strings.HasPrefix(result.Message.Text, d.Message) || !strings.HasSuffix(result.Message.Text, d.Hint) {
			t.Errorf("result %d says %q", i, result.Message.Text)
		}
		if len(result.RelatedLocations) != len(d.Notes) {
			t.Errorf("result %d has %d notes, not %d", i, len(result.RelatedLocations), len(d.Notes))
		}
	}
	if levels["warning"] == 0 || levels["error"] == 0 || len(levels) != 2 {
		t.Errorf("the levels are %v", levels)
	}
}

func TestSARIFColumnsAreUTF16(t *testing.T) {
	r := checked(t, "tags.sup", tags)
	if len(r.Diagnostics) != 1 {
		t.Fatal(r.Diagnostics)
	}
	got := string(encoded(t, r.SARIF()))
	for _, want := range []string{
		`"region":{"startLine":5,"startColumn":20,"endLine":5,"endColumn":23}`,
		`"region":{"startLine":5,"startColumn":15,"endLine":5,"endColumn":18}`, // of the note
		`"fixes":[{"description":{"text":"remove \"a\""},"artifactChanges":[{"artifactLocation":{"uri":"tags.sup","uriBaseId":"%SRCROOT%"},"replacements":[{"deletedRegion":{"startLine":5,"startColumn":18,"endLine":5,"endColumn":23}}]}]}]`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

// A report that is not complete says so in every format.
func TestFailures(t *testing.T) {
	r := report.Report{Failures: []report.Failure{
		{Pos: diag.Pos{File: "a b/x.sup"}, Message: "cannot be read"}, {Message: "no\nplace"}, {Pos: diag.Pos{File: "x.go", Line: 7, Column: 2}, Message: "wrong"},
	}}
	for _, got := range []struct{ text, want string }{
		{string(encoded(t, r.SARIF())), `"invocations":[{"executionSuccessful":false,"toolExecutionNotifications":[` +
			`{"level":"error","message":{"text":"\"a b/x.sup\" cannot be read"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a%20b/x.sup","uriBaseId":"%SRCROOT%"}}}]},` +
			`{"level":"error","message":{"text":"no\nplace"}},` +
			`{"level":"error","message":{"text":"wrong"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"x.go","uriBaseId":"%SRCROOT%"},"region":{"startLine":7,"startColumn":2}}}]}]}]`},
		{string(encoded(t, r.Findings())), `[{"file":"a b/x.sup","line":1,"column":1,"endLine":1,"endColumn":1,"severity":"error","code":"","message":"\"a b/x.sup\" cannot be read"},`},
		{string(encoded(t, r.Findings())), `{"file":"x.go","line":7,"column":2,"endLine":7,"endColumn":2,"severity":"error","code":"","message":"wrong"}]`},
		{string(r.Renamed(func(name string) string { return "top/" + name }).GitHub()), "::error file=top/a b/x.sup,title=supgen::\"top/a b/x.sup\" cannot be read\n::error title=supgen::no%0Aplace\n::error file=top/x.go,line=7,col=2,title=supgen::wrong\n"},
	} {
		if !strings.Contains(got.text, got.want) {
			t.Errorf("no %s in\n%s", got.want, got.text)
		}
	}
}

// A long line is counted once, from marks that stand between characters, and in any order of places.
func TestSARIFColumnsOfLongLine(t *testing.T) {
	const n = 4000
	text := "package shop\n\nsupervisor Shop {\n\tworker One {\n\t\ttags \"𝄞é\"" + strings.Repeat(", \"𝄞é\"", n) + "\n\t}\n}\n"
	r := checked(t, "long.sup", text)
	if len(r.Diagnostics) != n {
		t.Fatal(len(r.Diagnostics))
	}
	slices.Reverse(r.Diagnostics[:n/2])
	results := r.SARIF().Runs[0].Results
	for i, d := range r.Diagnostics {
		start := d.Pos.Offset - (d.Pos.Column - 1)
		want := 1 + len(utf16.Encode([]rune(text[start:d.Pos.Offset])))
		if got := results[i].Locations[0].PhysicalLocation.Region.StartColumn; got != want {
			t.Fatalf("%s has column %d, not %d", d.Pos, got, want)
		}
	}
}

func TestSARIFOfNothing(t *testing.T) {
	got := string(encoded(t, report.Report{}.SARIF()))
	for _, want := range []string{`"results":[]`, `"rules":[]`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

func TestURI(t *testing.T) {
	for name, want := range map[string]string{
		"shop.sup":          `"uri":"shop.sup"`,
		"a/b#c.sup":         `"uri":"a/b%23c.sup"`,
		"a:b.sup":           `"uri":"./a:b.sup"`,
		"/tmp/shop.sup":     `"uri":"file:///tmp/shop.sup"`,
		"C:/code/shop.sup":  `"uri":"file:///C:/code/shop.sup"`,
		"../other/shop.sup": `"uri":"../other/shop.sup"`,
	} {
		r := checked(t, filepath.FromSlash(name), "package shop\nnonsense\n")
		if got := string(encoded(t, r.SARIF())); !strings.Contains(got, want) {
			t.Errorf("%s: no %s in\n%s", name, want, got)
		}
	}
}

// A backslash is a character of a name where it does not separate.
func TestURIBackslash(t *testing.T) {
	want := `"uri":"a%5Cb.sup"`
	if filepath.Separator == '\\' {
		want = `"uri":"a/b.sup"`
	}
	if got := string(encoded(t, checked(t, `a\b.sup`, "package shop\nnonsense\n").SARIF())); !strings.Contains(got, want) {
		t.Errorf("no %s in\n%s", want, got)
	}
}

func TestGitHub(t *testing.T) {
	r := checked(t, "a,b:50%/x.sup", tags)
	want := "::error file=a%2Cb%3A50%25/x.sup,line=5,col=20,endColumn=23,title=supgen%3A repeated-name::" +
		"tag \"a\" is listed twice%0Aa,b:50%25/x.sup:5:18: note: first listed here\n"
	if diff := cmp.Diff(want, string(r.GitHub())); diff != "" {
		t.Error(diff)
	}
	if got := string(report.Report{}.GitHub()); got != "" {
		t.Errorf("nothing is reported as %q", got)
	}
}

func TestFindings(t *testing.T) {
	want := `[{"file":"tags.sup","line":5,"column":23,"endLine":5,"endColumn":26,"severity":"error","code":"repeated-name",` +
		`"message":"tag \"a\" is listed twice","notes":[{"file":"tags.sup","line":5,"column":18,"message":"first listed here"}],` +
		`"fixes":[{"message":"remove \"a\"","edits":[{"file":"tags.sup","line":5,"column":21,"endLine":5,"endColumn":26,"new":""}]}]}]`
	if diff := cmp.Diff(want, string(encoded(t, checked(t, "tags.sup", tags).Findings()))); diff != "" {
		t.Error(diff)
	}
	if got := string(encoded(t, report.Report{}.Findings())); got != "[]" {
		t.Errorf("nothing is reported as %q", got)
	}
}

func encoded(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
