// Package syntax reads and prints .sup files. It knows how statements are written, and nothing of what names refer to.
//
//	bytes → tokens → lines → statements → *File
//
// A statement is one line, and the block that the line opens. The scanner cuts the file into tokens and never fails.
// Tokens are joined to lines. The keyword that a line begins with selects a [Production], which reads the line into one
// of the Decls; lines that differ in names and numbers alone are read once. The parser keeps track of blocks itself. So
// a mistake costs its line and no more: the statement is kept as far as it could be read, marked as Broken, and parsing
// goes on at the next line.
//
// Four tables hold what others need to know of the language: [Productions] has the statements and how they are written,
// [Containers] where each may stand, [Outcomes] and its neighbours the words for values, and [Reserved] the words of later
// versions.
//
//	file, diagnostics := syntax.Parse("shop.sup", []byte("package shop\n\nsupervisor Shop {\n\tservice DB\n}\n"))
//	for _, s := range file.Body.Stmts {
//		fmt.Println(s.Keyword.Value) // package, supervisor
//	}
//
// A [File] is not changed after Parse. [Format] prints the canonical form, in which the statements of a block keep their
// order and all comments their place.
package syntax
