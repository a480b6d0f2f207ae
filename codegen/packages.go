package codegen

import (
	"strings"

	"github.com/dave/jennifer/jen"

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
func (i *imported) qualify(name string) *jen.Statement {
	i.used = true
	return jen.Id(i.name).Dot(name)
}

func (f *file) context(name string) *jen.Statement { return f.packages.context.qualify(name) }
func (f *file) time(name string) *jen.Statement    { return f.packages.time.qualify(name) }
func (f *file) runtime(name string) *jen.Statement { return f.packages.runtime.qualify(name) }

// imports is the import declaration, once all that uses it is written: the standard library's packages, then
// the others. The order inside each is gofmt's.
func (f *file) imports() jen.Code {
	var standard, others []jen.Code
	for _, i := range f.packages.list {
		if !i.used {
			continue
		}
		spec := jen.Id(i.alias).Lit(i.path)
		if first, _, _ := strings.Cut(i.path, "/"); strings.Contains(first, ".") {
			others = append(others, spec)
		} else {
			standard = append(standard, spec)
		}
	}
	if len(standard) > 0 && len(others) > 0 {
		standard = append(standard, jen.Line())
	}
	if len(standard)+len(others) == 0 {
		return jen.Null()
	}
	return jen.Id("import").Defs(append(standard, others...)...)
}
