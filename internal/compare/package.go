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
// moved if their trees have the same names at the top, or everywhere below.
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

// moves are the packages that have moved: was is the index of the gone one for that of the new one. Of several it is the most alike.
func moves(packages []Package) (was map[int]int, moved map[int]bool) {
	type move struct{ old, now, changes, end int }
	var possible []move
	for i, gone := range packages {
		for j, p := range packages {
			if !isGone(gone) || !isNew(p) {
				continue
			}
			changes := Trees(gone.Old, p.New)
			if slices.Equal(rootNames(gone.Old), rootNames(p.New)) || !slices.ContainsFunc(changes, isOfAnother) {
				possible = append(possible, move{i, j, len(changes), commonEnd(gone.Dir, p.Dir)})
			}
		}
	}
	slices.SortStableFunc(possible, func(a, b move) int {
		return cmp.Or(cmp.Compare(a.changes, b.changes), cmp.Compare(b.end, a.end))
	})
	was, moved = map[int]int{}, map[int]bool{}
	for _, m := range possible {
		if _, taken := was[m.now]; !taken && !moved[m.old] {
			was[m.now], moved[m.old] = m.old, true
		}
	}
	return was, moved
}

// isOfAnother reports whether a change is one that a package does not have that was only moved, and its trees renamed.
func isOfAnother(c Change) bool {
	return c.Kind == Added || c.Kind == Removed || c.Kind == Renamed && strings.Contains(c.Path, ".")
}

func isGone(p Package) bool { return len(p.Old.Roots()) > 0 && len(p.New.Roots()) == 0 }
func isNew(p Package) bool  { return len(p.Old.Roots()) == 0 && len(p.New.Roots()) > 0 }

func rootNames(t *tree.Tree) []string {
	var all []string
	for _, root := range t.Roots() {
		all = append(all, root.Name)
	}
	slices.Sort(all)
	return all
}

// commonEnd is how many of their last elements two paths have in common.
func commonEnd(a, b string) (n int) {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	for n < len(as) && n < len(bs) && as[len(as)-1-n] == bs[len(bs)-1-n] {
		n++
	}
	return n
}
