package picture

import (
	"fmt"
	"strings"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/notation"
	"github.com/supgen/supgen/runtime/policy"
)

// A kind is how one child hangs on another.
type kind uint8

const (
	needs kind = iota
	wants
	after
	sidecar // of a child, and the sidecar that it starts after
)

// A relation is a line of the picture: from starts after to, or can do without it.
type relation struct {
	from, to *tree.Child
	kind     kind
}

// relations are the lines of a tree, in the order of the file.
func relations(root *tree.Child) []relation {
	var all []relation
	for c := range root.All() {
		for _, ref := range c.Needs {
			all = append(all, relation{c, ref.Child, needs})
		}
		for _, ref := range c.Wants {
			all = append(all, relation{c, ref.Child, wants})
		}
		for _, ref := range c.After {
			all = append(all, relation{c, ref.Child, after})
		}
		if c.Of != nil {
			all = append(all, relation{c.Of, c, sidecar})
		}
	}
	return all
}

func hasChildren(c *tree.Child) bool { return c.Role == policy.Supervisor || c.Role == policy.Group }

// title is what a child is called in the picture.
func title(c *tree.Child) string {
	if c.Replicas > 0 {
		return c.Name + " × " + notation.Replicas(c)
	}
	return c.Name
}

// turns are the places of children in the order that rest_for_one puts them in, from 1. Those that start at the same
// time share one; whom nothing orders has none.
type turns map[*tree.Child]int

func turnsIn(root *tree.Child) turns {
	t := turns{}
	for c := range root.All() {
		for i, slot := range c.Slots() {
			for _, child := range slot {
				if t[child] == 0 { // the order of a group is within that of its supervisor
					t[child] = i + 1
				}
			}
		}
	}
	return t
}

// subtitle is what else there is to say of a child, in small print.
func (t turns) subtitle(c *tree.Child) string {
	var words []string
	if c.Dynamic {
		words = append(words, "dynamic")
	}
	if c.Optional {
		words = append(words, "optional")
	}
	if c.Linked {
		words = append(words, "linked")
	}
	words = append(words, c.Role.String())
	if t[c] > 0 {
		words = append(words, fmt.Sprintf("#%d", t[c]))
	}
	if hasChildren(c) && c.Strategy.Value != policy.OneForOne {
		words = append(words, c.Strategy.Value.String())
	}
	return strings.Join(words, " ")
}
