package rules

import (
	"cmp"
	"github.com/supgen/supgen/dsl/check"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"slices"
)

// A Rule is what the language holds a package to under one [Code]: in a sentence, with the reason and an example of
// each side. "supgen explain" prints it, and docs/checks.md.
type Rule struct {
	Code diag.Code
	Text string
	Why  string

	// Bad and Good are whole files, one that breaks this rule and no other, and one that keeps all rules.
	Bad, Good string

	badName string // of the file with Bad; "" if it can have any
}

// A Chapter is the rules on one matter.
type Chapter struct {
	Title string
	Rules []Rule
}

// Chapters are all rules, one for each Code.
func Chapters() []Chapter {
	return []Chapter{
		{"The text of a file", textRules},
		{"Files, packages and Go types", fileRules},
		{"Names", nameRules},
		{"Shape", slices.Concat(declarationRules, dependencyRules, rowRules)},
		{"Values and arithmetic", slices.Concat(valueRules, arithmeticRules)},
	}
}

// RuleOf is the rule with a code. Where there is none, the code is that which was probably meant, or "".
func RuleOf(code diag.Code) (rule Rule, ok bool) {
	var codes []string
	for _, chapter := range Chapters() {
		for _, rule := range chapter.Rules {
			if rule.Code == code {
				return rule, true
			}
			codes = append(codes, string(rule.Code))
		}
	}
	near, _ := diag.Nearest(string(code), codes)
	return Rule{Code: diag.Code(near)}, false
}

// BadName is what the file with the bad example is called: it is part of the example under one code.
func (r Rule) BadName() string { return cmp.Or(r.badName, "shop.sup") }

// Diagnostics is what Check says of the bad example.
func (r Rule) Diagnostics() []diag.Diagnostic {
	file, _ := syntax.Parse(r.BadName(), []byte(r.Bad))
	_, diagnostics := check.Check([]*syntax.File{file}, "")
	return diagnostics
}
