package generated

import (
	"os"
	"path/filepath"
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
// knows what gofmt would write, and says how to get there.
func TestWriteSpace(t *testing.T) {
	f := drafted(t, t.TempDir(), "\tworker W\n")
	for what, text := range map[string]string{
		"indented by blanks":   strings.ReplaceAll(string(f.Text()), "\t", "    "),
		"with carriages":       strings.ReplaceAll(string(f.Text()), "\n", "\r\n"),
		"with a line too many": string(f.Text()) + "\n",
	} {
		if err := os.WriteFile(f.Name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if wrote, err := f.Write(); wrote || err != nil {
			t.Errorf("%s: wrote: %t, %v", what, wrote, err)
		}
		var diff, hints strings.Builder
		if stale, err := f.Diff(&diff, &hints); !stale || diff.Len() == 0 || err != nil {
			t.Errorf("%s: stale: %t, %v, by\n%s", what, stale, err, &diff)
		}
		if !strings.Contains(hints.String(), "gofmt -w") {
			t.Errorf("%s: it says %q", what, &hints)
		}
	}
	if err := os.WriteFile(f.Name, f.Text(), 0o644); err != nil {
		t.Fatal(err)
	}
	var diff, hints strings.Builder
	if stale, err := f.Diff(&diff, &hints); stale || hints.Len() > 0 || err != nil {
		t.Errorf("gofmt'd: stale: %t, %v, %s", stale, err, &hints)
	}
	if err := os.WriteFile(f.Name, []byte(strings.Replace(string(f.Text()), "W", "X", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if stale, err := f.Diff(&diff, &hints); !stale || hints.Len() > 0 || err != nil {
		t.Errorf("of another child: stale: %t, %v, %s", stale, err, &hints)
	}
}

// TestWriteEmpty writes what a failure of the machine may have left, and nothing that is the user's.
func TestWriteEmpty(t *testing.T) {
	f := drafted(t, t.TempDir(), "\tworker W\n")
	for old, want := range map[string]bool{"": true, "package x\n": false} {
		if err := os.WriteFile(f.Name, []byte(old), 0o644); err != nil {
			t.Fatal(err)
		}
		if wrote, err := f.Write(); wrote != want || (err == nil) != want {
			t.Errorf("over %q: wrote: %t, %v", old, wrote, err)
		}
	}
}
