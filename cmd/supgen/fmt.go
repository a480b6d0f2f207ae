package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/atomicfile"
	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/output"
	"github.com/supgen/supgen/internal/unified"
)

// fmtFlags are those of the fmt command.
type fmtFlags struct {
	list  bool
	diff  bool
	write bool
	name  string // of standard input

	done map[string]bool // files in diffs, by their real names
}

func newFmt() *cobra.Command {
	f := &fmtFlags{done: map[string]bool{}}
	cmd := &cobra.Command{
		Use:   "fmt [FILE | DIR | DIR/...]... | -",
		Short: "Give .sup files their canonical form",
		Long: `Fmt prints .sup files in their canonical form. The flags are those of gofmt. A directory stands for its .sup
files, DIR/... also for those below it; without arguments, or with "-", fmt reads standard input.

A file with syntax errors is left alone, and its errors are reported. With -l or -d an empty standard input is an error.

The exit status is 1 if there are syntax errors. With -l or -d, and without -w, it is also 1 if a file is not in its
canonical form.`,
		Example: `  supgen fmt -l -w ./...       format all, and name what has changed
  supgen fmt -d ./...          in CI: is anything not formatted?
  supgen fmt < shop.sup        in an editor
  supgen fmt --stdin-filename shop.sup - < unsaved`,
		ValidArgsFunction: completeSources,
		RunE:              f.run,
	}
	cmd.Flags().BoolVarP(&f.list, "list", "l", false, "print the names of files that are not formatted, not their text")
	cmd.Flags().BoolVarP(&f.diff, "diff", "d", false, "print diffs, not the text")
	cmd.Flags().BoolVarP(&f.write, "write", "w", false, "write the text to the files, do not print it")
	cmd.Flags().StringVar(&f.name, "stdin-filename", "", "what the `file` on standard input is called")
	addForceExclude(cmd)
	return cmd
}

func (f *fmtFlags) run(cmd *cobra.Command, args []string) error {
	if len(args) == 0 || len(args) == 1 && args[0] == "-" {
		if f.write {
			return errors.New("standard input cannot be written to; name files, or leave -w away")
		}
		text, err := load.ReadInput(stdin(cmd))
		if err != nil {
			return err
		}
		if len(text) == 0 && f.name == "" && (f.list || f.diff) {
			return errors.New(`standard input is empty; name files, as in "supgen fmt -l ./..."`)
		}
		return outcome(f.format(cmd, cmp.Or(f.name, load.Input), text))
	}
	if f.name != "" {
		return errors.New(`--stdin-filename names standard input; write "-" too`)
	}
	notePassedOver(cmd, args)
	names, err := load.Sources(args)
	errs := []error{err}
	found := false
	for _, name := range names {
		text, err := load.Read(name)
		if err == nil {
			var bad bool
			bad, err = f.format(cmd, name, text)
			found = found || bad
		}
		errs = append(errs, err)
	}
	return outcome(found, errors.Join(errs...))
}

// format does what was asked with one file, and reports whether there is something to complain of.
func (f *fmtFlags) format(cmd *cobra.Command, name string, text []byte) (found bool, err error) {
	switch {
	case strings.HasSuffix(name, ".go"):
		return false, &load.Error{Name: name, Err: errors.New("is Go, which gofmt formats")}
	case strings.HasSuffix(name, load.ScriptSuffix):
		return false, &load.Error{Name: name, Err: errors.New("is a script, which has no canonical form")}
	}
	formatted, diagnostics := dsl.Format(name, text)
	if len(diagnostics) > 0 {
		return printDiagnostics(cmd, &load.Package{Text: map[string][]byte{name: text}, Diagnostics: diagnostics})
	}
	out := cmd.OutOrStdout()
	differs := !bytes.Equal(text, formatted)
	if f.list && differs {
		fmt.Fprintln(out, diag.VisibleLine(name))
	}
	if real := load.RealPath(name); f.diff && !f.done[real] {
		f.done[real] = true
		slashed := diag.VisibleLine(filepath.ToSlash(load.WithoutLinks(name)))
		_, err = output.Exact(out).Write(unified.Diff(slashed, text, slashed+" (formatted)", formatted))
	}
	switch {
	case err != nil:
		return false, err
	case f.write && differs:
		return false, atomicfile.Write(name, formatted)
	case !f.write && !f.list && !f.diff:
		_, err = output.Exact(out).Write(formatted)
		return false, err
	}
	return differs, nil
}
