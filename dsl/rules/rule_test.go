package rules

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/dsl/check"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
)

// Every code has one rule. Its bad example has that code and no other, its good one has none.
func TestRules(t *testing.T) {
	var told []diag.Code
	for _, chapter := range Chapters() {
		for _, rule := range chapter.Rules {
			told = append(told, rule.Code)
			t.Run(string(rule.Code), func(t *testing.T) { holdToExamples(t, rule) })
		}
	}
	want := diag.Codes()
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
	if rule, ok := RuleOf(diag.CodeCycle); !ok || rule.Code != diag.CodeCycle {
		t.Errorf("the rule of %q is %q (%t)", diag.CodeCycle, rule.Code, ok)
	}
	for word, want := range map[diag.Code]diag.Code{"unknwon-name": diag.CodeUnknownName, "Unknown-Name": diag.CodeUnknownName, "./shop": ""} {
		if rule, ok := RuleOf(word); ok || rule.Code != want {
			t.Errorf("the rule of %q is %q (%t), want %q", word, rule.Code, ok, want)
		}
	}
}

func diagnosticsOf(src string) []diag.Diagnostic {
	file, _ := syntax.Parse("shop.sup", []byte(src))
	_, diagnostics := check.Check([]*syntax.File{file}, "")
	return diagnostics
}
