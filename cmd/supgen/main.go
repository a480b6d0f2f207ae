package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/internal/report"
)

const (
	statusGood  = 0
	statusFound = 1
	statusWrong = 2
)

// errFound ends a command that did its work and has printed what it found.
var errFound = errors.New("something was found")

func main() {
	// A compiler keeps nearly all that it reads: collecting garbage early would find none, and take a third of the time.
	debug.SetGCPercent(400)
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run carries out one command line and returns its exit status. What it prints goes through doors.
func run(args []string, stdout, stderr io.Writer) int {
	return execute(newRoot(), args, door{stdout, report.ForLog}, door{stderr, report.ForLog})
}

// execute carries out one command of root's.
func execute(root *cobra.Command, args []string, stdout, stderr io.Writer) int {
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := survive(root.Execute)
	switch {
	case err == nil:
		return statusGood
	case errors.Is(err, errFound):
		return statusFound
	}
	fmt.Fprintf(stderr, "supgen: %v\n", err)
	return statusWrong
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "supgen",
		Short: "Compile supervision trees to Go",
		Long: `Supgen compiles supervision trees, written in .sup files, to Go.

Start with "supgen init" in a module: it writes a first tree that runs.

It ends with status 0 when all is well, 1 when it found mistakes, stale code or whatever else it looks for, and 2 when
it was used wrongly, could not read or write a file, or has a bug: it then says what to report.`,
		Example: `  supgen init                    write a first tree
  supgen generate                write the Go of the directory's .sup files
  supgen generate --check ./...  in CI: is any committed code stale?
  supgen validate ./...          report every mistake
  supgen explain . Shop.HTTP     what is the policy of a child, and who says so?
  supgen simulate . lost.sim     what happens when the database is lost?
  supgen explore                 what takes the tree down?
  supgen diff main               what has changed in meaning since?`,
		// The status and the words of a failure are run's business.
		SilenceUsage:  true,
		SilenceErrors: true,
		// It is printed in cobra's words. A template would do as well, but once one is executed anything exported may
		// be called by its name, so that the linker could leave nothing out: a quarter of the binary.
		Version: thisVersion(),
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf(`%w; see "%s --help"`, err, cmd.CommandPath())
	})
	root.AddCommand(newGenerate(), newValidate(), newExplain(), newSimulate(), newExplore(), newGraph(), newDiff(), newFmt(), newInit(), newVersion())
	return root
}
