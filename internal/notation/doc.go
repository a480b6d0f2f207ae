// Package notation writes the values of a policy as the language does: runtime's nouns, back as the statements that
// mean them.
//
//	notation.Limit(runtime.Limit{N: 10, In: 10 * time.Minute}) // 10 in 10m
//
// Everything is written out, what a statement would have left to the language included, so that two texts are equal
// where the meanings are. A value that says nothing is "none".
package notation
