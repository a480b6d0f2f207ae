package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/simulation"
)

// simulateFlags are those of the simulate command.
type simulateFlags struct {
	format *choice
	tree   *string
	seed   uint64
}

func newSimulate() *cobra.Command {
	s := &simulateFlags{}
	cmd := &cobra.Command{
		Use:   "simulate [DIR | FILE] [SCRIPT]",
		Short: "Show what a tree would do, in virtual time",
		Long: `Simulate runs a tree in virtual time, as the runtime would, and prints what happens. Nothing is compiled, and
no child is called: the script, a file or "-" for standard input, says what they do. An hour takes milliseconds,
and the same tree, script and seed print the same.

Without a script all goes well, and the output shows when each child starts and stops, and what it waited for. A script says
what goes wrong, one statement per line. A child that it does not mention does well.

` + statements + `
What a child does is ready, unready, success, error, panic, goexit, external, again, fatal_config, fatal_bug, skip,
stops, aborts, silent, "checks pass", "checks fail", "checks hang" or hangs, followed by "after DURATION" or preceded by
"never". For the whole language see https://pkg.go.dev/github.com/supgen/supgen/runtime/sim.

With --format svg the output is a drawing with one lane per child; no other program is needed. With --format json it is one
object per line, for each thing that happens:

  at      nanoseconds since the start
  path    the child; the root for what concerns the whole tree
  text    what is printed for it
  event   the runtime's event, as Tree.Events and its JSON, if it is one
  answer  the answer to an operator's command, if it was accepted
  error   why a command was refused or something is not as expected; of a tree that ended, what Run returns

The exit status is 1 if an expectation of the script is not met, or if the script has mistakes.`,
		Example: `  supgen simulate
  supgen simulate . failover.sim
  echo 'at 5s Shop.DB panic' | supgen simulate ./internal/shop -
  supgen simulate --tree Shop --seed 7 --format json . failover.sim`,
		Args:              cobra.MaximumNArgs(2),
		ValidArgsFunction: completeSimulate,
		RunE:              s.run,
	}
	s.format = addFormat(cmd, "how to print", "text", "json", "svg")
	s.tree = addTree(cmd)
	cmd.Flags().Uint64Var(&s.seed, "seed", 0, "seed of the jitter; 0 is the script's, or 1")
	return cmd
}

// statements are what help shows of the language of scripts: one by itself.
const statements = `  until 1m                                // ends the simulation; an hour if it is not said
  Shop.DB ready after 200ms               // each run of that child
  Shop.DB#2..4 error "no route" after 3s  // its second to fourth run
  Shop.HTTP stops after 1s                // when it is asked to
  at 5s Shop.HTTP hangs                   // once
  at 9s pause Shop.DB by ada "new disk"   // an operator's command
  at 9s start Shop.Session["a"]           // a dynamic child
  at 30s expect Shop.HTTP#1 ready         // or it ends with status 1
`

func (s *simulateFlags) run(cmd *cobra.Command, args []string) error {
	dir := dirOf(args)
	if info, err := os.Stat(dir); err == nil && !info.IsDir() && load.SourceOf(dir) == "" {
		return fmt.Errorf("%s is not a .sup file; a script comes behind the directory: supgen simulate . %s", diag.Quoted(dir), dir)
	}
	tree, err := loadTree(cmd, dir)
	if err != nil {
		return err
	}
	script := simulation.Calm
	if len(args) > 1 {
		if script, err = readScript(cmd, args[1]); err != nil {
			return err
		}
	}
	root, err := script.Root(tree)
	if *s.tree != "" || root == nil && err == nil {
		root, err = rootOf(tree, dir, *s.tree)
	}
	var result simulation.Result
	if err == nil {
		result, err = script.Play(root, s.seed)
	}
	if err != nil {
		if text, ok := script.Mistakes(err); ok {
			fmt.Fprint(cmd.ErrOrStderr(), text)
			err = errFound
		}
		return err
	}
	if err := s.print(cmd.OutOrStdout(), result); err != nil {
		return err
	}
	for _, unmet := range result.Unmet {
		fmt.Fprint(cmd.ErrOrStderr(), script.Line(unmet))
		err = errFound
	}
	return err
}

// readScript reads a file, or for "-" standard input.
func readScript(cmd *cobra.Command, name string) (simulation.Script, error) {
	if name != "-" {
		return simulation.ReadScript(name)
	}
	text, err := load.ReadInput(stdin(cmd))
	return simulation.NewScript(load.Input, text), err
}

func (s *simulateFlags) print(w io.Writer, result simulation.Result) error {
	switch s.format.word {
	case "json":
		return result.JSON(w)
	case "svg":
		text, err := result.SVG()
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, text)
		return err
	}
	_, err := io.WriteString(w, result.Timeline.String())
	return err
}
