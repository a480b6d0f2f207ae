// Package tree holds the result of a check: the supervisor trees of a package, with everything decided.
//
// A [Tree] has roots, and each root is a [Child] with children below it. The fields of a Child are effective values:
// what the child itself says, what it has from a policy, from defaults or from its role is already combined. A [Value]
// keeps its [Source], so that a tool can say where a value comes from. References are resolved to the children they
// name.
//
// A check results in an [Info]: definitions and uses with their places, and the children with their values, also where there
// are errors. [Of] makes a Tree of it, and only if there are no errors. So code that has a Tree does not check it again.
// Neither is to be changed.
//
// Methods compute what follows from the values: names of generated identifiers, outcomes that a child can have, restarts
// in a day, the longest stop.
//
//	for _, root := range t.Roots() {
//		for c := range root.All() {
//			fmt.Println(c.Path(), c.Limit.Value, c.Limit.Source.Kind)
//		}
//	}
package tree
