package main

import (
	"errors"

	"github.com/spf13/cobra"
)

// explainDir prints the effective policy of each child in a directory's tree.
func explainDir(_ *cobra.Command, _ []string) error {
	return errors.New("directories cannot be explained yet")
}
