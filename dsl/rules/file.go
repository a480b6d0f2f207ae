package rules

import "github.com/supgen/supgen/dsl/diag"

var fileRules = []Rule{
	{
		Code: diag.CodeFileName,
		Text: "The name of a file does not make Go build the generated file only on some platforms, only for tests, or " +
			"not at all, and has no invisible characters. Every system can have such a file, beside those that are there. " +
			"So it is with the scripts beside it, and with its directory and those above it in the module; these are warnings.",
		Why: "Windows has no con.sup and no a:b.sup, and neither it nor macOS has both x.sup and X.sup: a checkout would lose one. " +
			"shop_windows.sup generates shop_windows.sup.go, and the go command builds that only on Windows: " +
			"elsewhere the program would not compile, or would miss a tree. Where that is meant, a build constraint says so.",
	},
	{
		Code: diag.CodeBuildConstraint,
		Text: "A file has at most one build constraint, a //go:build line above its package clause, and Go can read it.",
		Why: "The generated file has the same constraint. The go command ignores one that stands elsewhere, and rejects a " +
			"file with two, or with one that it cannot read.",
	},
	{
		Code: diag.CodeMissingPackage,
		Text: "A file begins with package NAME.",
		Why:  "The generated file is written next to the directory's .go files and belongs to their package.",
	},
	{
		Code: diag.CodePackageName,
		Text: "All .sup files of a directory name the same package: that of its .go files.",
		Why:  "Go builds a directory as one package. A keyword, or _, cannot be the name of a package.",
	},
	{
		Code: diag.CodeBadImport,
		Text: "An import has a path that is valid in Go, and a name: its alias, or the last element of the path without " +
			"its major version.",
		Why: "A package is imported for its types. Neither a dot import nor a blank import gives them a name, and if a " +
			"package is not named after its path, its name cannot be read from there. A package called error or " +
			"string would hide the Go type from the generated code. Whether there is such a package, \"supgen validate --types\" asks Go.",
	},
	{
		Code: diag.CodeUnusedImport,
		Text: "Every import is used by a Go type in the file.",
		Why:  "The generated file would not compile: Go rejects an unused import.",
	},
	{
		Code: diag.CodeUnknownImport,
		Text: "A package that qualifies a Go type is imported in the same file.",
		Why:  "As in Go, imports belong to one file, and the generated file has the same imports.",
	},
	{
		Code: diag.CodeBadType,
		Text: "A Go type is only a type, and a struct or an interface in it is empty.",
		Why: "The type is copied to the generated code, so nothing but a type may pass. A struct or an interface with " +
			"fields or methods needs a name: declare it in a Go file. \"supgen validate --types\" also asks Go: a type exists, has the " +
			"type arguments that it wants, and has no lock in it, as its values are copied on their way from child to child.",
	},
}
