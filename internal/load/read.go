package load

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"

	"github.com/supgen/supgen/dsl/diag"
)

// maxSize bounds what is read of one file. The largest tree that makes sense is far below it.
const maxSize = 4 << 20

// An Error says what cannot be loaded, and why: a file, a directory, a revision without it, or an argument that matches nothing.
type Error struct {
	Name string
	Err  error // goes on where the name ends: "is not a regular file"
}

func (e *Error) Error() string { return fmt.Sprintf("%s %v", diag.Quoted(e.Name), e.Err) }
func (e *Error) Unwrap() error { return e.Err }

// Place is the file or directory that it is about, without a line; the zero Pos for a pattern.
func (e *Error) Place() diag.Pos {
	if isPattern(e.Name) {
		return diag.Pos{}
	}
	return diag.Pos{File: e.Name}
}

// unreadable is an error of the file system about a name.
func unreadable(name string, err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err
	}
	return &Error{name, fmt.Errorf("cannot be read: %w", err)}
}

// open opens a regular file, or a link to one. It refuses what could keep a reader waiting or would never end: a pipe, a
// device.
func open(name string) (*os.File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, unreadable(name, linkError(name, err))
	}
	if !info.Mode().IsRegular() {
		return nil, &Error{name, errors.New("is not a regular file")}
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, unreadable(name, err)
	}
	return f, nil
}

// Read reads a regular file of at most 4 MiB.
func Read(name string) ([]byte, error) {
	text, err := read(name, maxSize+1)
	if len(text) > maxSize {
		return nil, tooLarge(name)
	}
	return text, err
}

func tooLarge(name string) error {
	return &Error{name, fmt.Errorf("is larger than %d MiB; split it", maxSize>>20)}
}

// ReadGo reads a regular file of any size: others write Go code.
func ReadGo(name string) ([]byte, error) { return read(name, math.MaxInt64) }

func read(name string, most int64) ([]byte, error) {
	f, err := open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return nil, unreadable(name, err)
	}
	return text, nil
}

// ReadInput reads at most as much as [Read] does of standard input, which may be a pipe.
func ReadInput(stdin io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(stdin, maxSize+1))
	if err == nil && len(text) > maxSize {
		err = fmt.Errorf("standard input is larger than %d MiB", maxSize>>20)
	}
	return text, err
}
