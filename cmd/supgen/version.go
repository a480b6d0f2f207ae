package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print what this supgen was built from",
		Example: "  supgen version",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "supgen version %s\n", thisVersion()) // as cobra does for --version
			return err
		},
	}
}

func thisVersion() string {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		build = &debug.BuildInfo{}
	}
	return version(build)
}

// version is what a report of a bug should begin with.
func version(build *debug.BuildInfo) string {
	line := build.Main.Version
	if line == "" {
		line = "(unknown)"
	}
	for _, setting := range build.Settings {
		switch {
		case setting.Key == "vcs.revision":
			line += " " + setting.Value
		case setting.Key == "vcs.modified" && setting.Value == "true":
			line += " (modified)"
		}
	}
	return fmt.Sprintf("%s %s %s/%s", line, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
