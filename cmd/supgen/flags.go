package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/atomicfile"
	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/output"
	"github.com/supgen/supgen/internal/report"
)

// addGlobal gives all commands the flags that each has: -C, -q and --color.
func addGlobal(root *cobra.Command) {
	start, _ := os.Getwd() // without one, a relative path fails later
	flags := root.PersistentFlags()
	flags.VarP(directory{start}, "directory", "C", "change to this `dir` before anything else")
	flags.BoolP("quiet", "q", false, "print what is wrong or was asked for, and nothing else")
	color := &choice{output.Auto, []string{output.Auto, output.Always, output.Never}}
	flags.Var(color, "color", "when to print mistakes in colour; NO_COLOR and FORCE_COLOR are heeded")
	if err := root.RegisterFlagCompletionFunc("color", cobra.FixedCompletions(color.among, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // there is no such flag
	}
	if err := root.MarkPersistentFlagDirname("directory"); err != nil {
		panic(err)
	}
	root.PersistentPreRun = func(cmd *cobra.Command, _ []string) {
		if w, ok := cmd.ErrOrStderr().(output.Writer); ok {
			cmd.SetErr(w.Colour(color.word))
		}
	}
}

// inColour reports whether what a command prints to standard output is to be in colour.
func inColour(cmd *cobra.Command) bool {
	w, ok := cmd.OutOrStdout().(output.Writer)
	return ok && w.Colour(cmd.Flag("color").Value.String()).IsColoured()
}

// isQuiet reports whether a command was asked to be quiet.
func isQuiet(cmd *cobra.Command) bool { return cmd.Flag("quiet").Value.String() == "true" }

// stdin is standard input. At a terminal it says that it is read, as nothing else would.
func stdin(cmd *cobra.Command) io.Reader {
	in := cmd.InOrStdin()
	if output.IsTerminal(in) && !isQuiet(cmd) {
		fmt.Fprintln(cmd.ErrOrStderr(), "supgen: reading standard input to its end")
	}
	return in
}

// A directory is the flag -C. What it names, seen from where the process started, is entered when the flag is read: completion
// reads flags too, and twice.
type directory struct{ start string }

func (directory) String() string { return "" }
func (directory) Type() string   { return "dir" }

func (d directory) Set(dir string) error {
	if d.start != "" && !filepath.IsAbs(dir) {
		dir = d.start + string(filepath.Separator) + dir // not cleaned: the system resolves "link/.."
	}
	return os.Chdir(dir)
}

// A choice is the value of a flag that takes one of a few words.
type choice struct {
	word  string
	among []string
}

// addFormat gives a command the flag --format; see addChoice.
func addFormat(cmd *cobra.Command, usage string, formats ...string) *choice {
	return addChoice(cmd, "format", usage, formats...)
}

// addChoice gives a command a flag that takes one of a few words. The first of them is the one if nothing is said;
// usage says what they are for.
func addChoice(cmd *cobra.Command, name, usage string, words ...string) *choice {
	c := &choice{words[0], words}
	cmd.Flags().Var(c, name, usage)
	// It fails for flags that are not there, or are completed already.
	if err := cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err)
	}
	return c
}

func (c *choice) String() string { return c.word }

// Type is how help calls the flag's value.
func (c *choice) Type() string { return strings.Join(c.among, "|") }

func (c *choice) Set(word string) error {
	for _, w := range c.among {
		if w == word {
			c.word = word
			return nil
		}
	}
	hint := ""
	if near, ok := diag.Nearest(word, c.among); ok {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return fmt.Errorf("use %s%s", alternatives(c.among), hint)
}

// alternatives is words in quotes: `"text", "json" or "sarif"`.
func alternatives(words []string) string {
	var text strings.Builder
	for i, word := range words {
		switch {
		case i > 0 && i == len(words)-1:
			text.WriteString(" or ")
		case i > 0:
			text.WriteString(", ")
		}
		fmt.Fprintf(&text, "%q", word)
	}
	return text.String()
}

// exclude makes it an error to set two of some flags. The library, which completes none of the others, would say it in words of its own.
func exclude(cmd *cobra.Command, flags ...string) {
	cmd.MarkFlagsMutuallyExclusive(flags...)
	before := cmd.PreRunE
	cmd.PreRunE = func(cmd *cobra.Command, args []string) error {
		var set []string
		for _, name := range flags {
			if cmd.Flags().Changed(name) {
				set = append(set, "--"+name)
			}
		}
		switch {
		case len(set) > 1:
			return fmt.Errorf("%s exclude each other", strings.Join(set, " and "))
		case before != nil:
			return before(cmd, args)
		}
		return nil
	}
}

// addReportFormat gives a command the flag --format for diagnostics.
func addReportFormat(cmd *cobra.Command) *choice {
	return addFormat(cmd, `how to report: "text" to standard error, or to standard output
"json", "sarif" for code scanning, "github" for annotations`, output.ReportFormats...)
}

// placesIn is how a format of a report names files and directories.
func placesIn(format string) func(name string) string {
	if format == "text" {
		return filepath.Clean
	}
	return output.Places()
}

// addStrict gives a command the flag --strict, for makeStrict.
func addStrict(cmd *cobra.Command, strict *bool) {
	cmd.Flags().BoolVar(strict, "strict", false, "treat warnings as errors")
}

// addForceExclude gives a command the flag --force-exclude, which takes arguments away.
func addForceExclude(cmd *cobra.Command) {
	excludes := cmd.Flags().Bool("force-exclude", false, "pass over what is named too, where DIR/... passes over it: for hooks")
	run := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var left []string
		for _, arg := range args {
			switch {
			case !*excludes || !load.IsPassedOver(arg) && !load.HasNone(arg):
				left = append(left, arg)
			case load.IsPattern(arg):
				say(cmd, fmt.Sprintf("supgen: there are no .sup files below %s", diag.Quoted(arg)))
			}
		}
		if format := cmd.Flag("format"); len(left) == 0 && len(args) > 0 { // and not the current directory, or standard input
			if format == nil {
				return nil
			}
			return printReport(cmd, format.Value.String(), report.Report{})
		}
		return run(cmd, left)
	}
}

// addOutput gives a command the flag --output, for printTo.
func addOutput(cmd *cobra.Command) *string {
	return cmd.Flags().StringP("output", "o", "", "write to this `file` instead of standard output")
}

// printTo prints text to the file that --output names, or to standard output.
func printTo(cmd *cobra.Command, file, text string) error {
	if file != "" && file != "-" {
		return atomicfile.Output(file, []byte(text))
	}
	_, err := io.WriteString(cmd.OutOrStdout(), text)
	return err
}

// addTree gives a command the flag --tree, for rootOf.
func addTree(cmd *cobra.Command) *string {
	name := cmd.Flags().String("tree", "", "the `name` of the tree, where there are several")
	if err := cmd.RegisterFlagCompletionFunc("tree", completeTree); err != nil {
		panic(err) // there is no such flag
	}
	return name
}

// dirOf is the directory or file that the first argument names, or else the current directory.
func dirOf(args []string) string {
	if len(args) > 0 {
		return args[0]
	}
	return "."
}

// rootOf is the tree of a package that has this name; without a name, the only one.
func rootOf(tree *tree.Tree, dir, name string) (*tree.Child, error) {
	all := tree.Roots()
	var names []string
	for _, root := range all {
		if root.Name == name || name == "" && len(all) == 1 {
			return root, nil
		}
		names = append(names, root.Name)
	}
	switch {
	case len(all) == 0:
		return nil, fmt.Errorf("there is no supervisor in %s", diag.Quoted(dir))
	case name == "":
		return nil, fmt.Errorf("there are several trees in %s; say --tree %s", diag.Quoted(dir), alternatives(names))
	}
	return nil, fmt.Errorf("there is no tree %q in %s; use %s", name, diag.Quoted(dir), alternatives(names))
}
