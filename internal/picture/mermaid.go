package picture

import (
	"fmt"
	"strings"

	"github.com/supgen/supgen/dsl/tree"
)

// Mermaid is the trees of a package as a flow chart for Mermaid, which GitHub and others draw where it stands in
// Markdown. An arrow points from who needs to who is needed, dashed ones to what it wants and to what it comes after; a dotted line
// joins a child and its sidecar.
func Mermaid(tree *tree.Tree) string {
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	for _, root := range tree.Roots() {
		mermaidBox(&b, root, turnsIn(root), "  ")
		for _, r := range relations(root) {
			arrow := [...]string{"-->", "-. wants .->", "-. after .->", "-.-"}[r.kind]
			fmt.Fprintf(&b, "  %s %s %s\n", r.from.GoName(), arrow, r.to.GoName())
		}
	}
	return b.String()
}

func mermaidBox(b *strings.Builder, c *tree.Child, t turns, indent string) {
	if !hasChildren(c) {
		fmt.Fprintf(b, "%s%s[\"%s<br><small>%s</small>\"]\n", indent, c.GoName(), title(c), t.subtitle(c))
		return
	}
	fmt.Fprintf(b, "%ssubgraph %s[\"%s · %s\"]\n", indent, c.GoName(), title(c), t.subtitle(c))
	for _, child := range c.Children {
		mermaidBox(b, child, t, indent+"  ")
	}
	fmt.Fprintf(b, "%send\n", indent)
}
