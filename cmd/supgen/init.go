package main

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/atomicfile"
	"github.com/supgen/supgen/internal/encoding"
	"github.com/supgen/supgen/internal/generated"
	"github.com/supgen/supgen/internal/load"
)

// templates are the programs that init can write, and the attributes that each gets: app.sup.go is made of the rest. They are in no
// package: "go work vendor" would copy one whose imports it does not.
//
//go:embed _templates/*/app.sup _templates/*/main.go _templates/*/app_test.go _templates/.gitattributes
var templates embed.FS

// templateNames are the directories of templates, the default first.
var templateNames = []string{"http", "worker", "pipeline", "grpc"}

const treeFile, codeFile = "app" + load.Suffix, "app" + load.GeneratedSuffix

// attributes keeps git from changing the line ends of a tree and its Go, and a review from showing the latter.
const attributes = ".gitattributes"

// tool is this command, as a go.mod names it.
const tool = "github.com/supgen/supgen/cmd/supgen"

func newInit() *cobra.Command {
	var template *choice
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a first tree, and a program that runs it",
		Long: `Init writes a small tree, its Go, a program that runs it and a test into a directory in a module:
something to run first, and to change. Without an argument it is the current directory.
The template says what the program is:

  http      a server of HTTP; the default
  worker    a service that does jobs from a source, and tries again what fails
  pipeline  stages, and the end of the program when the last one is done
  grpc      a server of gRPC

A program that runs until it is stopped answers the probes of Kubernetes, has metrics, and a page that shows its tree.

Where there are Go files, init writes the tree of the template and its Go for their package, and prints what is left
to do. It overwrites no file.
A .gitattributes keeps git from changing line ends; to one that is there, add the lines that init prints.`,
		Example: `  go mod init example.com/app
  supgen init
  go get -tool github.com/supgen/supgen/cmd/supgen
  go run .

  supgen init --template worker cmd/mailer`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			first, err := initialize(dirOf(args), template.word)
			if err != nil || isQuiet(cmd) {
				return err
			}
			return printTo(cmd, "", first.nextSteps())
		},
	}
	template = addChoice(cmd, "template", "what to write", templateNames...)
	return cmd
}

// A first tree is what init writes.
type first struct {
	dir, template string
	goPackage     string // of the Go files that were there; "" where a whole program is written
	tree          string // the name of the tree
	source, code  string // of the tree, and generated from it
	wrote         []string
	missing       []string // the lines that the .gitattributes that was there misses
}

// initialize writes a template into dir, which is made if it is missing: the whole program, or only the tree if there is a Go package.
func initialize(dir, template string) (*first, error) {
	if err := findModule(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	trees, err := load.FilesIn([]string{dir}, load.Suffix, load.GeneratedSuffix)
	if err != nil {
		return nil, err
	}
	if len(trees) > 0 {
		return nil, there(trees[0])
	}
	goPackage, err := load.GoPackage(dir)
	if err != nil {
		return nil, err
	}
	f := &first{dir: dir, template: template, goPackage: goPackage}
	if err := f.makeTree(); err != nil {
		return nil, err
	}
	names := []string{treeFile, codeFile, "main.go", "app_test.go", attributes}
	if goPackage != "" {
		names = []string{treeFile, codeFile, attributes}
	}
	for _, name := range names {
		at := filepath.Join(dir, name)
		if _, err := os.Lstat(at); err != nil {
			f.wrote = append(f.wrote, name)
		} else if name != attributes {
			return nil, there(at)
		} else if f.missing, err = missingAttributes(at); err != nil {
			return nil, err
		}
	}
	for _, name := range f.wrote {
		if err := atomicfile.Write(filepath.Join(dir, name), f.text(name)); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// there is the error that a file is in the way.
func there(name string) error {
	return fmt.Errorf(`%s is there already; name another directory, as in "supgen init app"`, diag.Quoted(name))
}

// makeTree makes the tree and its code, for the package that is there, and under a name that is free in it.
func (f *first) makeTree() error {
	names := []string{"App"}
	if f.goPackage != "" {
		names = append(names, "AppTree", "Program")
	}
	var p *load.Package
	for _, f.tree = range names {
		named := strings.NewReplacer("package main", "package "+cmp.Or(f.goPackage, "main"), "supervisor App {", "supervisor "+f.tree+" {")
		f.source = named.Replace(string(embedded(f.template, treeFile)))
		var err error
		if p, err = load.Unsaved(filepath.Join(f.dir, treeFile), []byte(f.source)); err != nil {
			return err
		}
		for file := range generated.Files(p) {
			f.code = string(file.Text())
			return nil
		}
	}
	why := p.Diagnostics[0].Message
	for _, note := range p.Diagnostics[0].Notes {
		why += "; " + note.String()
	}
	return fmt.Errorf("no tree is written, since its Go would not compile beside what is there: %s", why)
}

// text is what is written to a file.
func (f *first) text(name string) []byte {
	switch name {
	case treeFile:
		return []byte(f.source)
	case codeFile:
		return []byte(f.code)
	case attributes:
		return embedded(name)
	}
	return embedded(f.template, name)
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
	for line := range strings.Lines(string(embedded(attributes))) {
		if !has[strings.TrimSpace(line)] {
			missing = append(missing, line)
		}
	}
	return missing, nil
}

// embedded is a file of the templates.
func embedded(name ...string) []byte {
	text, err := templates.ReadFile(path.Join("_templates", path.Join(name...)))
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

// nextSteps is what to print: what was written, and what is left to do.
func (f *first) nextSteps() string {
	var text strings.Builder
	for _, name := range f.wrote {
		fmt.Fprintln(&text, "wrote", filepath.Join(f.dir, name))
	}
	text.WriteString("\nnext:\n")
	if strings.Contains(f.dir, " ") {
		fmt.Fprintf(&text, "  cd %s\n", diag.Quoted(f.dir))
	} else if f.dir != "." {
		fmt.Fprintf(&text, "  cd %s\n", f.dir)
	}
	if use := unusedModule(f.dir); use != "" {
		fmt.Fprintf(&text, "  go work use %s\n", use)
	}
	if len(f.missing) > 0 {
		fmt.Fprintf(&text, "  add to %s, so that git leaves line ends alone:\n    %s", attributes, strings.Join(f.missing, "    "))
	}
	hasTool := load.HasTool(f.dir, tool)
	if !hasTool {
		fmt.Fprintln(&text, "  go get -tool", tool)
	}
	if hasTool || f.template == "grpc" { // which is of a module of its own
		text.WriteString("  go mod tidy\n")
	}
	if f.goPackage != "" {
		f.writeMissing(&text)
	} else {
		text.WriteString("  go run .\n")
		if f.template != "pipeline" {
			text.WriteString("then http://localhost:8081 shows the tree\n")
		}
	}
	fmt.Fprintf(&text, "after a change of %s:\n  go generate ./...\n", treeFile)
	fmt.Fprintln(&text, "in your editor:\n  https://github.com/supgen/supgen/blob/main/docs/editors.md")
	return text.String()
}

// writeMissing writes what a whole program has, and the package that is there does not.
func (f *first) writeMissing(text *strings.Builder) {
	children, qualifier := "children", ""
	if f.goPackage != "main" {
		children, qualifier = "Children", f.goPackage+"."
	}
	fmt.Fprintf(text, "  write, in another file of package %s:\n", f.goPackage)
	fmt.Fprintf(text, "    //go:generate go tool supgen generate\n    type %s struct{}\n", children)
	for _, method := range methodsOf(f.code, f.tree+"Children") {
		fmt.Fprintf(text, "    func (c *%s) %s\n", children, method)
	}
	fmt.Fprintf(text, "  have main run it, with package %sruntime:\n", strings.TrimSuffix(tool, "cmd/supgen"))
	fmt.Fprintf(text, "    runtime.Main(%sNew%s(&%[1]s%[3]s{}))\n", qualifier, f.tree, children)
}

// methodsOf are the methods of an interface in generated code.
func methodsOf(code, name string) (methods []string) {
	_, body, _ := strings.Cut(code, "type "+name+" interface {\n")
	body, _, _ = strings.Cut(body, "\n}\n")
	for line := range strings.Lines(body) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "//") {
			methods = append(methods, line)
		}
	}
	return methods
}
