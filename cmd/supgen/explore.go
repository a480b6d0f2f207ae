package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/internal/costs"
	"github.com/supgen/supgen/internal/explore"
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
		Use:   "explore [DIR | FILE]",
		Short: "Try every failure, and report what takes the tree down",
		Long: `Explore tries everything that can go wrong in a tree, in virtual time, and reports what each costs, the worst first:
whether the program ends, what else goes down, for how long, and how many restarts that takes. It tries

  every outcome that a child can have, once, again and again, and from the start
  a start that is slow, or never ready; a stop that is slow, or stuck
  each two of these at a time, including one child that is already down

Cases that cost the same are reported together, and two failures only if they are worse than each of them alone. A tree that
is too large to try everything is sampled, and the output says so. --script prints a case as a script for "supgen simulate",
by its number.

For CI, --fail-on sets the exit status to 1 if there is a case like this:

` + conditions(),
		Example: `  supgen explore
  supgen explore --format html -o explore.html ./internal/shop
  supgen explore --script 3 > worst.sim; supgen simulate . worst.sim
  supgen explore --fail-on "program ends by one failure" --fail-on "child is never up"`,
		Args:              cobra.MaximumNArgs(1),
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
	tree, err := loadTree(cmd, dirOf(args))
	if err != nil {
		return err
	}
	root, err := rootOf(tree, dirOf(args), *x.tree)
	if err != nil {
		return err
	}
	r, err := explore.Explore(root, x.o)
	if err != nil {
		return err
	}
	text, err := x.render(r)
	if err != nil {
		return err
	}
	if err := printTo(cmd, *x.output, text); err != nil {
		return err
	}
	failed := false
	for _, c := range wanted {
		found, err := costs.Found(cmd.ErrOrStderr(), r, c)
		if err != nil {
			return err
		}
		failed = failed || found
	}
	if failed {
		return errFound
	}
	return nil
}

func (x *exploreFlags) render(r *explore.Report) (string, error) {
	switch {
	case x.script > len(r.Trials):
		return "", fmt.Errorf("there is no case %d; the last one is %d", x.script, len(r.Trials))
	case x.script > 0:
		return costs.Script(r, r.Trials[x.script-1]), nil
	case x.format.word == "json":
		return costs.JSON(r)
	case x.format.word == "html":
		return costs.Page(r)
	}
	return costs.Text(r, x.all), nil
}
