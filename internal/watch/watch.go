// Package watch waits for files to change that generated code depends on.
package watch

import (
	"context"
	"fmt"
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

// Packages acts, and acts again whenever there has been a change in the packages that the arguments of a command stand for,
// until ctx ends. saved says that it was one of .sup files, of Go files beside them, or of which packages these are; else only
// generated files have changed. What cannot be read is looked at again until it can. When act reports that it wrote generated
// files, it is called once more, since somebody may have changed what it had just written.
func Packages(ctx context.Context, args []string, act func(saved bool) (wrote bool)) {
	poll(ctx, func() state { return look(args) }, act)
}

// poll acts whenever what look returns has changed, the first time included. It has looked before it acts, so that it misses no
// change meanwhile.
func poll(ctx context.Context, look func() state, act func(saved bool) (wrote bool)) {
	var before state
	for {
		start := time.Now()
		now := look()
		pause := max(period, share*time.Since(start))
		if now != before {
			saved := now.sources != before.sources
			before = now
			if act(saved) {
				before.generated = "written"
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// A state tells files by their names, times, sizes and permissions, and what cannot be read by its error. It is not zero.
type state struct{ sources, generated string }

// look returns the state of the packages that the arguments of a command stand for.
func look(args []string) state {
	dirs, err := load.Directories(args)
	names, err2 := load.FilesIn(dirs, load.Suffix, ".go")
	var sources, generated strings.Builder
	fmt.Fprintln(&sources, dirs, err, err2)
	for _, name := range names {
		of := &sources
		if strings.HasSuffix(name, load.GeneratedSuffix) {
			of = &generated
		}
		info, err := os.Stat(name) // of what a link points to
		if err != nil {
			fmt.Fprintln(of, name, err)
			continue
		}
		fmt.Fprintln(of, name, info.ModTime().UnixNano(), info.Size(), info.Mode())
	}
	return state{sources.String(), generated.String()}
}
