package dsl

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every code has one rule. Its bad example has that code and no other, its good one has none.
func TestRules(t *testing.T) {
	var told []Code
	for _, chapter := range Chapters() {
		for _, rule := range chapter.Rules {
			told = append(told, rule.Code)
			t.Run(string(rule.Code), func(t *testing.T) { holdToExamples(t, rule) })
		}
	}
	want := Codes()
	slices.Sort(want)
	slices.Sort(told)
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("codes with a rule (-want +got):\n%s", diff)
	}
}

func holdToExamples(t *testing.T, rule Rule) {
	if rule.Text == "" || rule.Why == "" {
		t.Error("the rule is not told")
	}
	broken := rule.Diagnostics()
	if len(broken) == 0 {
		t.Errorf("nothing is wrong with\n%s", rule.Bad)
	}
	for _, d := range broken {
		if d.Code != rule.Code || d.Severity != rule.Code.Severity() {
			t.Errorf("the bad example is %s", d.Text([]byte(rule.Bad)))
		}
	}
	for _, d := range diagnosticsOf(rule.Good) {
		t.Errorf("the good example is %s", d.Text([]byte(rule.Good)))
	}
}

func TestRuleOf(t *testing.T) {
	if rule, ok := RuleOf(CodeCycle); !ok || rule.Code != CodeCycle {
		t.Errorf("the rule of %q is %q (%t)", CodeCycle, rule.Code, ok)
	}
	for word, want := range map[Code]Code{"unknwon-name": CodeUnknownName, "Unknown-Name": CodeUnknownName, "./shop": ""} {
		if rule, ok := RuleOf(word); ok || rule.Code != want {
			t.Errorf("the rule of %q is %q (%t), want %q", word, rule.Code, ok, want)
		}
	}
}

func diagnosticsOf(src string) []Diagnostic {
	file, _ := Parse("shop.sup", []byte(src))
	_, diagnostics := Check([]*File{file}, "")
	return diagnostics
}
