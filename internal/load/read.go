package load

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// maxSize bounds what is read of one file. The largest tree that makes sense is far below it.
const maxSize = 4 << 20

// Read reads a file of at most 4 MiB. It refuses what could keep it waiting or would never end: a pipe, a device.
func Read(name string) ([]byte, error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%q is not a regular file", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAtMost(f, fmt.Sprintf("%q is larger than %d MiB; split it", name, maxSize>>20))
}

// ReadAll reads at most as much as [Read] does; name is how errors call it.
func ReadAll(name string, r io.Reader) ([]byte, error) {
	return readAtMost(r, fmt.Sprintf("%s is larger than %d MiB", name, maxSize>>20))
}

func readAtMost(r io.Reader, tooLarge string) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxSize+1))
	if err == nil && len(text) > maxSize {
		err = errors.New(tooLarge)
	}
	return text, err
}
