package main

import (
	"github.com/spf13/cobra"
	"github.com/supgen/supgen/internal/picture"
)

// graphFlags are those of the graph command.
type graphFlags struct {
	format *choice
	output *string
}

func newGraph() *cobra.Command {
	g := &graphFlags{}
	cmd := &cobra.Command{
		Use:   "graph [DIR | FILE]",
		Short: "Draw the tree and its dependencies",
		Long: `Graph draws the trees of a directory: supervisors and groups as boxes around their children, an arrow
from each child to what it needs, a dash-dotted one to what it wants, a dashed one to what it comes after,
a dotted line to its sidecar.
A file stands for its directory; without arguments it is the current directory.

  mermaid  a flow chart for Markdown
  dot      a graph for Graphviz
  svg      a picture; no other program is needed. It follows a preference for dark colours,
           and names what is under the pointer`,
		Example: `  supgen graph
  supgen graph --format svg -o shop.svg ./internal/shop
  supgen graph --format dot . | dot -Tpdf -o shop.pdf`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeSources,
		RunE:              g.run,
	}
	g.format = addFormat(cmd, "what to draw with", "mermaid", "dot", "svg")
	g.output = addOutput(cmd)
	return cmd
}

func (g *graphFlags) run(cmd *cobra.Command, args []string) error {
	tree, err := loadTree(cmd, dirOf(args))
	if err != nil {
		return err
	}
	var text string
	switch g.format.word {
	case "mermaid":
		text = picture.Mermaid(tree)
	case "dot":
		text = picture.Dot(tree)
	case "svg":
		text = picture.SVG(tree)
	}
	return printTo(cmd, *g.output, text)
}
