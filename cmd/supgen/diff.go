package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/compare"
	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/output"
	"github.com/supgen/supgen/internal/report"
)

// diffFlags are those of the diff command.
type diffFlags struct {
	format *choice
	failOn *choice
	places func(name string) string // of all formats but text
}

func newDiff() *cobra.Command {
	d := &diffFlags{}
	cmd := &cobra.Command{
		Use:   "diff [OLD [NEW] | REV [REV] -- [DIR | DIR/...] | -- DIR | -- OLD NEW]",
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
compared with itself is an error. With DIR/..., each package is compared that there is in one of the two versions;
those of a revision are in the modules that its own go.work uses.

A directory that is compared with itself at another time may be new, and then all in it is added, or gone, and then it is
removed. With DIR/..., a package that is gone and a new one have moved if their trees have the same names at the top and
most of their children in common, or the same names everywhere below; so has a tree that left one package for another
with most of its children. What may have moved so, but has another name too, is removed and added, and a note says what it may be. "main..." is the merge base of main and HEAD, as in
git: what main has gained since is left out.

The exit status is 0 whatever has changed. With --fail-on risk it is 1 if a change is riskier or depends. It is also 1 if a
version has mistakes, which are reported.`,
		Example: `  supgen diff                     what has changed since the last commit?
  supgen diff main -- internal/shop
  supgen diff --fail-on risk origin/main... -- ./...
  supgen diff main:internal/shop internal/shop
  supgen diff --fail-on risk v1.2.0 v1.3.0
  supgen diff --format markdown main -- internal/shop >comment.md
  supgen diff --format json old.sup new.sup`,
		Args:              diffArgs,
		ValidArgsFunction: completeSources,
		RunE:              d.run,
	}
	d.format = addFormat(cmd, `how to print: "markdown" for a comment, "github" for annotations`, "text", "json", "markdown", "github")
	d.failOn = addChoice(cmd, "fail-on", "end with status 1 if there is a change with a risk, or any change", "nothing", "risk", "change")
	return cmd
}

// diffArgs looks for flags where nothing is one, which would be too many arguments.
func diffArgs(cmd *cobra.Command, args []string) error {
	if dash := cmd.ArgsLenAtDash(); dash >= 0 {
		for _, arg := range args[dash:] {
			name, long := strings.CutPrefix(arg, "--")
			if name, _, _ = strings.Cut(name, "="); long && cmd.Flags().Lookup(name) != nil {
				return fmt.Errorf("%q is no flag behind \"--\"; write it before", arg)
			}
		}
	}
	return cobra.MaximumNArgs(3)(cmd, args)
}

func (d *diffFlags) run(cmd *cobra.Command, args []string) error {
	pairs, err := load.Versions(cmd.Context(), args, cmd.ArgsLenAtDash())
	errs := []error{err}
	if i := slices.IndexFunc(args, load.IsPattern); i >= 0 {
		notePassedOver(cmd, args[i:i+1])
	}
	var result compare.Result
	for _, err := range each(err) {
		file := failureOf(err).Pos.File
		isPair := slices.ContainsFunc(pairs, func(p load.Pair) bool { return p.Dir == filepath.ToSlash(file) }) // which says itself how it went
		if len(pairs) > 0 && file != "" && !isPair && !slices.Contains(result.Missed, d.place(file)) {
			result.Missed = append(result.Missed, d.place(file))
		}
	}
	if len(pairs) == 0 && d.format.word == "markdown" { // a comment is not empty
		result.Missed = append(result.Missed, cmp.Or(strings.Join(args, " "), "HEAD"))
	}
	var packages []compare.Package
	var broken []*load.Package
	var arrived []string // names in new packages with mistakes
	unread := false      // whether there is a new package that cannot be read, and has any names
	for _, p := range pairs {
		old, now, err := d.load(cmd, p)
		switch {
		case err != nil:
			errs = append(errs, err)
			unread = unread || old != nil
			result.Missed = append(result.Missed, p.Name(d.place))
		case old.Tree == nil || now.Tree == nil:
			broken = append(broken, slices.DeleteFunc([]*load.Package{old, now}, func(p *load.Package) bool { return p.Tree != nil })...)
			result.Missed = append(result.Missed, p.Name(d.place))
			if len(old.Text) == 0 {
				arrived = append(arrived, now.RootNames()...)
			}
		default:
			packages = append(packages, compare.Package{Dir: d.place(p.Dir), Old: old.Tree, New: now.Tree})
			result.Compared++
		}
	}
	outside, more := d.outside(cmd, args, pairs, packages)
	packages, arrived = append(packages, outside...), append(arrived, more...)
	slices.SortStableFunc(packages, func(a, b compare.Package) int { return strings.Compare(a.Dir, b.Dir) })
	packages = slices.DeleteFunc(packages, func(p compare.Package) bool {
		moved := p.MayHaveMoved(arrived) || unread && p.IsGone()
		if moved {
			result.Missed = append(result.Missed, p.Dir)
			result.Compared--
		}
		return moved
	})
	result.Changes = compare.Packages(packages)
	failed := errors.Join(errs...)
	err = d.print(cmd, result, reportOf(failed, broken...))
	noteOther(cmd, args)
	if len(pairs) == 1 && len(packages) == 1 && len(packages[0].Old.Roots())+len(packages[0].New.Roots()) == 0 {
		say(cmd, fmt.Sprintf("supgen: there is no tree in %s in either version", diag.Quoted(pairs[0].Name(d.place))))
	}
	found := len(broken) > 0 || d.failOn.word == "change" && len(result.Changes) > 0 || d.failOn.word == "risk" && compare.HasRisk(result.Changes)
	return outcome(found, errors.Join(failed, err))
}

// outside are the packages that a pattern enters in neither version and that one of the packages has moved to or from, and the names in
// new ones with mistakes.
func (d *diffFlags) outside(cmd *cobra.Command, args []string, pairs []load.Pair, packages []compare.Package) (moved []compare.Package, arrived []string) {
	if !slices.ContainsFunc(packages, func(p compare.Package) bool { return p.IsGone() || p.IsNew() }) {
		return nil, nil
	}
	var others []compare.Package
	for _, p := range load.Outside(cmd.Context(), args, cmd.ArgsLenAtDash(), pairs) {
		switch old, now, err := d.load(cmd, p); {
		case err != nil:
		case old.Tree != nil && now.Tree != nil:
			others = append(others, compare.Package{Dir: d.place(p.Dir), Old: old.Tree, New: now.Tree})
		case len(old.Text) == 0:
			arrived = append(arrived, now.RootNames()...)
		}
	}
	return compare.Outside(packages, others), arrived
}

// noteOther proposes "main -- shop" where "main shop" compares two directories, the current one at main and shop; "-- shop" where "shop"
// is compared with the current one, which has no trees, and "main topic -- ./..." and "-- ./..." where that alone is.
func noteOther(cmd *cobra.Command, args []string) {
	areRevisions := func() bool {
		return !slices.ContainsFunc(args, func(arg string) bool { return strings.Contains(arg, ":") || !load.IsRevision(cmd.Context(), arg) })
	}
	if sources, err := load.FilesIn([]string{"."}, load.Suffix); (len(args) < 2 || len(args) == 2 && areRevisions()) && cmd.ArgsLenAtDash() < 0 && err == nil && len(sources) == 0 {
		other := "diff -- ./..."
		if len(args) == 1 && load.IsPattern(args[0]) {
			return
		}
		if _, err := os.Stat(strings.Join(args, " ")); err == nil {
			other = "diff -- " + args[0]
		} else if !areRevisions() {
			return
		} else if len(args) > 0 {
			other = "diff " + strings.Join(args, " ") + " -- ./..."
		}
		say(cmd, fmt.Sprintf("supgen: did you mean %s?", diag.Quoted(other)))
		return
	}
	if isQuiet(cmd) || len(args) != 2 || cmd.ArgsLenAtDash() >= 0 || strings.Contains(args[0], ":") {
		return
	}
	if dir, err := os.Stat(args[1]); err != nil || !dir.IsDir() || filepath.Clean(args[1]) == "." || !load.IsRevision(cmd.Context(), args[0]) {
		return
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "supgen: %q is the current directory there, and not %q; did you mean \"%[1]s -- %[3]s\"?\n", args[0], args[1], args[1])
}

// load loads two versions of a package, with the names of files as the format has them.
func (d *diffFlags) load(cmd *cobra.Command, p load.Pair) (old, now *load.Package, err error) {
	old, now, err = p.Load(cmd.Context())
	if err != nil || d.format.word == "text" {
		return old, now, err
	}
	if !p.Old.IsRevision() && old.Tree != nil {
		old = old.Renamed(d.place)
	}
	if !p.New.IsRevision() && now.Tree != nil {
		now = now.Renamed(d.place)
	}
	return old, now, nil
}

// place is what the output calls a file or a directory.
func (d *diffFlags) place(name string) string {
	if d.format.word == "text" {
		return name
	}
	if d.places == nil {
		d.places = output.Places()
	}
	return d.places(name)
}

// print prints the changes, and what could not be compared, with the reasons.
func (d *diffFlags) print(cmd *cobra.Command, result compare.Result, r report.Report) error {
	text := ""
	switch d.format.word {
	case "json":
		all := []any{}
		for _, c := range result.Changes {
			all = append(all, c)
		}
		for _, f := range r.Renamed(d.place).Findings() {
			all = append(all, f)
		}
		return errors.Join(printReport(cmd, "text", r), output.JSON(cmd.OutOrStdout(), all))
	case "github":
		io.WriteString(cmd.ErrOrStderr(), result.Text()) // The log of a step does not show where an annotation is.
		annotations := atRevision(r).Renamed(func(name string) string { return inWorkTree(d.place(name)) })
		annotations.Annotations = result.Annotations(inWorkTree)
		_, err := output.Exact(cmd.OutOrStdout()).Write(annotations.GitHub())
		return errors.Join(printReport(cmd, "text", r), err)
	case "markdown":
		result.Why = reasons(r.Renamed(d.place))
		text = result.Markdown()
	default:
		text = result.Text()
	}
	_, err := io.WriteString(cmd.OutOrStdout(), text)
	return errors.Join(printReport(cmd, "text", r), err)
}

// reasons are a line for each mistake, and for what could not be read.
func reasons(r report.Report) (lines []string) {
	for _, d := range r.Diagnostics {
		if d.Severity == diag.Error {
			lines = append(lines, d.Pos.String()+": "+d.Message)
		}
	}
	for _, f := range r.Failures {
		place := ""
		if f.Pos.IsValid() {
			place = f.Pos.String() + ": "
		}
		lines = append(lines, place+f.Text())
	}
	return lines
}

// atRevision is the report with messages that say of which revision a mistake is: an annotation is in the file of today.
func atRevision(r report.Report) report.Report {
	r.Diagnostics = slices.Clone(r.Diagnostics)
	for i := range r.Diagnostics {
		diagnostic := &r.Diagnostics[i]
		if rev, _, ok := strings.Cut(diagnostic.Pos.File, ":"); ok && !filepath.IsAbs(diagnostic.Pos.File) {
			diagnostic.Message = "at " + rev + ": " + diagnostic.Message
		}
	}
	return r
}

// inWorkTree is the place in the work tree of a file that may be at a revision, which git names from the top: "HEAD:server/shop.sup".
func inWorkTree(place string) string {
	if _, file, ok := strings.Cut(place, ":"); ok && !filepath.IsAbs(place) {
		return file
	}
	return place
}
