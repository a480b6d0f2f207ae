package compare

import (
	"cmp"
	"maps"
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
// A single tree has moved from one package to another if it is the only one of its name to do so, and has most of its children.
// A tree that is removed and one that is added elsewhere, which have most of their children in common, say of each other that they may be one.
func Packages(packages []Package) []Change {
	was, moved := moves(packages)
	sides := make([]roots, len(packages))
	for i, p := range packages {
		from, before := "", p.Old.Roots()
		switch old, ok := was[i]; {
		case ok:
			from, before = "its package was in "+packages[old].Dir, packages[old].Old.Roots()
		case moved[i]:
			before = nil
		}
		sides[i] = roots{before, p.New.Roots(), map[*tree.Child]string{}}
		for _, root := range before {
			sides[i].from[root] = from
		}
	}
	moving := movedRoots(sides)
	for _, name := range slices.Sorted(maps.Keys(moving)) {
		m := moving[name]
		old, now := &sides[m.old], &sides[m.now]
		root := named(old.before, name)
		if !alike(root, named(now.now, name)) {
			continue
		}
		old.before = slices.DeleteFunc(old.before, func(c *tree.Child) bool { return c == root })
		now.before = append(now.before, root)
		now.from[root] = "it was in " + packages[m.old].Dir
	}
	changes := []Change{}
	var gone, added []rootChange
	for i, p := range packages {
		for _, c := range sides[i].changes() {
			c.Dir = p.Dir
			changes = append(changes, c)
			at := len(changes) - 1
			if root := named(sides[i].before, c.Path); c.Kind == Removed && root != nil {
				gone = append(gone, rootChange{at, namesBelow(root)})
			}
			if root := named(sides[i].now, c.Path); c.Kind == Added && root != nil {
				added = append(added, rootChange{at, namesBelow(root)})
			}
		}
	}
	for _, old := range gone {
		for _, now := range added {
			was, is := &changes[old.at], &changes[now.at]
			if was.Dir != is.Dir && mostInCommon(old.below, now.below) {
				was.Note = join(was.Note, "it may be "+is.Path+" in "+is.Dir+" now, which has most of its children, and the two are not compared")
				is.Note = join(is.Note, "it may be what "+was.Path+" in "+was.Dir+" was, and the two are not compared")
			}
		}
	}
	return changes
}

// A rootChange is the index of the change that adds or removes a tree, and the names of what is below its root.
type rootChange struct {
	at    int
	below map[string]bool
}

// namesBelow are the names of the children below a root.
func namesBelow(root *tree.Child) map[string]bool {
	below := map[string]bool{}
	for c := range root.All() {
		if c != root {
			below[c.Name] = true
		}
	}
	return below
}

// mostInCommon reports whether at least half of the names in two sets, counted in both, are in both.
func mostInCommon(a, b map[string]bool) bool {
	n := 0
	for name := range a {
		if b[name] {
			n++
		}
	}
	return n > 0 && 4*n >= len(a)+len(b)
}

// A move is from one package to another, by their indexes.
type move struct{ old, now int }

// movedRoots are the roots, by their names, that one package has lost and one has gained, and no other.
func movedRoots(sides []roots) map[string]move {
	lost, gained := map[string][]int{}, map[string][]int{}
	for i, s := range sides {
		for _, root := range s.before {
			if named(s.now, root.Name) == nil {
				lost[root.Name] = append(lost[root.Name], i)
			}
		}
		for _, root := range s.now {
			if named(s.before, root.Name) == nil {
				gained[root.Name] = append(gained[root.Name], i)
			}
		}
	}
	moved := map[string]move{}
	for name, from := range lost {
		if to := gained[name]; len(from) == 1 && len(to) == 1 {
			moved[name] = move{from[0], to[0]}
		}
	}
	return moved
}

// named is the first of some children that has this name, or nil.
func named(children []*tree.Child, name string) *tree.Child {
	for _, c := range children {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// alike reports whether two trees of one name have most of their children in common.
func alike(old, now *tree.Child) bool {
	changes := roots{[]*tree.Child{old}, []*tree.Child{now}, nil}.changes()
	return 2*unmatched(changes) <= size(old)+size(now)
}

// size is how many children there are below one.
func size(root *tree.Child) (n int) {
	for range root.All() {
		n++
	}
	return n - 1
}

// moves are the packages that have moved: was is the index of the gone one for that of the new one. Of several it is the most
// alike, by its trees and then by its path.
func moves(packages []Package) (was map[int]int, moved map[int]bool) {
	type move struct{ old, now, changes, common int }
	var possible []move
	for i, gone := range packages {
		for j, p := range packages {
			if !gone.IsGone() || !p.IsNew() {
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

// Outside are those of others to which, or from which, one of the packages has moved that has not moved among them. Their trees have the same
// names at the top: nobody asked about the others, and one that is new is more likely than one that was renamed on the way.
func Outside(packages, others []Package) (found []Package) {
	was, moved := moves(packages)
	var all []Package
	for i, p := range packages {
		if _, arrived := was[i]; !arrived && !moved[i] {
			all = append(all, p)
		}
	}
	n := len(all)
	all = append(all, others...)
	was, _ = moves(all)
	for _, now := range slices.Sorted(maps.Keys(was)) {
		old := was[now]
		oldTop, _ := childNames(all[old].Old)
		top, _ := childNames(all[now].New)
		switch {
		case !slices.Equal(oldTop, top):
		case now >= n && old < n:
			found = append(found, all[now])
		case now < n && old >= n:
			found = append(found, all[old])
		}
	}
	return found
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

// MayHaveMoved reports whether the package is gone and one of these names stood at its top: they are those of new packages that cannot be compared.
func (p Package) MayHaveMoved(names []string) bool {
	return p.IsGone() && slices.ContainsFunc(p.Old.Roots(), func(root *tree.Child) bool { return slices.Contains(names, root.Name) })
}

// IsGone reports whether only the old version has trees.
func (p Package) IsGone() bool { return len(p.Old.Roots()) > 0 && len(p.New.Roots()) == 0 }

// IsNew reports whether only the new version has trees.
func (p Package) IsNew() bool { return len(p.Old.Roots()) == 0 && len(p.New.Roots()) > 0 }

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
