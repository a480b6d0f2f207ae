// Package rules holds the texts of the rules: what each asks for, why, and one example of each side.
//
// There is one [Rule] for each [diag.Code]. The checks themselves are in packages syntax and check. This package only
// explains them: "supgen explain CODE" prints a rule, docs/checks.md lists all, and a SARIF report quotes them.
//
//	rule, _ := rules.Lookup(diag.CodeCycle)
//	bad := rule.Bad()
//	for _, d := range bad.Diagnostics() {
//		fmt.Print(d.Text([]byte(bad.Text)))
//	}
//
// Examples are files: _examples/CODE/bad and _examples/CODE/good hold one .sup file each. Open them in an editor, or run
// "supgen validate" there. Patterns such as ./... pass over folders that begin with an underscore, so the bad ones
// do not fail a run over the whole repository.
package rules
