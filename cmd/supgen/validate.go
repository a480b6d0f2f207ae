package main

import (
	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl/diag"
)

// A validation is what was asked of the validate command.
type validation struct {
	format *choice
	strict bool
}

func newValidate() *cobra.Command {
	v := &validation{}
	cmd := &cobra.Command{
		Use:   "validate [DIR | FILE | DIR/...]...",
		Short: "Report every mistake in .sup files",
		Long: `Validate reports every mistake in the .sup files of the directories, and writes nothing.
A file stands for its directory, and no argument for the current one.

The formats for machines are on standard output, with nothing beside them, also when there is nothing to report:

  json    an array of {file, line, column, endLine, endColumn, severity, code, message, hint, notes};
          columns in bytes, the end behind the range; hint and notes only where there are some
  sarif   SARIF 2.1.0, for code scanning
  github  workflow commands, which annotate a change on GitHub

It ends with status 1 when there are errors; warnings alone are good, unless --strict says otherwise.`,
		Example: `  supgen validate
  supgen validate --strict ./...
  supgen validate --format json ./internal/app
  supgen validate --format sarif ./... >supgen.sarif`,
		ValidArgsFunction: completeSources,
		RunE:              v.run,
	}
	v.format = addFormat(cmd, diagnosticUsage, diagnosticFormats...)
	cmd.Flags().BoolVar(&v.strict, "strict", false, "take warnings as errors")
	return cmd
}

func (v *validation) run(cmd *cobra.Command, args []string) error {
	sources, err := loadAll(cmd, args)
	if err != nil {
		return err
	}
	if v.strict {
		for _, s := range sources {
			s.promoteWarnings()
		}
	}
	found, err := printDiagnostics(cmd, v.format.word, sources)
	if err == nil && found {
		err = errFound
	}
	return err
}

func (s *source) promoteWarnings() {
	for i := range s.diagnostics {
		s.diagnostics[i].Severity = diag.Error
	}
}
