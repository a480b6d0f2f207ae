package docs_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	citation = regexp.MustCompile(`\b([a-z]+\.md)(?:,|'s) ("[^"]+"(?:, "[^"]+")*)`)
	quoted   = regexp.MustCompile(`"([^"]+)"`)
	anchor   = regexp.MustCompile(`(?m)^#+ (.+)$|\*\*([^*]+)\*\*`)
)

// TestCitations holds that every rule that a comment cites, as in (design.md, "Count"), is a heading or a word in bold
// of that page.
func TestCitations(t *testing.T) {
	pages := map[string]map[string]bool{}
	cited := 0
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "testdata"):
			return fs.SkipDir
		case filepath.Ext(name) != ".go":
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		for _, comment := range file.Comments {
			text := strings.Join(strings.Fields(comment.Text()), " ")
			for _, m := range citation.FindAllStringSubmatch(text, -1) {
				if pages[m[1]] == nil {
					pages[m[1]] = anchorsOf(t, m[1])
				}
				for _, q := range quoted.FindAllStringSubmatch(m[2], -1) {
					cited++
					if !pages[m[1]][strings.ToLower(q[1])] {
						t.Errorf("%s: %s has no %q", files.Position(comment.Pos()), m[1], q[1])
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if cited < 50 {
		t.Errorf("only %d citations were found", cited)
	}
}

// anchorsOf are the headings and the words in bold of a page, in lower case.
func anchorsOf(t *testing.T, page string) map[string]bool {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Errorf("a comment cites a page that there is not: %v", err)
	}
	anchors := map[string]bool{}
	for _, m := range anchor.FindAllStringSubmatch(string(text), -1) {
		words := strings.ToLower(strings.Join(strings.Fields(m[1]+m[2]), " "))
		anchors[strings.TrimSuffix(words, ".")] = true
	}
	return anchors
}
