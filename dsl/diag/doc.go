// Package diag holds what is reported about a .sup file: diagnostics with their codes, positions and ranges, and the
// excerpt that shows where.
//
// A [Diagnostic] is a value, not an error. It has a [Range] on one line, a [Code] that names the rule, a message, notes
// about other places, and a hint. The code decides between error and warning. Beside the hint there may be a [Fix], as edits of the text; [Apply] makes
// the edits, and [Mend] goes on until nothing is left to mend. [Reports] collects diagnostics, and [Nearest] guesses which word was meant;
// [Diagnostic.Text] prints one:
//
//	shop.sup:5:20: nothing that can be seen from here is called "Db"; did you mean "DB"? [unknown-name]
//		service Web needs Db
//		                  ^^
//
// # Style
//
// A reader of a diagnostic has made a mistake, is in the middle of something else, and has not read the manual.
//
// Message. It says what is wrong, in one sentence, in terms of the tree: children, rows and limits, not tokens and
// passes. It starts in lower case and has no full stop. Names and words from the file are in double quotes; numbers and
// durations are not. It stands alone, because an editor may show nothing else: "it" has to refer to something named
// before. Give the reason where it is not obvious, with the numbers: "3 × 2m = 6m", not "too long". Write the negative
// with "not": "is not a number".
//
// Hint. It says what to write, as it would stand in the file, so that it can be copied: "write limit 3 in 15m". What it
// proposes has no diagnostic of its own. If there are two ways, it gives both, the likely one first. If the message
// already says what to do, there is no hint.
//
// Notes. Each points to another place that takes part, and says what that place is: "first declared here". A note does
// not explain and does not advise.
//
// Range. It is the part to change: the word that is unknown, not the statement around it.
//
// One diagnostic for each mistake. What could not be read or resolved is not checked further, and nothing is concluded
// from it. If one statement is wrong for many children, as in a policy, it is reported once, where it is written.
//
// Error or warning. It is an error if the file has no meaning: nothing could be generated, or what is generated would
// contradict what is written. It is a warning if the file has a meaning that is probably not the intended one. A warning
// has a way out: a statement that says the intention, or a //supgen:ignore with a reason.
//
// Tone. The file has a problem, not its author: no "you", no "illegal", no "forgot", no exclamation mark. A question is
// only used for a guess: did you mean "DB"?
//
// Three examples, before and after:
//
//	"5d" is neither a number nor a duration, or is too large
//		write timeout 120h
//	"5d" is not a duration: the largest unit is "h"
//		write timeout 120h
//
//	the range is upside down
//		write 50ms..5s
//	the range goes from 5s down to 50ms
//		write backoff 50ms..5s
//
//	imports come before what is declared
//		move it up, behind "package"
//	the import stands behind "Shop"; imports come first
//		move import "database/sql" below package shop
package diag
