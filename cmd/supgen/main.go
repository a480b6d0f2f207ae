package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/output"
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
	// Package os believes PWD, which a shell keeps through symbolic links. "../b" is elsewhere seen from there than for the
	// system, the go command and git: without PWD the working directory is what the system says.
	os.Unsetenv("PWD")
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run carries out one command line and returns its exit status. What it prints is escaped.
func run(args []string, stdout, stderr io.Writer) int {
	return execute(newRoot(), args, output.New(stdout), output.New(stderr))
}

// execute carries out one command of root's.
func execute(root *cobra.Command, args []string, stdout, stderr output.Writer) int {
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := survive(root.Execute)
	if lost := stdout.Err(); lost != nil && (err == nil || errors.Is(err, errFound)) {
		err = lost // what was found has not been said
	}
	switch {
	case err == nil:
		return statusGood
	case errors.Is(err, errFound):
		return statusFound
	}
	printErrors(stderr, err)
	return statusWrong
}

// printErrors prints an error, or each of those that it joins, what reads alike once: a full disk is one, whatever could not be written.
func printErrors(w io.Writer, err error) {
	printed := map[string]bool{}
	for _, err := range each(err) {
		if printed[err.Error()] {
			continue
		}
		printed[err.Error()] = true
		prefix := "supgen: "
		if at, ok := errors.AsType[placed](err); ok && at.Place().IsValid() {
			prefix = "" // editors look for the place at the beginning of the line
		}
		fmt.Fprintf(w, "%s%v\n", prefix, err)
	}
}

// placed is an error about a file or a directory, and with a line about a place in a file, with which it begins.
type placed interface {
	error
	Place() diag.Pos
}

// each are the errors that an error joins, or itself alone.
func each(err error) (all []error) {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	for _, err := range joined.Unwrap() {
		all = append(all, each(err)...)
	}
	return all
}

// outcome is what a command ends with: what went wrong, or else whether it found something.
func outcome(found bool, err error) error {
	if err == nil && found {
		return errFound
	}
	return err
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "supgen",
		Short: "Compile supervision trees to Go",
		Long: `Supgen compiles supervision trees, written in .sup files, to Go.

Start with "supgen init" in a module: it writes a first tree that runs.

The exit status is 0 when all is well, 1 when a command found mistakes, stale code or whatever else it looks for, or
a program refused what was asked of it, and 2 when it was used wrongly, could not read or write a file, could not reach a
program, or has a bug: then it prints what to report.`,
		Example: `  supgen init                    write a first tree
  supgen generate                write the Go of the directory's .sup files
  supgen generate --check ./...  in CI: is any committed code stale?
  supgen validate ./...          report every mistake
  supgen explain . Shop.HTTP     what is the policy of a child, and who says so?
  supgen simulate . lost.sim     what happens when the database is lost?
  supgen test ./...              do the scripts beside the trees come out as they expect?
  supgen explore                 what takes the tree down?
  supgen diff main               what has changed in meaning since?
  supgen top localhost:8081      what does a program that runs do?
  supgen ctl why Shop.HTTP       why is a child of a program that runs as it is?`,
		// The status and the words of a failure are run's business.
		SilenceUsage:  true,
		SilenceErrors: true,
		// It is printed in cobra's words. A template would do as well, but once one is executed anything exported may
		// be called by its name, so that the linker could leave nothing out: a quarter of the binary.
		Version: thisVersion(),
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if bad, ok := errors.AsType[*strconv.NumError](err); ok && bad.Func == "ParseBool" {
			err = errors.New(strings.TrimSuffix(err.Error(), bad.Error()) + `write "true" or "false"`)
		}
		return fmt.Errorf(`%w; see "%s --help"`, err, cmd.CommandPath())
	})
	addGlobal(root)
	root.AddCommand(newGenerate(), newValidate(), newExplain(), newSimulate(), newTest(), newExplore(), newGraph(), newDiff(), newFmt(), newFix(), newTop(), newLSP(), newCtl(), newInit(), newVersion())
	return root
}

// A bugError is a panic of supgen. No file should be able to cause one, so all that can be done about it is to report it.
type bugError struct {
	value any
	stack []byte
}

// Error is all that a report needs but for the files.
func (e *bugError) Error() string {
	return fmt.Sprintf(`internal error: %v

This is a bug of supgen, whatever is in the files. Please report it at https://github.com/supgen/supgen/issues, with
the .sup files that it happens with and all that follows:

supgen version %s
supgen %s

%s`, e.value, thisVersion(), strings.Join(os.Args[1:], " "), strings.TrimSpace(string(e.stack)))
}

// survive does something, and makes an error of its panic.
func survive(do func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &bugError{value, debug.Stack()}
		}
	}()
	return do()
}

// loadTree loads the one package that an argument stands for.
func loadTree(cmd *cobra.Command, dir string) (*tree.Tree, error) {
	p, err := load.One(dir)
	if err != nil {
		return nil, err
	}
	return treeOf(cmd, p)
}

// treeOf is the package's tree. If there is none it prints why, and ends with errFound; warnings are the business of
// validate and generate.
func treeOf(cmd *cobra.Command, p *load.Package) (*tree.Tree, error) {
	if p.Tree != nil {
		return p.Tree, nil
	}
	if _, err := printDiagnostics(cmd, p); err != nil {
		return nil, err
	}
	return nil, errFound
}

// notePassedOver says which modules patterns do not include, though they hold .sup files, and which files are none by the letters
// of their suffix. GitHub gets it as an annotation too, as the log of a step that succeeds is not read.
func notePassedOver(cmd *cobra.Command, args []string) {
	if isQuiet(cmd) {
		return
	}
	note := func(name, why string) {
		text := fmt.Sprintf("%q is passed over: %s", filepath.ToSlash(name), why)
		fmt.Fprintf(cmd.ErrOrStderr(), "supgen: %s\n", text)
		if format := cmd.Flag("format"); format != nil && format.Value.String() == "github" {
			io.WriteString(output.Exact(cmd.OutOrStdout()), report.Command("warning", diag.Pos{}, "supgen", text))
		}
	}
	for _, dir := range load.Unused(args) {
		note(dir, "it is a module that go.work does not use")
	}
	for _, name := range load.Miscased(args) {
		note(name, "the suffix is in small letters")
	}
}

// failureOf is an error as it is reported: about a place in a file, about what cannot be loaded or written, or about neither.
func failureOf(err error) report.Failure {
	switch at := err.(type) {
	case *load.Error:
		if at.Place().File != "" {
			return report.Failure{Pos: at.Place(), Message: at.Err.Error()}
		}
	case placed:
		return report.Failure{Pos: at.Place(), Message: strings.TrimPrefix(at.Error(), at.Place().String()+": ")}
	case *fs.PathError:
		what := "written"
		if at.Op == "remove" {
			what = "removed"
		}
		return report.Failure{Pos: diag.Pos{File: at.Path}, Message: fmt.Sprintf("cannot be %s: %v", what, at.Err)}
	}
	return report.Failure{Message: err.Error()}
}

// printDiagnostics prints what was found in packages, for a reader, and reports whether there is an error among it.
func printDiagnostics(cmd *cobra.Command, packages ...*load.Package) (found bool, err error) {
	r := reportOf(nil, packages...)
	return diag.HasErrors(r.Diagnostics), printReport(cmd, "text", r)
}

// printReport prints a report in a format. Those for machines say too what could not be loaded, which is an error of the command in the end.
func printReport(cmd *cobra.Command, format string, r report.Report) error {
	return output.Report(cmd.OutOrStdout(), cmd.ErrOrStderr(), format, r)
}

// reportOf is what was found in packages, and what else could not be loaded.
func reportOf(failed error, packages ...*load.Package) report.Report {
	r := report.Report{Text: map[string][]byte{}}
	for _, p := range packages {
		r.Diagnostics = append(r.Diagnostics, p.Diagnostics...)
		maps.Copy(r.Text, p.Text)
	}
	for _, err := range each(failed) {
		r.Failures = append(r.Failures, failureOf(err))
	}
	return r
}
