package docs_test

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// quote is a comment before a block of code, and that block.
var quote = regexp.MustCompile("(?ms)^(<!-- code (\\S+)((?: \\S+)*) -->\n+```)(\\w*)\n(.*?)^```$")

// TestExcerpts holds the code that pages show to the programs that it is from. A comment before the block names the file, from the root of the
// repository, and the declarations of it; without those, the block is the whole file.
//
//	<!-- code examples/howto/postgres/app.go main App.DB -->
//
//	go test ./docs -run TestExcerpts -update
func TestExcerpts(t *testing.T) {
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		got := quote.ReplaceAllStringFunc(string(text), func(block string) string {
			m := quote.FindStringSubmatch(block)
			code, err := excerpt(filepath.Join("..", m[2]), strings.Fields(m[3]))
			if err != nil {
				t.Errorf("%s: %v", page, err)
				return block
			}
			return m[1] + strings.TrimPrefix(filepath.Ext(m[2]), ".") + "\n" + code + "```"
		})
		switch diff := cmp.Diff(strings.Split(string(text), "\n"), strings.Split(got, "\n")); {
		case diff == "":
		case *update:
			if err := os.WriteFile(page, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		default:
			t.Errorf("%s shows other code than the program has (-update writes it):\n%s", page, diff)
		}
	}
}

// TestWholeExcerpts holds that what a page in howto shows of its program is all that somebody needs who copies it: it has a method for each child, and
// declares what it uses. What was generated, by protoc too, and main may be missing.
func TestWholeExcerpts(t *testing.T) {
	checked := 0
	for _, page := range pages(t) {
		dir := filepath.Join("..", "examples", "howto", strings.TrimSuffix(filepath.Base(page), ".md"))
		if files, _ := filepath.Glob(filepath.Join(dir, "*.sup")); filepath.Dir(page) != "howto" || len(files) == 0 {
			continue
		}
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		shown := make(map[string]bool)
		for _, m := range quote.FindAllStringSubmatch(string(text), -1) {
			if filepath.Join("..", filepath.Dir(m[2])) == dir {
				for _, name := range strings.Fields(m[3]) {
					shown[name] = true
				}
			}
		}
		checked++
		for _, name := range missing(t, dir, shown) {
			t.Errorf("%s does not show %s, which what it shows needs", page, name)
		}
	}
	if checked < 10 {
		t.Errorf("only %d pages have a program", checked)
	}
}

// missing are the declarations of a program, other than those with a name that is shown, that are methods of its children or have a name that is used by what is shown.
func missing(t *testing.T, dir string, shown map[string]bool) (names []string) {
	files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	used := make(map[string]bool)
	declared := make(map[string]bool)
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			switch {
			case ast.IsGenerated(file): // its interfaces have a method for each child
				ast.Inspect(d, func(n ast.Node) bool {
					if methods, ok := n.(*ast.InterfaceType); ok && strings.HasSuffix(nameOf(d), "Children") {
						for _, m := range methods.Methods.List {
							used[m.Names[0].Name] = true
						}
					}
					return true
				})
			case strings.HasSuffix(name, "_test.go"), strings.HasSuffix(name, "_grpc.go"):
			default:
				declared[nameOf(d)] = true
				ast.Inspect(d, func(n ast.Node) bool {
					if id, ok := n.(*ast.Ident); ok && shown[nameOf(d)] {
						used[id.Name] = true
					}
					return true
				})
			}
		}
	}
	for name := range declared {
		if _, method, ok := strings.Cut(name, "."); !shown[name] && name != "main" && (used[name] || ok && used[method]) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// excerpt is what a file says, or those of its declarations that have one of the names.
func excerpt(name string, names []string) (string, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	if len(names) == 0 {
		return string(text), nil
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, text, parser.ParseComments)
	if err != nil {
		return "", err
	}
	var parts []string
	for _, name := range names {
		at := func(p token.Pos) int { return files.Position(p).Offset }
		part := ""
		for _, d := range file.Decls {
			if nameOf(d) == name {
				from := d.Pos()
				if doc := docOf(d); doc != nil {
					from = doc.Pos()
				}
				part = string(text[at(from):at(d.End())]) + "\n"
			}
		}
		if part == "" {
			return "", fmt.Errorf("%s declares no %s", files.Position(file.Pos()).Filename, name)
		}
		parts = append(parts, part)
	}
	code, err := format.Source([]byte(strings.Join(parts, "\n")))
	return string(code), err
}

// nameOf is the name of a function, of a method as Type.Method, or of the first thing that a declaration declares.
func nameOf(d ast.Decl) string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return d.Name.Name
		}
		of := d.Recv.List[0].Type
		if star, ok := of.(*ast.StarExpr); ok {
			of = star.X
		}
		return fmt.Sprint(of, ".", d.Name)
	case *ast.GenDecl:
		switch s := d.Specs[0].(type) {
		case *ast.TypeSpec:
			return s.Name.Name
		case *ast.ValueSpec:
			return s.Names[0].Name
		}
	}
	return ""
}

func docOf(d ast.Decl) *ast.CommentGroup {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return d.Doc
	case *ast.GenDecl:
		return d.Doc
	}
	return nil
}

// pages are the Markdown files of the repository.
func pages(t *testing.T) (names []string) {
	for _, pattern := range []string{"../*.md", "*.md", "*/*.md", "../*/*/README.md", "../*/README.md"} {
		more, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, more...)
	}
	if len(names) < 10 {
		t.Errorf("only %d pages were found", len(names))
	}
	return names
}
