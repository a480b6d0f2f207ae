// Package dsl is the front end of the .sup language: it turns the text of a package's .sup files into a [Tree], or
// into diagnostics that say what to change.
package dsl
