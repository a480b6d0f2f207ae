package load

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/check"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
)

// A Package is what one directory holds: a package of the language, as far as it could be understood. A mistake in it
// is a diagnostic, not an error.
type Package struct {
	Text        map[string][]byte // of each .sup file by its name in diagnostics, directory included
	Generated   []string          // the .sup.go files that are there, directory included
	Tree        *tree.Tree        // nil when Diagnostics has an error
	Info        *tree.Info        // what could be made of the files; nil if there are none
	Diagnostics []diag.Diagnostic

	syntax    map[string]*syntax.File // as Text
	goPackage string                  // of the .go files beside it; "" is none
	goDecls   []check.GoDecl
}

// RootNames are the names at the top of its files, which it has without a tree too.
func (p *Package) RootNames() (names []string) {
	for _, file := range p.syntax {
		for _, s := range file.Body.Stmts {
			if child, ok := s.Node.(*syntax.ChildDecl); ok {
				names = append(names, child.Name.Value)
			}
		}
	}
	return names
}

// Syntax is a file as it was parsed, by its name in Text; nil if there is none.
func (p *Package) Syntax(name string) *syntax.File { return p.syntax[name] }

// Dir is the directory of the .sup files; "" if there are none.
func (p *Package) Dir() string {
	for name := range p.Text {
		return filepath.Dir(name)
	}
	return ""
}

// Packages loads what the arguments of a command stand for: see [Directories]. What one directory of the repository needs of a file that
// several have, by links, is not unused in the others. One that cannot be loaded costs no other: the error joins one for each, of
// type *[Error].
func Packages(args []string) ([]*Package, error) {
	dirs, err := Directories(args)
	errs := []error{err}
	var packages []*Package
	onTheWay := newJudged()
	for _, dir := range dirs {
		p, err := onTheWay.load(dir, nil)
		if err == nil && len(p.Text)+len(p.Generated) == 0 {
			err = noSources(dir)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		packages = append(packages, p)
	}
	others, isAll := sharing(packages, mostLinked, isUnused)
	withoutNeededIn(isAll, slices.Concat(packages, others)...)
	return packages, errors.Join(errs...)
}

// Edited loads a directory, or a file that [StandsAlone], as [Packages] does, with other texts of some files, by their names, directory
// included. They need not be there. Other directories are not asked what they need.
func Edited(name string, texts map[string][]byte) (*Package, error) {
	p, err := newJudged().load(name, texts)
	if err == nil {
		withoutNeededIn(true, p)
	}
	return p, err
}

// load loads a directory, or a file that stands alone, and warns of the directories that it is in.
func (j judged) load(name string, texts map[string][]byte) (p *Package, err error) {
	switch text, ok := texts[name]; {
	case ok:
		p, err = Unsaved(name, text)
	case StandsAlone(name) && isFile(name):
		p, err = File(name)
	default:
		p, err = Overlaid(name, texts)
	}
	if err != nil {
		return nil, err
	}
	if found := j.unportable(p); len(found) > 0 {
		p.Diagnostics = diag.Sorted(append(p.Diagnostics, found...))
	}
	return p, nil
}

// One loads the one package that an argument stands for.
func One(arg string) (*Package, error) {
	if isPattern(filepath.ToSlash(arg)) {
		return nil, fmt.Errorf("%s stands for many packages; name the directory of one", diag.Quoted(arg))
	}
	packages, err := Packages([]string{arg})
	if err != nil {
		return nil, err
	}
	if len(packages[0].Text) == 0 {
		return nil, noSources(arg) // generated ones are all that is left
	}
	return packages[0], nil
}

// Dir loads the package in a directory. What it returns has neither Text nor Generated where there is nothing of supgen.
func Dir(dir string) (*Package, error) { return Overlaid(dir, nil) }

// Overlaid is [Dir] with other texts of some files in it, by their names, directory included. They need not be there.
func Overlaid(dir string, texts map[string][]byte) (*Package, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, unreadable(dir, err)
	}
	p := newPackage()
	var files []*syntax.File
	for _, unsaved := range slices.Sorted(maps.Keys(texts)) {
		if len(texts[unsaved]) > maxSize {
			return nil, tooLarge(unsaved)
		}
		entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return isSame(filepath.Join(dir, e.Name()), unsaved) })
		files = append(files, p.parse(unsaved, texts[unsaved]))
	}
	for _, entry := range entries {
		name := filepath.Join(dir, entry.Name())
		switch source := isSource(entry.Name()); {
		case !source && !isGenerated(entry.Name()) || isDir(entry, name):
		case source:
			text, err := Read(name)
			if err != nil {
				return nil, err
			}
			files = append(files, p.parse(name, text))
		default:
			p.Generated = append(p.Generated, name)
		}
	}
	if len(files) == 0 {
		return p, nil
	}
	p.goPackage, p.goDecls = goPackageIn(dir, entries, files)
	p.checkFiles(files)
	if found := unportable(p, dir, entries); len(found) > 0 {
		p.Diagnostics = diag.Sorted(append(p.Diagnostics, found...))
		if diag.HasErrors(found) {
			p.Tree = nil
		}
	}
	return p, nil
}

// Buffers is what there is of files whose directory cannot be read, by their names: what is declared and named in their texts. There are
// neither diagnostics nor a tree, since those would depend on the other files.
func Buffers(texts map[string][]byte) *Package {
	p := newPackage()
	var files []*syntax.File
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		if len(texts[name]) <= maxSize {
			files = append(files, p.parse(name, texts[name]))
		}
	}
	p.checkFiles(files)
	p.Diagnostics, p.Tree = nil, nil
	return p
}

// GeneratedFrom is the name of the Go file that belongs to a source. Where case does not count the file may be listed by another, which
// is then listed; else both are the same, whether there is one or not.
func (p *Package) GeneratedFrom(source string) (name, listed string) {
	name = source + ".go"
	if slices.Contains(p.Generated, name) {
		return name, name
	}
	if i := slices.IndexFunc(p.Generated, func(other string) bool { return isSame(name, other) }); i >= 0 {
		return name, p.Generated[i]
	}
	return name, name
}

// isSame reports whether two names are of one file, which some systems have by names that differ in case.
func isSame(name, other string) bool {
	if name == other || !strings.EqualFold(name, other) {
		return name == other
	}
	a, errA := os.Stat(name)
	b, errB := os.Stat(other)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

func newPackage() *Package {
	return &Package{Text: make(map[string][]byte), syntax: make(map[string]*syntax.File)}
}

// parse keeps one more file.
func (p *Package) parse(name string, text []byte) *syntax.File {
	file, _ := dsl.Parse(name, text) // Check returns its diagnostics too
	p.Text[name], p.syntax[name] = text, file
	return file
}

// File loads a file as if it were a package by itself.
func File(name string) (*Package, error) {
	text, err := Read(name)
	if err != nil {
		return nil, err
	}
	return alone(name, text), nil
}

// alone is a package of one file.
func alone(name string, text []byte) *Package {
	p := newPackage()
	file := p.parse(name, text)
	file.Unnamed = !strings.HasSuffix(name, Suffix)
	p.checkFiles([]*syntax.File{file})
	return p
}

// checkFiles checks the files of the package.
func (p *Package) checkFiles(files []*syntax.File) {
	if p.Info, p.Diagnostics = check.Check(files, p.goPackage, p.goDecls...); !diag.HasErrors(p.Diagnostics) {
		p.Tree = tree.Of(p.Info)
	}
}
