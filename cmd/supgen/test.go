package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/atomicfile"
	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/output"
	"github.com/supgen/supgen/internal/report"
	"github.com/supgen/supgen/internal/simulation"
)

// testFlags are those of the test command.
type testFlags struct {
	format *choice
	output *string
	update bool
	places func(name string) string // of the reports of JUnit and GitHub
	lost   []string                 // scripts that patterns match and that have no tree beside them: they do not run
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

The exit status is 1 if a script fails, has mistakes, or belongs to a tree that has some, and 2 if there is no script
in the directories that are named: in those of a pattern there need not be one.`,
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
	dirs, named, err := directoriesOf(args)
	errs := []error{err}
	notePassedOver(cmd, dirs)
	t.noteLost(cmd, dirs)
	var packages []*load.Package
	if len(dirs) > 0 || len(args) == 0 {
		packages, err = load.Packages(dirs)
		errs = append(errs, err)
	}
	var verdicts simulation.Verdicts
	var broken []*load.Package
	for _, p := range packages {
		scripts, err := scriptsOf(p, named)
		errs = append(errs, err)
		if len(scripts) > 0 && p.Tree == nil {
			broken = append(broken, p)
		}
		for _, name := range scripts {
			v, err := t.test(p, name)
			if err == nil {
				verdicts = append(verdicts, v)
			}
			errs = append(errs, err)
		}
	}
	failed := errors.Join(errs...)
	if len(verdicts) == 0 && failed == nil {
		none := "there is no script, *.sim, beside the trees of " + cmp.Or(strings.Join(args, " "), ".")
		if slices.ContainsFunc(args, load.IsPattern) { // in one of several modules there may be none
			say(cmd, "supgen: "+diag.VisibleLine(none))
		} else {
			failed = errors.New(none)
		}
	}
	err = t.print(cmd, verdicts, reportOf(failed, broken...))
	return outcome(verdicts.Failed(), errors.Join(failed, err))
}

// directoriesOf are the arguments with directories in place of scripts, and the scripts named in each directory by its real path. The
// error joins one for each script that is not there.
func directoriesOf(args []string) (dirs []string, named map[string][]string, err error) {
	named = map[string][]string{}
	for _, arg := range args {
		if ext := filepath.Ext(arg); ext != load.ScriptSuffix && strings.EqualFold(ext, load.ScriptSuffix) {
			err = errors.Join(err, &load.Error{Name: arg, Err: errors.New("is not a script: the suffix .sim is in small letters")})
			continue
		}
		if strings.HasSuffix(arg, load.ScriptSuffix) {
			script := filepath.Clean(arg)
			if _, missing := os.Stat(script); errors.Is(missing, fs.ErrNotExist) {
				err = errors.Join(err, &load.Error{Name: script, Err: errors.New("is not there")})
				continue
			}
			arg = filepath.Dir(script)
			dir := load.RealPath(arg)
			named[dir] = append(named[dir], script)
		}
		dirs = append(dirs, arg)
	}
	return dirs, named, err
}

// noteLost looks for scripts that have no tree, and names them.
func (t *testFlags) noteLost(cmd *cobra.Command, args []string) {
	for _, dir := range load.Below(args, load.ScriptSuffix) {
		if sources, err := load.FilesIn([]string{dir}, load.Suffix); err != nil || len(sources) > 0 {
			continue
		}
		scripts, _ := load.FilesIn([]string{dir}, load.ScriptSuffix)
		t.lost = append(t.lost, scripts...)
	}
	for _, name := range t.lost {
		say(cmd, fmt.Sprintf("supgen: %q %s", filepath.ToSlash(name), simulation.Lost))
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
	return load.FilesIn([]string{dir}, load.ScriptSuffix)
}

// test plays one script, and with --update writes it before.
func (t *testFlags) test(p *load.Package, name string) (simulation.Verdict, error) {
	if p.Tree == nil {
		const message = "its tree has mistakes"
		detail := func(name string) string { return name + ": " + message + "\n" }
		failure := simulation.Failure{Line: 1, Message: simulation.Said(message), Detail: detail, More: t.mistakes(p)}
		return simulation.Verdict{Name: name, Failures: []simulation.Failure{failure}}, nil
	}
	text, err := load.Read(name)
	if err != nil {
		return simulation.Verdict{}, err
	}
	script := simulation.NewScript(name, text)
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

// place is what the formats for machines call a file.
func (t *testFlags) place(name string) string {
	if t.places == nil {
		t.places = output.Places()
	}
	return t.places(name)
}

// mistakes are what JUnit's report says of a tree. The other formats say it once for all scripts beside the tree.
func (t *testFlags) mistakes(p *load.Package) string {
	if t.format.word != "junit" {
		return ""
	}
	var b strings.Builder
	r := reportOf(nil, p).Renamed(t.place)
	for i, d := range r.Diagnostics {
		const most = 20
		if i == most {
			fmt.Fprintf(&b, "and %d more\n", len(r.Diagnostics)-i)
			break
		}
		b.WriteString(d.Text(r.Text[d.Pos.File]))
	}
	return b.String()
}

func (t *testFlags) print(cmd *cobra.Command, verdicts simulation.Verdicts, r report.Report) error {
	text := verdicts.Text(isQuiet(cmd))
	isFile := *t.output != "" && *t.output != "-"
	if t.format.word == "junit" || isFile && t.format.word == "text" {
		io.WriteString(cmd.ErrOrStderr(), verdicts.Text(true)) // of a report in a file, a log shows nothing
	}
	switch t.format.word {
	case "junit":
		text, err := verdicts.JUnit(t.place, t.lost, r.Renamed(t.place).Failures)
		return errors.Join(err, printReport(cmd, "text", r), printTo(cmd, *t.output, text))
	case "github":
		r.Annotations = verdicts.Annotations(t.place)
		for _, name := range t.lost {
			r.Annotations += report.Command("warning", diag.Pos{File: t.place(name), Line: 1}, "supgen: test", "the script "+simulation.Lost)
		}
		_, err := io.WriteString(cmd.ErrOrStderr(), text)
		return errors.Join(err, printReport(cmd, "github", r))
	default:
		return errors.Join(printReport(cmd, "text", r), printTo(cmd, *t.output, text))
	}
}
