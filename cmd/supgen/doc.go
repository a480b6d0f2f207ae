// Supgen compiles supervision trees, written in .sup files, to Go.
//
// A directory's .sup files are one package. The generated shop.sup.go stands beside its shop.sup:
//
//	//go:generate go tool supgen generate
//
// Package dsl understands the language, package codegen writes the Go. What commands do with it stands in packages of
// internal: load reads and checks directories, generated and atomicfile write, output prints, watch waits for saved files.
// What is printed beside Go is rendered by others, which touch neither files nor terminals: report (diagnostics), effective
// (explain), picture (graph), compare (diff), explore and costs (explore), simulation and lanes (simulate).
// Package operate asks a program that runs (ctl), and top shows it on a terminal.
//
// This package has the rest, with one file per command: flags, arguments, what is done in which order, and the status. It
// ends with
//
//	0 when all is well,
//	1 when it found what it looks for: mistakes in .sup files and scripts, generated code that is stale, files
//	  that are not formatted, a tree that does not do as expected, a riskier change, or a case, under --fail-on;
//	  or when a program refused what was asked of it,
//	2 when it was used wrongly, could not read or write a file, or could not reach a program.
//
// Mistakes are printed to standard error as text, or to standard output in a format for machines.
package main
