package gotypes

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/supgen/supgen/codegen"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/generated"
	"github.com/supgen/supgen/internal/load"
	"golang.org/x/tools/go/packages"
)

// Check reports what Go does not accept of the types in the .sup files of some packages, and what "go vet" would say of
// values of them, for each package in order. Packages with errors are passed over.
//
// The answer for a package is complete, or it is not there and the error says why: the go command could not be run, or what the
// types depend on could not be loaded. The error joins one for each such package, or for those of a module that the go command
// does not load: of type *[load.Error], or *[Error] where it is about a place in a Go file. What is wrong elsewhere in the Go
// files of a package does not count.
func Check(ps []*load.Package) ([][]diag.Diagnostic, error) {
	found := make([][]diag.Diagnostic, len(ps))
	failed := map[int]bool{}
	var errs []error
	fail := func(q *question, err error) {
		failed[q.index] = true
		errs = append(errs, q.failed(err))
	}
	var asked []*question
	overlay := map[string][]byte{}
	given := map[string]*load.Package{}
	names := load.GoNames{}
	for i, p := range ps {
		if len(p.Text) == 0 {
			continue
		}
		dir, module := names.Of(p.Dir())
		given[dir] = p
		if p.Tree == nil || len(p.Tree.Roots()) == 0 { // policies name no types
			continue
		}
		q := newQuestion(i, p, dir, cmp.Or(module, dir))
		asked = append(asked, q)
		maps.Copy(overlay, q.generated)
	}
	errs = append(errs, addImported(overlay, load.Imported(given)))
	for len(asked) > 0 {
		together := map[target][]*question{}
		for _, q := range asked {
			together[q.target] = append(together[q.target], q)
		}
		asked = nil
		for _, t := range slices.SortedFunc(maps.Keys(together), target.compare) {
			loaded, err := loadAll(t, together[t], overlay)
			if err != nil {
				fail(together[t][0], err)
				for _, q := range together[t] {
					failed[q.index] = true
				}
				continue
			}
			for _, q := range together[t] {
				left, err := q.judge(loaded)
				if err != nil {
					fail(q, err)
					continue
				}
				found[q.index] = append(found[q.index], q.List...)
				asked = append(asked, left...)
			}
		}
	}
	for i := range failed {
		found[i] = nil
	}
	return found, errors.Join(errs...)
}

// addImported adds the code of the packages that are imported: it need not be written. Where a package has mistakes, what was
// written before will do; the error joins one for each that has nothing.
func addImported(overlay map[string][]byte, ps []*load.Package) error {
	var errs []error
	for _, p := range ps {
		if p.Tree == nil {
			if len(p.Generated) < len(p.Text) {
				dir := shown(p.Dir())
				errs = append(errs, &load.Error{Name: dir, Err: fmt.Errorf("is imported and has mistakes, so that what it generates is not known; see %q", "supgen validate "+dir)})
			}
			continue
		}
		for _, source := range p.Tree.Files {
			if name := source.Name + ".go"; overlay[name] == nil {
				overlay[name] = codegen.Generate(p.Tree, source)
			}
		}
	}
	return errors.Join(errs...)
}

// A loaded is what the go command knows of a target.
type loaded struct {
	of    map[string]*packages.Package // packages that are asked about, by each of their Go files
	built map[string]*packages.Package // what they import, by path
	dir   string                       // that the go command names files from
}

// loadAll asks the go command about directories of a target, and has it build what they import, but not what is in them: the
// code of a large tree takes long.
func loadAll(t target, questions []*question, overlay map[string][]byte) (*loaded, error) {
	config, err := t.config()
	if err != nil {
		return nil, err
	}
	var dirs []string
	for _, q := range questions {
		dirs = append(dirs, q.dir)
	}
	config.Overlay = overlay
	config.Mode = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedDeps | packages.NeedTypesSizes | packages.NeedModule
	list, err := ask(config, dirs)
	if err != nil {
		return nil, err
	}
	l := &loaded{of: map[string]*packages.Package{}, built: map[string]*packages.Package{}, dir: config.Dir}
	imports := map[string]bool{}
	for _, pkg := range list {
		if len(pkg.GoFiles)+len(pkg.IgnoredFiles) == 0 && len(pkg.Errors) > 0 {
			return nil, errors.New(oneLine(pkg.Errors[0].Msg))
		}
		for _, name := range slices.Concat(pkg.GoFiles, pkg.IgnoredFiles) {
			l.of[name] = pkg
		}
		for _, i := range pkg.Imports {
			imports[i.PkgPath] = len(i.Errors) == 0
		}
	}
	maps.DeleteFunc(imports, func(_ string, exists bool) bool { return !exists })
	config.Mode = packages.NeedName | packages.NeedExportFile
	known := list
	list, err = ask(config, slices.Sorted(maps.Keys(imports)))
	silent := false
	for _, pkg := range list {
		l.built[pkg.PkgPath] = pkg
		silent = silent || pkg.ExportFile == "" && len(pkg.Errors) == 0
	}
	if err != nil || !silent {
		return l, err
	}
	// The go command does not say why: because of something below, which it does say when it is asked for that.
	below := map[string]bool{}
	packages.Visit(known, nil, func(pkg *packages.Package) {
		if l.built[pkg.PkgPath] == nil && pkg.Module != nil && pkg.Module.Main && len(pkg.Errors) == 0 {
			below[pkg.PkgPath] = true
		}
	})
	list, err = ask(config, slices.Sorted(maps.Keys(below)))
	for _, pkg := range list {
		l.built[pkg.PkgPath] = pkg
	}
	return l, err
}

// ask loads packages. Its error is what the go command says.
func ask(config *packages.Config, patterns []string) ([]*packages.Package, error) {
	list, err := packages.Load(config, patterns...)
	if err != nil {
		says := err.Error()
		if _, stderr, ok := strings.Cut(says, "stderr: "); ok && strings.TrimSpace(stderr) != "" {
			says = stderr
		}
		return nil, errors.New(oneLine(says))
	}
	return list, nil
}

// A question is about the types in one directory.
type question struct {
	index     int // of the package
	of        *load.Package
	tree      *tree.Tree
	shown     string // the directory as positions name it
	dir       string // as the go command calls it
	target    target
	files     []*spelled
	generated map[string][]byte // the code of the package's files, by name

	fset    *token.FileSet
	imports *importerOf
	syntax  []*ast.File
	errors  []types.Error // in order
	types   *types.Package
	info    *types.Info
	diag.Reports
	compared int // names with those that are unknown
}

// newQuestion asks about all files of a package on this machine.
func newQuestion(index int, p *load.Package, dir, module string) *question {
	q := &question{index: index, of: p, tree: p.Tree, shown: filepath.Dir(p.Tree.Files[0].Name), dir: dir, target: target{module: module},
		generated: map[string][]byte{}, fset: token.NewFileSet()}
	for _, source := range p.Tree.Files {
		q.files = append(q.files, spell(p, source))
		q.generated[q.nameOf(source)] = codegen.Generate(p.Tree, source)
	}
	orphans, _ := generated.Orphans(p, nil) // what cannot be read, the go command reports
	for _, orphan := range orphans {        // what was declared there, another file declares, or nobody wants
		q.generated[filepath.Join(dir, filepath.Base(orphan.Pos.File))] = []byte("package " + p.Tree.Package + "\n")
	}
	return q
}

// nameOf is the name of the code that is generated from a file.
func (q *question) nameOf(source *tree.File) string {
	return filepath.Join(q.dir, filepath.Base(source.Name)+".go")
}

// judge answers the question. It returns those about the files that this target does not build, for targets that do.
func (q *question) judge(loaded *loaded) (left []*question, err error) {
	pkg := loaded.of[q.nameOf(q.files[0].source)]
	if pkg == nil {
		return nil, errors.New("the go command does not find its package")
	}
	var elsewhere []*tree.File
	q.files = slices.DeleteFunc(q.files, func(s *spelled) bool {
		built := slices.Contains(pkg.GoFiles, q.nameOf(s.source))
		if !built {
			elsewhere = append(elsewhere, s.source)
		}
		return !built
	})
	if left, err = q.elsewhere(elsewhere); err != nil || len(q.files) == 0 {
		return left, err
	}
	return left, q.answer(pkg, loaded)
}

// answer reports what is wrong in files that are built.
func (q *question) answer(pkg *packages.Package, loaded *loaded) error {
	if err := q.check(pkg, loaded); err != nil {
		return err
	}
	for _, s := range q.files {
		q.refused(s)
	}
	refused := len(q.List) > 0
	for _, s := range q.files {
		if err := q.values(s, refused); err != nil {
			return err
		}
	}
	if len(q.List) == 0 {
		if err := q.others(); err != nil {
			return err
		}
	}
	q.List = diag.Sorted(q.List)
	return nil
}

// check has Go check the package.
func (q *question) check(pkg *packages.Package, loaded *loaded) error {
	q.imports = newImporter(q.fset, pkg, loaded)
	if err := q.imports.refused(q.files); err != nil {
		return err
	}
	parse := func(name string, text []byte) error {
		file, err := parser.ParseFile(q.fset, name, text, parser.SkipObjectResolution)
		q.syntax = append(q.syntax, file)
		return err
	}
	for _, s := range q.files {
		if err := parse(s.source.Name, s.text.Bytes()); err != nil {
			panic("gotypes: " + err.Error())
		}
		s.file = q.syntax[len(q.syntax)-1]
	}
	sources := pkg.CompiledGoFiles
	if len(sources) == 0 {
		sources = pkg.GoFiles // some package is missing
	}
	for _, name := range sources {
		text, err := q.generated[name], error(nil)
		if text == nil {
			text, err = os.ReadFile(name)
		}
		if err != nil {
			return err
		}
		if filepath.Dir(name) == q.dir {
			name = filepath.Join(q.shown, filepath.Base(name))
		}
		if err := parse(name, text); err != nil {
			return err
		}
	}
	q.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: q.imports, Sizes: pkg.TypesSizes, IgnoreFuncBodies: true,
		Error: func(err error) {
			if err := err.(types.Error); !strings.HasPrefix(err.Msg, "\t") { // which goes on with the one before
				q.errors = append(q.errors, err)
			}
		}}
	if pkg.Module != nil && pkg.Module.GoVersion != "" {
		conf.GoVersion = "go" + pkg.Module.GoVersion
	}
	q.types, _ = conf.Check(pkg.PkgPath, q.fset, q.syntax, q.info)
	return nil
}
