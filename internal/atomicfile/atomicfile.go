// Package atomicfile writes files so that a reader, and an interruption at any moment, sees all of the old content or all of
// the new one.
package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Write makes data the content of the named file, which need not be there. It waits for the disk.
func Write(name string, data []byte) error { return replace(name, data, true) }

// WriteAgain is [Write] for what can be made again. It does not wait for the disk, which takes longer than
// making it: if the machine itself fails just then, the file may be empty.
func WriteAgain(name string, data []byte) error { return replace(name, data, false) }

// replace puts a new file in place of the named one; it is on the disk by then if it is to be durable.
func replace(name string, data []byte, durable bool) (err error) {
	// Beside the file, because a rename is atomic within one file system only, and with a dot, so that
	// the go command does not look at it.
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if _, err := f.Write(data); err != nil {
		return err
	}
	// CreateTemp's 0600 would keep others from compiling the package.
	if err := f.Chmod(0o644); err != nil {
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
	return os.Rename(f.Name(), name)
}

// Rewrite gives a file new content, if it may be written to. What else it is stays: its permissions, and a link to it.
func Rewrite(name string, text []byte) error {
	name, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY, 0) // the rename would not ask
	if err != nil {
		return err
	}
	info, err := f.Stat()
	f.Close()
	if err != nil {
		return err
	}
	if err := Write(name, text); err != nil {
		return err
	}
	return os.Chmod(name, info.Mode().Perm())
}

// Output writes to the file that a user named for the output of a command: a new one, or one that is there, as [Rewrite]
// does. A pipe or a device, such as /dev/stdout, is written to and not replaced.
func Output(name string, data []byte) error {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Write(name, data)
	case err != nil:
		return err
	case info.Mode().IsRegular():
		return Rewrite(name, data)
	}
	return os.WriteFile(name, data, 0o644)
}
