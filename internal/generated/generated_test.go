package generated

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/supgen/supgen/internal/load"
)

// drafted is the code that a directory's only file should be, of some children.
func drafted(t *testing.T, dir, children string) File {
	t.Helper()
	name := filepath.Join(dir, "x.sup")
	if err := os.WriteFile(name, []byte("package x\n\nsupervisor Root {\n"+children+"}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := load.File(name)
	if err != nil || p.Tree == nil {
		t.Fatal(err, p.Diagnostics)
	}
	for f := range Files(p) {
		return f
	}
	panic("a tree without files")
}

// TestWriteUnchanged looks at the file's time, which build tools go by.
func TestWriteUnchanged(t *testing.T) {
	dir := t.TempDir()
	f := drafted(t, dir, "\tworker W\n")
	if wrote, err := f.Write(); !wrote || err != nil {
		t.Fatalf("wrote: %t, %v", wrote, err)
	}
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	if err := os.Chtimes(f.Name, old, old); err != nil {
		t.Fatal(err)
	}
	if wrote, err := f.Write(); wrote || err != nil {
		t.Fatalf("wrote: %t, %v", wrote, err)
	}
	if info, err := os.Stat(f.Name); err != nil || !info.ModTime().Equal(old) {
		t.Errorf("the file was written again")
	}
	f = drafted(t, dir, "\tworker W\n\tworker X\n")
	if wrote, err := f.Write(); !wrote || err != nil {
		t.Fatalf("wrote: %t, %v", wrote, err)
	}
	if info, err := os.Stat(f.Name); err != nil || info.ModTime().Equal(old) {
		t.Errorf("the file was not written")
	}
}

// White space is not what a file is. It is left alone when there is nothing else to write, but the check for stale code
// knows what gofmt would write, and says how to get there. Line ends and a byte order mark are nothing at all.
func TestWriteSpace(t *testing.T) {
	f := drafted(t, t.TempDir(), "\tworker W\n")
	text := string(f.Text())
	for _, test := range []struct{ what, text, hint string }{
		{"as generated", text, ""},
		{"with carriages", strings.ReplaceAll(text, "\n", "\r\n"), ""},
		{"with a byte order mark", "\uFEFF" + text, ""},
		{"indented by blanks", strings.ReplaceAll(text, "\t", "    "), "run gofmt -w on it"},
		{"with a line too many", text + "\n", "run gofmt -w on it"},
	} {
		put(t, f, test.text)
		diff, stale, err := f.Check(nil)
		if err != nil || len(stale) > 1 || (len(stale) == 1) != (test.hint != "") || (len(diff) > 0) != (test.hint != "") {
			t.Errorf("%s: stale: %v, %v, by\n%s", test.what, stale, err, diff)
		}
		if len(stale) == 1 && !strings.HasPrefix(stale[0].Hint, test.hint) {
			t.Errorf("%s: it says %q", test.what, stale[0].Hint)
		}
		if wrote, err := f.Write(); wrote || err != nil || got(t, f) != test.text {
			t.Errorf("%s: wrote: %t, %v", test.what, wrote, err)
		}
	}
}

// What is stale is reported where it begins to differ, and written. What other tools wrote above the header stays.
func TestCheckStale(t *testing.T) {
	f := drafted(t, t.TempDir(), "\tworker W\n")
	text := string(f.Text())
	other := strings.Replace(text, "W(ctx", "X(ctx", 1)
	for _, test := range []struct {
		what, text, want string
		line             int // of the report; 0 is none
	}{
		{"another child", other, text, 1 + strings.Count(text[:strings.Index(text, "W(ctx")], "\n")},
		{"cut off", text[:strings.Index(text, "package")], text, 3},
		{"with a licence", "// Copyright 2026 The Authors.\n\n" + text, "// Copyright 2026 The Authors.\n\n" + text, 0},
		{"stale below a licence", "/* Licence */\r\n" + other, "/* Licence */\n" + text, 1 + 1 + strings.Count(text[:strings.Index(text, "W(ctx")], "\n")},
		{"all lines with carriages", "// Licence\r\n\r\n" + strings.ReplaceAll(other, "\n", "\r\n"), "// Licence\r\n\r\n" + strings.ReplaceAll(text, "\n", "\r\n"),
			1 + 2 + strings.Count(text[:strings.Index(text, "W(ctx")], "\n")},
		{"a byte order mark below a licence", "// Licence\n\n\uFEFF" + text, "// Licence\n\n" + text, 3},
		{"a conflict", "<<<<<<< HEAD\n" + text + "=======\n" + other + ">>>>>>> theirs\n", text, 1},
		{"a conflict of licences", "<<<<<<< HEAD\n// Ours\n=======\n// Theirs\n>>>>>>> theirs\n" + text, text, 1},
		{"a conflict at the end", text + "<<<<<<< HEAD\n=======\n>>>>>>> theirs\n", text, 1 + strings.Count(text, "\n")},
		{"never built", "//go:build ignore\n\n" + text, text, 1},
		{"not there", "", text, 1},
	} {
		put(t, f, test.text)
		diff, stale, err := f.Check(nil)
		line := 0
		if len(stale) > 0 {
			line = stale[0].Pos.Line
		}
		if err != nil || line != test.line || (len(diff) > 0) != (line > 0) {
			t.Errorf("%s: %v, %v, by\n%s", test.what, stale, err, diff)
		}
		if wrote, err := f.Write(); wrote != (line > 0) || err != nil || got(t, f) != test.want {
			t.Errorf("%s: wrote: %t, %v:\n%s", test.what, wrote, err, got(t, f))
		}
	}
}

func put(t *testing.T, f File, text string) {
	t.Helper()
	if err := os.WriteFile(f.Name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func got(t *testing.T, f File) string {
	t.Helper()
	text, err := os.ReadFile(f.Name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestWriteEmpty writes what a failure of the machine may have left, and nothing that is the user's.
func TestWriteEmpty(t *testing.T) {
	f := drafted(t, t.TempDir(), "\tworker W\n")
	quoted := "package x\n\nconst header = `\n" + string(f.Text()) + "`\n"
	for old, want := range map[string]bool{"": true, "package x\n": false, quoted: false, "<<<<<<< HEAD\npackage x\n=======\n" + string(f.Text()): false} {
		put(t, f, old)
		if wrote, err := f.Write(); wrote != want || (err == nil) != want {
			t.Errorf("over %q: wrote: %t, %v", old, wrote, err)
		}
	}
}

// Where case does not count, a file has the name that it was listed by before its source was renamed in case alone.
func TestRenamedInCase(t *testing.T) {
	dir := t.TempDir()
	f := drafted(t, dir, "\tworker W\n")
	if _, err := f.Write(); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(f.Source())
	if err := errors.Join(os.Remove(f.Source()), os.WriteFile(filepath.Join(dir, "X.sup"), text, 0o644)); err != nil {
		t.Fatal(err)
	}
	p, err := load.Dir(dir)
	if err != nil || p.Tree == nil {
		t.Fatal(err, p.Diagnostics)
	}
	name := filepath.Join(dir, "X.sup.go")
	os.Link(f.Name, name) // as if case did not count; where it does not, this fails
	for f := range Files(p) {
		if err := os.WriteFile(name, f.Text(), 0o644); err != nil { // all but its name is right
			t.Fatal(err)
		}
		_, stale, err := f.Check(nil)
		if err != nil || len(stale) != 1 || stale[0].Pos.File != f.Listed || !strings.Contains(stale[0].Hint, "x.sup.go ") {
			t.Errorf("%q (%v) is stale", stale, err)
		}
		if orphans, err := Orphans(p, nil); err != nil || len(orphans) > 0 {
			t.Errorf("orphans are %q (%v)", orphans, err)
		}
		if wrote, err := f.Write(); !wrote || err != nil {
			t.Errorf("wrote: %t (%v)", wrote, err)
		}
	}
	p, err = load.Dir(dir)
	if err != nil || !slices.Contains(p.Generated, name) {
		t.Fatalf("%q (%v) are generated", p.Generated, err)
	}
	for f := range Files(p) {
		if diff, stale, err := f.Check(nil); err != nil || len(diff)+len(stale) > 0 {
			t.Errorf("%s%q (%v) is stale", diff, stale, err)
		}
	}
}
