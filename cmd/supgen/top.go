package main

import (
	"os"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/internal/operate"
	"github.com/supgen/supgen/internal/top"
)

func newTop() *cobra.Command {
	var once bool
	cmd := &cobra.Command{
		Use:   "top [ADDRESS]",
		Short: "Show the tree of a program that runs, live in a terminal",
		Long: `Top shows what the tree of a program does: each child's state and restarts, and why it is as it is. While something fails,
the top of the screen names the child that causes it, its error, the next try, and the children that wait for it.
"?" lists the keys. "r" restarts the selected child, and asks why.

` + aboutServer + `
The default address is SUPGEN_ADDR.

When the connection is lost it says so and tries again, and what it shows is grey. With --once, and where there is no
terminal or a dumb one (TERM=dumb), it prints the tree once and ends. NO_COLOR is heeded.`,
		Example: `  supgen top localhost:8081
  supgen top /run/shop/supgen.sock
  supgen top --once localhost:8081`,
		Args: cobra.MaximumNArgs(1),
	}
	s := addServer(cmd)
	ask := s.asking(func(cmd *cobra.Command, c *operate.Client, _ []string) error {
		if once || !top.CanRun(os.Stdin, os.Stdout) {
			return top.Once(cmd.Context(), c, cmd.OutOrStdout(), top.Columns(os.Stdout))
		}
		return top.Run(cmd.Context(), c, os.Stdin, os.Stdout, inColour(cmd))
	})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			s.addr = args[0]
		}
		return ask(cmd, nil)
	}
	cmd.Flags().BoolVar(&once, "once", false, "print the tree once and end")
	return cmd
}
