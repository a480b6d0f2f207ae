// Package codegen writes the Go of a checked tree.
//
// What it writes holds data and names: an interface with a method for each child, a type for a run of each,
// and the table that package runtime runs. It decides nothing, and has no message for a user: a [tree.Tree]
// is only made of files without mistakes, so whatever cannot be written is a bug, and panics.
//
//	for _, file := range tree.Files {
//		code := codegen.Generate(tree, file) // shop.sup.go, of shop.sup
//	}
//
// The code is built with jennifer and laid out by go/format. The same tree gives the same bytes, everywhere and always.
// To format takes longer than all the rest; a [Draft] tells without it whether a file is what it should be.
package codegen
