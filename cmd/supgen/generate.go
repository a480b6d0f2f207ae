package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/generated"
	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/output"
	"github.com/supgen/supgen/internal/watch"
)

// generateFlags are those of the generate command.
type generateFlags struct {
	format *choice
	check  bool
	stdout bool
	watch  bool
}

func newGenerate() *cobra.Command {
	g := &generateFlags{}
	cmd := &cobra.Command{
		Use:   "generate [DIR | FILE | DIR/...]...",
		Short: "Generate Go from .sup files",
		Long: `Generate writes x.sup.go next to each x.sup of the directories, unless it is up to date.
A file stands for its directory; without arguments it is the current directory, as in

	//go:generate go tool supgen generate

Nothing is written for a directory whose files have an error.

With --watch it keeps running, and looks for saved .sup files twice a second. With so many directories that looking
takes long, it looks less often, and spends at most a tenth of its time on it. When it is interrupted, the exit status is 0.`,
		Example: `  supgen generate
  supgen generate --check ./...
  supgen generate --watch ./...
  supgen generate --stdout shop.sup`,
		ValidArgsFunction: completeSources,
		RunE:              g.run,
	}
	g.format = addReportFormat(cmd)
	cmd.Flags().BoolVar(&g.check, "check", false, "write nothing; print what is stale as a diff, and end with status 1")
	cmd.Flags().BoolVar(&g.stdout, "stdout", false, "write nothing; print the code")
	cmd.Flags().BoolVar(&g.watch, "watch", false, "write again whenever a .sup file is saved, until interrupted")
	cmd.MarkFlagsMutuallyExclusive("check", "stdout", "watch")
	cmd.MarkFlagsMutuallyExclusive("stdout", "format")
	return cmd
}

func (g *generateFlags) run(cmd *cobra.Command, args []string) error {
	once := func() error { return g.once(cmd, args) }
	if g.watch {
		return keepUp(cmd, args, once)
	}
	return once()
}

// once does what was asked with the files as they are now.
func (g *generateFlags) once(cmd *cobra.Command, args []string) error {
	packages, err := loadAll(cmd, args)
	if err != nil {
		return err
	}
	found, err := printDiagnostics(cmd, g.format.word, packages...)
	if err != nil {
		return err
	}
	for _, p := range packages {
		if diag.HasErrors(p.Diagnostics) {
			continue
		}
		stale, err := g.generate(cmd, p)
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
func (g *generateFlags) generate(cmd *cobra.Command, p *load.Package) (stale bool, err error) {
	for file := range generated.Files(p) {
		switch {
		case g.stdout:
			_, err = output.Exact(cmd.OutOrStdout()).Write(file.Text())
		case g.check:
			var differs bool
			differs, err = file.Diff(output.Exact(g.diffs(cmd)), cmd.ErrOrStderr())
			stale = stale || differs
		default:
			var wrote bool
			if wrote, err = file.Write(); wrote && g.watch && !isQuiet(cmd) {
				fmt.Fprintln(cmd.ErrOrStderr(), "wrote", diag.VisibleLine(file.Name))
			}
		}
		if err != nil {
			return false, err
		}
	}
	orphans, err := generated.Orphans(p)
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
func (g *generateFlags) diffs(cmd *cobra.Command) io.Writer {
	if g.format.word == "text" {
		return cmd.OutOrStdout()
	}
	return cmd.ErrOrStderr()
}

// keepUp acts now, and again whenever a source was saved. What goes wrong on the way is printed, a panic too, and waits for
// the next save, but for arguments that name nothing.
func keepUp(cmd *cobra.Command, args []string, act func() error) error {
	if _, err := load.Directories(args); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	watch.Sources(ctx, args, func() {
		if err := survive(act); err != nil && !errors.Is(err, errFound) {
			fmt.Fprintf(cmd.ErrOrStderr(), "supgen: %v\n", err)
		}
	})
	return nil
}
