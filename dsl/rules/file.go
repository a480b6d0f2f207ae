package rules

import "github.com/supgen/supgen/dsl/diag"

var fileRules = []Rule{
	{
		Code: diag.CodeFileName,
		Text: "The name of a file does not make Go build the generated file for some platforms only, as a test, or not at all, and shows as it is.",
		Why: "shop_windows.sup generates shop_windows.sup.go, and the go command leaves that out everywhere but on Windows: " +
			"the program would not compile elsewhere, or would miss a tree.",
	},
	{
		Code: diag.CodeMissingPackage,
		Text: "A file begins with package NAME.",
		Why:  "The generated file stands beside the directory's .go files and belongs to their package.",
	},
	{
		Code: diag.CodePackageName,
		Text: "All .sup files of a directory name the same package: that of its .go files.",
		Why:  "Go builds a directory as one package. A keyword, or _, can be the name of none.",
	},
	{
		Code: diag.CodeBadImport,
		Text: "An import has a path that Go could have, and a name of its own: its alias, or the last element of the path without its major version.",
		Why: "A package is imported for its types. Neither a dot import nor a blank one gives them a name, and from the path " +
			"alone nobody can tell what a package calls itself if it is not called after it. A package called error or string would " +
			"hide what Go means by that from the generated code.",
	},
	{
		Code: diag.CodeUnusedImport,
		Text: "A Go type in the file is of each package that it imports.",
		Why:  "The generated file would not compile: Go refuses an import that is not used.",
	},
	{
		Code: diag.CodeUnknownImport,
		Text: "A package that qualifies a Go type is imported in the same file.",
		Why:  "As in Go, imports are a file's own, and so they are in the file that is generated from it.",
	},
	{
		Code: diag.CodeBadType,
		Text: "What stands where a Go type should is a Go type, and no struct or interface with parts.",
		Why: "The type comes out in generated code as it is written here, so nothing but a type may pass. One with parts " +
			"wants a name, and the place for that is a Go file.",
	},
}
