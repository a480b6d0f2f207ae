package dsl

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// FuzzCheck holds Parse and Check to what they promise for any text at all: they return, every diagnostic has a
// range within one line of the text, and there is a tree just when there is no error.
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
		f.Add(src)
	}
	f.Add([]byte("\uFEFFpackage main\r\n\x00\xff\"\\"))
	f.Add([]byte("dynamic job A(x func(a, b struct{}) map[string]<-chan int) key x {}}"))
	f.Fuzz(func(t *testing.T, src []byte) {
		file, parsed := Parse("a.sup", src)
		tree, diagnostics := Check([]*File{file}, "")
		if (tree == nil) != HasErrors(diagnostics) {
			t.Errorf("tree: %t, diagnostics: %v", tree != nil, diagnostics)
		}
		if len(parsed) > len(diagnostics) {
			t.Errorf("Check lost what Parse had found: %v", parsed)
		}
		for _, d := range diagnostics {
			inText(t, src, d)
			if d.Message == "" || d.Code == "" {
				t.Errorf("an empty diagnostic: %+v", d)
			}
			d.Text(src)
		}
	})
}

func inText(t *testing.T, src []byte, d Diagnostic) {
	t.Helper()
	if d.Pos.Offset > len(src) || d.End.Offset > len(src) || d.End.Offset < d.Pos.Offset {
		t.Fatalf("%v: from %d to %d in a text of %d", d, d.Pos.Offset, d.End.Offset, len(src))
	}
	if d.Pos.Line != d.End.Line {
		t.Errorf("%v ends on line %d", d, d.End.Line)
	}
	for _, pos := range []Pos{d.Pos, d.End} {
		if want := positionIn("a.sup", src, pos.Offset); pos != want && pos.Offset > 0 {
			t.Errorf("%v: offset %d is %v", d, pos.Offset, want)
		}
	}
	for _, n := range d.Notes {
		if !n.Pos.IsValid() {
			t.Errorf("%v: note %q has no position", d, n.Message)
		}
	}
}

// positionIn is the place of the byte at offset.
func positionIn(name string, src []byte, offset int) Pos {
	start := bytes.LastIndexByte(src[:offset], '\n') + 1
	column := offset - start + 1
	if start == 0 && bytes.HasPrefix(src, []byte(byteOrderMark)) {
		column -= len(byteOrderMark)
	}
	return Pos{File: name, Offset: offset, Line: 1 + bytes.Count(src[:offset], []byte("\n")), Column: column}
}
