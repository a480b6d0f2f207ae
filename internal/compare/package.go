package compare

import (
	"cmp"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/tree"
)

// A Package is the two versions of a package that are compared. One that is new, or gone, has a tree of nothing for the other.
type Package struct {
	Dir      string // as output names it, where several are compared
	Old, New *tree.Tree
}

// Packages is all that changed, package by package, in their order. A package that is gone and one that is new are one that has
// moved if their trees have the same names at the top and most of their children in common, or the same names everywhere below.
func Packages(packages []Package) []Change {
	changes := []Change{}
	was, moved := moves(packages)
	for i, p := range packages {
		from := ""
		switch old, ok := was[i]; {
		case ok:
			p.Old, from = packages[old].Old, packages[old].Dir
		case moved[i]:
			continue
		}
		for _, c := range trees(p.Old, p.New, from) {
			c.Dir = p.Dir
			changes = append(changes, c)
		}
	}
	return changes
}

// moves are the packages that have moved: was is the index of the gone one for that of the new one. Of several it is the most
// alike, by its trees and then by its path.
func moves(packages []Package) (was map[int]int, moved map[int]bool) {
	type move struct{ old, now, changes, common int }
	var possible []move
	for i, gone := range packages {
		for j, p := range packages {
			if !isGone(gone) || !isNew(p) {
				continue
			}
			oldTop, oldBelow := childNames(gone.Old)
			top, below := childNames(p.New)
			same := slices.Equal(oldTop, top)
			if !same && !slices.Equal(oldBelow, below) {
				continue
			}
			changes := Trees(gone.Old, p.New)
			if n := unmatched(changes); n == 0 || same && 2*n <= len(oldBelow)+len(below) {
				possible = append(possible, move{i, j, len(changes), common(gone.Dir, p.Dir)})
			}
		}
	}
	slices.SortStableFunc(possible, func(a, b move) int {
		return cmp.Or(cmp.Compare(a.changes, b.changes), cmp.Compare(b.common, a.common))
	})
	was, moved = map[int]int{}, map[int]bool{}
	for _, m := range possible {
		if _, taken := was[m.now]; !taken && !moved[m.old] {
			was[m.now], moved[m.old] = m.old, true
		}
	}
	return was, moved
}

// unmatched is how many children only one of the versions has.
func unmatched(changes []Change) (n int) {
	for _, c := range changes {
		if c.Kind == Added || c.Kind == Removed {
			n++
		}
	}
	return n
}

func isGone(p Package) bool { return len(p.Old.Roots()) > 0 && len(p.New.Roots()) == 0 }
func isNew(p Package) bool  { return len(p.Old.Roots()) == 0 && len(p.New.Roots()) > 0 }

// childNames are the names at the top of a tree, and those below, sorted.
func childNames(t *tree.Tree) (top, below []string) {
	for c := range t.All() {
		if c.Parent == nil {
			top = append(top, c.Name)
		} else {
			below = append(below, c.Name)
		}
	}
	slices.Sort(top)
	slices.Sort(below)
	return top, below
}

// common is how many elements two paths have in common at their beginnings and ends.
func common(a, b string) (n int) {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	for range 2 {
		for i := 0; i < len(as) && i < len(bs) && as[i] == bs[i]; i++ {
			n++
		}
		slices.Reverse(as)
		slices.Reverse(bs)
	}
	return n
}
