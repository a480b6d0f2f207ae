// Package dsl is the front end of the .sup language: it turns the .sup files of a package into a [tree.Tree], or into
// diagnostics that say what to change.
//
//	text → Parse → *syntax.File → Check → *tree.Tree
//	         ↘ diagnostics          ↘ diagnostics
//
// There are three functions here, [Parse], [Check] and [Format]. The work is done in five packages, and each imports
// only those before it:
//
//   - [github.com/supgen/supgen/dsl/diag]: diagnostics, codes, positions, and the style of messages
//   - [github.com/supgen/supgen/dsl/syntax]: tokens, statements, the parser and the formatter
//   - [github.com/supgen/supgen/dsl/tree]: what a check results in, and what follows from it; for an editor, what is
//     known of files with mistakes too, [tree.Info]
//   - [github.com/supgen/supgen/dsl/check]: names, effective values, and the checks
//   - [github.com/supgen/supgen/dsl/rules]: the text of each rule, with examples
//
// The vocabulary of supervision (roles, strategies, outcomes, limits) is in package runtime/policy. The language is a
// notation for it.
//
// A mistake in a file is a [diag.Diagnostic], not an error. Nothing here reads files or prints, and no text causes a
// panic.
//
//	file, _ := dsl.Parse("shop.sup", src)
//	tree, diagnostics := dsl.Check([]*syntax.File{file}, "main")
//	for _, d := range diagnostics {
//		fmt.Fprint(os.Stderr, d.Text(src))
//	}
package dsl
