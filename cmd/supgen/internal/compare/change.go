package compare

import (
	"slices"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/runtime"
)

// A Change is one difference. Its JSON is API: names may be added, and none is taken away.
type Change struct {
	Path string `json:"path"` // of the child in the new version, or in the old one if it was removed
	Kind Kind   `json:"kind"`
	What string `json:"what,omitempty"` // the statement, the row ("on panic"), or the clause that changed
	Old  *Said  `json:"old,omitempty"`  // nil where there is nothing to compare with
	New  *Said  `json:"new,omitempty"`
	Risk string `json:"risk,omitempty"` // why the new version is riskier; "" it is not
}

// Kind is what happened to a child.
type Kind string

const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Moved   Kind = "moved"   // to another supervisor, its name kept
	Renamed Kind = "renamed" // probably: one like it is gone
	Changed Kind = "changed" // one of its values
)

// Said is a value and who said it: a position, or "as every service".
type Said struct {
	Value  string `json:"value"`
	Source string `json:"source"`
}

// Trees is all that changed, in the order of the new version; what was removed comes last.
func Trees(before, now *dsl.Tree) []Change {
	m := pair(before.Roots(), now.Roots())
	changes := []Change{}
	for _, root := range now.Roots() {
		for c := range root.All() {
			changes = append(changes, m.changesOf(c)...)
		}
	}
	for _, root := range before.Roots() {
		for c := range root.All() {
			if m.now[c] == nil {
				risk := only(c.Role != runtime.Group, "nothing runs it any more")
				changes = append(changes, Change{Path: c.Path(), Kind: Removed, Old: declared(c), Risk: risk})
			}
		}
	}
	return changes
}

// Riskier reports whether one of the changes is.
func Riskier(changes []Change) bool {
	return slices.ContainsFunc(changes, func(c Change) bool { return c.Risk != "" })
}

// changesOf is what happened to a child of the new version.
func (m *pairs) changesOf(c *dsl.Child) []Change {
	old := m.before[c]
	if old == nil {
		return []Change{{Path: c.Path(), Kind: Added, New: declared(c)}}
	}
	var changes []Change
	switch {
	case old.Name != c.Name:
		changes = append(changes, Change{Path: c.Path(), Kind: Renamed, Old: declared(old), New: declared(c)})
	case (old.Parent == nil) != (c.Parent == nil), m.before[c.Parent] != old.Parent:
		changes = append(changes, Change{Path: c.Path(), Kind: Moved, Old: declared(old), New: declared(c),
			Risk: "it fails, restarts and stops with another supervisor"})
	}
	d := &differences{pairs: m, old: old, now: c, list: changes}
	d.compare()
	return d.list
}

// declared is a child as a value: its path and role, and where it stands.
func declared(c *dsl.Child) *Said { return &Said{c.Path() + ", " + role(c), c.Pos.String()} }

func role(c *dsl.Child) string {
	if c.Dynamic {
		return "dynamic " + c.Role.String()
	}
	return c.Role.String()
}
