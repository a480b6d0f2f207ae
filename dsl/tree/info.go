package tree

import (
	"fmt"
	"iter"
	"sort"

	"github.com/supgen/supgen/dsl/diag"
)

// An Info is what is known of the .sup files of one package, also where they have mistakes: what they define, where that
// is used, and the effective values of each child. Package check makes it; nothing is written to it afterwards.
//
// Near a mistake it holds what could be made of the text. A child whose line could not be read is there by its name, if
// that could be read, with the zero Role. A name that could not be resolved is in no Needs, After, Of or Finish, and no
// Use. What is declared twice has two definitions, and its uses are those of the first. What stands where it cannot is
// left out. Children may wait for each other in a circle; what follows needs and after needs a [Tree].
type Info struct {
	Package     string        // "" where no file says it
	Files       []*File       // sorted by name
	Definitions []*Definition // sorted by position
	Uses        []Use         // sorted by position
	Errors      int           // how many errors were reported; warnings do not count
}

// A Definition is a name with its declaration.
type Definition struct {
	Kind       DefinitionKind
	Name       string     // by which it is used
	diag.Range            // of the name; of an import without an alias, of its path
	Whole      diag.Range // the declaration with its block, without the comment above it
	Doc        string     // the comment above it, its lines without "//"; "" is none

	Parent     *Definition // the child in whose block it stands, or whose argument it is; nil at the top of a file
	Child      *Child      // of a tree and a child; nil for others
	Incomplete bool        // a line that may say something about it has a mistake: its values may be others
}

// DefinitionKind is what a Definition defines.
type DefinitionKind uint8

const (
	TreeDefinition     DefinitionKind = iota // a supervisor at the top of a file
	ChildDefinition                          // a group too
	PolicyDefinition                         // a policy
	ImportDefinition                         // a Go package, by the name that qualifies its types
	ArgumentDefinition                       // an argument of a dynamic child
)

// String is the kind in a word.
func (k DefinitionKind) String() string {
	return [...]string{"tree", "child", "policy", "import", "argument"}[k]
}

// A Use is a place where a definition is named. Of a path, A.B.C, each name is a use of its own.
type Use struct {
	diag.Range
	Definition *Definition
}

// At is what the name at a place stands for, and where the name is: in its definition or in a use. The place right behind
// a name belongs to it, as a cursor does. Where no name is known, the Definition is nil.
func (i *Info) At(pos diag.Pos) (*Definition, diag.Range) {
	if n := after(len(i.Uses), pos, func(n int) diag.Pos { return i.Uses[n].Pos }); n > 0 && i.Uses[n-1].Holds(pos) {
		return i.Uses[n-1].Definition, i.Uses[n-1].Range
	}
	if n := after(len(i.Definitions), pos, func(n int) diag.Pos { return i.Definitions[n].Pos }); n > 0 && i.Definitions[n-1].Holds(pos) {
		return i.Definitions[n-1], i.Definitions[n-1].Range
	}
	return nil, diag.Range{}
}

// Around is the innermost definition whose declaration holds a place, or nil.
func (i *Info) Around(pos diag.Pos) *Definition {
	n := after(len(i.Definitions), pos, func(n int) diag.Pos { return i.Definitions[n].Whole.Pos })
	if n == 0 {
		return nil
	}
	d := i.Definitions[n-1] // what else holds the place holds the beginning of d too
	for d != nil && !d.Whole.Holds(pos) {
		d = d.Parent
	}
	return d
}

// after is the number of n sorted places that are not behind pos.
func after(n int, pos diag.Pos, at func(int) diag.Pos) int {
	return sort.Search(n, func(i int) bool { return at(i).Compare(pos) > 0 })
}

// UsesOf visits where d is named, but for its definition, in the order of Uses.
func (i *Info) UsesOf(d *Definition) iter.Seq[diag.Range] {
	return func(yield func(diag.Range) bool) {
		for _, use := range i.Uses {
			if use.Definition == d && !yield(use.Range) {
				return
			}
		}
	}
}

// Of is the Tree of an Info without errors; it panics where there are some.
func Of(i *Info) *Tree {
	if i.Errors > 0 {
		panic(fmt.Sprintf("tree.Of: package %q has %d errors", i.Package, i.Errors))
	}
	return &Tree{Package: i.Package, Files: i.Files}
}
