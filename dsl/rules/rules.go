package rules

import (
	"embed"
	"path"
	"slices"

	"github.com/supgen/supgen/dsl/check"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
)

// A Rule says what a package must follow, and why. "supgen explain" and docs/checks.md print it.
type Rule struct {
	Code diag.Code
	Text string // in one sentence
	Why  string
}

// A Chapter is the rules on one matter.
type Chapter struct {
	Title string
	Rules []Rule
}

// Chapters returns the rules of the checker, one for each of its codes.
func Chapters() []Chapter {
	return []Chapter{
		{"The text of a file", textRules},
		{"Files, packages and Go types", fileRules},
		{"Names", nameRules},
		{"Shape", shapeRules},
		{"Values and arithmetic", valueRules},
	}
}

// All returns the rules of the checker, and those of generated files, which have no examples.
func All() []Chapter { return append(Chapters(), Chapter{"Generated files", generatedRules}) }

// Lookup returns the rule with a code. If there is none, the code of the result is the nearest that exists, or "".
func Lookup(code diag.Code) (rule Rule, ok bool) {
	var codes []string
	for _, chapter := range All() {
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

// An Example is a package of one file.
type Example struct {
	Name string // of the file, which counts: one rule is about it
	Text string
}

// IsChecked reports whether the checker knows the rule. Then it has examples.
func (r Rule) IsChecked() bool { return slices.Contains(diag.Codes(), r.Code) }

// Bad returns an example that breaks this rule and no other.
func (r Rule) Bad() Example { return r.example("bad") }

// Good returns the same example, fixed: it follows all rules.
func (r Rule) Good() Example { return r.example("good") }

// Examples are in folders of their own, as tools take all files of a folder for one package.
//
//go:embed _examples
var examples embed.FS

// example reads the only file in _examples/CODE/SIDE.
func (r Rule) example(side string) Example {
	dir := path.Join("_examples", string(r.Code), side)
	files, err := examples.ReadDir(dir)
	if err != nil || len(files) != 1 {
		panic("rules: " + dir + " has to hold one file")
	}
	name := files[0].Name()
	text, err := examples.ReadFile(path.Join(dir, name))
	if err != nil {
		panic(err)
	}
	return Example{name, string(text)}
}

// Diagnostics returns what the checker reports about the example.
func (e Example) Diagnostics() []diag.Diagnostic {
	file, _ := syntax.Parse(e.Name, []byte(e.Text))
	_, diagnostics := check.Check([]*syntax.File{file}, "")
	return diagnostics
}
