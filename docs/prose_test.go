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

// phrases are what a native speaker would not write, with what to write instead. What allowed matches is right, and stays.
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

func re(pattern string) *regexp.Regexp { return regexp.MustCompile(`(?i)` + pattern) }

// fences are blocks of code, and what a page quotes: their words are those of a program.
var fences = regexp.MustCompile("(?ms)^ *```.*?^ *```$|`[^`\n]*`")

// TestProse finds phrases of other languages in all pages, and in the comments of all programs but tests.
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
		t.Errorf("only %d pages and %d programs were read", pages, comments)
	}
}

// prose reports the phrases in a text, which may go on in the next line.
func prose(t *testing.T, name, text string) {
	t.Helper()
	for _, p := range found(text) {
		t.Errorf("%s:%s", name, p)
	}
}

func found(text string) []string {
	var all []string
	flat := strings.Map(func(r rune) rune {
		if r == '\n' {
			return ' '
		}
		return r
	}, text)
	for _, p := range phrases {
		for _, at := range p.phrase.FindAllStringIndex(flat, -1) {
			around := flat[max(0, at[0]-6):min(len(flat), at[1]+1)]
			if p.allowed != nil && p.allowed.MatchString(around) {
				continue
			}
			all = append(all, fmt.Sprintf("%d: %q: write %s", 1+strings.Count(text[:at[0]], "\n"), flat[at[0]:at[1]], p.write))
		}
	}
	return all
}

// commentsOf is a program of which nothing is left but its comments, each in its line.
func commentsOf(text []byte) string {
	var files = token.NewFileSet()
	file := files.AddFile("", -1, len(text))
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

// blank is a text of spaces, with the same lines.
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
			t.Errorf("%q: %d were to be found, and these are: %q", text, want, got)
		}
	}
	if got := commentsOf([]byte("package p // whoever\n\nvar s = \"whoever\"\n")); strings.Count(got, "whoever") != 1 {
		t.Errorf("of the comments is left: %q", got)
	}
}
