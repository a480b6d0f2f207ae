package dsl

import (
	"cmp"
	"fmt"
	"go/token"
	"path"
	"slices"
	"strings"
)

// importLineFor is an import as it is written, with a name if the path does not end in it. Between "import (" and ")" it
// has no keyword.
func importLineFor(name, importPath string, grouped bool) string {
	text := fmt.Sprintf("%q", importPath)
	if name != lastElement(importPath) {
		text = name + " " + text
	}
	if !grouped {
		text = "import " + text
	}
	return text
}

// alias is a name for an import whose path ends in none: what the types of the file call a package that no import is
// called, or else what is left of the path's last element.
func (f *fileScope) alias(importPath string) string {
	pieces := nameParts(lastElement(importPath))
	unnamed := f.unnamed()
	for _, q := range unnamed {
		if slices.Contains(pieces, q) || len(unnamed) == 1 {
			return q
		}
	}
	return goName(strings.Join(pieces, ""))
}

// nameOf is what to call an import: the last element of its path, if it can be.
func (f *fileScope) nameOf(importPath string) string {
	if last := lastElement(importPath); token.IsIdentifier(last) {
		return goName(last)
	}
	return f.alias(importPath)
}

// anotherName is a name for an import whose own is that of another import.
func (f *fileScope) anotherName(importPath string) string {
	dir, last := path.Split(strings.TrimSuffix(importPath, "/"))
	if dir != "" && majorVersion.MatchString(last) {
		dir, last = path.Split(path.Clean(dir))
	}
	name := strings.Join(append(nameParts(path.Base(dir)), nameParts(last)...), "")
	for name = goName(name); f.importAt[name].IsValid(); {
		name += "2"
	}
	return name
}

// nameParts are the parts of an element of a path that a package could be called after.
func nameParts(element string) []string {
	parts := strings.FieldsFunc(element, func(r rune) bool { return !isLetter(r) && !isDigit(r) })
	return slices.DeleteFunc(parts, func(part string) bool { return part == "go" || majorVersion.MatchString(part) })
}

// goName is a name, or one like it that Go has no other meaning for.
func goName(name string) string {
	name = strings.TrimLeft(name, "0123456789")
	if !token.IsIdentifier(name) || predeclared[name] != predeclaredNot || name == "init" {
		name += "pkg"
	}
	return name
}

// unnamed are the packages of the file's types that no import is called.
func (f *fileScope) unnamed() []string {
	if f.qualifiers == nil {
		f.qualifiers = []string{}
		imports := map[string]bool{}
		f.file.body.qualifiers(imports, &f.qualifiers)
		f.qualifiers = slices.DeleteFunc(f.qualifiers, func(q string) bool { return imports[q] })
	}
	return f.qualifiers
}

// qualifiers collects what the imports of a block are called, and the packages of the types in it, each once.
func (b *block) qualifiers(imports map[string]bool, qualifiers *[]string) {
	seen := map[string]bool{}
	var walk func(*block)
	collect := func(d *typeDecl) {
		for i, t := range d.Tokens[:len(d.Tokens)-1] {
			if t.Type == identToken && d.Tokens[i+1].Value == "." && !seen[t.Value] {
				seen[t.Value] = true
				*qualifiers = append(*qualifiers, t.Value)
			}
		}
	}
	walk = func(b *block) {
		if b == nil {
			return
		}
		for _, s := range b.stmts {
			switch d := s.node.(type) {
			case *importSpec:
				imports[cmp.Or(d.Alias.Value, lastElement(text(d.Path)))] = true
			case *providesDecl:
				collect(d.Type)
			case *childDecl:
				if d.Params != nil {
					for _, p := range d.Params.Params {
						collect(p.Type)
					}
				}
			}
			walk(s.block)
		}
	}
	walk(b)
}
