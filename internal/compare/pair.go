package compare

import (
	"fmt"
	"strings"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/notation"
	"github.com/supgen/supgen/runtime/policy"
)

// pairs is which child of the old version is which of the new one.
type pairs struct {
	before, now map[*tree.Child]*tree.Child // of a new one the old one, and of an old one the new one
	from        map[*tree.Child]string      // see roots
}

// pair finds them: first by their names, from the top down; what is left by its name elsewhere, and then by being the
// only one beside the same siblings that is like it.
func pair(before, now []*tree.Child) *pairs {
	m := &pairs{before: map[*tree.Child]*tree.Child{}, now: map[*tree.Child]*tree.Child{}}
	m.match(before, now, byName, byName)
	named := func(c *tree.Child) string { return c.Role.String() + " " + c.Name }
	m.match(m.left(before, m.now), m.left(now, m.before), named, named)
	// A supervisor that is found has others found below it, and what needs a child that is found.
	for m.match(m.left(before, m.now), m.left(now, m.before), m.likeness(m.now), m.likeness(nil)) {
	}
	return m
}

func byName(c *tree.Child) string { return c.Name }

// match joins those that are the only ones of their key, and what is below them by its names. It reports whether there
// were any. What has the key "" is like nothing.
func (m *pairs) match(before, now []*tree.Child, keyBefore, keyNow func(*tree.Child) string) bool {
	old, found := byKey(before, keyBefore), false
	is := byKey(now, keyNow)
	for _, b := range before {
		key := keyBefore(b)
		if len(old[key]) != 1 || len(is[key]) != 1 || key == "" {
			continue
		}
		n := is[key][0]
		if m.now[b] != nil || m.before[n] != nil {
			continue // joined from above
		}
		m.before[n], m.now[b] = b, n
		found = true
		m.match(below(b), below(n), byName, byName)
	}
	return found
}

func byKey(children []*tree.Child, key func(*tree.Child) string) map[string][]*tree.Child {
	keys := make(map[string][]*tree.Child, len(children))
	for _, c := range children {
		keys[key(c)] = append(keys[key(c)], c)
	}
	return keys
}

// below is the children of a supervisor, its groups and their members side by side: who moves into a group of its
// supervisor stays the same child.
func below(c *tree.Child) []*tree.Child {
	if c.Role != policy.Supervisor {
		return nil
	}
	var all []*tree.Child
	for child := range c.All() {
		if child.Parent == c {
			all = append(all, child)
		}
	}
	return all
}

// left are those that have not been joined.
func (m *pairs) left(roots []*tree.Child, joined map[*tree.Child]*tree.Child) []*tree.Child {
	var all []*tree.Child
	for _, root := range roots {
		for c := range root.All() {
			if joined[c] == nil {
				all = append(all, c)
			}
		}
	}
	return all
}

// likeness is equal for children that might be one that was renamed: of one supervisor, and equal but for the name. now has
// the children of the new version for those of the old one; of the new one itself it is nil.
func (m *pairs) likeness(now map[*tree.Child]*tree.Child) func(*tree.Child) string {
	return func(c *tree.Child) string {
		var b strings.Builder
		known := true
		is := func(c *tree.Child) {
			if now != nil && c != nil {
				c = now[c]
				known = known && c != nil
			}
			if c != nil {
				b.WriteString(c.Path())
			}
			b.WriteString("\n")
		}
		is(c.Parent)
		fmt.Fprintln(&b, role(c), c.Provides)
		for _, s := range notation.Statements(c) {
			fmt.Fprintln(&b, s.Keyword, s.Value)
		}
		for _, refs := range [][]tree.Ref{c.Needs, c.Wants, c.After} {
			for _, ref := range refs {
				is(ref.Child)
			}
			b.WriteString("\n")
		}
		if !known {
			return ""
		}
		return b.String()
	}
}
