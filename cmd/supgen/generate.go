package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
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
	watched
	strict bool
	check  bool
	types  bool
	clean  bool
	stdout bool
	watch  bool

	place func(dir string) string // in hints
}

// watched is what --watch needs to know of what was done.
type watched struct {
	again         bool            // no source has changed: what there is to say of them is printed already
	found         bool            // something, when it was printed
	wrote         bool            // something this time
	missing, gone map[string]bool // the orphans of this time, which are to be removed, and of the time before
}

func newGenerate() *cobra.Command {
	g := &generateFlags{}
	cmd := &cobra.Command{
		Use:   "generate [DIR | FILE | DIR/...]...",
		Short: "Generate Go from .sup files",
		Long: `Generate writes x.sup.go next to each x.sup of the directories, unless it is up to date.
A file stands for its directory; without arguments it is the current directory, as in

	//go:generate go tool supgen generate

Nothing is written for a directory whose files have an error, and no new file for one without a tree.

A file that is there keeps its permissions, and what other tools wrote above its first line, such as a licence. A file that supgen
did not generate is never changed. With --clean, a generated file whose .sup file is gone is removed.

What cannot be read costs its directory, and no other: the others are done, and the exit status is 2.

With --watch it keeps running, and looks twice a second for changes: of .sup files, of the Go files beside them, and of what it
wrote. What went wrong is tried again, and when nothing is wrong any more, it says so. With so many directories that looking takes long, it looks less often, and spends at most a tenth of its time on it.
When it is interrupted, the exit status is 0.`,
		Example: `  supgen generate
  supgen generate --check ./...
  supgen generate --check --types --format github ./...
  supgen generate --clean ./...
  supgen generate --watch ./...
  supgen generate --stdout shop.sup`,
		ValidArgsFunction: completeSources,
		RunE:              g.run,
	}
	g.format = addReportFormat(cmd)
	addStrict(cmd, &g.strict)
	cmd.Flags().BoolVar(&g.check, "check", false, "write nothing; print what is stale as a diff, and end with status 1")
	cmd.Flags().BoolVar(&g.types, "types", false, "with --check, ask Go about the types too, as validate does")
	cmd.Flags().BoolVar(&g.clean, "clean", false, "remove generated files whose .sup file is gone")
	cmd.Flags().BoolVar(&g.stdout, "stdout", false, "write nothing; print the code, of files that are named only theirs")
	cmd.Flags().BoolVar(&g.watch, "watch", false, "write again whenever a .sup file is saved, until interrupted")
	addForceExclude(cmd)
	exclude(cmd, "check", "stdout", "watch")
	exclude(cmd, "check", "clean")
	exclude(cmd, "stdout", "clean")
	exclude(cmd, "stdout", "format")
	return cmd
}

func (g *generateFlags) run(cmd *cobra.Command, args []string) error {
	if g.types && !g.check {
		return errors.New("--types is for --check, and for validate")
	}
	g.place = placesIn(g.format.word)
	notePassedOver(cmd, args)
	if g.watch {
		return g.keepUp(cmd, args, func() error { return g.once(cmd, args) })
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
	if g.types {
		errs = append(errs, checkTypes(packages))
	}
	failed := errors.Join(errs...)
	if g.again {
		return failed
	}
	g.found = slices.ContainsFunc(packages, func(p *load.Package) bool { return len(p.Diagnostics) > 0 })
	r := reportOf(failed, packages...)
	if g.types {
		addUnchecked(cmd, &r, packages)
	}
	err = printReport(cmd, g.format.word, r)
	return outcome(diag.HasErrors(r.Diagnostics), errors.Join(failed, err))
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
			if diff, stale, err = file.Check(g.place); err == nil {
				found = append(found, stale...)
				_, err = output.Exact(g.diffs(cmd)).Write(diff)
			}
		default:
			var wrote bool
			wrote, err = file.Write()
			g.wrote = g.wrote || wrote
			if wrote && file.Listed != file.Name {
				say(cmd, "renamed", diag.VisibleLine(file.Listed)+"; git sees it by", diag.VisibleLine(file.Renaming()))
			}
			if wrote && g.watch {
				say(cmd, "wrote", diag.VisibleLine(file.Name))
			}
		}
		if err != nil {
			return found, err
		}
	}
	orphans, err := generated.Orphans(p, g.place)
	for _, orphan := range orphans {
		name := orphan.Pos.File
		if !g.clean {
			if !g.check && !g.strict {
				orphan.Severity = diag.Warning
			}
			found = append(found, orphan)
		} else if g.watch && !g.gone[name] {
			g.missing[name] = true // an editor that saves may be between its two renames
		} else if err := os.Remove(name); err != nil {
			return found, err
		} else {
			say(cmd, "removed", diag.VisibleLine(name))
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

// keepUp generates once and again, whenever there was a change: see [watch.Packages]. What goes wrong on the way is printed once and
// tried again. A panic waits for the next change, and arguments that name nothing to begin with end it.
func (g *generateFlags) keepUp(cmd *cobra.Command, args []string, once func() error) error {
	if dirs, err := load.Directories(args); len(dirs) == 0 {
		return err
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	say(cmd, "watching", diag.VisibleLine(cmp.Or(strings.Join(args, " "), ".")))
	var failed error
	watch.Packages(ctx, args, func(saved bool) watch.Again {
		was, wasBad := fmt.Sprint(failed), failed != nil || g.found
		g.again, g.wrote, g.gone, g.missing = !saved, false, g.missing, map[string]bool{}
		failed = survive(func() error {
			if _, err := os.Getwd(); err != nil {
				return fmt.Errorf("the current directory is gone: %w", err)
			}
			return once()
		})
		if errors.Is(failed, errFound) {
			failed = nil
		}
		if saved || fmt.Sprint(failed) != was {
			printErrors(cmd.ErrOrStderr(), failed)
		}
		if wasBad && failed == nil && !g.found {
			say(cmd, "all is well again")
		}
		_, isBug := errors.AsType[*bugError](failed)
		switch {
		case g.wrote || len(g.missing) > 0:
			return watch.Soon
		case failed != nil && !isBug:
			return watch.Later
		}
		return watch.Never
	})
	return nil
}

// say prints a line about what a command does, which -q keeps off.
func say(cmd *cobra.Command, words ...any) {
	if !isQuiet(cmd) {
		fmt.Fprintln(cmd.ErrOrStderr(), words...)
	}
}
