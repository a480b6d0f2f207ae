package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl/diag"
)

// A generation is what was asked of the generate command.
type generation struct {
	format *choice
	check  bool
	stdout bool
	watch  bool
}

func newGenerate() *cobra.Command {
	g := &generation{}
	cmd := &cobra.Command{
		Use:   "generate [DIR | FILE | DIR/...]...",
		Short: "Write the Go of .sup files",
		Long: `Generate writes x.sup.go beside each x.sup of the directories, where it would change.
A file stands for its directory, and no argument for the current one, as in

	//go:generate go tool supgen generate

Nothing is written for a directory whose files have an error.

With --watch it goes on: it looks for saved .sup files twice a second, or, where there are so many directories that
looking takes long, as often as costs it a tenth of its time. It ends with status 0 when it is interrupted.`,
		Example: `  supgen generate
  supgen generate --check ./...
  supgen generate --watch ./...
  supgen generate --stdout shop.sup`,
		ValidArgsFunction: completeSources,
		RunE:              g.run,
	}
	g.format = addFormat(cmd, diagnosticUsage, diagnosticFormats...)
	cmd.Flags().BoolVar(&g.check, "check", false, "write nothing; print what is stale as a diff, and end with status 1")
	cmd.Flags().BoolVar(&g.stdout, "stdout", false, "write nothing; print the code")
	cmd.Flags().BoolVar(&g.watch, "watch", false, "write again whenever a .sup file is saved, until interrupted")
	cmd.MarkFlagsMutuallyExclusive("check", "stdout", "watch")
	cmd.MarkFlagsMutuallyExclusive("stdout", "format")
	return cmd
}

func (g *generation) run(cmd *cobra.Command, args []string) error {
	if g.watch {
		return g.keepUp(cmd, args)
	}
	return g.once(cmd, args)
}

// once does what was asked with the files as they are now.
func (g *generation) once(cmd *cobra.Command, args []string) error {
	sources, err := loadAll(cmd, args)
	if err != nil {
		return err
	}
	found, err := printDiagnostics(cmd, g.format.word, sources)
	if err != nil {
		return err
	}
	for _, s := range sources {
		if diag.HasErrors(s.diagnostics) {
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
	for code := range s.code() {
		switch {
		case g.stdout:
			_, err = exact(cmd.OutOrStdout()).Write(code.draft.Format())
		case g.check:
			var differs bool
			differs, err = code.diff(exact(g.diffs(cmd)), cmd.ErrOrStderr())
			stale = stale || differs
		default:
			var wrote bool
			if wrote, err = code.write(); wrote && g.watch {
				fmt.Fprintln(cmd.ErrOrStderr(), "wrote", diag.VisibleLine(code.name))
			}
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
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: generated from %q, which is gone; remove it\n", diag.VisibleLine(name), strings.TrimSuffix(name, ".go"))
	}
	return stale, nil
}

// diffs is where diffs go: a machine expects nothing but its format on standard output.
func (g *generation) diffs(cmd *cobra.Command) io.Writer {
	if g.format.word == "text" {
		return cmd.OutOrStdout()
	}
	return cmd.ErrOrStderr()
}

// keepUp generates now, and again whenever a source was saved. What goes wrong on the way is printed, and waits for
// the next save, but for arguments that name nothing.
func (g *generation) keepUp(cmd *cobra.Command, args []string) error {
	if _, err := directories(args); err != nil {
		return err
	}
	look := func() (string, error) { return saved(args) }
	act := func() error { return g.once(cmd, args) }
	return watch(cmd.Context(), look, act, func(err error) {
		if !errors.Is(err, errFound) {
			fmt.Fprintf(cmd.ErrOrStderr(), "supgen: %v\n", err)
		}
	})
}
