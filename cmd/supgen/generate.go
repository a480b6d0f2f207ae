package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/supgen/supgen/dsl"
)

// A generation is what was asked of the generate command.
type generation struct {
	check  bool
	stdout bool
}

func newGenerate() *cobra.Command {
	g := &generation{}
	cmd := &cobra.Command{
		Use:   "generate [DIR | FILE | DIR/...]...",
		Short: "Write the Go of .sup files",
		Long: `Generate writes x.sup.go beside each x.sup of the directories, where it would change.
A file stands for its directory, and no argument for the current one, as in

	//go:generate go tool supgen generate

Nothing is written for a directory whose files have an error.`,
		Example: `  supgen generate
  supgen generate --check ./...
  supgen generate --stdout shop.sup`,
		RunE: g.run,
	}
	cmd.Flags().BoolVar(&g.check, "check", false, "write nothing; print what is stale as a diff, and end with status 1")
	cmd.Flags().BoolVar(&g.stdout, "stdout", false, "write nothing; print the code")
	cmd.MarkFlagsMutuallyExclusive("check", "stdout")
	return cmd
}

func (g *generation) run(cmd *cobra.Command, args []string) error {
	sources, err := loadAll(cmd, args)
	if err != nil {
		return err
	}
	found := false
	for _, s := range sources {
		if err := s.printText(cmd.ErrOrStderr()); err != nil {
			return err
		}
		if dsl.HasErrors(s.diagnostics) {
			found = true
			continue
		}
		stale, err := g.generate(cmd, s)
		if err != nil {
			return err
		}
		found = found || stale
	}
	if found {
		return errFound
	}
	return nil
}

// generate does what was asked with one directory's code, and reports whether --check found some of it stale.
func (g *generation) generate(cmd *cobra.Command, s *source) (stale bool, err error) {
	out := cmd.OutOrStdout()
	for _, code := range s.code() {
		switch {
		case g.stdout:
			_, err = out.Write(code.text)
		case g.check:
			var differs bool
			differs, err = code.diff(out)
			stale = stale || differs
		default:
			err = code.write()
		}
		if err != nil {
			return false, err
		}
	}
	orphans, err := s.orphans()
	if err != nil {
		return false, err
	}
	for _, name := range orphans {
		stale = stale || g.check
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: generated from %q, which is gone; remove it\n", name, strings.TrimSuffix(name, ".go"))
	}
	return stale, nil
}
