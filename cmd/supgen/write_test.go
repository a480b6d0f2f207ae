package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/syntax"
)

func TestWriteAtomically(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x.sup.go")
	for _, text := range []string{"first", "and then longer", ""} {
		if err := writeAtomically(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(name); err != nil || string(got) != text {
			t.Errorf("the file holds %q (%v), not %q", got, err, text)
		}
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o644 {
			t.Errorf("the file is %v (%v)", info.Mode(), err)
		}
	}
	if names := namesIn(t, dir); len(names) != 1 {
		t.Errorf("the directory holds %q", names)
	}
}

func TestWriteAtomicallyLeavesNothingOfAFailure(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x.sup.go")
	// A directory with something in it cannot be replaced by a file.
	if err := os.MkdirAll(filepath.Join(name, "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := writeAtomically(name, []byte("text")); err == nil {
		t.Error("no error")
	}
	if names := namesIn(t, dir); len(names) != 1 {
		t.Errorf("the directory holds %q", names)
	}
}

// drafted is the code that a directory's only file should be, of some children.
func drafted(t *testing.T, dir, children string) code {
	t.Helper()
	s := &source{text: make(map[string][]byte)}
	file := s.parse(filepath.Join(dir, "x.sup"), []byte("package x\n\nsupervisor Root {\n"+children+"}\n"))
	tree, diagnostics := dsl.Check([]*syntax.File{file}, "")
	if tree == nil {
		t.Fatal(diagnostics)
	}
	s.tree = tree
	for c := range s.code() {
		return c
	}
	panic("a tree without files")
}

// TestWriteUnchanged looks at the file's time, which build tools go by.
func TestWriteUnchanged(t *testing.T) {
	dir := t.TempDir()
	c := drafted(t, dir, "\tworker W\n")
	if wrote, err := c.write(); !wrote || err != nil {
		t.Fatalf("wrote: %t, %v", wrote, err)
	}
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	if err := os.Chtimes(c.name, old, old); err != nil {
		t.Fatal(err)
	}
	if wrote, err := c.write(); wrote || err != nil {
		t.Fatalf("wrote: %t, %v", wrote, err)
	}
	if info, err := os.Stat(c.name); err != nil || !info.ModTime().Equal(old) {
		t.Errorf("the file was written again")
	}
	c = drafted(t, dir, "\tworker W\n\tworker X\n")
	if wrote, err := c.write(); !wrote || err != nil {
		t.Fatalf("wrote: %t, %v", wrote, err)
	}
	if info, err := os.Stat(c.name); err != nil || info.ModTime().Equal(old) {
		t.Errorf("the file was not written")
	}
}

// White space is not what a file is. It is left alone when there is nothing else to write, but the check for stale code
// knows what gofmt would write, and says how to get there.
func TestWriteSpace(t *testing.T) {
	c := drafted(t, t.TempDir(), "\tworker W\n")
	for what, text := range map[string]string{
		"indented by blanks":   strings.ReplaceAll(string(c.draft.Format()), "\t", "    "),
		"with carriages":       strings.ReplaceAll(string(c.draft.Format()), "\n", "\r\n"),
		"with a line too many": string(c.draft.Format()) + "\n",
	} {
		if err := os.WriteFile(c.name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if wrote, err := c.write(); wrote || err != nil {
			t.Errorf("%s: wrote: %t, %v", what, wrote, err)
		}
		var diff, hints strings.Builder
		if stale, err := c.diff(&diff, &hints); !stale || diff.Len() == 0 || err != nil {
			t.Errorf("%s: stale: %t, %v, by\n%s", what, stale, err, &diff)
		}
		if !strings.Contains(hints.String(), "gofmt -w") {
			t.Errorf("%s: it says %q", what, &hints)
		}
	}
	if err := os.WriteFile(c.name, c.draft.Format(), 0o644); err != nil {
		t.Fatal(err)
	}
	var diff, hints strings.Builder
	if stale, err := c.diff(&diff, &hints); stale || hints.Len() > 0 || err != nil {
		t.Errorf("gofmt'd: stale: %t, %v, %s", stale, err, &hints)
	}
	if err := os.WriteFile(c.name, []byte(strings.Replace(string(c.draft.Format()), "W", "X", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if stale, err := c.diff(&diff, &hints); !stale || hints.Len() > 0 || err != nil {
		t.Errorf("of another child: stale: %t, %v, %s", stale, err, &hints)
	}
}

// TestWriteEmpty writes what a failure of the machine may have left, and nothing that is the user's.
func TestWriteEmpty(t *testing.T) {
	c := drafted(t, t.TempDir(), "\tworker W\n")
	for old, want := range map[string]bool{"": true, "package x\n": false} {
		if err := os.WriteFile(c.name, []byte(old), 0o644); err != nil {
			t.Fatal(err)
		}
		if wrote, err := c.write(); wrote != want || (err == nil) != want {
			t.Errorf("over %q: wrote: %t, %v", old, wrote, err)
		}
	}
}

func namesIn(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}
