package syntax

import (
	"cmp"
	"fmt"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
)

// imports reads the lines after "import (", up to the ")".
func (p *parser) imports(opener *line) *Block {
	b := &Block{}
	for ; p.next < len(p.lines); p.next++ {
		l := p.lines[p.next]
		if l.first().Value == ")" {
			p.next++
			if len(l.tokens) > 1 {
				t := l.tokens[1]
				p.Reportf(diag.CodeSyntax, Begin(t), End(t), "unexpected %q", t.Value).Hintf("\")\" stands on a line of its own")
			}
			return b
		}
		if _, ok := ProductionOf(l.first().Value); ok {
			break
		}
		if opener.tokens[len(opener.tokens)-1].Value != "(" && len(l.tokens) == 1 && l.first().Type == punctToken && indent(l) == indent(opener) {
			p.next++
			return b // it closes what was reported for its opening
		}
		s := p.importLine(l)
		b.add(s)
		if s.Broken && len(l.tokens) == 1 && indent(l) == indent(opener) {
			p.next++
			return b // a ")" that was mistyped
		}
	}
	if open := opener.tokens[len(opener.tokens)-1]; open.Value == "(" { // or else the line was reported for the lack of it
		p.Reportf(diag.CodeUnclosedBlock, Begin(open), End(open), "%q is never closed", open.Value).
			Hintf("put \")\" on a line of its own after the last import").
			Fix("close the imports", diag.Edit{Range: p.file.Below(p.lines[p.next-1].end(), "").Range, New: "\n)"})
	}
	return b
}

func (p *parser) importLine(l *line) *Stmt {
	s := &Stmt{Keyword: l.first(), end: l.end(), lineEnd: l.end(), Doc: p.doc(l)}
	if bad, ok := l.bad(); ok {
		p.complain(l, bad)
		s.Broken = true
		return s
	}
	node, err := importLine.parse(l)
	if err != nil {
		p.unexpected(l, blamed(err, l), importLine)
		s.Broken = true
		return s
	}
	s.Node = node
	return s
}

// ImportLineFor is an import as it is written, with a name if the path does not end in it. Between "import (" and ")" it
// has no keyword.
func ImportLineFor(name, importPath string, grouped bool) string {
	text := fmt.Sprintf("%q", importPath)
	if name != LastElement(importPath) {
		text = name + " " + text
	}
	if !grouped {
		text = "import " + text
	}
	return text
}

// NameParts are the parts of an element of a path that a package could be called after.
func NameParts(element string) []string {
	parts := strings.FieldsFunc(element, func(r rune) bool { return !IsLetter(r) && !IsDigit(r) })
	return slices.DeleteFunc(parts, func(part string) bool { return part == "go" || MajorVersion.MatchString(part) })
}

// GoName is a name, or one like it that Go has no other meaning for.
func GoName(name string) string {
	name = strings.TrimLeft(name, "0123456789")
	if !token.IsIdentifier(name) || Predeclared[name] != PredeclaredNot || name == "init" {
		name += "pkg"
	}
	return name
}

// Qualifiers collects what the imports of a block are called, and the packages of the types in it, each once.
func (b *Block) Qualifiers(imports map[string]bool, qualifiers *[]string) {
	seen := map[string]bool{}
	var walk func(*Block)
	collect := func(d *TypeDecl) {
		for i, t := range d.Tokens[:len(d.Tokens)-1] {
			if t.Type == IdentToken && d.Tokens[i+1].Value == "." && !seen[t.Value] {
				seen[t.Value] = true
				*qualifiers = append(*qualifiers, t.Value)
			}
		}
	}
	walk = func(b *Block) {
		if b == nil {
			return
		}
		for _, s := range b.Stmts {
			switch d := s.Node.(type) {
			case *ImportSpec:
				imports[cmp.Or(d.Alias.Value, LastElement(Text(d.Path)))] = true
			case *ProvidesDecl:
				collect(d.Type)
			case *ChildDecl:
				if d.Params != nil {
					for _, p := range d.Params.Params {
						collect(p.Type)
					}
				}
			}
			walk(s.Block)
		}
	}
	walk(b)
}

var (
	// PathElement is an element of an import path, as the go command takes it.
	PathElement = regexp.MustCompile(`^[A-Za-z0-9._~+-]+$`)
	// MajorVersion is an element that is a major version, which is not part of a package's name.
	MajorVersion = regexp.MustCompile(`^v[0-9]+$`)
)

// LastElement is what a package is taken to be called: the last element of its path but for a major version.
func LastElement(importPath string) string {
	dir, last := path.Split(importPath)
	if dir != "" && MajorVersion.MatchString(last) {
		return path.Base(dir)
	}
	return last
}
