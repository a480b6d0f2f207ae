package main

import "github.com/spf13/cobra"

// completeSources completes an argument that names .sup files: directories, and the files themselves.
func completeSources(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"sup"}, cobra.ShellCompDirectiveFilterFileExt
}
