// Supgen compiles supervision trees, written in .sup files, to Go.
//
// A directory's .sup files are one package. The generated shop.sup.go stands beside its shop.sup:
//
//	//go:generate go tool supgen generate
//
// Package dsl understands the language, package codegen writes the Go; this command is the only part
// that reads files, prints, writes and exits. What it prints beside Go is rendered in packages of its own,
// which do none of that: internal/report (diagnostics), internal/effective (explain), internal/picture
// (graph), internal/compare (diff), internal/costs (explore), internal/lanes and runtime/sim (simulate).
// Package internal/explore finds what a tree does when something fails. It ends with status
//
//	0 when all is well,
//	1 when it found what it looks for: mistakes in .sup files and scripts, generated code that is stale, files
//	  that are not formatted, a tree that does not do as expected, a riskier change, or a case, under --fail-on,
//	2 when it was used wrongly, or could not read or write a file.
//
// Mistakes are printed to standard error as text, or to standard output in a format for machines.
package main
