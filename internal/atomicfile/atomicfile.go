// Package atomicfile writes files so that a reader, and an interruption at any moment, sees all of the old content or all of
// the new one.
package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/robustio"
)

// Write makes data the content of the named file, which need not be there, and waits for the disk. A file that is there
// keeps its permissions, which have to allow writing. If it is a symbolic link, its target is written. Another hard link
// keeps the old content.
func Write(name string, data []byte) error { return write(name, data, true) }

// WriteAgain is [Write] for what can be made again. It does not wait for the disk, which takes longer than
// making it: if the machine itself fails just then, the file may be empty.
func WriteAgain(name string, data []byte) error { return write(name, data, false) }

// Output writes to the file that a user named for the output of a command, as [Write] does. A pipe or a device, such as
// /dev/stdout, is written to and not replaced.
func Output(name string, data []byte) error {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(name, data, 0)
	}
	return Write(name, data)
}

func write(name string, data []byte, durable bool) error {
	// CreateTemp's 0600 would keep others from compiling the package.
	const readable = 0o644
	if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
		return replace(name, data, readable, durable)
	}
	target, err := filepath.EvalSymlinks(name)
	if err != nil {
		return about(name, err)
	}
	name = target
	f, err := os.OpenFile(name, os.O_WRONLY, 0) // the rename would not ask
	if err != nil {
		return err
	}
	info, err := f.Stat()
	f.Close()
	if err != nil {
		return err
	}
	return replace(name, data, info.Mode().Perm(), durable)
}

// about is an error of the file system about writing a file, and not about what it is called on the way.
func about(name string, err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		path.Op, path.Path = "write", name
	}
	if link, ok := errors.AsType[*os.LinkError](err); ok {
		return &fs.PathError{Op: "write", Path: name, Err: link.Err}
	}
	return err
}

// replace puts a new file in place of the named one; it is on the disk by then if it is to be durable.
func replace(name string, data []byte, mode fs.FileMode, durable bool) (err error) {
	// Beside the file, because a rename is atomic within one file system only, and with a dot, so that
	// the go command does not look at it. The name says whose it is, not what for, or it would be too long where the file's almost is.
	f, err := os.CreateTemp(filepath.Dir(name), ".supgen.*")
	if err != nil {
		return about(name, err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
			err = about(name, err)
		}
	}()
	if _, err := f.Write(data); err != nil {
		return err
	}
	if err := f.Chmod(mode); err != nil {
		return err
	}
	if durable {
		if err := f.Sync(); err != nil {
			return err
		}
	}
	if err := f.Close(); err != nil {
		return err
	}
	return robustio.Rename(f.Name(), name) // Windows denies it while somebody reads
}
