package load

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/supgen/supgen/dsl/diag"
)

// Of a large repository so much is searched, and it is said that this may not be all.
func TestSharing(t *testing.T) {
	top := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(top, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module example.com/m\n")
	write("a/a.sup", "package a\n\npolicy idle {\n\tlimit 3 in 5m\n}\n\nsupervisor A {\n\tworker W\n}\n")
	write("b/b.sup", "package a\n\nsupervisor B {\n\tworker W {\n\t\tuse idle\n\t}\n}\n")
	if err := os.Symlink("../a/a.sup", filepath.Join(top, "b/a.sup")); err != nil {
		t.Skip(err)
	}
	p, err := Dir(filepath.Join(top, "a"))
	if err != nil {
		t.Fatal(err)
	}
	if others, isAll := sharing([]*Package{p}, mostLinked, isUnused); len(others) != 1 || !isAll {
		t.Errorf("found %d, all: %t; want that of b", len(others), isAll)
	}
	if others, isAll := sharing([]*Package{p}, 3, isUnused); len(others) != 0 || isAll {
		t.Errorf("of three names: found %d, all: %t", len(others), isAll)
	}
	never := func(diag.Diagnostic) bool { return false }
	if others, isAll := sharing([]*Package{p}, 3, never); len(others) != 0 || !isAll {
		t.Errorf("with nothing to ask: found %d, all: %t", len(others), isAll)
	}
}
