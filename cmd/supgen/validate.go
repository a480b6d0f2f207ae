package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/supgen/supgen/dsl"
)

// A validation is what was asked of the validate command.
type validation struct {
	format string
	strict bool
}

func newValidate() *cobra.Command {
	v := &validation{}
	cmd := &cobra.Command{
		Use:   "validate [DIR | FILE | DIR/...]...",
		Short: "Report every mistake in .sup files",
		Long: `Validate reports every mistake in the .sup files of the directories, and writes nothing.
A file stands for its directory, and no argument for the current one.

It ends with status 1 when there are errors; warnings alone are good, unless --strict says otherwise.`,
		Example: `  supgen validate
  supgen validate --strict ./...
  supgen validate --format json ./internal/app`,
		RunE: v.run,
	}
	cmd.Flags().StringVar(&v.format, "format", "text", `"text", to standard error, or "json", to standard output`)
	cmd.Flags().BoolVar(&v.strict, "strict", false, "take warnings as errors")
	return cmd
}

func (v *validation) run(cmd *cobra.Command, args []string) error {
	if v.format != "text" && v.format != "json" {
		return fmt.Errorf(`there is no format %q; use "text" or "json"`, v.format)
	}
	sources, err := loadAll(cmd, args)
	if err != nil {
		return err
	}
	var all []dsl.Diagnostic
	for _, s := range sources {
		if v.strict {
			s.promoteWarnings()
		}
		all = append(all, s.diagnostics...)
		if v.format == "text" {
			if err := s.printText(cmd.ErrOrStderr()); err != nil {
				return err
			}
		}
	}
	if v.format == "json" {
		if err := printJSON(cmd.OutOrStdout(), all); err != nil {
			return err
		}
	}
	if dsl.HasErrors(all) {
		return errFound
	}
	return nil
}

func (s *source) promoteWarnings() {
	for i := range s.diagnostics {
		s.diagnostics[i].Severity = dsl.Error
	}
}
