package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/internal/atomicfile"
	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/output"
	"github.com/supgen/supgen/internal/simulation"
)

// testFlags are those of the test command.
type testFlags struct {
	format *choice
	output *string
	update bool
}

func newTest() *cobra.Command {
	t := &testFlags{}
	cmd := &cobra.Command{
		Use:   "test [DIR | DIR/... | FILE.sim]...",
		Short: "Run the scripts beside trees as tests",
		Long: `Test plays the scripts beside the trees of the directories, all *.sim files, as simulate does, and reports those that do
not come out as they expect. Without arguments it is the current directory.

A script expects that children stand somewhere, and that a timeline happens, which it has behind a line "---":

  at 10s Shop.DB error "the disk is gone"
  at 20s expect Shop.HTTP#2 ready
  ---
  0s  Shop  starting #1
  ...

With --update the timelines are written, also into scripts that expect nothing. Read the difference before you commit it.

The exit status is 1 if a script fails, has mistakes, or belongs to a tree that has some, and 2 if there is no script.`,
		Example: `  supgen test
  supgen test ./...
  supgen test internal/shop/lost.sim
  supgen test --update ./...
  supgen test --format junit -o report.xml ./...`,
		ValidArgsFunction: completeScripts,
		RunE:              t.run,
	}
	t.format = addFormat(cmd, `how to report: "junit" is the XML that CI services read, "github" annotations`, "text", "junit", "github")
	t.output = addOutput(cmd)
	cmd.Flags().BoolVarP(&t.update, "update", "u", false, "write the timelines of the scripts, which they should come to from now on")
	return cmd
}

func (t *testFlags) run(cmd *cobra.Command, args []string) error {
	dirs, named := directoriesOf(args)
	noteUnused(cmd, dirs)
	noteLost(cmd, dirs)
	packages, err := load.Packages(dirs)
	errs := []error{err}
	var verdicts simulation.Verdicts
	for _, p := range packages {
		scripts, err := scriptsOf(p, named)
		errs = append(errs, err)
		if len(scripts) > 0 && p.Tree == nil {
			_, err := printDiagnostics(cmd, "text", nil, p)
			errs = append(errs, err)
		}
		for _, name := range scripts {
			v, err := t.test(p, name)
			if err == nil {
				verdicts = append(verdicts, v)
			}
			errs = append(errs, err)
		}
	}
	if len(verdicts) > 0 || t.format.word == "junit" {
		errs = append(errs, t.print(cmd, verdicts)) // CI services read a report without a test, and miss one that is not there
	}
	if len(verdicts) == 0 && errors.Join(errs...) == nil {
		return fmt.Errorf("there is no script, *.sim, beside the trees of %s", cmp.Or(strings.Join(args, " "), "."))
	}
	return outcome(verdicts.Failed(), errors.Join(errs...))
}

// scriptSuffix is how the names of scripts end.
const scriptSuffix = ".sim"

// directoriesOf are the arguments with directories in place of scripts, and the scripts named in each directory by its real path.
func directoriesOf(args []string) (dirs []string, named map[string][]string) {
	named = map[string][]string{}
	for _, arg := range args {
		if strings.HasSuffix(arg, scriptSuffix) {
			script := filepath.Clean(arg)
			arg = filepath.Dir(script)
			dir := load.RealPath(arg)
			named[dir] = append(named[dir], script)
		}
		dirs = append(dirs, arg)
	}
	return dirs, named
}

// noteLost says which scripts patterns match that have no tree beside them, and do not run.
func noteLost(cmd *cobra.Command, args []string) {
	if isQuiet(cmd) {
		return
	}
	for _, dir := range load.Below(args, scriptSuffix) {
		if sources, err := load.FilesIn([]string{dir}, load.Suffix); err != nil || len(sources) > 0 {
			continue
		}
		scripts, _ := load.FilesIn([]string{dir}, scriptSuffix)
		for _, name := range scripts {
			fmt.Fprintf(cmd.ErrOrStderr(), "supgen: %q is not run: there is no .sup file beside it\n", filepath.ToSlash(name))
		}
	}
}

// scriptsOf are the scripts beside a package: those that were named, or else all.
func scriptsOf(p *load.Package, named map[string][]string) ([]string, error) {
	if len(p.Text) == 0 {
		return nil, nil // generated files are all that is left
	}
	dir := p.Dir()
	if scripts := named[load.RealPath(dir)]; scripts != nil {
		return scripts, nil
	}
	return load.FilesIn([]string{dir}, scriptSuffix)
}

// test plays one script, and with --update writes it before.
func (t *testFlags) test(p *load.Package, name string) (simulation.Verdict, error) {
	if p.Tree == nil {
		const message = "its tree has mistakes"
		return simulation.Verdict{Name: name, Failures: []simulation.Failure{{Line: 1, Message: message, Detail: name + ": " + message + "\n"}}}, nil
	}
	script, err := simulation.ReadScript(name)
	if err != nil {
		return simulation.Verdict{}, err
	}
	if t.update {
		updated := script.Update(p.Tree)
		if updated != script {
			err = atomicfile.Write(name, []byte(updated.Text()))
		}
		if script = updated; err != nil {
			return simulation.Verdict{}, err
		}
	}
	return script.Test(p.Tree), nil
}

func (t *testFlags) print(cmd *cobra.Command, verdicts simulation.Verdicts) error {
	switch t.format.word {
	case "junit":
		text, err := verdicts.JUnit(output.Places())
		if err != nil {
			return err
		}
		return printTo(cmd, *t.output, text)
	case "github":
		if _, err := io.WriteString(cmd.ErrOrStderr(), verdicts.Text(isQuiet(cmd))); err != nil {
			return err
		}
		_, err := io.WriteString(output.Exact(cmd.OutOrStdout()), verdicts.GitHub(output.Places()))
		return err
	}
	return printTo(cmd, *t.output, verdicts.Text(isQuiet(cmd)))
}
