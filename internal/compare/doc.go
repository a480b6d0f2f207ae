// Package compare says what differs in meaning between two versions of a package's trees: not lines of text, but
// children and their effective values, wherever they come from. The same thing in another place is not a change.
//
// Each change has a verdict, and the reasons for it in the words of the tree: what is worse in the new version, and what is
// better. Most changes are a trade. A limit that is stricter gives up what could have been survived, and one that is looser
// lets trouble go on; the verdict of both is that it depends, and the reasons say on what.
//
// Worse is what ends more, keeps more down, lets trouble go on unnoticed, or loses an order or a promise, if the same thing
// goes wrong in both versions. So a child that is added is neither: what it can take down is said of it.
package compare
