package codegen

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/supgen/supgen/dsl"
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
	used              bool
}

func packagesFor(imports []dsl.Import) *packages {
	p := &packages{}
	for _, i := range imports {
		p.list = append(p.list, &imported{alias: i.Alias, name: i.Name, path: i.Path, used: true})
	}
	p.context = p.own("context", "stdcontext", "context")
	p.time = p.own("time", "stdtime", "time")
	p.runtime = p.own("runtime", "supruntime", runtimePath)
	return p
}

// own adds a package for the generated code's own use, unless the user imports it too.
func (p *packages) own(name, alias, path string) *imported {
	for _, i := range p.list {
		if i.path == path {
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
func (i *imported) qualify(name string) string {
	i.used = true
	return i.name + "." + name
}

func (f *file) context(name string) string { return f.packages.context.qualify(name) }
func (f *file) time(name string) string    { return f.packages.time.qualify(name) }
func (f *file) runtime(name string) string { return f.packages.runtime.qualify(name) }

// imports is the import declaration, once all that uses it is written: the standard library's packages, then
// the others, each in gofmt's order.
func (f *file) imports() string {
	var standard, others []*imported
	for _, i := range f.packages.list {
		switch first, _, _ := strings.Cut(i.path, "/"); {
		case !i.used:
		case strings.Contains(first, "."):
			others = append(others, i)
		default:
			standard = append(standard, i)
		}
	}
	if len(standard)+len(others) == 0 {
		return ""
	}
	between := ""
	if len(standard) > 0 && len(others) > 0 {
		between = "\n"
	}
	return "\nimport (\n" + specs(standard) + between + specs(others) + ")\n"
}

// specs is the lines that import some packages.
func specs(packages []*imported) string {
	slices.SortFunc(packages, func(a, b *imported) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.alias, b.alias))
	})
	var lines strings.Builder
	for _, i := range packages {
		lines.WriteString("\t" + strings.TrimPrefix(i.alias+" "+strconv.Quote(i.path), " ") + "\n")
	}
	return lines.String()
}
