package check

import (
	"go/token"
	"path"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/syntax"
)

// alias is a name for an import whose path ends in none: what the types of the file call a package that no import is
// called, or else what is left of the path's last element.
func (f *fileScope) alias(importPath string) string {
	pieces := syntax.NameParts(syntax.LastElement(importPath))
	unnamed := f.unnamed()
	for _, q := range unnamed {
		if slices.Contains(pieces, q) || len(unnamed) == 1 {
			return q
		}
	}
	return syntax.GoName(strings.Join(pieces, ""))
}

// nameOf is what to call an import: the last element of its path, if it can be.
func (f *fileScope) nameOf(importPath string) string {
	if last := syntax.LastElement(importPath); token.IsIdentifier(last) {
		return syntax.GoName(last)
	}
	return f.alias(importPath)
}

// anotherName is a name for an import whose own is that of another import.
func (f *fileScope) anotherName(importPath string) string {
	dir, last := path.Split(strings.TrimSuffix(importPath, "/"))
	if dir != "" && syntax.MajorVersion.MatchString(last) {
		dir, last = path.Split(path.Clean(dir))
	}
	name := strings.Join(append(syntax.NameParts(path.Base(dir)), syntax.NameParts(last)...), "")
	for name = syntax.GoName(name); f.importAt[name].IsValid(); {
		name += "2"
	}
	return name
}

// unnamed are the packages of the file's types that no import is called.
func (f *fileScope) unnamed() []string {
	if f.qualifiers == nil {
		f.qualifiers = []string{}
		imports := map[string]bool{}
		f.file.Body.Qualifiers(imports, &f.qualifiers)
		f.qualifiers = slices.DeleteFunc(f.qualifiers, func(q string) bool { return imports[q] })
	}
	return f.qualifiers
}
