// Package compare tells what differs in meaning between two versions of a package's trees: not lines of text, but
// children and their effective values, whoever said them. Of each difference it is told whether it makes the tree
// riskier, and why.
//
// Riskier is what lets trouble go on for longer or unnoticed, loses an order or a guarantee, or leaves less running:
// a looser limit, a shorter stop budget, a check that is gone. What only says the same thing elsewhere is no change.
package compare
