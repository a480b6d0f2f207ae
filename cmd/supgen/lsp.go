package main

import (
	"github.com/spf13/cobra"
	"github.com/supgen/supgen/internal/lsp"
	"github.com/supgen/supgen/internal/output"
)

func newLSP() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lsp",
		Short: "Serve an editor: the language server of .sup files",
		Long: `Lsp is the language server of .sup files. An editor starts it, and speaks the Language Server Protocol with it over standard
input and standard output: it shows what validate reports while somebody types, offers what fix would do, completes, finds and renames.
docs/editors.md says how editors are set up.

The exit status is 1 if the editor leaves without "shutdown".`,
		Example: "  supgen lsp",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			inOrder, err := lsp.Serve(cmd.Context(), stdin(cmd), output.Exact(cmd.OutOrStdout()), thisVersion())
			switch {
			case err != nil:
				return err
			case !inOrder:
				return errFound
			}
			return nil
		},
	}
	cmd.Flags().Bool("stdio", true, "as some editors have it: it is what it does anyway")
	cmd.Flags().MarkHidden("stdio")
	return cmd
}
