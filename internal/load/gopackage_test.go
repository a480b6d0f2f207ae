package load

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/supgen/supgen/dsl/check"
)

// A Go file is read again when it has changed, and one that was written just now each time, whatever its time and size.
func TestGoFileAt(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x.go")
	old := time.Now().Add(-time.Hour)
	declares := func(want string) {
		t.Helper()
		if got := goFileAt(dir, "x.go"); len(got.declared) != 2 || got.declared[0].Name != want || got.pkg != "x" || !got.isPackage {
			t.Errorf("it declares %+v, want %s", got, want)
		}
	}
	write := func(text string, at time.Time) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
	}
	write("package x\nvar A int\n", time.Now())
	declares("A")
	write("package x\nvar B int\n", old)
	declares("B")
	known, ok := goFiles.Load(name)
	if !ok {
		t.Fatal("it is not kept")
	}
	kept := known.(goFile)
	kept.declared = append([]check.GoDecl{{Name: "Kept"}}, kept.declared[1:]...)
	goFiles.Store(name, kept)
	declares("Kept")
	write("package x\nvar C int\n", old.Add(time.Second))
	declares("C")
	write("package x\nvar Longer int\n", old.Add(time.Second))
	declares("Longer")
	now := time.Now()
	write("package x\nvar D int\n", now)
	declares("D")
	write("package x\nvar E int\n", now)
	declares("E")
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if got := goFileAt(dir, "x.go"); got.declared != nil {
		t.Errorf("gone, it declares %v", got.declared)
	}
}
