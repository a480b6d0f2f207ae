package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/rules"
)

func newExplain() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain [CODE | DIR [PATH]]",
		Short: "Tell what a rule is for, or where a value comes from",
		Long: `Explain with the code of a diagnostic tells the rule: what it is, why it exists, an example that breaks it
and one that keeps it. Without arguments it lists all codes.

With a directory it prints the tree, a line for each child, and with a path all about the child there: each value
of its policy and where it comes from, what it waits for, what is restarted with it, how long it takes to stop. A
path may be shortened to its end. A directory that is called like a code is meant by ./NAME.`,
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
		return printCodes(cmd.OutOrStdout())
	}
	rule, ok := rules.Lookup(diag.Code(args[0]))
	if ok && len(args) == 1 {
		return printRule(cmd.OutOrStdout(), rule)
	}
	if _, err := os.Stat(args[0]); err == nil || len(args) > 1 || strings.ContainsAny(args[0], `/\`) {
		return explainDir(cmd, args)
	}
	if rule.Code == "" {
		return fmt.Errorf("%q is neither the code of a rule nor a directory; \"supgen explain\" lists the codes", args[0])
	}
	return fmt.Errorf("there is no rule %q; did you mean %q?", args[0], rule.Code)
}

// printCodes prints one line a rule.
func printCodes(w io.Writer) error {
	var b strings.Builder
	for i, chapter := range rules.Chapters() {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s\n\n", chapter.Title)
		for _, rule := range chapter.Rules {
			fmt.Fprintf(&b, "  %-24s %s\n", rule.Code, rule.Text)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func printRule(w io.Writer, rule rules.Rule) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)\n\n", rule.Code, rule.Code.Severity())
	wrap(&b, rule.Text)
	b.WriteString("\n")
	wrap(&b, rule.Why)
	b.WriteString("\nThis breaks it:\n\n")
	bad := rule.Bad()
	quote(&b, bad.Text)
	b.WriteString("\n")
	for _, d := range bad.Diagnostics() {
		b.WriteString(d.Text([]byte(bad.Text)))
	}
	b.WriteString("\nThis keeps it:\n\n")
	quote(&b, rule.Good().Text)
	_, err := io.WriteString(w, b.String())
	return err
}

// quote prints an example. Of a long one the middle says nothing.
func quote(b *strings.Builder, example string) {
	lines := strings.SplitAfter(strings.TrimSuffix(example, "\n"), "\n")
	const most, ends = 40, 5
	for i, line := range lines {
		switch {
		case line == "\n":
			b.WriteString(line)
		case len(lines) <= most || i < ends || i >= len(lines)-ends:
			b.WriteString("\t" + line)
		case i == ends:
			fmt.Fprintf(b, "\t... (%d lines)\n", len(lines)-2*ends)
		}
	}
	b.WriteString("\n")
}

// wrap breaks text into lines that fit a terminal.
func wrap(b *strings.Builder, text string) {
	const width = 80
	column := 0
	for _, word := range strings.Fields(text) {
		switch {
		case column == 0:
		case column+len(word) >= width:
			b.WriteString("\n")
			column = 0
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	b.WriteString("\n")
}
