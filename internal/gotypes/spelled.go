package gotypes

import (
	"bytes"
	"fmt"
	"go/ast"
	"slices"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/load"
)

// A spelled file is the types of a .sup file in Go.
type spelled struct {
	source *tree.File
	text   bytes.Buffer
	types  []use // in order
	file   *ast.File
}

// A use is a type in a .sup file, and where it is in the Go text.
type use struct {
	*syntax.TypeDecl
	from, to int
	argument lexer.Token // of a dynamic child
	key      lexer.Token // the same where it is the key, as behind the word
}

func spell(p *load.Package, source *tree.File) *spelled {
	s := &spelled{source: source}
	fmt.Fprintf(&s.text, "package %s\n\n", p.Tree.Package)
	for _, i := range source.Imports {
		fmt.Fprintf(&s.text, "import %s %q\n", i.Name, i.Path)
	}
	p.Syntax(source.Name).Body.Walk(func(st *syntax.Stmt) {
		switch d := st.Node.(type) {
		case *syntax.ProvidesDecl:
			s.add(use{TypeDecl: d.Type})
		case *syntax.ChildDecl:
			if d.Params == nil {
				return
			}
			for _, p := range d.Params.Params {
				u := use{TypeDecl: p.Type, argument: p.Name}
				if p.Name.Value == d.Key.Value {
					u.key = d.Key
				}
				s.add(u)
			}
		}
	})
	return s
}

func (s *spelled) add(u use) {
	s.text.WriteString("var _ ")
	u.from = s.text.Len()
	s.text.WriteString(u.Source())
	u.to = s.text.Len()
	s.text.WriteString("\n")
	s.types = append(s.types, u)
}

// typeAt is the type that an offset in the text is in, or nil.
func (s *spelled) typeAt(offset int) *use {
	i, _ := slices.BinarySearchFunc(s.types, offset, func(u use, offset int) int { return u.to - offset })
	if i < len(s.types) && s.types[i].from <= offset {
		return &s.types[i]
	}
	return nil
}

// rangeAt is what is at an offset in the text, in the .sup file.
func (u *use) rangeAt(offset int) diag.Range { return syntax.RangeOf(u.TokenAt(offset - u.from)) }
