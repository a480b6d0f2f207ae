package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/check"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
)

// maxSource bounds what is read of one file. The largest tree that makes sense is far below it.
const maxSource = 4 << 20

// A source is what one directory holds: a package of the language, as far as it could be understood.
type source struct {
	text        map[string][]byte // of each .sup file by its name in diagnostics, dir included
	generated   []string          // the .sup.go files that are there, dir included
	tree        *tree.Tree        // nil when diagnostics has an error
	diagnostics []diag.Diagnostic
}

// loadAll loads what the arguments of a command stand for.
func loadAll(cmd *cobra.Command, args []string) ([]*source, error) {
	dirs, err := directories(args)
	if err != nil {
		return nil, err
	}
	if len(dirs) == 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "supgen: %s matches no .sup files\n", strings.Join(args, " "))
	}
	var sources []*source
	for _, dir := range dirs {
		s, err := load(dir)
		if err != nil {
			return nil, err
		}
		if len(s.text)+len(s.generated) == 0 {
			return nil, fmt.Errorf(`no .sup files in %q; "supgen init" writes a first one`, dir)
		}
		sources = append(sources, s)
	}
	return sources, nil
}

// loadTree loads the one package that an argument stands for.
func loadTree(cmd *cobra.Command, arg string) (*tree.Tree, error) {
	if strings.HasSuffix(arg, "...") {
		return nil, fmt.Errorf("%q stands for many packages; name the directory of one", arg)
	}
	sources, err := loadAll(cmd, []string{arg})
	if err != nil {
		return nil, err
	}
	if len(sources[0].text) == 0 {
		return nil, fmt.Errorf("no .sup files in %q", arg) // generated ones are all that is left
	}
	return sources[0].onlyTree(cmd)
}

// onlyTree is the source's tree. If there is none it prints why, and ends with errFound; warnings are the business of
// validate and generate.
func (s *source) onlyTree(cmd *cobra.Command) (*tree.Tree, error) {
	if s.tree != nil {
		return s.tree, nil
	}
	if _, err := printDiagnostics(cmd, "text", []*source{s}); err != nil {
		return nil, err
	}
	return nil, errFound
}

// children are all children of a package, in the order of its files.
func children(t *tree.Tree) iter.Seq[*tree.Child] {
	return func(yield func(*tree.Child) bool) {
		for _, root := range t.Roots() {
			for c := range root.All() {
				if !yield(c) {
					return
				}
			}
		}
	}
}

// load reads and checks the package in dir. A mistake in it is a diagnostic, not an error.
func load(dir string) (*source, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	s := &source{text: make(map[string][]byte)}
	var files []*syntax.File
	for _, entry := range entries {
		name := filepath.Join(dir, entry.Name())
		if entry.IsDir() || leftover(entry.Name()) {
			continue
		}
		if strings.HasSuffix(name, generatedSuffix) {
			s.generated = append(s.generated, name)
		}
		if !strings.HasSuffix(name, sourceSuffix) {
			continue
		}
		text, err := read(name)
		if err != nil {
			return nil, err
		}
		files = append(files, s.parse(name, text))
	}
	if len(files) == 0 {
		return s, nil
	}
	goPackage, declared, err := goPackageIn(dir, entries)
	if err != nil {
		return nil, err
	}
	s.tree, s.diagnostics = dsl.Check(files, goPackage, declared...)
	return s, nil
}

// parse keeps the text of one more file.
func (s *source) parse(name string, text []byte) *syntax.File {
	s.text[name] = text
	file, _ := dsl.Parse(name, text) // Check returns its diagnostics too
	return file
}

// read reads a file, and nothing that could keep it waiting or would never end: a pipe, a device.
func read(name string) ([]byte, error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%q is not a regular file", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSource+1))
	if err == nil && len(text) > maxSource {
		err = fmt.Errorf("%q is larger than %d MiB; split it", name, maxSource>>20)
	}
	return text, err
}

// goPackageIn returns the name of the Go package in dir, and what it declares. The name is "" when there are no Go
// files but tests and generated ones, which say nothing about what the user calls it.
func goPackageIn(dir string, entries []fs.DirEntry) (pkg string, declared []check.GoDecl, err error) {
	fset := token.NewFileSet()
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, generatedSuffix) || isPipe(entry) {
			continue
		}
		// A file that is not built, such as a "//go:build ignore" program, is of any package.
		if built, err := build.Default.MatchFile(dir, name); err != nil || !built {
			continue
		}
		name = filepath.Join(dir, name)
		text, err := read(name)
		if err != nil && pkg == "" {
			return "", nil, err
		}
		// A file that is being edited is the go command's to complain about.
		file, _ := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
		if file.Name.Name == "" {
			continue
		}
		if pkg == "" {
			pkg = file.Name.Name
		}
		for _, ident := range packageLevel(file) {
			pos := fset.PositionFor(ident.Pos(), false)
			declared = append(declared, check.GoDecl{Name: ident.Name, Pos: diag.Pos{File: name, Offset: pos.Offset, Line: pos.Line, Column: pos.Column}})
		}
	}
	return pkg, declared, nil
}

// isPipe reports whether what a directory lists is neither a file nor a link: the go command would wait for it.
func isPipe(entry fs.DirEntry) bool { return entry.Type()&^fs.ModeSymlink != 0 }

// packageLevel are the identifiers that a Go file declares for all of its package.
func packageLevel(file *ast.File) []*ast.Ident {
	var idents []*ast.Ident
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				idents = append(idents, d.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					idents = append(idents, spec.Name)
				case *ast.ValueSpec:
					idents = append(idents, spec.Names...)
				}
			}
		}
	}
	return idents
}
