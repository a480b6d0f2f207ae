package codegen

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/dave/jennifer/jen"
	"github.com/supgen/supgen/dsl/tree"
)

// packages is what a generated file imports: what the user's types are qualified with, under the user's
// names, and what the generated code uses itself, under the names that are left.
type packages struct {
	list                   []*imported
	context, time, runtime *imported
}

type imported struct {
	tree.Import
	used atomic.Bool
}

func packagesFor(source *tree.File) *packages {
	p := &packages{}
	for _, i := range source.Imports {
		p.add(i).used.Store(true)
	}
	own := source.GeneratedImports()
	p.context, p.time, p.runtime = p.add(own[0]), p.add(own[1]), p.add(own[2])
	return p
}

// add is the package of an import, which is added unless it is there.
func (p *packages) add(i tree.Import) *imported {
	for _, there := range p.list {
		if there.Name == i.Name {
			return there
		}
	}
	added := &imported{Import: i}
	p.list = append(p.list, added)
	return added
}

// qualify is name of package i, which is from now on imported.
func (f *file) qualify(i *imported, name string) *jen.Statement {
	return jen.Add(share(f, qualified{i, name}, qualified.code))
}

type qualified struct {
	in   *imported
	name string
}

func (q qualified) code() jen.Code {
	q.in.used.Store(true)
	return selector(q.in.Name, q.name)
}

func (f *file) context(name string) *jen.Statement { return f.qualify(f.packages.context, name) }
func (f *file) time(name string) *jen.Statement    { return f.qualify(f.packages.time, name) }
func (f *file) runtime(name string) *jen.Statement { return f.qualify(f.packages.runtime, name) }

// imports is the import declaration, once all that uses it is written: the standard library's packages, then
// the others, each in gofmt's order.
func (f *file) imports() jen.Code {
	var standard, others []*imported
	for _, i := range f.packages.list {
		switch first, _, _ := strings.Cut(i.Path, "/"); {
		case !i.used.Load():
		case strings.Contains(first, "."):
			others = append(others, i)
		default:
			standard = append(standard, i)
		}
	}
	lines := specs(standard)
	if len(standard) > 0 && len(others) > 0 {
		lines = append(lines, jen.Line())
	}
	if lines = append(lines, specs(others)...); len(lines) == 0 {
		return jen.Null()
	}
	return jen.Id("import").Defs(lines...)
}

// specs is the lines that import some packages. One whose path ends in a version gets its name in writing: the package may
// really be called core, as types are qualified here, or v1.
func specs(packages []*imported) []jen.Code {
	slices.SortFunc(packages, func(a, b *imported) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Alias, b.Alias))
	})
	var lines []jen.Code
	for _, i := range packages {
		alias := i.Alias
		if i.Name != path.Base(i.Path) {
			alias = i.Name
		}
		lines = append(lines, jen.Id(alias).Lit(i.Path))
	}
	return lines
}
