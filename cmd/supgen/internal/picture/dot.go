package picture

import (
	"fmt"
	"strings"

	"github.com/supgen/supgen/dsl"
)

// Dot is the trees of a package as a graph for Graphviz. Its arrows are those of [Mermaid].
func Dot(tree *dsl.Tree) string {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %q {\n", tree.Package)
	b.WriteString("\trankdir=RL\n\tcompound=true\n\tnode [shape=box, style=rounded, fontname=Helvetica, fontsize=12]\n" +
		"\tgraph [style=rounded, fontname=Helvetica, fontsize=12]\n")
	for _, root := range tree.Roots() {
		dotBox(&b, root, turnsIn(root), "\t")
		for _, r := range relations(root) {
			fmt.Fprintf(&b, "\t%s -> %s [%s]\n", anchor(r.from).GoName(), anchor(r.to).GoName(), dotAttributes(r))
		}
	}
	b.WriteString("}\n")
	return b.String()
}

func dotBox(b *strings.Builder, c *dsl.Child, t turns, indent string) {
	if !hasChildren(c) {
		fmt.Fprintf(b, "%s%s [label=%q]\n", indent, c.GoName(), title(c)+"\n"+t.subtitle(c))
		return
	}
	fmt.Fprintf(b, "%ssubgraph cluster_%s {\n", indent, c.GoName())
	fmt.Fprintf(b, "%s\tlabel=%q\n", indent, title(c)+" · "+t.subtitle(c))
	for _, child := range c.Children {
		dotBox(b, child, t, indent+"\t")
	}
	fmt.Fprintf(b, "%s}\n", indent)
}

// anchor is the node that stands for a child: Graphviz joins nodes only, and cuts the line off at the cluster.
func anchor(c *dsl.Child) *dsl.Child {
	for hasChildren(c) {
		c = c.Children[0]
	}
	return c
}

func dotAttributes(r relation) string {
	attributes := []string{[...]string{"style=solid", "style=dashed", "style=dotted, arrowhead=none"}[r.kind]}
	if hasChildren(r.from) {
		attributes = append(attributes, "ltail=cluster_"+r.from.GoName())
	}
	if hasChildren(r.to) {
		attributes = append(attributes, "lhead=cluster_"+r.to.GoName())
	}
	return strings.Join(attributes, ", ")
}
