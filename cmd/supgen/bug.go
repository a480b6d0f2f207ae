package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"
)

// A bugError is a panic of supgen. No file should be able to cause one, so all that can be done about it is to report it.
type bugError struct {
	value any
	stack []byte
}

// Error is all that a report needs but for the files.
func (e *bugError) Error() string {
	return fmt.Sprintf(`internal error: %v

This is a bug of supgen, whatever is in the files. Please report it at https://github.com/supgen/supgen/issues, with
the .sup files that it happens with and all that follows:

supgen version %s
supgen %s

%s`, e.value, thisVersion(), strings.Join(os.Args[1:], " "), strings.TrimSpace(string(e.stack)))
}

// survive does something, and makes an error of its panic.
func survive(do func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &bugError{value, debug.Stack()}
		}
	}()
	return do()
}
