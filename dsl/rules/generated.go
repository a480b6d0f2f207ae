package rules

import "github.com/supgen/supgen/dsl/diag"

// generatedRules are about the Go beside .sup files.
var generatedRules = []Rule{
	{
		Code: diag.CodeStale,
		Text: "A generated file is what its .sup file generates.",
		Why: "Go compiles the generated file. If it is missing, changed, or older than the .sup file, the program does not run " +
			"the tree that the .sup file declares. \"supgen generate --check\" reports it; \"supgen generate\" writes the file.",
	},
	{
		Code: diag.CodeOrphan,
		Text: "A generated file has its .sup file beside it.",
		Why: "When a .sup file is removed or renamed, the file that it generated still compiles, or declares again what the new one " +
			"declares. \"supgen generate\" reports it, and \"supgen generate --clean\" removes it.",
	},
}
