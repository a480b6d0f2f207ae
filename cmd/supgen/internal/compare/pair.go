package compare

import (
	"slices"

	"github.com/supgen/supgen/cmd/supgen/internal/notation"
	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/runtime"
)

// pairs is which child of the old version is which of the new one.
type pairs struct {
	before, now map[*dsl.Child]*dsl.Child // of a new one the old one, and of an old one the new one
}

// pair finds them: first by their names, from the top down; what is left by its name elsewhere, and then by being the
// only one beside the same siblings that is like it.
func pair(before, now []*dsl.Child) *pairs {
	m := &pairs{map[*dsl.Child]*dsl.Child{}, map[*dsl.Child]*dsl.Child{}}
	m.match(before, now, func(a, b *dsl.Child) bool { return a.Name == b.Name })
	for _, alike := range []func(a, b *dsl.Child) bool{sameName, m.alike} {
		m.match(m.left(before, m.now), m.left(now, m.before), alike)
	}
	return m
}

// match joins those that are the only ones to be alike, and what is below them by its names.
func (m *pairs) match(before, now []*dsl.Child, alike func(a, b *dsl.Child) bool) {
	for _, b := range before {
		var found []*dsl.Child
		for _, n := range now {
			if m.before[n] == nil && m.now[b] == nil && alike(b, n) {
				found = append(found, n)
			}
		}
		if len(found) != 1 || count(before, func(other *dsl.Child) bool { return m.now[other] == nil && alike(other, found[0]) }) != 1 {
			continue
		}
		m.before[found[0]], m.now[b] = b, found[0]
		m.match(below(b), below(found[0]), func(a, b *dsl.Child) bool { return a.Name == b.Name })
	}
}

func count(children []*dsl.Child, is func(*dsl.Child) bool) int {
	n := 0
	for _, c := range children {
		if is(c) {
			n++
		}
	}
	return n
}

// below is the children of a supervisor, its groups and their members side by side: who moves into a group of its
// supervisor stays the same child.
func below(c *dsl.Child) []*dsl.Child {
	if c.Role != runtime.Supervisor {
		return nil
	}
	var all []*dsl.Child
	for child := range c.All() {
		if child.Parent == c {
			all = append(all, child)
		}
	}
	return all
}

// left are those that have not been joined.
func (m *pairs) left(roots []*dsl.Child, joined map[*dsl.Child]*dsl.Child) []*dsl.Child {
	var all []*dsl.Child
	for _, root := range roots {
		for c := range root.All() {
			if joined[c] == nil {
				all = append(all, c)
			}
		}
	}
	return all
}

func sameName(a, b *dsl.Child) bool { return a.Name == b.Name && a.Role == b.Role }

// alike reports whether two children might be one that was renamed: of one supervisor, and equal but for the name.
func (m *pairs) alike(a, b *dsl.Child) bool {
	if a.Role != b.Role || a.Dynamic != b.Dynamic || a.Provides != b.Provides || m.now[a.Parent] != b.Parent {
		return false
	}
	sameValue := func(x, y notation.Statement) bool { return x.Keyword == y.Keyword && x.Value == y.Value }
	sameChild := func(x, y dsl.Ref) bool { return m.now[x.Child] == y.Child }
	return slices.EqualFunc(notation.Statements(a), notation.Statements(b), sameValue) &&
		slices.EqualFunc(a.Needs, b.Needs, sameChild) && slices.EqualFunc(a.After, b.After, sameChild)
}
