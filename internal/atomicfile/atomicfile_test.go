package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x.sup.go")
	mode := os.FileMode(0o644)
	if runtime.GOOS == "windows" {
		mode = 0o666 // which all files have that are not read-only
	}
	for _, text := range []string{"first", "and then longer", ""} {
		if err := Write(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(name); err != nil || string(got) != text {
			t.Errorf("the file holds %q (%v), not %q", got, err, text)
		}
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != mode {
			t.Errorf("the file is %v (%v)", info.Mode(), err)
		}
	}
	if names := namesIn(t, dir); len(names) != 1 {
		t.Errorf("the directory holds %q", names)
	}
}

// Windows denies a rename as long as somebody has the file open. It is tried again.
func TestWriteWhileRead(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.sup.go")
	if err := os.WriteFile(name, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	reader, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(50*time.Millisecond, func() { reader.Close() })
	if err := Write(name, []byte("new")); err != nil {
		t.Error(err)
	}
}

// A file that is there keeps what it is.
func TestWriteKeeps(t *testing.T) {
	dir := t.TempDir()
	name, link := filepath.Join(dir, "x.sup.go"), filepath.Join(dir, "link")
	for _, mode := range []os.FileMode{0o600, 0o664, 0o755} {
		if err := os.WriteFile(name, nil, mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(name, mode); err != nil { // the umask may have taken some of it
			t.Fatal(err)
		}
		before, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := Write(name, []byte("text")); err != nil {
			t.Fatal(err)
		}
		if after, err := os.Stat(name); err != nil || after.Mode() != before.Mode() {
			t.Errorf("%v became %v (%v)", before.Mode(), after.Mode(), err)
		}
	}
	if err := os.Symlink("x.sup.go", link); err != nil {
		t.Skip(err) // Windows asks for a privilege
	}
	if err := Write(link, []byte("through the link")); err != nil {
		t.Fatal(err)
	}
	if target, err := os.Readlink(link); err != nil || target != "x.sup.go" {
		t.Errorf("the link is %q (%v)", target, err)
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != "through the link" {
		t.Errorf("its target holds %q (%v)", got, err)
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if err := Write(link, nil); err == nil {
		t.Error("a link to nowhere was written to")
	}
}

// A file that must not be written to is not replaced either. (The superuser may write to all.)
func TestWriteReadOnly(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.sup.go")
	if err := os.WriteFile(name, []byte("old"), 0o444); err != nil {
		t.Fatal(err)
	}
	err := Write(name, []byte("new"))
	if os.Geteuid() == 0 {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o444 {
			t.Errorf("the file is %v (%v)", info.Mode(), err)
		}
		return
	}
	if got, _ := os.ReadFile(name); err == nil || string(got) != "old" {
		t.Errorf("it holds %q: %v", got, err)
	}
}

func TestWriteLeavesNothingOfAFailure(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x.sup.go")
	// A directory with something in it cannot be replaced by a file.
	if err := os.MkdirAll(filepath.Join(name, "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	err := Write(name, []byte("text"))
	if path, ok := errors.AsType[*fs.PathError](err); !ok || path.Path != name {
		t.Errorf("the error is %v", err)
	}
	if names := namesIn(t, dir); len(names) != 1 {
		t.Errorf("the directory holds %q", names)
	}
}

func TestWriteNowhere(t *testing.T) {
	name := filepath.Join(t.TempDir(), "missing", "x.sup.go")
	err := Write(name, nil)
	if path, ok := errors.AsType[*fs.PathError](err); !ok || path.Path != name {
		t.Errorf("the error is %v", err)
	}
}

// A name may be as long as names can be.
func TestWriteLongName(t *testing.T) {
	name := filepath.Join(t.TempDir(), strings.Repeat("x", 248)+".sup.go")
	for range 2 {
		if err := WriteAgain(name, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// What fails once there is a file to write to is about the file that was asked for.
func TestReplaceNamesTheFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x.sup.go")
	if err := os.Mkdir(name, 0o755); err != nil {
		t.Fatal(err)
	}
	err := replace(name, nil, 0o644, false)
	if path, ok := errors.AsType[*fs.PathError](err); !ok || path.Path != name || strings.Contains(err.Error(), ".supgen") {
		t.Errorf("the error is %v", err)
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
