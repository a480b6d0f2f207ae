package from_test

import (
	"fmt"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A program costs at most a fifth more lines than it had, its tree included, and its page says how many. What it does whatever runs it
// is in a package of its own, and does not count.
func TestLines(t *testing.T) {
	for _, library := range []string{"errgroup", "run", "suture", "fx"} {
		before, after := lines(t, library+"/before"), lines(t, library+"/after")
		page, err := os.ReadFile("../../../docs/howto/from-" + library + ".md")
		if err != nil {
			t.Fatal(err)
		}
		if says := fmt.Sprintf("It has %d lines before, and %d after, the tree included.", before, after); !strings.Contains(string(page), says) {
			t.Errorf("%s: the page does not say %q", library, says)
		}
		if before < 80 || after < 50 {
			t.Errorf("%s: a program of %d lines, %d after, says nothing", library, before, after)
		}
		if after*5 > before*6 {
			t.Errorf("%s: %d lines have become %d", library, before, after)
		}
	}
}

// lines is how many lines of a program people write: those of its Go and its trees that are neither blank nor a comment.
func lines(t *testing.T, dir string) (n int) {
	names, err := filepath.Glob(dir + "/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		switch {
		case err != nil:
			t.Fatal(err)
		case strings.HasSuffix(name, ".sup.go"): // generated
		case strings.HasSuffix(name, ".go"):
			n += goLines(text)
		case strings.HasSuffix(name, ".sup"):
			for line := range strings.Lines(string(text)) {
				if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
					n++
				}
			}
		default:
			t.Errorf("%s is neither Go nor a tree", name)
		}
	}
	return n
}

func goLines(text []byte) int {
	file := token.NewFileSet().AddFile("", -1, len(text))
	var s scanner.Scanner
	s.Init(file, text, nil, 0)
	found := map[int]bool{}
	for {
		pos, tok, literal := s.Scan()
		if tok == token.EOF {
			return len(found)
		}
		if tok == token.SEMICOLON && literal == "\n" {
			continue
		}
		first := file.Line(pos)
		for i := range 1 + strings.Count(literal, "\n") { // of a raw string
			found[first+i] = true
		}
	}
}
