package watch

import (
	"fmt"
	"hash/maphash"
	"io/fs"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/supgen/supgen/internal/load"
)

// A file tells what a file is from what it was.
type file struct {
	saved string // time, size and permissions, or why it cannot be read
	hash  uint64 // of the text
	inode string // what changes with the text though nothing else does, and now and then without it
}

// String is what differs when the file was saved.
func (f file) String() string { return fmt.Sprint(f.saved, " ", f.hash) }

// settled is how old the time of a file has to be to differ after the next save: some file systems count in steps of two seconds.
const settled = 3 * time.Second

var seed = maphash.MakeSeed()

// fileOf returns what a file is, or what a link points to. It reads the text only if it may be another than before: "cp -p" and
// "rsync -t" keep size and time, and so do two saves in a row where times are coarse.
func fileOf(name string, before file) file {
	info, err := os.Stat(name)
	if err != nil {
		return file{saved: err.Error()}
	}
	now := file{fmt.Sprint(info.ModTime().UnixNano(), info.Size(), info.Mode()), before.hash, inodeOf(info)}
	if now != before || time.Since(info.ModTime()) < settled {
		text, _ := load.ReadGo(name) // nothing of a directory or a pipe
		now.hash = maphash.Bytes(seed, text)
	}
	return now
}

// inodeOf is a file's number and the time of its last change of any kind, which programs cannot set, where the system has them.
func inodeOf(info fs.FileInfo) string {
	var b strings.Builder
	if system := reflect.Indirect(reflect.ValueOf(info.Sys())); system.Kind() == reflect.Struct {
		for _, name := range []string{"Ino", "Ctim", "Ctimespec"} {
			if field := system.FieldByName(name); field.IsValid() {
				fmt.Fprint(&b, field, " ")
			}
		}
	}
	return b.String()
}
