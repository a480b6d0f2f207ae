package dsl

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/supgen/supgen/dsl/check"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/rules"
	"github.com/supgen/supgen/dsl/syntax"
)

// A flawed text is a package of one file that has mistakes.
type flawed struct{ name, file, text, goPackage string }

func (f flawed) check(text []byte) []diag.Diagnostic {
	file, _ := syntax.Parse(f.file, text)
	_, diagnostics := check.Check([]*syntax.File{file}, f.goPackage)
	return diagnostics
}

// corpus is all that the tests know with mistakes in it.
func corpus(t *testing.T) (all []flawed) {
	t.Helper()
	names, err := filepath.Glob("../testdata/check/*.sup")
	if err != nil || len(names) == 0 {
		t.Fatalf("no files to check: %v", err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, flawed{filepath.Base(name), filepath.Base(name), string(text), ""})
	}
	for _, chapter := range rules.Chapters() {
		for _, rule := range chapter.Rules {
			all = append(all, flawed{string(rule.Code), rule.Bad().Name, rule.Bad().Text, ""})
		}
	}
	for _, test := range lineRepairs {
		all = append(all, flawed{test.line, "a.sup", aroundLine(test.line), ""})
	}
	for _, test := range fileRepairs {
		all = append(all, flawed{test.src, "a.sup", "package main\n\n" + test.src, ""})
	}
	const worker = "supervisor Shop {\n\tworker A\n}\n"
	return append(all,
		flawed{"no package", "a.sup", worker, "shop"},
		flawed{"another package", "a.sup", "package main\n\n" + worker, "shop"},
		flawed{"imported twice", "a.sup", "package main\n\nimport \"database/sql\"\nimport \"database/sql\"\n\n" + withDB, ""},
		flawed{"a key that is mistyped", "a.sup", "package main\n\nsupervisor Shop {\n\tdynamic worker A(user string) key usr {\n\t\tmax 3\n\t}\n}\n", ""},
		flawed{"a child that is mistyped", "a.sup", "package main\n\nsupervisor Shop {\n\tfinish when all Indexr\n\tworker Indexer\n}\n", ""},
	)
}

// In a file with the line ends of Windows a fix makes what it makes in one with those of Unix, with the file's own.
func TestFixesKeepLineEnds(t *testing.T) {
	several := 0
	for _, f := range corpus(t) {
		if strings.Contains(f.text, "\r") {
			continue
		}
		windows := func(text []byte) string { return strings.ReplaceAll(string(text), "\n", "\r\n") }
		text := []byte(windows([]byte(f.text)))
		want, got := f.check([]byte(f.text)), f.check(text)
		if len(want) != len(got) {
			t.Errorf("%s: %d diagnostics, and %d with CRLF", f.name, len(want), len(got))
			continue
		}
		for i := range want {
			for j := range want[i].Fixes {
				unix, _ := diag.Apply(map[string][]byte{f.file: []byte(f.text)}, want[i].Fixes[j:j+1])
				mended, _ := diag.Apply(map[string][]byte{f.file: text}, got[i].Fixes[j:j+1])
				if diff := cmp.Diff(windows(unix[f.file]), string(mended[f.file])); diff != "" {
					t.Errorf("%s: %s: %q (-want +got):\n%s", f.name, got[i], got[i].Fixes[j].Message, diff)
				}
				for _, e := range got[i].Fixes[j].Edits {
					several += strings.Count(e.New, "\n")
				}
			}
		}
	}
	if several == 0 {
		t.Error("no fix writes several lines")
	}
}

// Each fix, made alone, mends what it is for, and brings no error. Where it lets a line be read at last, what that says may
// be wrong; but it can be read.
func TestFixes(t *testing.T) {
	type mistake struct {
		code    diag.Code
		message string
	}
	count := func(list []diag.Diagnostic) map[mistake]int {
		n := map[mistake]int{}
		for _, d := range list {
			n[mistake{d.Code, d.Message}]++
		}
		return n
	}
	fixed := map[diag.Code]int{}
	for _, f := range corpus(t) {
		before := f.check([]byte(f.text))
		was := count(before)
		for _, d := range before {
			for _, fix := range d.Fixes {
				fixed[d.Code]++
				mended, made := diag.Apply(map[string][]byte{f.file: []byte(f.text)}, []diag.Fix{fix})
				if !made[0] || fix.Message == "" {
					t.Errorf("%s: %s: %q cannot be made: %v", f.name, d, fix.Message, fix.Edits)
					continue
				}
				change := func() string {
					return cmp.Diff(strings.Split(f.text, "\n"), strings.Split(string(mended[f.file]), "\n"))
				}
				after := f.check(mended[f.file])
				now := count(after)
				if m := (mistake{d.Code, d.Message}); now[m] >= was[m] {
					t.Errorf("%s: %s: %q does not mend it:\n%s", f.name, d, fix.Message, change())
				}
				for _, other := range after {
					m := mistake{other.Code, other.Message}
					if other.Severity == diag.Error && now[m] > was[m] && (other.Code.Unread() || !d.Code.Unread()) {
						t.Errorf("%s: %s: %q brings %s:\n%s", f.name, d, fix.Message, other, change())
					}
				}
			}
		}
	}
	for _, code := range diag.Codes() {
		if why := unfixed[code]; (why == "") != (fixed[code] > 0) {
			t.Errorf("%s is fixed %d times, and has no fix since %q: give it a fix, or a reason", code, fixed[code], why)
		}
	}
}

// What stands in the block of a child, and belongs into its declaration, is moved there.
func TestFixOwner(t *testing.T) {
	const text = "package main\n\nsupervisor Shop {\n\tservice A\n\tservice B {\n\t\t%s\n\t\tshutdown 5s\n\t}\n}\n"
	for line, header := range map[string]string{
		"needs A":    "service B needs A {",
		"depends A":  "service B needs A {",
		"replicas 3": "service B[3] {",
	} {
		f := flawed{"owner", "a.sup", fmt.Sprintf(text, line), ""}
		mended, _ := diag.Apply(map[string][]byte{f.file: []byte(f.text)}, f.check([]byte(f.text))[0].Fixes)
		want := strings.NewReplacer("service B {", header, "\t\t"+line+"\n", "").Replace(f.text)
		if diff := cmp.Diff(want, string(mended[f.file])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
	}
}

// unfixed are the codes that have no fix, and why.
var unfixed = map[diag.Code]string{
	diag.CodeReservedWord:        "what it stands for is not there yet",
	diag.CodeMergeConflict:       "only its author can join the sides",
	diag.CodeDeepNesting:         "where to part it is a matter of design",
	diag.CodeFileName:            "a file is renamed, not edited",
	diag.CodeDuplicateChild:      "which of them should have another name is not known",
	diag.CodeReservedName:        "another name has to be thought of",
	diag.CodeNameClash:           "another name has to be thought of",
	diag.CodeNoChildren:          "what it should hold is not known",
	diag.CodeNeedsNever:          "which side should give way is not known",
	diag.CodeNeedsMayEnd:         "whether its end matters is not known",
	diag.CodeAfterOptional:       "how long it may take is not known",
	diag.CodeAfterEnd:            "whether its end matters is not known",
	diag.CodeSameType:            "Go types are declared in Go files",
	diag.CodeBadPrimary:          "whose sidecar it should be is not known",
	diag.CodeFinishNever:         "whether it should end is not known",
	diag.CodeFinishBefore:        "when it should end is not known",
	diag.CodeFinishMayWait:       "when it should end is not known",
	diag.CodeNothingLeft:         "whether more is to be in it is not known",
	diag.CodeOrder:               "which of them should start first is not known",
	diag.CodeTakesDown:           "how much may go down is not known",
	diag.CodeGoodEndFails:        "what should follow is not known",
	diag.CodeFactor:              "whether the delay should grow is not known",
	diag.CodeHeartbeat:           "how late it may be is not known",
	diag.CodeCheckTimeout:        "how long a check may take is not known",
	diag.CodeRowAction:           "what should follow is not known",
	diag.CodeFatalRestarts:       "what should follow is not known",
	diag.CodeLimitByChildren:     "how long it should be tried is not known",
	diag.CodeDeadBelowPause:      "how late it may be is not known",
	diag.CodeLimitByTimeouts:     "how long it should be tried is not known",
	diag.CodeLimitAboveIntensity: "which of the two is meant is not known",
	diag.CodeLimitsFirst:         "which of the two is meant is not known",
	diag.CodeRetryTakesAlong:     "how its siblings should fare is not known",
	diag.CodeUnlimitedHang:       "how long a stop may take is not known",
	diag.CodeStuckRestart:        "what should follow is not known",
	diag.CodeManyStarts:          "which limit is too high is not known",
	diag.CodeManyRestarts:        "how often it may restart is not known",
	diag.CodeUnlimited:           "how long a stop may take is not known",
}

// A file that is mended as far as it can be has no error that it had not, and is not mended further.
func TestMendsCorpus(t *testing.T) {
	for _, f := range corpus(t) {
		check := func(text map[string][]byte) []diag.Diagnostic { return f.check(text[f.file]) }
		all := func(diag.Diagnostic) bool { return true }
		before := f.check([]byte(f.text))
		mended, done, left, _ := diag.Mend(map[string][]byte{f.file: []byte(f.text)}, check, all)
		for _, d := range left {
			if d.Code.Unread() && !slices.ContainsFunc(before, func(b diag.Diagnostic) bool { return b.Code == d.Code && b.Message == d.Message }) {
				t.Errorf("%s: %s\n%s", f.name, d, mended[f.file])
			}
		}
		if len(done) == 0 && string(mended[f.file]) != f.text {
			t.Errorf("%s: nothing is mended, and the text is another", f.name)
		}
		if again, more, _, _ := diag.Mend(mended, check, all); len(more) > 0 || string(again[f.file]) != string(mended[f.file]) {
			t.Errorf("%s: mended again: %v", f.name, more)
		}
	}
}
