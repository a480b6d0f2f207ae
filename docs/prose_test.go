package docs_test

import (
	"bytes"
	"fmt"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// phrases are translated from other languages. Each has what to write instead, and perhaps uses that are right.
var phrases = []struct {
	phrase, allowed *regexp.Regexp
	write           string
}{
	{re(`\b(is|are|was|were) no [a-z]+`), re(`\bthere (is|are|was|were) no |\bno (longer|more|other)\b`), `"is not a"`},
	{re(`\b(is|are|was|were|be|been|being) told\b`), nil, `"is reported", "is asked", "is given"`},
	{re(`\bwho(so)?ever\b`), nil, `the caller, the child, "anything that"`},
	{re(`\bnobody's\b`), nil, `what it belongs to instead`},
	{re(`\bfor ever\b`), nil, `"forever", or "without end"`},
	{re(`\ba (line|row|method|field|file|statement|lane|object|package|import) a (line|child|rule|statement|file)\b`), nil, `"one line per child"`},
	{re(`\bwho said it\b`), nil, `"where it comes from"`},
	{re(`\bwhat (becomes|comes) of\b`), nil, `"what happens to", "the result of"`},
	{re(`\bas good as\b`), nil, `"almost"`},
	{re(`\bcounts? (in )?nowhere\b`), nil, `"does not count"`},
	{re(`\bby halves\b`), nil, `"half"`},
}

// re matches a phrase that may go on in the next line.
func re(phrase string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)` + strings.ReplaceAll(phrase, " ", `(?:[ \t]+|[ \t]*\n[ \t]*)`))
}

// fences are blocks of code and code in a line: their words are those of a program.
var fences = regexp.MustCompile("(?ms)^ *```.*?^ *```$|`[^`\n]*`")

// TestProse holds that no page, and no comment outside of tests, has one of the phrases.
func TestProse(t *testing.T) {
	pages, comments := 0, 0
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || len(d.Name()) > 2 && d.Name()[0] == '.'):
			return fs.SkipDir
		case filepath.Ext(name) == ".md":
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			pages++
			prose(t, name, fences.ReplaceAllStringFunc(string(text), blank))
		case filepath.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go"):
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			comments++
			prose(t, name, commentsOf(text))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if pages < 8 || comments < 200 {
		t.Errorf("read only %d pages and %d programs", pages, comments)
	}
}

func prose(t *testing.T, name, text string) {
	t.Helper()
	for _, p := range found(text) {
		t.Errorf("%s:%s", name, p)
	}
}

func found(text string) []string {
	var all []string
	for _, p := range phrases {
		for _, at := range p.phrase.FindAllStringIndex(text, -1) {
			around := text[max(0, at[0]-6):at[1]]
			if p.allowed != nil && p.allowed.MatchString(around) {
				continue
			}
			all = append(all, fmt.Sprintf("%d: %q: write %s", 1+strings.Count(text[:at[0]], "\n"), text[at[0]:at[1]], p.write))
		}
	}
	return all
}

// commentsOf returns a program with everything but its comments replaced by spaces.
func commentsOf(text []byte) string {
	file := token.NewFileSet().AddFile("", -1, len(text))
	var s scanner.Scanner
	s.Init(file, text, nil, scanner.ScanComments)
	left := []byte(blank(string(text)))
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return string(left)
		}
		if tok == token.COMMENT {
			at := file.Offset(pos)
			copy(left[at:], bytes.ReplaceAll([]byte(lit), []byte("//"), []byte("  ")))
		}
	}
}

// blank replaces all but line ends by spaces.
func blank(text string) string {
	out := []byte(text)
	for i, c := range out {
		if c != '\n' {
			out[i] = ' '
		}
	}
	return string(out)
}

func TestProseFinds(t *testing.T) {
	for text, want := range map[string]int{
		"a retry is no\nfailure":             1,
		"there is no failure, it is no more": 0,
		"Whoever waits is told, for ever":    3,
		"one line per child":                 0,
		"it prints a line a child":           1,
	} {
		if got := found(text); len(got) != want {
			t.Errorf("%q: want %d phrases, got %q", text, want, got)
		}
	}
	if got := commentsOf([]byte("package p // whoever\n\nvar s = \"whoever\"\n")); strings.Count(got, "whoever") != 1 {
		t.Errorf("the comments are %q", got)
	}
}
