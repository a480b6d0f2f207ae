package main

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/generated"
	"github.com/supgen/supgen/internal/gotypes"
	"github.com/supgen/supgen/internal/load"
	"github.com/supgen/supgen/internal/output"
	"github.com/supgen/supgen/internal/report"
)

// validateFlags are those of the validate command.
type validateFlags struct {
	format *choice
	strict bool
	types  bool
	name   string // of standard input
}

func newValidate() *cobra.Command {
	v := &validateFlags{}
	cmd := &cobra.Command{
		Use:   "validate [DIR | FILE | DIR/...]... | -",
		Short: "Report every mistake in .sup files",
		Long: `Validate reports every mistake in the .sup files of the directories, and writes nothing.
A file stands for its directory; without arguments it is the current directory.

With "-" it reads standard input, for editors, as a package by itself, or with --stdin-filename as the text of that .sup file among
the others of its directory, and reports what is wrong in it, and at its notes what is wrong elsewhere because of it.

With --types it also asks Go about the types in them, as the go command sees them on this machine, or on the system and with the tags
that a file is built for, with generated code that is up to date, whether or not it is written: whether they exist, whether their packages can be imported, whether values of them can be copied, whether
a key is a string or an integer. That takes about as long as to build what they depend on. Where Go cannot tell, the exit status is 2.
In a package with other mistakes the types are not checked, which the report says.

The machine-readable formats go to standard output, with nothing else, even when there is nothing to report:

  json    an array of {file, line, column, endLine, endColumn, severity, code, message, hint, notes, fixes};
          columns in bytes, without a byte order mark, the end after the range; hint, notes and fixes only if there are any;
          files as seen from the top of the git repository, with --stdin-filename that one as it was given and others from here
  sarif   SARIF 2.1.0, for code scanning
  github  workflow commands, which annotate a change on GitHub

The exit status is 1 if there are errors; warnings count only with --strict.`,
		Example: `  supgen validate
  supgen validate --strict ./...
  supgen validate --types ./...
  supgen validate --format json ./internal/app
  supgen validate --stdin-filename shop.sup - <unsaved
  supgen validate --format sarif ./... >supgen.sarif`,
		ValidArgsFunction: completeSources,
		RunE:              v.run,
	}
	v.format = addReportFormat(cmd)
	addStrict(cmd, &v.strict)
	cmd.Flags().BoolVar(&v.types, "types", false, "ask Go about the types too: whether they exist, and can be copied")
	cmd.Flags().StringVar(&v.name, "stdin-filename", "", "what the `file` on standard input is called")
	addForceExclude(cmd)
	exclude(cmd, "stdin-filename", "types")
	return cmd
}

func (v *validateFlags) run(cmd *cobra.Command, args []string) error {
	packages, failed := v.load(cmd, args)
	if v.types {
		failed = errors.Join(failed, checkTypes(packages))
	}
	if v.strict {
		makeStrict(packages)
	}
	r := reportOf(failed, packages...)
	if v.types {
		addUnchecked(cmd, &r, packages)
	}
	err := v.print(cmd, r)
	return outcome(diag.HasErrors(r.Diagnostics), errors.Join(failed, err))
}

// print prints the report. In JSON an editor gets the name that it gave to standard input, and others as seen from the current directory.
func (v *validateFlags) print(cmd *cobra.Command, r report.Report) error {
	if v.name == "" || v.format.word != "json" {
		return printReport(cmd, v.format.word, r)
	}
	given := func(name string) string {
		if name == filepath.Clean(v.name) {
			return v.name
		}
		return filepath.ToSlash(name)
	}
	return output.JSON(cmd.OutOrStdout(), r.Renamed(given).Findings())
}

// load is what the arguments stand for, or else what standard input has.
func (v *validateFlags) load(cmd *cobra.Command, args []string) ([]*load.Package, error) {
	isInput := slices.Contains(args, "-")
	switch {
	case isInput && len(args) > 1:
		return nil, errors.New(`"-" is standard input, and stands alone`)
	case isInput && v.types:
		return nil, errors.New("--types is about files, not about standard input")
	case !isInput && v.name != "":
		return nil, errors.New(`--stdin-filename names standard input; write "-" too`)
	case !isInput:
		notePassedOver(cmd, args)
		packages, failed := load.Packages(args)
		return packages, errors.Join(failed, addOrphans(packages, placesIn(v.format.word)))
	}
	text, err := load.ReadInput(stdin(cmd))
	if err != nil {
		return nil, err
	}
	p, err := load.Unsaved(cmp.Or(v.name, load.Input), text)
	if err != nil {
		return nil, err
	}
	return []*load.Package{p}, nil
}

// addOrphans warns of the generated files whose source is gone.
func addOrphans(packages []*load.Package, place func(dir string) string) error {
	var errs []error
	for _, p := range packages {
		errs = append(errs, generated.WarnOfOrphans(p, place))
	}
	return errors.Join(errs...)
}

// makeStrict makes errors of warnings.
func makeStrict(packages []*load.Package) {
	for _, p := range packages {
		for i := range p.Diagnostics {
			p.Diagnostics[i].Severity = diag.Error
		}
	}
}

// checkTypes adds what Go makes of the types to what was found in packages.
func checkTypes(packages []*load.Package) error {
	found, err := gotypes.Check(packages)
	for i, p := range packages {
		p.Diagnostics = diag.Sorted(append(p.Diagnostics, found[i]...))
	}
	return err
}

// addUnchecked says of which packages the types were not checked, since they have mistakes without them: on standard error, and in
// the formats for machines at the first of these mistakes.
func addUnchecked(cmd *cobra.Command, r *report.Report, packages []*load.Package) {
	for _, p := range packages {
		i := slices.IndexFunc(p.Diagnostics, func(d diag.Diagnostic) bool { return d.Severity == diag.Error })
		if len(p.Text) == 0 || p.Tree != nil || i < 0 {
			continue
		}
		text := fmt.Sprintf("the types in %s are not checked yet: mend its other mistakes first", diag.Quoted(filepath.ToSlash(p.Dir())))
		say(cmd, "supgen: "+text)
		r.Failures = append(r.Failures, report.Failure{Severity: diag.Warning, Pos: p.Diagnostics[i].Pos, Message: text})
	}
}
