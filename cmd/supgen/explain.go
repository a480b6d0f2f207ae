package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/rules"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/effective"
	"github.com/supgen/supgen/internal/output"
)

func newExplain() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain [CODE | DIR [PATH]]",
		Short: "Explain a rule, or where a value comes from",
		Long: `With the code of a diagnostic, explain prints its rule: what it is, why it exists, an example that breaks it
and one that follows it. Without arguments it lists all codes.

With a directory it prints the tree, one line per child; with a path as well, everything about that child: each value
of its policy and where it comes from, what it waits for, what is restarted with it, how long it takes to stop. The
end of a path is enough. If a directory has the name of a code, write ./NAME.`,
		Example: `  supgen explain
  supgen explain unknown-name
  supgen explain .
  supgen explain ./internal/app Shop.Ingest.Writer
  supgen explain --format json . HTTP`,
		Args:              cobra.MaximumNArgs(2),
		ValidArgsFunction: completeExplain,
		RunE:              explain,
	}
	addFormat(cmd, "how to print what is in a directory", "text", "json")
	return cmd
}

func explain(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return printTo(cmd, "", rules.Index())
	}
	rule, ok := rules.Lookup(diag.Code(args[0]))
	if ok && len(args) == 1 {
		return printTo(cmd, "", rule.Page())
	}
	if _, err := os.Stat(args[0]); err == nil || len(args) > 1 || strings.ContainsAny(args[0], `/\`) {
		return explainDir(cmd, args)
	}
	if rule.Code == "" {
		return fmt.Errorf("%q is neither the code of a rule nor a directory; \"supgen explain\" lists the codes", args[0])
	}
	return fmt.Errorf("there is no rule %q; did you mean %q?", args[0], rule.Code)
}

// explainDir prints the effective policy of the child at a path, or without one a line for each child of the tree.
func explainDir(cmd *cobra.Command, args []string) error {
	t, err := loadTree(cmd, args[0])
	if err != nil {
		return err
	}
	asJSON := cmd.Flag("format").Value.String() == "json"
	switch {
	case len(args) > 1:
		c, err := childAt(t, args[0], args[1])
		if err != nil {
			return err
		}
		if asJSON {
			return output.JSON(cmd.OutOrStdout(), effective.Explain(c))
		}
		return printTo(cmd, "", effective.Explain(c).Text())
	case asJSON:
		return output.JSONArray(cmd.OutOrStdout(), effective.ExplainAll(t))
	}
	return printTo(cmd, "", effective.Overview(t))
}

// childAt finds a child by its path, or by what its path ends in if that is said of one child only: "HTTP",
// "Ingest.Writer".
func childAt(t *tree.Tree, dir, path string) (*tree.Child, error) {
	var found []*tree.Child
	for c := range t.All() {
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
