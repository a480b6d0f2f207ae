package rules

import "github.com/supgen/supgen/dsl/diag"

var nameRules = []Rule{
	{
		Code: diag.CodeUnknownName,
		Text: "A name stands for a policy of the package, or for something that can be seen from where it is used.",
		Why: "Names are looked up outwards: in the supervisor of the child that uses it, then in the one around that. To reach " +
			"inwards, write the way: Ingest.Writer. Notes show all that waits for the child that cannot start.",
	},
	{
		Code: diag.CodeUnknownValue,
		Text: "A statement takes the words that its form lists.",
		Why:  "Strategies, outcomes and actions are a fixed set of words, as in Erlang/OTP.",
	},
	{
		Code: diag.CodeDuplicateChild,
		Text: "Two trees of a package, or two children of a supervisor, have two names. A group's members count as its supervisor's.",
		Why:  "The path of a child names it for ever: in logs, in metrics, and to operators.",
	},
	{
		Code: diag.CodeDuplicatePolicy,
		Text: "Two policies of a package have two names.",
		Why:  "The files of a package share their policies, and use would not say which of the two is meant.",
	},
	{
		Code: diag.CodeDuplicateImport,
		Text: "Two imports of a file go by two names.",
		Why:  "A type says by that name which package it is of, here and in the generated file.",
	},
	{
		Code: diag.CodeDuplicateStatement,
		Text: "A block says each thing once, and a file names its package once.",
		Why:  "The weaker of two would be lost without a word. A row of the table is one thing: on panic may stand beside on error.",
	},
	{
		Code: diag.CodeRepeatedName,
		Text: "A list names each thing once, and nothing is both needed and waited for.",
		Why:  "needs X waits for X already. A second mention would say nothing, or hand a value over twice.",
	},
	{
		Code: diag.CodeNameCase,
		Text: "Supervisors and children begin with a capital letter, policies with a small one.",
		Why: "The names of children become exported Go methods; policies are of this package's .sup files alone. A capital has a " +
			"small form, which begins the names that are generated and not exported.",
	},
	{
		Code: diag.CodeReservedName,
		Text: "A child or an argument is not called what generated code, or Go, has a meaning for already.",
		Why:  "shop.Run runs the tree, so that a child cannot be the method Run too. Every argument comes after ctx and run.",
	},
	{
		Code: diag.CodeNameClash,
		Text: "No two things generate the same Go identifier, and none is generated that the directory's Go files declare.",
		Why:  "Identifiers are paths without their dots, so that A.BC and AB.C are one to Go. Both places are shown.",
	},
	{
		Code: diag.CodeUnusedPolicy,
		Text: "Every policy is used.",
		Why:  "Whoever wrote it took it to hold for something.",
	},
}
