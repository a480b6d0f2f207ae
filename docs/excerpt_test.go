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
