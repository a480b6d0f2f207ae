package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
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
	wrote  bool // something, since it was set to false
	again  bool // by --watch, and no source has changed: what there is to say of them is printed already
	strict bool
	check  bool
	clean  bool
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

A file that is there keeps its permissions, and what other tools wrote above its first line, such as a licence. A file that supgen
did not generate is never changed. With --clean, a generated file whose .sup file is gone is removed.

What cannot be read costs its directory, and no other: the others are done, and the exit status is 2.

With --watch it keeps running, and looks twice a second for changes: of .sup files, of the Go files beside them, and of what it
wrote. With so many directories that looking takes long, it looks less often, and spends at most a tenth of its time on it.
When it is interrupted, the exit status is 0.`,
		Example: `  supgen generate
  supgen generate --check ./...
  supgen generate --check --format github --strict ./...
  supgen generate --clean ./...
  supgen generate --watch ./...
  supgen generate --stdout shop.sup`,
		ValidArgsFunction: completeSources,
		RunE:              g.run,
	}
	g.format = addReportFormat(cmd)
	addStrict(cmd, &g.strict)
	cmd.Flags().BoolVar(&g.check, "check", false, "write nothing; print what is stale as a diff, and end with status 1")
	cmd.Flags().BoolVar(&g.clean, "clean", false, "remove generated files whose .sup file is gone")
	cmd.Flags().BoolVar(&g.stdout, "stdout", false, "write nothing; print the code, of files that are named only theirs")
	cmd.Flags().BoolVar(&g.watch, "watch", false, "write again whenever a .sup file is saved, until interrupted")
	cmd.MarkFlagsMutuallyExclusive("check", "stdout", "watch")
	cmd.MarkFlagsMutuallyExclusive("check", "clean")
	cmd.MarkFlagsMutuallyExclusive("stdout", "clean")
	cmd.MarkFlagsMutuallyExclusive("stdout", "format")
	return cmd
}

func (g *generateFlags) run(cmd *cobra.Command, args []string) error {
	if g.watch {
		return keepUp(cmd, args, func(saved bool) (wrote bool, err error) {
			g.again, g.wrote = !saved, false
			err = g.once(cmd, args)
			return g.wrote, err
		})
	}
	return g.once(cmd, args)
}

// once does what was asked with the files as they are now.
func (g *generateFlags) once(cmd *cobra.Command, args []string) error {
	packages, err := load.Packages(args)
	if g.strict {
		makeStrict(packages)
	}
	errs := []error{err}
	for _, p := range packages {
		if diag.HasErrors(p.Diagnostics) {
			continue
		}
		found, err := g.generate(cmd, p, args)
		p.Diagnostics = append(p.Diagnostics, found...)
		errs = append(errs, err)
	}
	failed := errors.Join(errs...)
	if g.again {
		return failed
	}
	found, err := printDiagnostics(cmd, g.format.word, failed, packages...)
	return outcome(found, errors.Join(failed, err))
}

// generate does what was asked with one directory's code, and returns what there is to report of it.
func (g *generateFlags) generate(cmd *cobra.Command, p *load.Package, args []string) (found []diag.Diagnostic, err error) {
	if err := generated.Blocked(p); err != nil && !g.stdout {
		return nil, err
	}
	for file := range generated.Files(p) {
		switch {
		case g.stdout && load.Includes(args, file.Source()):
			_, err = output.Exact(cmd.OutOrStdout()).Write(file.Text())
		case g.stdout:
		case g.check:
			var diff []byte
			var stale []diag.Diagnostic
			if diff, stale, err = file.Check(); err == nil {
				found = append(found, stale...)
				_, err = output.Exact(g.diffs(cmd)).Write(diff)
			}
		default:
			var wrote bool
			wrote, err = file.Write()
			g.wrote = g.wrote || wrote
			if wrote && g.watch && !isQuiet(cmd) {
				fmt.Fprintln(cmd.ErrOrStderr(), "wrote", diag.VisibleLine(file.Name))
			}
		}
		if err != nil {
			return found, err
		}
	}
	orphans, err := generated.Orphans(p)
	for _, orphan := range orphans {
		if !g.clean {
			if !g.check && !g.strict {
				orphan.Severity = diag.Warning
			}
			found = append(found, orphan)
		} else if err := os.Remove(orphan.Pos.File); err != nil {
			return found, err
		} else if !isQuiet(cmd) {
			fmt.Fprintln(cmd.ErrOrStderr(), "removed", diag.VisibleLine(orphan.Pos.File))
		}
	}
	return found, err
}

// diffs is where diffs go: a machine expects nothing but its format on standard output.
func (g *generateFlags) diffs(cmd *cobra.Command) io.Writer {
	if g.format.word == "text" {
		return cmd.OutOrStdout()
	}
	return cmd.ErrOrStderr()
}

// keepUp acts now, and again whenever there was a change: see [watch.Packages]. What goes wrong on the way is printed once, a
// panic too, and waits for the next change, but for arguments that name nothing to begin with.
func keepUp(cmd *cobra.Command, args []string, act func(saved bool) (wrote bool, err error)) error {
	if dirs, err := load.Directories(args); len(dirs) == 0 {
		return err
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	printed := ""
	watch.Packages(ctx, args, func(saved bool) (wrote bool) {
		err := survive(func() (err error) {
			wrote, err = act(saved)
			return err
		})
		if errors.Is(err, errFound) {
			err = nil
		}
		if text := fmt.Sprint(err); saved || text != printed {
			printed = text
			printErrors(cmd.ErrOrStderr(), err)
		}
		return wrote
	})
	return nil
}
