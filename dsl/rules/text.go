package rules

import "github.com/supgen/supgen/dsl/diag"

var textRules = []Rule{
	{
		Code: diag.CodeSyntax,
		Text: "A line has the form of its statement.",
		Why: "The diagnostic blames the first word that does not fit, and shows the whole form. Parsing goes on at the " +
			"next line, so everything after the mistake is still checked.",
	},
	{
		Code: diag.CodeUnknownStatement,
		Text: "A line begins with the keyword of a statement.",
		Why:  "The checker cannot guess what an unknown word means; it suggests the nearest keyword.",
	},
	{
		Code: diag.CodeReservedWord,
		Text: "No line begins with a word that is reserved for a later version of the language.",
		Why: "process, every, place, singleton and include will be statements. A file that used them today would mean " +
			"something else tomorrow.",
	},
	{
		Code: diag.CodeBadCharacter,
		Text: "A file is UTF-8, and outside comments and strings it has only words, numbers and ASCII marks.",
		Why: "A character that cannot begin a word, a number or a mark has no meaning. A comment begins with //; there " +
			"is no other kind. A file in Latin-1 or Windows-1252 is not read at all: its comments and strings would come out damaged.",
	},
	{
		Code: diag.CodeBadLiteral,
		Text: "Numbers, percentages, durations and strings are written as in Go.",
		Why: "Durations have Go's units, the largest of which is h: a day is not always 24 hours long. Counts end at " +
			"2,147,483,647 and durations at ten years, so that sums of them are numbers on every machine.",
	},
	{
		Code: diag.CodeMergeConflict,
		Text: "A file has no unresolved merge conflicts.",
		Why: "Only the authors know which side is right. The first side is checked, so that the second does not cause " +
			"further diagnostics.",
	},
	{
		Code: diag.CodeUnclosedBlock,
		Text: "Every { has its }, and every import ( its ).",
		Why:  "The checker finds the missing one by the indentation, so that it still understands the rest of the file.",
	},
	{
		Code: diag.CodeStrayBrace,
		Text: "Every } has its {.",
		Why:  "One too many would end the block around it, and move what follows out of that block.",
	},
	{
		Code: diag.CodeDeepNesting,
		Text: "Blocks are nested at most a hundred deep.",
		Why: "Each level is a supervisor that can restart those below it, and no real program has a hundred of them. " +
			"With this bound, no file can exhaust the stack of a program that reads it.",
	},
	{
		Code: diag.CodeUnusedIgnore,
		Text: "A comment that accepts a warning names its code, gives the reason, and stands at the end of the line " +
			"that the warning is reported for, or above it.",
		Why: "A comment that silences nothing may be left from a mistake that was fixed, and would hide the next one. " +
			"Errors cannot be ignored, because no code can be generated.",
	},
}
