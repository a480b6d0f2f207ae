// Package dsl is the front end of the .sup language: it turns the text of a package's .sup files into a [Tree], or
// into diagnostics that say what to change.
//
//	text → tokens → lines → *File → Check → *Tree
//	                  ↘ diagnostics  ↘ diagnostics
//
// [Parse] reads one file, a line at a time: a small scanner cuts tokens, a production reads the line, and blocks are
// kept by the parser itself, so that a mistake costs its line and no more. [Check] takes all files of a package,
// resolves the names in them, computes the effective policy of every child with the source of each value, and holds
// the whole to the rules of the language, each of which has a [Code]. What Check returns is a certificate: a Tree
// means something, and nothing in it has to be doubted or computed again.
//
// A user's mistake is a [Diagnostic], never an error; nothing here reads files, prints, or panics on any text. The
// vocabulary of supervision (roles, strategies, outcomes, limits) is package runtime's: the language is a notation
// for it.
//
//	file, _ := dsl.Parse("shop.sup", src)
//	tree, diagnostics := dsl.Check([]*dsl.File{file}, "main")
//	for _, d := range diagnostics {
//		fmt.Fprint(os.Stderr, d.Text(src))
//	}
package dsl
