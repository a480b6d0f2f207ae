package rules

import "github.com/supgen/supgen/dsl/diag"

var nameRules = []Rule{
	{
		Code: diag.CodeUnknownName,
		Text: "A name is that of a policy of the package, or of something that is visible where it is used.",
		Why: "Names are looked up outwards: in the supervisor of the child that uses it, then in the one around that. " +
			"To name a child inside another supervisor, write the path: Ingest.Writer. The notes list every child " +
			"that waits for the one that cannot start.",
	},
	{
		Code: diag.CodeUnknownValue,
		Text: "A statement takes one of the words that its form lists.",
		Why:  "Strategies, outcomes and actions are a fixed set of words, as in Erlang/OTP.",
	},
	{
		Code: diag.CodeDuplicateChild,
		Text: "Two trees of a package, or two children of a supervisor, have different names. The members of a group " +
			"count as children of its supervisor.",
		Why: "The path of a child is its name everywhere: in logs, in metrics, and for operators.",
	},
	{
		Code: diag.CodeDuplicatePolicy,
		Text: "Two policies of a package have different names.",
		Why:  "The files of a package share their policies, and use could mean either of them.",
	},
	{
		Code: diag.CodeDuplicateImport,
		Text: "Two imports of a file have different names.",
		Why:  "The name tells which package a type belongs to, here and in the generated file.",
	},
	{
		Code: diag.CodeDuplicateStatement,
		Text: "A block has each statement at most once, and a file names its package once.",
		Why: "One of the two would be ignored silently. Rows of the table are distinct statements: on panic may be " +
			"used together with on error.",
	},
	{
		Code: diag.CodeRepeatedName,
		Text: "A list has each name once, and what is needed is not named in wants or after too.",
		Why:  "needs X already waits for X. A second mention would do nothing, or hand a value over twice.",
	},
	{
		Code: diag.CodeNameCase,
		Text: "Supervisors and children begin with a capital letter, policies with a small one.",
		Why: "The names of children become exported Go methods; a policy is visible only in the .sup files of its " +
			"package. The first letter must have a lower-case form, because unexported generated names begin with it.",
	},
	{
		Code: diag.CodeReservedName,
		Text: "A child or an argument does not have a name that generated code, or Go, already uses.",
		Why: "shop.Run runs the tree, so a child cannot be called Run too. Every argument comes after ctx and run. A method called " +
			"ReadByte or MarshalJSON has the standard library's signature, or go vet refuses it.",
	},
	{
		Code: diag.CodeNameClash,
		Text: "Every generated Go identifier is unique, and the directory's Go files do not declare it, nor what generated code means by another.",
		Why: "Identifiers are paths without their dots, so A.BC and AB.C become the same identifier. A Go file that imports a package " +
			"as shopDB, has a method DB on the tree's type or declares a type called context does not compile with what is generated. " +
			"Both positions are shown.",
	},
	{
		Code: diag.CodeUnusedPolicy,
		Text: "Every policy is used, and each of its statements is for some child that uses it.",
		Why: "A policy without a use has no effect, although its author expected one. Neither has a throttle in a policy " +
			"that only services use, or a row for what cannot happen to any of them.",
	},
}
