package check

import (
	"go/token"
	"path"
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
)

func (c *checker) imports(f *fileScope, s *syntax.Stmt) {
	if spec, ok := s.Node.(*syntax.ImportSpec); ok {
		if f.unread = f.unread || s.Broken; !s.Broken {
			c.importSpec(f, s, spec, false)
		}
		return
	}
	f.unread = f.unread || s.Broken || s.Block.Broken
	for _, line := range s.Block.Stmts {
		if spec, ok := line.Node.(*syntax.ImportSpec); ok {
			c.importSpec(f, line, spec, true)
		}
	}
}

func (c *checker) importSpec(f *fileScope, st *syntax.Stmt, spec *syntax.ImportSpec, grouped bool) {
	i := tree.Import{Alias: spec.Alias.Value, Path: syntax.Text(spec.Path), Range: syntax.RangeOf(spec.Path)}
	i.Name = i.Alias
	if i.Alias == "" {
		i.Name = syntax.LastElement(i.Path)
	}
	alias, pos, stop := spec.Alias, i.Pos, i.End
	f.imported = append(f.imported, i.Name)
	switch {
	case i.Alias == "." || i.Alias == "_":
		r := c.Reportf(diag.CodeBadImport, syntax.Begin(alias), syntax.End(alias), "a package is imported for its types here, and %q names none of them", i.Alias).
			Hintf("write %s", syntax.ImportLineFor(f.nameOf(i.Path), i.Path, grouped))
		c.callImport(r, f, st, i.Alias, f.nameOf(i.Path), grouped)
		f.imported = append(f.imported, syntax.LastElement(i.Path))
		return
	case strings.HasSuffix(i.Path, ".sup"):
		c.remove(c.Reportf(diag.CodeBadImport, pos, stop, syntax.NoPackage).Hintf(syntax.RemoveImport), st)
		return
	case !isImportPath(i.Path):
		r := c.Reportf(diag.CodeBadImport, pos, stop, "%q is no Go import path", i.Path)
		if strings.HasPrefix(i.Path, "./") || strings.HasPrefix(i.Path, "../") {
			r.Hintf("write all of the path, from the name of the module on")
		}
		return
	case i.Path == "C":
		c.Reportf(diag.CodeBadImport, pos, stop, "\"C\" is cgo, whose types are those of one Go file").
			Hintf("declare a Go type for it in a Go file, and name it here")
		f.imported = append(f.imported, i.Path)
		return
	case !token.IsIdentifier(i.Name):
		name := f.alias(i.Path)
		r := c.Reportf(diag.CodeBadImport, pos, stop, "%q does not end in a name that Go could use", i.Path).
			Hintf("give it one: write %s", syntax.ImportLineFor(name, i.Path, grouped))
		c.callImport(r, f, st, i.Name, name, grouped)
		f.imported = append(append(f.imported, name), strings.FieldsFunc(i.Name, func(r rune) bool { return !syntax.IsLetter(r) && !syntax.IsDigit(r) })...)
		return
	}
	if syntax.Predeclared[i.Name] != syntax.PredeclaredNot || i.Name == "init" {
		r := c.Reportf(diag.CodeBadImport, pos, stop, "the import is called %q, which means something else to Go", i.Name).
			Hintf("give it another name: write %s", syntax.ImportLineFor(syntax.GoName(i.Name), i.Path, grouped))
		c.callImport(r, f, st, i.Name, syntax.GoName(i.Name), grouped)
		return
	}
	name := spec.Path
	if i.Alias != "" {
		name = spec.Alias
	}
	def := c.define(tree.ImportDefinition, i.Name, name, st.Range(), nil)
	def.Doc = st.Doc
	if first := f.imports[i.Name]; first != nil {
		r := c.Reportf(diag.CodeDuplicateImport, pos, stop, "%q is imported already", i.Name).Notef(first.Range, "first imported here").
			Hintf("give one of them another name: write %s", syntax.ImportLineFor(f.anotherName(i.Path), i.Path, grouped))
		if slices.ContainsFunc(f.tree.Imports, func(other tree.Import) bool { return other.Path == i.Path }) {
			c.remove(r, st)
		}
		return
	}
	f.imports[i.Name] = def
	f.tree.Imports = append(f.tree.Imports, i)
}

// isImportPath reports whether the go command takes a path: see its module.CheckImportPath.
func isImportPath(path string) bool {
	for element := range strings.SplitSeq(path, "/") {
		if !syntax.PathElement.MatchString(element) || strings.HasSuffix(element, ".") {
			return false
		}
	}
	return !strings.HasPrefix(path, "-")
}

// notImported reports a package that a type is from, and that the file does not import.
func (c *checker) notImported(f *fileScope, qualifier lexer.Token) {
	r := c.Reportf(diag.CodeUnknownImport, syntax.Begin(qualifier), syntax.End(qualifier), "package %q is not imported", qualifier.Value).
		Hintf("import it in this file, by its path")
	importPath, ok := standard[qualifier.Value]
	if !ok || f.pkg == nil {
		return
	}
	line := syntax.ImportLineFor(qualifier.Value, importPath, false)
	r.Hintf("write %s", line).Fix("write "+line, f.file.Below(f.pkg.Line().End, "\n"+line))
}

// standard are the packages of the standard library whose types children may well hand over, by their names. Those of two paths
// are not among them.
var standard = map[string]string{
	"atomic": "sync/atomic", "bufio": "bufio", "bytes": "bytes", "context": "context", "cookiejar": "net/http/cookiejar", "exec": "os/exec", "expvar": "expvar",
	"fs": "io/fs", "http": "net/http", "httputil": "net/http/httputil", "io": "io", "log": "log", "mail": "net/mail", "net": "net", "netip": "net/netip",
	"os": "os", "regexp": "regexp", "rpc": "net/rpc", "slog": "log/slog", "smtp": "net/smtp", "sql": "database/sql", "sync": "sync", "syslog": "log/syslog",
	"time": "time", "tls": "crypto/tls", "url": "net/url", "x509": "crypto/x509", "zip": "archive/zip",
}

// isVersion reports, once, a package that is called by its major version, as "k8s.io/api/core/v1" calls itself: v1 or corev1. Here
// that import is core, unless the file calls it otherwise.
func (c *checker) isVersion(f *fileScope, qualifier lexer.Token) bool {
	name := qualifier.Value
	for _, i := range f.tree.Imports {
		version := path.Base(i.Path)
		if i.Alias != "" || i.Name == version || name != version && name != i.Name+version {
			continue
		}
		grouped := f.imports[i.Name].Whole.Pos == i.Pos
		c.Reportf(diag.CodeUnknownImport, syntax.Begin(qualifier), syntax.End(qualifier), "package %q is not imported; %q is called %q here", name, i.Path, i.Name).
			Notef(i.Range, "imported here").Hintf("write %s", syntax.ImportLineFor(name, i.Path, grouped)).
			Fix("call it "+name, diag.Edit{Range: diag.Range{Pos: i.Pos, End: i.Pos}, New: name + " "})
		f.imported = append(f.imported, name)
		f.misnamed = append(f.misnamed, i.Name)
		return true
	}
	return false
}

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
	for name = syntax.GoName(name); f.imports[name] != nil; {
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
