package codegen

import (
	"cmp"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/dave/jennifer/jen"
	"github.com/supgen/supgen/dsl/tree"
)

const runtimePath = "github.com/supgen/supgen/runtime"

// packages is what a generated file imports: what the user's types are qualified with, under the user's
// names, and what the generated code uses itself, under the names that are left.
type packages struct {
	list                   []*imported
	context, time, runtime *imported
}

type imported struct {
	alias, name, path string
	used              atomic.Bool
}

func packagesFor(imports []tree.Import) *packages {
	p := &packages{}
	for _, i := range imports {
		user := &imported{alias: i.Alias, name: i.Name, path: i.Path}
		user.used.Store(true)
		p.list = append(p.list, user)
	}
	p.context = p.own("context", "stdcontext", "context")
	p.time = p.own("time", "stdtime", "time")
	p.runtime = p.own("runtime", "supruntime", runtimePath)
	return p
}

// hiding are the parameters and variables that have these names whatever a file imports.
var hiding = []string{"ctx", "i", "state", "v"}

// own adds a package for the generated code's own use, unless the user imports it too, by a name that can be used
// everywhere.
func (p *packages) own(name, alias, path string) *imported {
	for _, i := range p.list {
		if i.path == path && !slices.Contains(hiding, i.name) {
			return i
		}
	}
	i := &imported{name: name, path: path}
	if p.named(name) {
		for p.named(alias) {
			alias += "_"
		}
		i.alias, i.name = alias, alias
	}
	p.list = append(p.list, i)
	return i
}

func (p *packages) named(name string) bool {
	for _, i := range p.list {
		if i.name == name {
			return true
		}
	}
	return false
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
	return selector(q.in.name, q.name)
}

func (f *file) context(name string) *jen.Statement { return f.qualify(f.packages.context, name) }
func (f *file) time(name string) *jen.Statement    { return f.qualify(f.packages.time, name) }
func (f *file) runtime(name string) *jen.Statement { return f.qualify(f.packages.runtime, name) }

// imports is the import declaration, once all that uses it is written: the standard library's packages, then
// the others, each in gofmt's order.
func (f *file) imports() jen.Code {
	var standard, others []*imported
	for _, i := range f.packages.list {
		switch first, _, _ := strings.Cut(i.path, "/"); {
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

// specs is the lines that import some packages.
func specs(packages []*imported) []jen.Code {
	slices.SortFunc(packages, func(a, b *imported) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.alias, b.alias))
	})
	var lines []jen.Code
	for _, i := range packages {
		lines = append(lines, jen.Id(i.alias).Lit(i.path))
	}
	return lines
}
