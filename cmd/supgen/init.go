package main

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/atomicfile"
	"github.com/supgen/supgen/internal/encoding"
	"github.com/supgen/supgen/internal/load"
)

// first is the program that init writes. The script "init" compiles and runs it. No package of ours: "go work vendor" would copy one
// whose imports it does not.
//
//go:embed _first/app.sup _first/app.sup.go _first/main.go _first/.gitattributes
var first embed.FS

var firstFiles = []string{"app.sup", "app.sup.go", "main.go", attributes}

// attributes keeps git from changing the line ends of a tree and its Go, and a review from showing the latter.
const attributes = ".gitattributes"

// tool is this command, as a go.mod names it.
const tool = "github.com/supgen/supgen/cmd/supgen"

func newInit() *cobra.Command {
	return &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a first tree, and a program that runs it",
		Long: `Init writes a small tree, its Go and a program that runs it into a directory without Go files
in a module: something to run first, and to change. Without an argument it is the current directory.
The program answers the probes of Kubernetes, has metrics, and a page that shows its tree.
A .gitattributes keeps git from changing line ends; to one that is there, add the lines that init prints.`,
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
			wrote, missing, err := initialize(dir)
			if err != nil {
				return err
			}
			if isQuiet(cmd) {
				return nil
			}
			return printNextSteps(cmd.OutOrStdout(), dir, wrote, missing)
		},
	}
}

// initialize writes the first program into dir, which is made if it is missing, and returns the files that it wrote: all but
// the attributes, if dir has some. Then it returns the lines that these miss.
func initialize(dir string) (wrote, missing []string, err error) {
	if err := findModule(dir); err != nil {
		return nil, nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, nil, err
	}
	there, err := load.FilesIn([]string{dir}, ".go", load.Suffix)
	if err != nil {
		return nil, nil, err
	}
	if len(there) > 0 {
		return nil, nil, fmt.Errorf(`%s is there already, and a first program needs a directory of its own; name one, as in "supgen init app"`,
			diag.Quoted(there[0]))
	}
	wrote = slices.Clone(firstFiles)
	name := filepath.Join(dir, attributes)
	if _, err := os.Lstat(name); err == nil {
		wrote = slices.DeleteFunc(wrote, func(name string) bool { return name == attributes })
		if missing, err = missingAttributes(name); err != nil {
			return nil, nil, err
		}
	}
	for _, name := range wrote {
		if err := atomicfile.Write(filepath.Join(dir, name), firstFile(name)); err != nil {
			return nil, nil, err
		}
	}
	return wrote, missing, nil
}

// missingAttributes are the lines of ours that a .gitattributes does not have, whatever its spaces and line ends.
func missingAttributes(name string) (missing []string, err error) {
	text, err := load.Read(name)
	if err != nil {
		return nil, err
	}
	has := map[string]bool{}
	for line := range strings.Lines(strings.TrimPrefix(string(text), encoding.ByteOrderMark)) { // which git passes over
		has[strings.Join(strings.Fields(line), " ")] = true
	}
	for line := range strings.Lines(string(firstFile(attributes))) {
		if !has[strings.TrimSpace(line)] {
			missing = append(missing, line)
		}
	}
	return missing, nil
}

func firstFile(name string) []byte {
	text, err := first.ReadFile("_first/" + name)
	if err != nil {
		panic(err) // it is not among those that are embedded
	}
	return text
}

// findModule returns an error when dir is not in a Go module, or in one that the go command refuses.
func findModule(dir string) error {
	at, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if load.ModuleOf(at) == "" {
		return errors.New(`there is no go.mod here or above; run "go mod init example.com/app" first`)
	}
	return load.CheckModule(at)
}

// unusedModule is the module of dir, as seen from there, if the go.work in force does not use it: the go command refuses it then.
func unusedModule(dir string) string {
	at := load.RealPath(dir)
	module := load.ModuleOf(at)
	if file, use, err := load.Workspace(module); err != nil || file == "" || use != "" {
		return ""
	}
	below, err := filepath.Rel(at, module)
	if err != nil {
		return module
	}
	return filepath.ToSlash(below)
}

func printNextSteps(w io.Writer, dir string, wrote, missing []string) error {
	var text strings.Builder
	for _, name := range wrote {
		fmt.Fprintln(&text, "wrote", filepath.Join(dir, name))
	}
	text.WriteString("\nnext:\n")
	if strings.Contains(dir, " ") {
		fmt.Fprintf(&text, "  cd %s\n", diag.Quoted(dir))
	} else if dir != "." {
		fmt.Fprintf(&text, "  cd %s\n", dir)
	}
	if use := unusedModule(dir); use != "" {
		fmt.Fprintf(&text, "  go work use %s\n", use)
	}
	if len(missing) > 0 {
		fmt.Fprintf(&text, "  add to %s, so that git leaves line ends alone:\n    %s", attributes, strings.Join(missing, "    "))
	}
	if load.HasTool(dir, tool) {
		text.WriteString("  go mod tidy\n")
	} else {
		fmt.Fprintln(&text, "  go get -tool", tool)
	}
	text.WriteString(`  go run .
then http://localhost:8081 shows the tree
after a change of app.sup:
  go generate ./...
`)
	_, err := io.WriteString(w, text.String())
	return err
}
