package atomicfile

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x.sup.go")
	for _, text := range []string{"first", "and then longer", ""} {
		if err := Write(name, []byte(text)); err != nil {
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

func TestWriteLeavesNothingOfAFailure(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x.sup.go")
	// A directory with something in it cannot be replaced by a file.
	if err := os.MkdirAll(filepath.Join(name, "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Write(name, []byte("text")); err == nil {
		t.Error("no error")
	}
	if names := namesIn(t, dir); len(names) != 1 {
		t.Errorf("the directory holds %q", names)
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
