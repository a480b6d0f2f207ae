// Package gotypes asks Go's own type checker about the Go types in .sup files: whether they exist, whether their packages can be
// imported, whether a value of one can be copied, and whether a key can be written as text.
//
// The checks of the language read no Go but names, so that they are fast, and the same on every machine. What a type is depends on
// the modules and the system that the go command builds for: the answers here are those of "go build" and "go vet", and cost about
// as much. A file that is not built here, because of its build constraint, is asked about for the nearest system that builds it.
//
// For each x.sup there is a file in memory beside x.sup.go, which is in memory too and may not exist on disk; so is
// what the packages that it imports have of generated code, as far as they are on this disk. The file declares a variable of
// each type, so that a mistake in one is a mistake at a place that is known:
//
//	package shop
//
//	import sql "database/sql"
//
//	var _ *sql.DB
//
// [LoadProgram] has all of the Go code around a package checked, for an editor.
package gotypes
