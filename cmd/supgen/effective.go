package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/effective"
)

// explainDir prints the effective policy of the child at a path, or without one a line for each child of the tree.
func explainDir(cmd *cobra.Command, args []string) error {
	format := cmd.Flag("format").Value.String()
	t, err := loadTree(cmd, args[0])
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if len(args) > 1 {
		c, err := childAt(t, args[0], args[1])
		if err != nil {
			return err
		}
		if format == "json" {
			return printJSON(out, effective.Explain(c))
		}
		_, err = fmt.Fprint(out, effective.Explain(c).Text())
		return err
	}
	if format == "json" {
		return printArray(out, effective.ExplainAll(t))
	}
	_, err = fmt.Fprint(out, effective.Overview(t))
	return err
}

// childAt finds a child by its path, or by what its path ends in if that is said of one child only: "HTTP",
// "Ingest.Writer".
func childAt(t *tree.Tree, dir, path string) (*tree.Child, error) {
	var found []*tree.Child
	for c := range children(t) {
		if c.Path() == path {
			return c, nil
		}
		if strings.HasSuffix(c.Path(), "."+path) {
			found = append(found, c)
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf(`there is no child %q; "supgen explain %s" lists those there are`, path, dir)
	case 1:
		return found[0], nil
	}
	var paths []string
	for _, c := range found {
		paths = append(paths, c.Path())
	}
	return nil, fmt.Errorf("%q may be %s; write more of the path", path, alternatives(paths))
}
