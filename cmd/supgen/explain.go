package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/rules"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/effective"
	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/output"
	"github.com/supgen/supgen/internal/report"
)

func newExplain() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain [CODE | PATH | DIR [PATH]]",
		Short: "Explain a rule, or where a value comes from",
		Long: `With the code of a diagnostic, explain prints its rule: what it is, why it exists, an example that breaks it
and one that follows it. Without arguments it lists all codes.

With a directory it prints the tree, one line per child; with a path as well, everything about that child: each value
of its policy and where it comes from, what it waits for, what is restarted with it, how long it takes to stop. The
end of a path is enough, and a path alone is about the tree in the current directory. If a directory has the name of a code
or of a child, write ./NAME.`,
		Example: `  supgen explain
  supgen explain unknown-name
  supgen explain HTTP
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
	word := args[0]
	if len(args) > 1 || strings.ContainsAny(word, `/\`) {
		return explainDir(cmd, args)
	}
	rule, ok := rules.Lookup(diag.Code(word))
	if ok {
		return printTo(cmd, "", rule.Page())
	}
	info, err := os.Stat(word)
	isFile := err == nil && (info.IsDir() || load.SourceOf(word) != "")
	if isPath(word) {
		p, err := load.One(".")
		switch {
		case err != nil:
		case !isFile:
			return explainDir(cmd, []string{".", word})
		case p.Tree != nil && len(childrenAt(p.Tree, word)) > 0:
			return fmt.Errorf(`%s is both a child and a directory; write ". %s" for the child, "./%[2]s" for the directory`, diag.Quoted(word), word)
		}
	}
	switch {
	case isFile:
		return explainDir(cmd, args)
	case rule.Code == "":
		return fmt.Errorf(`%s is neither the code of a rule, nor a child of a tree in this directory, nor a directory; "supgen explain" lists the codes`, diag.Quoted(word))
	}
	return fmt.Errorf("there is no rule %q; did you mean %q?", word, rule.Code)
}

// isPath reports whether a word may be the path of a child: names begin with a capital letter.
func isPath(word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(first)
}

// explainDir prints the effective policy of the child at a path, or without one a line for each child of the tree.
func explainDir(cmd *cobra.Command, args []string) error {
	inJSON := cmd.Flag("format").Value.String() == "json"
	p, err := load.One(args[0])
	switch {
	case err != nil && inJSON:
		return errors.Join(err, printMistakes(cmd, len(args) < 2, reportOf(err)))
	case err != nil:
		return err
	case p.Tree == nil && inJSON:
		r := reportOf(nil, p)
		return outcome(true, errors.Join(printReport(cmd, "text", r), printMistakes(cmd, len(args) < 2, r)))
	}
	t, err := treeOf(cmd, p)
	if err != nil {
		return err
	}
	if inJSON {
		t = p.Renamed(output.Places()).Tree
	}
	switch {
	case len(args) > 1:
		c, err := childAt(t, args[0], args[1])
		if err != nil {
			return err
		}
		if inJSON {
			return output.JSON(cmd.OutOrStdout(), effective.Explain(c))
		}
		return printTo(cmd, "", effective.Explain(c).Text())
	case inJSON:
		return output.JSONArray(cmd.OutOrStdout(), effective.ExplainAll(t))
	}
	return printTo(cmd, "", effective.Overview(t))
}

// printMistakes prints what would be explained as JSON, with why it cannot be.
func printMistakes(cmd *cobra.Command, several bool, r report.Report) error {
	text, err := asJSON(nil, several, r)
	if err != nil {
		return err
	}
	return printTo(cmd, "", text)
}

// childAt is the one child that [childrenAt] finds.
func childAt(t *tree.Tree, dir, path string) (*tree.Child, error) {
	found := childrenAt(t, path)
	switch len(found) {
	case 0:
		var known []string
		for c := range t.All() {
			known = append(known, c.Name, c.Path())
		}
		hint := cmp.Or(diag.DidYouMean(path, known), fmt.Sprintf(`; "supgen explain %s" lists those there are`, dir))
		return nil, fmt.Errorf("there is no child %q%s", path, hint)
	case 1:
		return found[0], nil
	}
	var paths []string
	for _, c := range found {
		paths = append(paths, c.Path())
	}
	return nil, fmt.Errorf("%q may be %s; write more of the path", path, alternatives(paths))
}

// childrenAt are the child at a path, or those whose paths end in it: "HTTP", "Ingest.Writer".
func childrenAt(t *tree.Tree, path string) (found []*tree.Child) {
	for c := range t.All() {
		if c.Path() == path {
			return []*tree.Child{c}
		}
		if strings.HasSuffix(c.Path(), "."+path) {
			found = append(found, c)
		}
	}
	return found
}
