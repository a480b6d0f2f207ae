// Package watch waits for .sup files to be saved.
package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/supgen/supgen/internal/load"
)

// period is how often the files are looked at, and share which part of its time that may take at the most. Polling finds
// every save on every file system, which the notifications of operating systems do not, and asks for no dependency.
const (
	period = 500 * time.Millisecond
	share  = 10
)

// Sources acts, and acts again whenever one of the .sup files that the arguments of a command stand for was saved, came or
// went, until ctx ends. What cannot be looked at is looked at again later.
func Sources(ctx context.Context, args []string, act func()) {
	poll(ctx, func() (string, error) { return saved(args) }, act)
}

// poll acts whenever what look answers has changed, the first time included.
func poll(ctx context.Context, look func() (string, error), act func()) {
	before, first := "", true
	for {
		start := time.Now()
		now, err := look()
		pause := max(period, share*time.Since(start))
		if err == nil && (first || now != before) {
			before, first = now, false
			act()
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// saved tells the .sup files that the arguments of a command stand for, with the time and size of each: it differs
// when one was saved, came or went.
func saved(args []string) (string, error) {
	dirs, err := load.Directories(args)
	if err != nil {
		return "", err
	}
	names, err := load.SourcesIn(dirs)
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for _, name := range names {
		info, err := os.Stat(name) // of what a link points to
		if errors.Is(err, fs.ErrNotExist) {
			continue // it went meanwhile
		}
		if err != nil {
			return "", err
		}
		fmt.Fprintln(&all, name, info.ModTime().UnixNano(), info.Size())
	}
	return all.String(), nil
}
