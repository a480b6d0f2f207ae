package picture

import (
	"fmt"
	"strings"

	"github.com/supgen/supgen/dsl/tree"
)

// heading is what the picture shows, in a line.
func heading(tree *tree.Tree) string {
	var names []string
	for _, root := range tree.Roots() {
		names = append(names, root.Name)
	}
	return "The supervision tree " + strings.Join(names, ", ")
}

// inWords is what the picture shows for who does not see it: who is in which supervisor, and who waits for whom.
func inWords(tree *tree.Tree) string {
	var sentences []string
	for _, root := range tree.Roots() {
		for c := range root.All() {
			if !hasChildren(c) {
				continue
			}
			var names []string
			for _, child := range c.Children {
				names = append(names, child.Name)
			}
			sentences = append(sentences, fmt.Sprintf("%s has %s.", c.Path(), strings.Join(names, ", ")))
		}
		for _, r := range relations(root) {
			sentences = append(sentences, fmt.Sprintf("%s %s %s.", r.from.Path(), r.kind.verb(1), r.to.Path()))
		}
	}
	return strings.Join(sentences, " ")
}

// verb is the kind as said of n children.
func (k kind) verb(n int) string {
	one := n == 1
	switch {
	case k == needs && one:
		return "needs"
	case k == needs:
		return "need"
	case k == wants && one:
		return "wants"
	case k == wants:
		return "want"
	case k == after && one:
		return "starts after"
	case k == after:
		return "start after"
	case one:
		return "has the sidecar"
	}
	return "have the sidecar"
}
