package picture

import (
	"fmt"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/tree"
)

// Dot is the trees of a package as a graph for Graphviz. Its arrows are those of [Mermaid].
func Dot(tree *tree.Tree) string {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n", dotQuote(tree.Package))
	b.WriteString("\trankdir=RL\n\tcompound=true\n\tnode [shape=box, style=rounded, fontname=Helvetica, fontsize=12]\n" +
		"\tgraph [style=rounded, fontname=Helvetica, fontsize=12]\n")
	for _, root := range tree.Roots() {
		dotBox(&b, root, turnsIn(root), "\t")
		for _, r := range relations(root) {
			fmt.Fprintf(&b, "\t%s -> %s [%s]\n", dotQuote(anchor(r.from).GoName()), dotQuote(anchor(r.to).GoName()), dotAttributes(r))
		}
	}
	b.WriteString("}\n")
	return b.String()
}

func dotBox(b *strings.Builder, c *tree.Child, t turns, indent string) {
	if !hasChildren(c) {
		fmt.Fprintf(b, "%s%s [label=%s]\n", indent, dotQuote(c.GoName()), dotQuote(title(c)+"\n"+t.subtitle(c)))
		return
	}
	fmt.Fprintf(b, "%ssubgraph %s {\n", indent, dotQuote(cluster(c)))
	fmt.Fprintf(b, "%s\tlabel=%s\n", indent, dotQuote(title(c)+" · "+t.subtitle(c)))
	for _, child := range c.Children {
		dotBox(b, child, t, indent+"\t")
	}
	fmt.Fprintf(b, "%s}\n", indent)
}

// cluster is what Graphviz takes for a box around others, by the beginning of its name.
func cluster(c *tree.Child) string { return "cluster_" + c.GoName() }

// dotQuote is a string of the language of Graphviz. All names are quoted: SubGraph is a keyword of it.
func dotQuote(text string) string { return `"` + inDot.Replace(diag.Visible(text)) + `"` }

var inDot = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// anchor is the node that stands for a child: Graphviz joins nodes only, and cuts the line off at the cluster.
func anchor(c *tree.Child) *tree.Child {
	for hasChildren(c) {
		c = c.Children[0]
	}
	return c
}

func dotAttributes(r relation) string {
	attributes := []string{[...]string{"style=solid", "style=dashed, arrowhead=empty", "style=dashed", "style=dotted, arrowhead=none"}[r.kind]}
	if hasChildren(r.from) {
		attributes = append(attributes, "ltail="+dotQuote(cluster(r.from)))
	}
	if hasChildren(r.to) {
		attributes = append(attributes, "lhead="+dotQuote(cluster(r.to)))
	}
	return strings.Join(attributes, ", ")
}
