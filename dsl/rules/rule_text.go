package rules

import (
	"github.com/supgen/supgen/dsl/diag"
	"strings"
)

var textRules = []Rule{
	{
		Code: diag.CodeSyntax,
		Text: "A line is written as the form of its statement says.",
		Why: "The word to blame is the first that does not fit, and the message shows the whole form. The mistake costs " +
			"its line and no more: everything behind it is still checked.",
		Bad: `package shop

supervisor Shop {
	service DB {
		limit 3 of 5m
	}
}
`,
		Good: `package shop

supervisor Shop {
	service DB {
		limit 3 in 5m
	}
}
`,
	},
	{
		Code: diag.CodeUnknownStatement,
		Text: "A line begins with the keyword of a statement.",
		Why:  "What a word means that the language does not have cannot be guessed; the nearest keyword is shown.",
		Bad: `package shop

supervisor Shop {
	service DB {
		shutdwon 5s
	}
}
`,
		Good: `package shop

supervisor Shop {
	service DB {
		shutdown 5s
	}
}
`,
	},
	{
		Code: diag.CodeReservedWord,
		Text: "No line begins with a word that is kept for a later version of the language.",
		Why: "process, every, place, singleton and include will be statements. A file that said them today would mean " +
			"something else tomorrow.",
		Bad: `package shop

supervisor Shop {
	job Clean {
		every 5m
	}
}
`,
		Good: `package shop

supervisor Shop {
	// Clean has a ticker of its own.
	worker Clean
}
`,
	},
	{
		Code: diag.CodeBadCharacter,
		Text: "A file is UTF-8, and outside of comments and strings it has words, numbers and ASCII marks only.",
		Why: "A character that no word, number or mark begins with has no meaning. A comment begins with //, as there " +
			"is no other kind.",
		Bad: `package shop

supervisor Shop {
	/* the pool */ service DB
}
`,
		Good: `package shop

supervisor Shop {
	// the pool
	service DB
}
`,
	},
	{
		Code: diag.CodeBadLiteral,
		Text: "Numbers, percentages, durations and strings are written as in Go.",
		Why: "Durations have Go's units, the largest of which is h: a day is not always 24 hours long. Counts end at " +
			"2,147,483,647 and durations at ten years, so that sums of them are numbers on every machine.",
		Bad: `package shop

supervisor Shop {
	job Report {
		timeout 1d
	}
}
`,
		Good: `package shop

supervisor Shop {
	job Report {
		timeout 24h
	}
}
`,
	},
	{
		Code: diag.CodeMergeConflict,
		Text: "No conflict that git could not merge is left.",
		Why: "Which side is right only its authors know. The first one is checked, so that nothing is reported that " +
			"follows from there being two.",
		Bad: `package shop

supervisor Shop {
<<<<<<< HEAD
	service DB
=======
	service Database
>>>>>>> rename
}
`,
		Good: `package shop

supervisor Shop {
	service Database
}
`,
	},
	{
		Code: diag.CodeUnclosedBlock,
		Text: "Every { has its }, and every import ( its ).",
		Why:  "Where one is missing is told from the indentation, so that the rest of the file is still understood.",
		Bad: `package shop

supervisor Shop {
	service DB {
		limit 3 in 5m

	service Web needs DB
}
`,
		Good: `package shop

supervisor Shop {
	service DB {
		limit 3 in 5m
	}

	service Web needs DB
}
`,
	},
	{
		Code: diag.CodeStrayBrace,
		Text: "Every } has its {.",
		Why:  "One too many would end the block around it, and move what follows out of it.",
		Bad: `package shop

supervisor Shop {
	service DB {
		limit 3 in 5m
	}
	}
	service Web
}
`,
		Good: `package shop

supervisor Shop {
	service DB {
		limit 3 in 5m
	}
	service Web
}
`,
	},
	{
		Code: diag.CodeDeepNesting,
		Text: "Blocks stand in each other a hundred deep at most.",
		Why: "Each level is a supervisor that can restart those below it, so that a tree of a hundred levels means " +
			"nothing. With the bound no text can exhaust the stack of whoever reads it.",
		Bad:  "package shop\n\n" + strings.Repeat("supervisor Shop {\n", 101) + "service DB\n" + strings.Repeat("}\n", 101),
		Good: "package shop\n\nsupervisor Shop {\n\tservice DB\n}\n",
	},
	{
		Code: diag.CodeUnusedIgnore,
		Text: "A comment that accepts a warning names it, gives the reason, and stands behind the line that it is said of, or above it.",
		Why: "One that silences nothing may be left from a mistake that was mended, and would hide the next one. An error cannot be " +
			"ignored: the package means nothing.",
		Bad: `package shop

supervisor Shop {
	job Host {
		provides string
	}
	service Web needs Host //supgen:ignore same-type the host and the token
}
`,
		Good: `package shop

supervisor Shop {
	job Host {
		provides string
	}
	job Token {
		provides string
	}
	service Web needs Host, Token //supgen:ignore same-type the host and the token
}
`,
	},
}
