package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/dsl/diag"
)

// Every code has one rule. Its bad example has that code and no other, its good one has none.
func TestRules(t *testing.T) {
	var codes []diag.Code
	for _, chapter := range Chapters() {
		for _, rule := range chapter.Rules {
			codes = append(codes, rule.Code)
			t.Run(string(rule.Code), func(t *testing.T) { holdToExamples(t, rule) })
		}
	}
	slices.Sort(codes)
	if diff := cmp.Diff(slices.Sorted(slices.Values(diag.Codes())), codes); diff != "" {
		t.Errorf("codes with a rule (-want +got):\n%s", diff)
	}

	var folders []diag.Code
	entries, err := examples.ReadDir("_examples")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		folders = append(folders, diag.Code(e.Name()))
	}
	if diff := cmp.Diff(codes, folders); diff != "" {
		t.Errorf("folders in _examples (-want +got):\n%s", diff)
	}
}

func holdToExamples(t *testing.T, rule Rule) {
	if rule.Text == "" || rule.Why == "" {
		t.Error("the rule has no text")
	}
	bad, good := rule.Bad(), rule.Good()
	broken := bad.Diagnostics()
	if len(broken) == 0 {
		t.Errorf("nothing is wrong with\n%s", bad.Text)
	}
	for _, d := range broken {
		if d.Code != rule.Code || d.Severity != rule.Code.Severity() {
			t.Errorf("the bad example is %s", d.Text([]byte(bad.Text)))
		}
	}
	for _, d := range good.Diagnostics() {
		t.Errorf("the good example is %s", d.Text([]byte(good.Text)))
	}
}

func TestLookup(t *testing.T) {
	if rule, ok := Lookup(diag.CodeCycle); !ok || rule.Code != diag.CodeCycle {
		t.Errorf("the rule of %q is %q (%t)", diag.CodeCycle, rule.Code, ok)
	}
	for word, want := range map[diag.Code]diag.Code{"unknwon-name": diag.CodeUnknownName, "Unknown-Name": diag.CodeUnknownName, "./shop": ""} {
		if rule, ok := Lookup(word); ok || rule.Code != want {
			t.Errorf("the rule of %q is %q (%t), want %q", word, rule.Code, ok, want)
		}
	}
}

// What is said of a rule fits an alert, and in Markdown what is code is indented.
func TestHelp(t *testing.T) {
	for _, chapter := range All() {
		for _, rule := range chapter.Rules {
			const most = 8 << 10
			if n := len(rule.Markdown()); n > most || rule.Page() == rule.Help() || !strings.HasSuffix(rule.Page(), rule.Help()) {
				t.Errorf("%s: %d bytes", rule.Code, n)
			}
			if !rule.IsChecked() {
				continue
			}
			text, examples, _ := strings.Cut(rule.Markdown(), "\nThis breaks it:\n")
			if strings.Contains(text, "\t") {
				t.Errorf("%s: %q", rule.Code, text)
			}
			for line := range strings.Lines(examples) {
				if line != "\n" && line != "This follows it:\n" && !strings.HasPrefix(line, "\t") {
					t.Errorf("%s: %q is not indented", rule.Code, line)
				}
			}
		}
	}
}
