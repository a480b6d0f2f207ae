// Package check resolves the names in the .sup files of a package, computes the effective values of each child, and
// checks the rules of the language.
//
// All files of a directory are checked together, as Go does with a package. [Check] runs in passes: each completes some
// part of what is known of every child, and later passes rely on it. If a pass could not read or resolve something, later
// passes conclude nothing from it, so that one mistake is reported once.
//
//	file, _ := syntax.Parse("shop.sup", src)
//	info, diagnostics := check.Check([]*syntax.File{file}, "shop")
//	if info.Errors == 0 {
//		t := tree.Of(info)
//	}
//
// Rules that look at one statement are in value.go, those about one child in shape.go and idle.go, those about
// restarts in limits.go and timing.go, and those about waiting in order.go, wait.go and finish.go. The texts of the rules
// are in package rules.
package check
