// Package check resolves the names in the .sup files of a package, computes the effective values of each child, and
// checks the rules of the language.
//
//	file, _ := syntax.Parse("shop.sup", src)
//	info, diagnostics := check.Check([]*syntax.File{file}, "shop")
//	if info.Errors == 0 {
//		t := tree.Of(info)
//	}
//
// # Subjects
//
// All files of a directory are checked together, as Go does with a package. Each declaration of a child becomes a subject:
// the [tree.Child] that is being filled in, with the lines that declare it. The slice of all subjects is in the order of
// the text, and each supervisor stands before what is in it. So a pass that goes forward sees a supervisor before its
// children, and one that goes backward sees the children first. No map is ranged over: the diagnostics come out the same
// each time.
//
// # Passes
//
// [Check] runs in passes. Each completes one part of what is known of every child, for all of the package, before the next
// begins; a later pass relies on it. They come in this order:
//
//  1. declare makes the subjects. A name may be used before it is declared, in another file, so nothing else can be done
//     before all of them are there. What stands in the wrong place, is declared twice, or has a value that makes no sense
//     by itself is reported here: for that, one statement is enough.
//  2. usePolicies and layersOf find for each subject the blocks that its values can come from, the strongest first: its own
//     statements, the policies that it uses, the defaults above it from the inside out.
//  3. references turns what a child says of others (needs, after, of, finish when) into [tree.Ref]s. It asks for names and
//     the other child's own statements alone. A need that cannot be met then gets a note (noteWaiting) on what else waits for them.
//  4. effectiveValues takes each value from the strongest block that has it, or else from the role. It comes after the
//     references because a supervisor with a finish has other defaults than one without. The intensity that nobody
//     wrote comes last: it counts the children.
//  5. causes and startsForever go the other way, from the children up: can a supervisor fail at all, does anything count in
//     its intensity, is it ever ready? Rules that call something useless or endless ask these.
//  6. shape holds each child, and what it names, to the rules that need nothing but effective values.
//  7. order looks for children that wait for each other in a circle. Only where there are none do bounds add up the
//     longest stops and hold them to what supervisors promise: a circle has no longest chain.
//  8. clashes finds what Go could not tell apart in the code that will be generated.
//  9. limits reckons restarts together: which limit is spent first, by what kind of failure, and whether any can be.
//  10. leftovers looks, where there are no errors, for what is left running to do nothing.
//  11. unused reports what has no effect, which is known only when every pass has said what it has used.
//  12. acceptIgnored takes away the warnings that a comment accepts. It comes last: it has to know all of them.
//
// # One diagnostic for each mistake
//
// A pass concludes nothing from what a pass before could not read or resolve. Three things see to that: a statement with a
// wrong value is in invalid, and is not judged again; a subject is unsure if a line that could say something about it could
// not be read; and a name that was reported where it is declared is not reported where it is used.
//
// # Where a rule is
//
// Rules about one statement are in value.go, those about one child in shape.go and idle.go, those about restarts in
// limits.go, timing.go and pace.go, those about waiting in order.go, wait.go and finish.go, those about stops in promise.go, those about what is left at
// the end in leftover.go, and those about names in clash.go. The
// texts of the rules are in package rules. To add a statement, follow the list in CONTRIBUTING.md.
package check
