package main

import (
	"os"
	"path/filepath"
)

// writeAtomically makes data the content of the named file. Whoever reads the file meanwhile, and whatever
// interrupts the write, sees all of the old content or all of the new one.
func writeAtomically(name string, data []byte) (err error) {
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
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
