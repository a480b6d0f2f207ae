package codegen

import (
	"github.com/dave/jennifer/jen"
	"github.com/supgen/supgen/dsl/tree"
)

// share is the code of a value, made once: most of what a child becomes is what others become too, and its own names
// occur again and again. The code may stand in any number of places, and on any goroutine, but nothing may be added to
// it.
func share[V comparable](f *file, value V, code func(V) jen.Code) jen.Code {
	if made, ok := f.shared.Load(value); ok {
		return made.(jen.Code)
	}
	made := code(value)
	f.shared.Store(value, made)
	return made
}

// name is an identifier that occurs in many places.
func (f *file) name(of string) jen.Code { return share(f, name(of), name.code) }

type name string

func (n name) code() jen.Code { return jen.Id(string(n)) }

// selector is x.name as one token, of which jennifer's Dot makes three.
func selector(x, name string) *jen.Statement { return jen.Id(x + "." + name) }

// field is an element of a composite literal. Jennifer's Dict would sort them.
func (f *file) field(of string, value jen.Code) jen.Code {
	return jen.Add(share(f, label(of), label.code), value)
}

type label string

// code is one token, since jennifer renders an operator at the cost of three identifiers.
func (l label) code() jen.Code { return jen.Id(string(l) + ":") }

// pointerTo is a pointer to one of the runtime's types.
func (f *file) pointerTo(of string) jen.Code {
	return share(f, pointer(of), func(pointer) jen.Code { return jen.Op("*").Add(f.runtime(of)) })
}

type pointer string

// id is the constant with the row of c.
func (f *file) id(c *tree.Child) jen.Code { return share(f, id{c}, id.code) }

type id struct{ *tree.Child }

func (c id) code() jen.Code { return jen.Id(c.ID()) }

// runType is the type of a run of c.
func (f *file) runType(c *tree.Child) jen.Code { return share(f, runType{c}, runType.code) }

type runType struct{ *tree.Child }

func (c runType) code() jen.Code { return jen.Id(c.RunType()) }
