package gotypes

import (
	"context"
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/supgen/supgen/codegen"
	"github.com/supgen/supgen/internal/load"
	"golang.org/x/tools/go/packages"
)

// A Program is the Go code around a package of the language: the Go package in its directory, and those of the module or the workspace
// that import it, directly or not, tests included. Go has checked all of it, function bodies too, with the generated code as it should be.
type Program struct {
	Fset  *token.FileSet
	Units []*Unit
	Text  map[string][]byte // of each file
	Dir   string            // of the package of the language, as the files are named

	config   *packages.Config
	metadata []*packages.Package
	built    map[string]*packages.Package
}

// A Unit is a Go package, or one of the variants of it that tests are built of.
type Unit struct {
	Own     bool // it is the package of the language
	Path    string
	Files   []*ast.File
	Types   *types.Package
	Info    *types.Info
	Errors  []types.Error
	Ignored []string                     // files that are not built here
	Imports map[string]*packages.Package // by the paths as they are imported
}

// LoadProgram loads the Go code around a package. Texts stand in place of files, by the names that [load.GoNames] has for their directories. The
// error says why the go command cannot load it; what is wrong in the code is in the units' errors.
func LoadProgram(ctx context.Context, p *load.Package, texts map[string][]byte) (*Program, error) {
	dir, module := load.GoNames{}.Of(p.Dir())
	if module == "" {
		return nil, errors.New("it is not in a Go module")
	}
	overlay := maps.Clone(texts)
	if overlay == nil {
		overlay = map[string][]byte{}
	}
	if p.Tree != nil {
		for _, source := range p.Tree.Files {
			overlay[filepath.Join(dir, filepath.Base(source.Name)+".go")] = codegen.Generate(p.Tree, source)
		}
	}
	addImported(overlay, load.Imported(map[string]*load.Package{dir: p})) // what cannot be known is a mistake in what imports it
	config, err := target{module: module}.config()
	if err != nil {
		return nil, err
	}
	config.Dir, config.Context, config.Overlay, config.Tests = module, ctx, overlay, true
	config.Mode = packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps | packages.NeedTypesSizes | packages.NeedModule
	list, err := ask(config, []string{"work", dir})
	if err != nil {
		return nil, err
	}
	program := &Program{Dir: dir, config: config, built: map[string]*packages.Package{}}
	within := map[*packages.Package]bool{}
	others := map[string]bool{}
	packages.Visit(list, nil, func(pkg *packages.Package) { // what it imports comes first
		if strings.HasSuffix(pkg.ID, ".test") { // the program that runs tests
			return
		}
		if len(pkg.GoFiles) > 0 && filepath.Dir(pkg.GoFiles[0]) == dir {
			within[pkg] = true
		}
		for _, imported := range pkg.Imports {
			within[pkg] = within[pkg] || within[imported]
		}
		if !within[pkg] {
			return
		}
		program.metadata = append(program.metadata, pkg)
		for _, imported := range pkg.Imports {
			if !within[imported] && len(imported.Errors) == 0 && imported.PkgPath != "unsafe" {
				others[imported.PkgPath] = true
			}
		}
	})
	if len(program.metadata) == 0 {
		return nil, errors.New("the go command does not find its package")
	}
	config.Mode, config.Tests = packages.NeedName|packages.NeedExportFile, false
	if len(others) > 0 {
		list, err = ask(config, slices.Sorted(maps.Keys(others)))
		if err != nil {
			return nil, err
		}
		for _, pkg := range list {
			program.built[pkg.PkgPath] = pkg
		}
	}
	program.check()
	return program, nil
}

// With is the program with other texts of some of its files, which import the same.
func (p *Program) With(texts map[string][]byte) *Program {
	config := *p.config
	config.Overlay = maps.Clone(config.Overlay)
	maps.Copy(config.Overlay, texts)
	changed := &Program{Dir: p.Dir, config: &config, metadata: p.metadata, built: p.built}
	changed.check()
	return changed
}

// check has Go check the packages, in the order of their imports.
func (p *Program) check() {
	p.Fset, p.Text = token.NewFileSet(), map[string][]byte{}
	gc := importer.ForCompiler(p.Fset, "gc", func(path string) (io.ReadCloser, error) {
		if pkg := p.built[path]; pkg != nil && pkg.ExportFile != "" {
			return os.Open(pkg.ExportFile)
		}
		if pkg := p.built[path]; pkg != nil && len(pkg.Errors) > 0 {
			return nil, errors.New(first(pkg.Errors[0].Msg))
		}
		return nil, errors.New("the go command does not build it")
	})
	files := map[string]*ast.File{}
	wrong := map[string]types.Error{}
	checked := map[*packages.Package]*types.Package{}
	for _, pkg := range p.metadata {
		u := &Unit{Path: pkg.PkgPath, Own: filepath.Dir(append(pkg.GoFiles, "")[0]) == p.Dir && !strings.HasSuffix(pkg.PkgPath, "_test"),
			Ignored: pkg.IgnoredFiles, Imports: pkg.Imports, Info: newInfo()}
		conf := types.Config{Sizes: pkg.TypesSizes, FakeImportC: true, Error: func(err error) { u.Errors = append(u.Errors, err.(types.Error)) }}
		conf.Importer = importFunc(func(path string) (*types.Package, error) {
			imported := pkg.Imports[path]
			switch {
			case path == "unsafe":
				return types.Unsafe, nil
			case imported == nil:
				return nil, errors.New("the go command does not know it")
			case checked[imported] != nil:
				return checked[imported], nil
			}
			return gc.Import(imported.PkgPath)
		})
		if pkg.Module != nil && pkg.Module.GoVersion != "" {
			conf.GoVersion = "go" + pkg.Module.GoVersion
		}
		for _, name := range pkg.GoFiles {
			if files[name] == nil {
				text := p.config.Overlay[name]
				if text == nil {
					text, _ = load.ReadGo(name) // one that is gone has no package clause
				}
				file, err := parser.ParseFile(p.Fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
				if files[name], p.Text[name] = file, text; err != nil {
					wrong[name] = types.Error{Fset: p.Fset, Pos: file.FileStart, Msg: err.Error()}
				}
			}
			if err, ok := wrong[name]; ok {
				u.Errors = append(u.Errors, err)
			}
			u.Files = append(u.Files, files[name])
		}
		u.Types, _ = conf.Check(pkg.PkgPath, p.Fset, u.Files, u.Info)
		checked[pkg] = u.Types
		p.Units = append(p.Units, u)
	}
}

func newInfo() *types.Info {
	return &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Instances: map[*ast.Ident]types.Instance{}}
}

type importFunc func(path string) (*types.Package, error)

func (f importFunc) Import(path string) (*types.Package, error) { return f(path) }

// Errors are the mistakes in the program, each once.
func (p *Program) Errors() (errs []types.Error) {
	type at struct {
		token.Position
		msg string
	}
	seen := map[at]bool{}
	for _, u := range p.Units {
		for _, err := range u.Errors {
			if is := (at{p.Fset.Position(err.Pos), err.Msg}); !seen[is] {
				seen[is] = true
				errs = append(errs, err)
			}
		}
	}
	return errs
}

// Has reports whether the program is made of what is in a directory.
func (p *Program) Has(dir string) bool {
	for _, pkg := range p.metadata {
		if len(pkg.GoFiles) > 0 && filepath.Dir(pkg.GoFiles[0]) == dir {
			return true
		}
	}
	return false
}

// FileOf is the file of a package that a unit imports, of which the compiler kept another directory: "$GOROOT/src/bytes/buffer.go".
func (p *Program) FileOf(path, name string) string {
	for _, u := range p.Units {
		for _, pkg := range u.Imports {
			if pkg.PkgPath == path && len(pkg.GoFiles) > 0 {
				return filepath.Join(filepath.Dir(pkg.GoFiles[0]), filepath.Base(filepath.ToSlash(name)))
			}
		}
	}
	return name
}
