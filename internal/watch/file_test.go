package watch

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A text that changes while all that the system tells of the file stays is seen if the time is young, and a text is not read without need.
func TestFileOf(t *testing.T) {
	for age, read := range map[time.Duration]bool{time.Hour: false, 0: true, -time.Hour: true} {
		name, at := filepath.Join(t.TempDir(), "x.sup"), time.Now().Add(-age)
		write := func(text string) file {
			if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(name, at, at); err != nil {
				t.Fatal(err)
			}
			return fileOf(name, file{})
		}
		before, now := write("package a\n"), write("package b\n")
		if before.saved != now.saved || before.hash == now.hash {
			t.Fatalf("%v, then %v", before, now)
		}
		before.inode = now.inode
		if got := fileOf(name, before); (got == now) != read {
			t.Errorf("of a file that is %v old, read: %t, want %t", age, got == now, read)
		}
	}
}

// Where a system numbers files and keeps the time of their last change, a save changes one of these.
func TestInodeOf(t *testing.T) {
	info, err := os.Stat("file_test.go")
	if err != nil {
		t.Fatal(err)
	}
	if has := inodeOf(info) != ""; has != (os.PathSeparator == '/') {
		t.Errorf("there is an inode: %t", has)
	}
}
