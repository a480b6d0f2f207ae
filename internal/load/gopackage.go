package load

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/supgen/supgen/dsl/check"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/internal/encoding"
)

// GoPackage is the name of the Go package in a directory: of the files that need no build tag, or else that its tests are of; "" if
// there are neither. Files of several packages, and one in UTF-16, are an error.
func GoPackage(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", unreadable(dir, err)
	}
	for _, entry := range entries {
		name := filepath.Join(dir, entry.Name())
		if filepath.Ext(name) != ".go" || isLeftover(entry.Name()) {
			continue
		}
		if text, err := ReadGo(name); err == nil && encoding.IsUTF16(text) {
			return "", &Error{name, errors.New("is UTF-16, which Go does not compile; save it as UTF-8")}
		}
	}
	_, declared := goPackageIn(dir, entries, nil)
	var clause check.GoDecl
	tested := ""
	for _, d := range declared {
		switch {
		case strings.HasSuffix(d.Pos.File, "_test.go"):
			tested = strings.TrimSuffix(d.Package, "_test")
		case !d.Clause || d.Name == clause.Name:
		case clause.Name != "":
			return "", fmt.Errorf("%s is of package %s, and %s of package %s", diag.Quoted(d.Pos.File), d.Name, diag.Quoted(clause.Pos.File), clause.Name)
		default:
			clause = d
		}
	}
	return cmp.Or(clause.Name, tested), nil
}

// goPackageIn returns the name of the Go package in dir, and what its files declare. The name is "" where only tests,
// generated files and those that need a build tag could tell, which say nothing about what the user calls it. Where files are
// of several packages, which the go command reports, it is that of the most, .sup files included, so that one
// stray file does not decide.
//
// The answer is the same on every system: files for others, or for some build tag, are read too.
func goPackageIn(dir string, entries []fs.DirEntry, sources []*syntax.File) (pkg string, declared []check.GoDecl) {
	found := map[string]int{} // files by the package that they name
	for _, source := range sources {
		found[packageOf(source)]++
	}
	for _, entry := range entries {
		base := entry.Name()
		if !strings.HasSuffix(base, ".go") || isLeftover(base) || strings.HasSuffix(base, GeneratedSuffix) {
			continue
		}
		file := goFileAt(dir, base)
		if file.isPackage {
			found[file.pkg]++
		}
		declared = append(declared, file.declared...)
	}
	delete(found, "")
	for _, d := range declared {
		if d.Clause && found[d.Name] > found[pkg] {
			pkg = d.Name
		}
	}
	return pkg, declared
}

// A goFile is what a Go file declares.
type goFile struct {
	info      fs.FileInfo // of the file that was read
	pkg       string
	isPackage bool // it is built always, and no test: it says what the package is called
	declared  []check.GoDecl
}

// goFiles are those that were read, by their names: a server looks at those of a directory with every key that is typed.
var goFiles sync.Map

// settled is how old a file is that was not written twice at what the clock of a file system takes for one time.
const settled = 2 * time.Second

// goFileAt is a Go file in a directory: the zero goFile if it is not of the package there. One that is as it was is not read again.
func goFileAt(dir, base string) goFile {
	name := filepath.Join(dir, base)
	began := time.Now()
	info, err := os.Stat(name)
	if err != nil {
		return goFile{} // a file that cannot be read, or is being edited, is the go command's to complain about
	}
	if known, ok := goFiles.Load(name); ok {
		known := known.(goFile)
		if os.SameFile(known.info, info) && known.info.Size() == info.Size() && known.info.ModTime().Equal(info.ModTime()) {
			return known
		}
	}
	file, alone := readGoFile(dir, name)
	if file.info = info; alone && began.Sub(info.ModTime()) > settled {
		goFiles.Store(name, file)
	} else {
		goFiles.Delete(name)
	}
	return file
}

// readGoFile reads a Go file, and reports whether what it declares depends on no other.
func readGoFile(dir, name string) (read goFile, alone bool) {
	text, err := ReadGo(name)
	if err != nil {
		return goFile{}, false
	}
	fset := token.NewFileSet()
	file, _ := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	built := buildOf(file)
	if file.Name.Name == "" || file.Name.Name == "documentation" || built == never { // as the go command does
		return goFile{}, true
	}
	read.pkg = file.Name.Name
	imported := dotImported(dir, file)
	decls := append(declaredIn(file), imported...)
	if read.isPackage = built == always && !strings.HasSuffix(name, "_test.go"); read.isPackage {
		decls = append(decls, goDecl{check.GoDecl{Name: read.pkg, Clause: true}, file.Name.Pos()})
	}
	for _, d := range decls {
		pos := fset.PositionFor(d.at, false)
		d.Pos, d.Package = diag.Pos{File: name, Offset: pos.Offset, Line: pos.Line, Column: pos.Column}, read.pkg
		read.declared = append(read.declared, d.GoDecl)
	}
	return read, !slices.ContainsFunc(file.Imports, func(spec *ast.ImportSpec) bool { return spec.Name != nil && spec.Name.Name == "." })
}

// packageOf is the package that a .sup file names, or "".
func packageOf(source *syntax.File) string {
	for _, s := range source.Body.Stmts {
		if clause, ok := s.Node.(*syntax.PackageDecl); ok {
			return clause.Name.Value
		}
	}
	return ""
}

type goDecl struct {
	check.GoDecl
	at token.Pos
}

// declaredIn is what a Go file declares for its package, as methods of a type, and as the names of its imports.
func declaredIn(file *ast.File) []goDecl {
	var declared []goDecl
	add := func(id *ast.Ident) { declared = append(declared, goDecl{check.GoDecl{Name: id.Name}, id.Pos()}) }
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				add(d.Name)
			} else if receiver := receiverOf(d); receiver != "" {
				declared = append(declared, goDecl{check.GoDecl{Name: d.Name.Name, Receiver: receiver}, d.Name.Pos()})
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					add(spec.Name)
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						add(name)
					}
				case *ast.ImportSpec:
					if name := importName(spec); name != "" {
						declared = append(declared, goDecl{check.GoDecl{Name: name, Import: true}, spec.Pos()})
					}
				}
			}
		}
	}
	return declared
}

// dotImported is what a Go file in dir has the names of by dot imports, as far as they are of its own module. What others
// declare depends on their versions, which only the go command knows.
func dotImported(dir string, file *ast.File) []goDecl {
	var declared []goDecl
	for _, spec := range file.Imports {
		if spec.Name == nil || spec.Name.Name != "." {
			continue
		}
		importPath, _ := strconv.Unquote(spec.Path.Value)
		source, ok := inModule(dir, importPath)
		if !ok {
			continue
		}
		entries, _ := os.ReadDir(source)
		for _, entry := range entries {
			base := entry.Name()
			if !strings.HasSuffix(base, ".go") || isLeftover(base) || strings.HasSuffix(base, "_test.go") {
				continue
			}
			text, err := ReadGo(filepath.Join(source, base))
			if err != nil {
				continue
			}
			imported, _ := parser.ParseFile(token.NewFileSet(), base, text, parser.ParseComments|parser.SkipObjectResolution)
			if buildOf(imported) == never {
				continue
			}
			for _, d := range declaredIn(imported) {
				if !d.Import && d.Receiver == "" && token.IsExported(d.Name) {
					declared = append(declared, goDecl{check.GoDecl{Name: d.Name, Import: true}, spec.Pos()})
				}
			}
		}
	}
	return declared
}

// receiverOf is the name of the type that a method is of.
func receiverOf(method *ast.FuncDecl) string {
	if len(method.Recv.List) == 0 {
		return ""
	}
	for e := method.Recv.List[0].Type; ; {
		switch t := e.(type) {
		case *ast.StarExpr:
			e = t.X
		case *ast.ParenExpr:
			e = t.X
		case *ast.IndexExpr:
			e = t.X
		case *ast.IndexListExpr:
			e = t.X
		case *ast.Ident:
			return t.Name
		default:
			return ""
		}
	}
}

// importName is what a file calls a package that it imports: without a name of its own, what the path is taken for by
// goimports. Dot imports have none.
func importName(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return strings.Trim(spec.Name.Name, "._")
	}
	importPath, _ := strconv.Unquote(spec.Path.Value)
	base := path.Base(importPath)
	if version, ok := strings.CutPrefix(base, "v"); ok {
		if _, err := strconv.Atoi(version); err == nil && path.Dir(importPath) != "." {
			base = path.Base(path.Dir(importPath))
		}
	}
	base = strings.TrimPrefix(base, "go-")
	if end := strings.IndexFunc(base, func(r rune) bool { return !token.IsIdentifier("_" + string(r)) }); end >= 0 {
		base = base[:end]
	}
	return base
}
