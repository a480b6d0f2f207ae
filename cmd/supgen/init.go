package main

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/internal/atomicfile"
	"github.com/supgen/supgen/internal/load"
)

// first is the program that init writes. It is compiled with this command, so that it cannot go stale.
//
//go:embed internal/first/app.sup internal/first/app.sup.go internal/first/main.go
var first embed.FS

var firstFiles = []string{"app.sup", "app.sup.go", "main.go"}

func newInit() *cobra.Command {
	return &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a first tree, and a program that runs it",
		Long: `Init writes a small tree, its Go and a program that runs it into a directory without Go files
in a module: something to run first, and to change. Without an argument it is the current directory.`,
		Example: `  go mod init example.com/app
  supgen init
  go get -tool github.com/supgen/supgen/cmd/supgen
  go run .`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := dirOf(args)
			if err := initialize(dir); err != nil {
				return err
			}
			if isQuiet(cmd) {
				return nil
			}
			return printNextSteps(cmd.OutOrStdout(), dir)
		},
	}
}

// initialize writes the first program into dir, which is made if it is missing.
func initialize(dir string) error {
	if err := findModule(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), load.Suffix) {
			return fmt.Errorf(`%q is there already, and a first program needs a directory of its own; name one, as in "supgen init app"`,
				filepath.Join(dir, entry.Name()))
		}
	}
	for _, name := range firstFiles {
		text, err := first.ReadFile("internal/first/" + name)
		if err != nil {
			return err
		}
		if err := atomicfile.Write(filepath.Join(dir, name), text); err != nil {
			return err
		}
	}
	return nil
}

// findModule returns an error when dir is not in a Go module.
func findModule(dir string) error {
	at, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	for !load.IsModule(at) {
		parent := filepath.Dir(at)
		if parent == at {
			return errors.New(`there is no go.mod here or above; run "go mod init example.com/app" first`)
		}
		at = parent
	}
	return nil
}

func printNextSteps(w io.Writer, dir string) error {
	var text strings.Builder
	for _, name := range firstFiles {
		fmt.Fprintln(&text, "wrote", filepath.Join(dir, name))
	}
	text.WriteString("\nnext:\n")
	if dir != "." {
		format := "  cd %s\n"
		if strings.Contains(dir, " ") {
			format = "  cd %q\n"
		}
		fmt.Fprintf(&text, format, dir)
	}
	text.WriteString(`  go get -tool github.com/supgen/supgen/cmd/supgen
  go run .
after a change of app.sup:
  go generate ./...
`)
	_, err := io.WriteString(w, text.String())
	return err
}
