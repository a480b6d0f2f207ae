package dsl

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/supgen/supgen/dsl/check"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/internal/mutate"
)

// FuzzCheck holds Parse and Check to what they promise for any text at all: they return, every diagnostic has a
// range within one line of the text, and what is known of the package stands in the text as it says.
func FuzzCheck(f *testing.F) {
	files, err := filepath.Glob("../testdata/check/*.sup")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src, []byte(nil))
	}
	f.Add([]byte("package main\nsupervisor A {\n\tservice B needs C,\n\t\tD }\n}\n"), []byte(nil))
	f.Add([]byte("\uFEFFpackage main\r\n\x00\xff\"\\"), []byte(nil))
	f.Add([]byte("package m\rimport \"x.org/y\"\rsupervisor M {\r# a\r\tworker A {\r\r\n\t\tlimit 3 im 5m // b\r\t}\r}\r"), []byte(nil))
	f.Add([]byte("dynamic job A(x func(a, b struct{}) map[string]<-chan int) key x {}}"), []byte("two or three changes"))
	f.Add([]byte("package m\nsupervisor A {\n\tintensity 9 in 1m\n\tgroup B {\n\t\tintensity 5 in 1m.\n"), []byte(nil))
	f.Fuzz(func(t *testing.T, src, choices []byte) { holdToCheck(t, mutate.Text(src, choices)) })
}

func holdToCheck(t *testing.T, src []byte) {
	t.Helper()
	file, parsed := syntax.Parse("a.sup", src)
	info, diagnostics := check.Check([]*syntax.File{file}, "")
	if (info.Errors > 0) != diag.HasErrors(diagnostics) {
		t.Errorf("%d errors, diagnostics: %v", info.Errors, diagnostics)
	}
	holdInfo(t, src, info)
	if len(parsed) > len(diagnostics) {
		t.Errorf("Check lost what Parse had found: %v", parsed)
	}
	for _, d := range diagnostics {
		inText(t, src, d)
		if d.Message == "" || d.Code == "" {
			t.Errorf("an empty diagnostic: %+v", d)
		}
		if text := d.Text(src); !utf8.ValidString(text) || strings.ContainsFunc(text, isObeyed) {
			t.Errorf("a terminal would obey %q", text)
		}
	}
}

// Files with mistakes that people make are checked and formatted as promised: some thousands here, and as many as there is time for by
// the fuzzers, to which the same mistakes are known.
func TestMutations(t *testing.T) {
	files, err := filepath.Glob("../testdata/check/*.sup")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files to mutate: %v", err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	choices := make([]byte, 16)
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for range 60_000 / (len(src) + 200) {
			for i := range choices {
				choices[i] = byte(r.Uint32())
			}
			mutant := mutate.Text(src, choices)
			holdOne(t, mutant)
			if t.Failed() {
				t.Fatalf("of %s with choices %v:\n%s", name, choices, mutant)
			}
		}
	}
}

// holdOne reports a panic with the text that causes it.
func holdOne(t *testing.T, src []byte) {
	defer func() {
		if p := recover(); p != nil {
			t.Fatalf("%v\n%s\n%q", p, debug.Stack(), src)
		}
	}()
	holdToCheck(t, src)
	holdToFormat(t, src)
}

func isObeyed(r rune) bool {
	return r != '\t' && r != '\n' && unicode.In(r, unicode.Cc, unicode.Bidi_Control)
}

func inText(t *testing.T, src []byte, d diag.Diagnostic) {
	t.Helper()
	if d.Pos.Offset > len(src) || d.End.Offset > len(src) || d.End.Offset < d.Pos.Offset {
		t.Fatalf("%v: from %d to %d in a text of %d", d, d.Pos.Offset, d.End.Offset, len(src))
	}
	if d.Pos.Line != d.End.Line {
		t.Errorf("%v ends on line %d", d, d.End.Line)
	}
	for _, pos := range []diag.Pos{d.Pos, d.End} {
		if want := positionIn("a.sup", src, pos.Offset); pos != want && pos.Offset > 0 {
			t.Errorf("%v: offset %d is %v", d, pos.Offset, want)
		}
	}
	for _, n := range d.Notes {
		if !n.Pos.IsValid() {
			t.Errorf("%v: note %q has no position", d, n.Message)
		}
		holdRange(t, src, n.Range)
	}
}

// positionIn is the place of the byte at offset.
func positionIn(name string, src []byte, offset int) diag.Pos {
	start := bytes.LastIndexByte(src[:offset], '\n') + 1
	column := offset - start + 1
	const byteOrderMark = "\uFEFF"
	if start == 0 && bytes.HasPrefix(src, []byte(byteOrderMark)) {
		column -= len(byteOrderMark)
	}
	return diag.Pos{File: name, Offset: offset, Line: 1 + bytes.Count(src[:offset], []byte("\n")), Column: column}
}
