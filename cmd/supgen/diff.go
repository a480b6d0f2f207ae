package main

import (
	"io"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/compare"
	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/output"
	"github.com/supgen/supgen/internal/report"
)

// diffFlags are those of the diff command.
type diffFlags struct {
	format *choice
	failOn *choice
}

func newDiff() *cobra.Command {
	d := &diffFlags{}
	cmd := &cobra.Command{
		Use:   "diff [OLD [NEW] | REV [REV] -- [DIR] | -- DIR | -- OLD NEW]",
		Short: "Show what changed in meaning, and what is riskier or safer",
		Long: `Diff compares the trees of two versions of a package child by child: what was added, removed, moved or probably
renamed, and which effective values changed, with their source in each version. Each change has a verdict, with its
reasons:

  riskier  if the same thing goes wrong in both versions, more ends, stays down, goes unnoticed, or loses an order
  safer    less does
  depends  on what goes wrong: it is riskier in one way and safer in another
  neither

OLD and NEW are directories, files that stand for their directory, or revisions of git: REV is the current directory
there, REV:path a directory seen from the top of the repository, REV:./path one seen from here. Two files of one
directory are compared as they are, each by itself. Without NEW, OLD is compared with the current directory, and without
both HEAD is.

If a name is both a file and a revision, use "--" as in git: revisions stand before it, directories and files
after it. "main -- shop" compares the directory shop at main with what it is now, and "-- shop" the one at HEAD. What is
compared with itself is an error.

The exit status is 0 whatever has changed. With --fail-on risk it is 1 if a change is riskier or depends.`,
		Example: `  supgen diff                     what has changed since the last commit?
  supgen diff main -- internal/shop
  supgen diff main:internal/shop internal/shop
  supgen diff --fail-on risk v1.2.0 v1.3.0
  supgen diff --format markdown main -- internal/shop >comment.md
  supgen diff --format json old.sup new.sup`,
		Args:              cobra.MaximumNArgs(3),
		ValidArgsFunction: completeSources,
		RunE:              d.run,
	}
	d.format = addFormat(cmd, `how to print: "markdown" for a comment, "github" for annotations`, "text", "json", "markdown", "github")
	d.failOn = addChoice(cmd, "fail-on", "end with status 1 if there is a change with a risk, or any change", "nothing", "risk", "change")
	return cmd
}

func (d *diffFlags) run(cmd *cobra.Command, args []string) error {
	old, now, err := load.Versions(cmd.Context(), args, cmd.ArgsLenAtDash())
	if err != nil {
		return err
	}
	before, err := loadVersion(cmd, old)
	if err != nil {
		return err
	}
	after, err := loadVersion(cmd, now)
	if err != nil {
		return err
	}
	changes := compare.Trees(before, after)
	switch d.format.word {
	case "json":
		err = output.JSON(cmd.OutOrStdout(), changes)
	case "markdown":
		_, err = io.WriteString(cmd.OutOrStdout(), compare.Markdown(changes))
	case "github":
		// The log of a step does not show where an annotation is.
		io.WriteString(cmd.ErrOrStderr(), compare.Text(changes))
		err = printReport(cmd, "github", report.Report{Annotations: compare.Annotations(changes, output.Places())})
	default:
		_, err = io.WriteString(cmd.OutOrStdout(), compare.Text(changes))
	}
	if err == nil && (d.failOn.word == "change" && len(changes) > 0 || d.failOn.word == "risk" && compare.HasRisk(changes)) {
		err = errFound
	}
	return err
}

func loadVersion(cmd *cobra.Command, v load.Version) (*tree.Tree, error) {
	p, err := v.Load(cmd.Context())
	if err != nil {
		return nil, err
	}
	return treeOf(cmd, p)
}
