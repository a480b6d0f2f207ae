package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/compare"
)

// A comparison is what was asked of the diff command.
type comparison struct {
	format *choice
	failOn *choice
}

func newDiff() *cobra.Command {
	d := &comparison{}
	cmd := &cobra.Command{
		Use:   "diff OLD [NEW] | REV [REV] -- [DIR] | -- OLD [NEW]",
		Short: "Say what changed in meaning, and what that makes riskier or safer",
		Long: `Diff compares the trees of two versions of a package child by child: what was added, removed, moved or probably
renamed, and which effective values changed, with where they come from in each version. Each change has a verdict, with
its reasons:

  riskier  if the same thing goes wrong in both versions, more ends, stays down, goes unnoticed, or loses an order
  safer    less does
  depends  on what goes wrong: it is riskier in one way and safer in another
  neither

OLD and NEW are directories, files that stand for their directory, or revisions of git: REV is the current directory
there, REV:path a directory seen from the top of the repository, REV:./path one seen from here. Two files of one
directory are compared as they are, each by itself. No NEW stands for the current directory as it is.

What is a file and also a revision has to be told apart, with "--" as in git: what stands before it are revisions, and
what stands behind it are directories or files. "main -- shop" compares the directory shop at main with what it is now.

It ends with status 0 whatever has changed, but for --fail-on: "risk" is a change that is riskier or depends.`,
		Example: `  supgen diff HEAD
  supgen diff main -- internal/shop
  supgen diff main:internal/shop internal/shop
  supgen diff --fail-on risk v1.2.0 v1.3.0
  supgen diff --format markdown main -- internal/shop >comment.md
  supgen diff --format json old.sup new.sup`,
		Args:              cobra.RangeArgs(1, 3),
		ValidArgsFunction: completeSources,
		RunE:              d.run,
	}
	d.format = addFormat(cmd, `how to print: "markdown" for a comment, "github" for annotations`, "text", "json", "markdown", "github")
	d.failOn = addChoice(cmd, "fail-on", "end with status 1 if there is a change with a risk, or any change", "nothing", "risk", "change")
	return cmd
}

func (d *comparison) run(cmd *cobra.Command, args []string) error {
	old, now, err := sides(cmd.Context(), args, cmd.ArgsLenAtDash())
	if err != nil {
		return err
	}
	load := side.load
	if !old.revision && !now.revision && inOneDirectory(old.name, now.name) {
		load = func(s side, cmd *cobra.Command) (*tree.Tree, error) { return loadFile(cmd, s.name) }
	}
	before, err := load(old, cmd)
	if err != nil {
		return err
	}
	after, err := load(now, cmd)
	if err != nil {
		return err
	}
	changes := compare.Trees(before, after)
	switch d.format.word {
	case "json":
		err = printJSON(cmd.OutOrStdout(), changes)
	case "markdown":
		_, err = io.WriteString(cmd.OutOrStdout(), compare.Markdown(changes))
	case "github":
		_, err = io.WriteString(exact(cmd.OutOrStdout()), compare.GitHub(changes, fromWorkspace()))
	default:
		_, err = io.WriteString(cmd.OutOrStdout(), compare.Text(changes))
	}
	if err == nil && (d.failOn.word == "change" && len(changes) > 0 || d.failOn.word == "risk" && compare.HasRisk(changes)) {
		err = errFound
	}
	return err
}

// inOneDirectory reports whether both are sources of one directory, so that it cannot be what they stand for.
func inOneDirectory(a, b string) bool {
	for _, name := range []string{a, b} {
		if info, err := os.Stat(name); err != nil || info.IsDir() || !strings.HasSuffix(name, sourceSuffix) {
			return false
		}
	}
	return filepath.Dir(filepath.Clean(a)) == filepath.Dir(filepath.Clean(b))
}

// loadFile loads a file as if it were a package.
func loadFile(cmd *cobra.Command, name string) (*tree.Tree, error) {
	text, err := read(name)
	if err != nil {
		return nil, err
	}
	s := &source{text: map[string][]byte{name: text}}
	file, _ := dsl.Parse(name, text) // Check returns its diagnostics too
	s.tree, s.diagnostics = dsl.Check([]*syntax.File{file}, "")
	return s.onlyTree(cmd)
}
