package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/costs"
	"github.com/supgen/supgen/internal/explore"
	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/output"
	"github.com/supgen/supgen/internal/report"
)

// exploreFlags are those of the explore command.
type exploreFlags struct {
	format *choice
	tree   *string
	output *string
	all    bool
	script int
	failOn []string
	o      explore.Options
}

func newExplore() *cobra.Command {
	x := &exploreFlags{}
	cmd := &cobra.Command{
		Use:   "explore [DIR | FILE | DIR/...]...",
		Short: "Try every failure, and report what takes the tree down",
		Long: `Explore tries everything that can go wrong in a tree, in virtual time, and reports what each costs, the worst first:
whether the program ends, what else goes down, for how long, and how many restarts that takes. It tries

  every outcome that a child can have, once, again and again, and from the start
  a start that is slow, or never ready; a stop that is slow, or stuck
  each two of these at a time, including one child that is already down

Cases that cost the same are reported together, and two failures only if they are worse than each of them alone. A tree that
is too large to try everything is sampled, and the output says so. --script prints a case as a script for "supgen simulate",
by its number. With several directories, or DIR/..., all trees of the packages are explored, one after another.

For CI, --fail-on sets the exit status to 1 if there is a case like this:

` + conditions(),
		Example: `  supgen explore
  supgen explore --format html -o explore.html ./internal/shop
  supgen explore --fail-on "program ends by one failure" ./...
  supgen explore --script 3 -o worst.sim; supgen simulate . worst.sim
  supgen explore --fail-on "program ends by one failure" --fail-on "child is never up"`,
		ValidArgsFunction: completeSources,
		RunE:              x.run,
	}
	x.format = addFormat(cmd, "how to print", "text", "json", "html")
	x.output, x.tree = addOutput(cmd), addTree(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&x.all, "all", false, "list each case by itself")
	flags.IntVar(&x.script, "script", 0, "print the case with this `number` as a script for simulate")
	flags.StringArrayVar(&x.failOn, "fail-on", nil, "end with status 1 if there is such a `case`")
	flags.Uint64Var(&x.o.Seed, "seed", 1, "seed of the jitter, and of what is tried of a large tree")
	flags.IntVar(&x.o.Max, "max", 0, "try this `number` of cases at most; 0 is what takes some seconds")
	flags.DurationVar(&x.o.Until, "until", time.Hour, "how long to look, in virtual time")
	if err := cmd.RegisterFlagCompletionFunc("fail-on", completeConditions); err != nil {
		panic(err) // there is no such flag
	}
	return cmd
}

// conditions are those of --fail-on, a line each.
func conditions() string {
	var b strings.Builder
	for _, c := range explore.Conditions {
		fmt.Fprintf(&b, "  %-36s  %s\n", c.Name, c.Text)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func completeConditions(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, c := range explore.Conditions {
		names = append(names, cobra.CompletionWithDesc(c.Name, c.Text))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// wanted are the conditions of --fail-on.
func (x *exploreFlags) wanted() (wanted []explore.Condition, err error) {
	for _, name := range x.failOn {
		i := slices.IndexFunc(explore.Conditions, func(c explore.Condition) bool { return c.Name == name })
		if i < 0 {
			var names []string
			for _, c := range explore.Conditions {
				names = append(names, c.Name)
			}
			return nil, fmt.Errorf("--fail-on %q: use %s", name, alternatives(names))
		}
		wanted = append(wanted, explore.Conditions[i])
	}
	return wanted, nil
}

func (x *exploreFlags) run(cmd *cobra.Command, args []string) error {
	wanted, err := x.wanted()
	switch {
	case err != nil:
		return err
	case x.o.Max < 0 || x.script < 0:
		return fmt.Errorf("a number of cases is not negative")
	case x.o.Until < 2*time.Minute:
		return fmt.Errorf("--until %s is too short: failures come after one minute; use 2m or more", x.o.Until)
	}
	several := len(args) > 1 || load.IsPattern(dirOf(args))
	if several && (x.script > 0 || x.format.word == "html" || *x.tree != "") {
		return fmt.Errorf("%s may stand for many packages; --script, --tree and --format html are about one", diag.Quoted(strings.Join(args, " ")))
	}
	notePassedOver(cmd, args)
	all, broken, failed := x.explore(args, several)
	err = errors.Join(failed, x.print(cmd, all, several, reportOf(failed, broken...)))
	found := len(broken) > 0
	for _, e := range all {
		var b strings.Builder
		for _, c := range wanted {
			costs.Found(&b, e.Report, c)
		}
		if b.Len() == 0 {
			continue
		}
		found = true
		if several {
			fmt.Fprintln(cmd.ErrOrStderr(), e.heading())
		}
		io.WriteString(cmd.ErrOrStderr(), b.String())
	}
	return outcome(found, err)
}

// explored is what was found in one tree.
type explored struct {
	dir string // of its package, where there may be several
	*explore.Report
}

// heading says which tree it is, where there are several.
func (e explored) heading() string {
	return diag.VisibleLine(filepath.ToSlash(e.dir)) + ": " + e.Root.Name
}

// explore explores the tree of the one package that is named, or all trees of several. What cannot be
// explored costs no other: packages with mistakes are broken, and the error joins the rest.
func (x *exploreFlags) explore(args []string, several bool) (all []explored, broken []*load.Package, err error) {
	packages, err := packagesOf(args, several)
	errs := []error{err}
	for _, p := range packages {
		if p.Tree == nil {
			broken = append(broken, p)
			continue
		}
		roots, dir := p.Tree.Roots(), ""
		if several {
			dir = p.Dir()
		} else {
			root, err := rootOf(p.Tree, dirOf(args), *x.tree)
			if err != nil {
				return nil, nil, err
			}
			roots = []*tree.Child{root}
		}
		for _, root := range roots {
			r, err := explore.Explore(root, x.o)
			if err == nil {
				all = append(all, explored{dir, r})
			}
			errs = append(errs, err)
		}
	}
	return all, broken, errors.Join(errs...)
}

// packagesOf are the one package that is named, or those of several that have sources.
func packagesOf(args []string, several bool) ([]*load.Package, error) {
	if several {
		packages, err := load.Packages(args)
		packages = slices.DeleteFunc(packages, func(p *load.Package) bool { return len(p.Text) == 0 })
		if len(packages) == 0 && err == nil {
			err = fmt.Errorf("there is no .sup file in %s", strings.Join(args, " ")) // but what was generated from some
		}
		return packages, err
	}
	p, err := load.One(dirOf(args))
	if err != nil {
		return nil, err
	}
	return []*load.Package{p}, nil
}

// print prints what was found, and why a tree could not be explored.
func (x *exploreFlags) print(cmd *cobra.Command, all []explored, several bool, r report.Report) error {
	err := printReport(cmd, "text", r)
	var text string
	var failed error
	switch {
	case x.format.word == "json":
		text, failed = asJSON(all, several, r)
	case len(all) == 0:
		return err
	case several:
		for i, e := range all {
			if i > 0 {
				text += "\n"
			}
			text += e.heading() + "\n" + costs.Text(e.Report, x.all)
		}
	default:
		text, failed = x.render(all[0].Report)
	}
	if failed == nil {
		failed = printTo(cmd, *x.output, text)
	}
	return errors.Join(err, failed)
}

// mistakes are why a tree was not explored, in JSON.
type mistakes struct {
	Mistakes []report.Finding `json:"mistakes"`
}

// asJSON is an object, or an array of them where there may be several.
func asJSON(all []explored, several bool, r report.Report) (string, error) {
	places, objects := output.Places(), []any{}
	for _, e := range all {
		d := costs.DocumentOf(e.Report)
		d.Dir = places(e.dir)
		objects = append(objects, d)
	}
	if found := r.Renamed(places).Findings(); len(found) > 0 {
		objects = append(objects, mistakes{found})
	}
	var b strings.Builder
	var value any = objects
	if !several {
		value = objects[0]
	}
	err := output.JSON(&b, value)
	return b.String(), err
}

func (x *exploreFlags) render(r *explore.Report) (string, error) {
	switch {
	case x.script > len(r.Trials):
		return "", fmt.Errorf("there is no case %d; the last one is %d", x.script, len(r.Trials))
	case x.script > 0:
		return costs.Script(r, r.Trials[x.script-1]), nil
	case x.format.word == "html":
		return costs.Page(r)
	}
	return costs.Text(r, x.all), nil
}
