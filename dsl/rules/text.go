package rules

import "github.com/supgen/supgen/dsl/diag"

var textRules = []Rule{
	{
		Code: diag.CodeSyntax,
		Text: "A line is written as the form of its statement says.",
		Why: "The word to blame is the first that does not fit, and the message shows the whole form. The mistake costs " +
			"its line and no more: everything behind it is still checked.",
	},
	{
		Code: diag.CodeUnknownStatement,
		Text: "A line begins with the keyword of a statement.",
		Why:  "What a word means that the language does not have cannot be guessed; the nearest keyword is shown.",
	},
	{
		Code: diag.CodeReservedWord,
		Text: "No line begins with a word that is kept for a later version of the language.",
		Why: "process, every, place, singleton and include will be statements. A file that said them today would mean " +
			"something else tomorrow.",
	},
	{
		Code: diag.CodeBadCharacter,
		Text: "A file is UTF-8, and outside of comments and strings it has words, numbers and ASCII marks only.",
		Why: "A character that no word, number or mark begins with has no meaning. A comment begins with //, as there " +
			"is no other kind.",
	},
	{
		Code: diag.CodeBadLiteral,
		Text: "Numbers, percentages, durations and strings are written as in Go.",
		Why: "Durations have Go's units, the largest of which is h: a day is not always 24 hours long. Counts end at " +
			"2,147,483,647 and durations at ten years, so that sums of them are numbers on every machine.",
	},
	{
		Code: diag.CodeMergeConflict,
		Text: "No conflict that git could not merge is left.",
		Why: "Which side is right only its authors know. The first one is checked, so that nothing is reported that " +
			"follows from there being two.",
	},
	{
		Code: diag.CodeUnclosedBlock,
		Text: "Every { has its }, and every import ( its ).",
		Why:  "Where one is missing is told from the indentation, so that the rest of the file is still understood.",
	},
	{
		Code: diag.CodeStrayBrace,
		Text: "Every } has its {.",
		Why:  "One too many would end the block around it, and move what follows out of it.",
	},
	{
		Code: diag.CodeDeepNesting,
		Text: "Blocks stand in each other a hundred deep at most.",
		Why: "Each level is a supervisor that can restart those below it, so that a tree of a hundred levels means " +
			"nothing. With the bound no text can exhaust the stack of whoever reads it.",
	},
	{
		Code: diag.CodeUnusedIgnore,
		Text: "A comment that accepts a warning names it, gives the reason, and stands behind the line that it is said of, or above it.",
		Why: "One that silences nothing may be left from a mistake that was mended, and would hide the next one. An error cannot be " +
			"ignored: the package means nothing.",
	},
}
