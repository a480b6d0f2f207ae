// Package watch waits for files to change that generated code depends on.
package watch

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
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

// An Act does what there is to do. saved says that there was a change of .sup files, of Go files beside them, or of which packages
// these are; else only generated files have changed, or it is called again as it asked for: at the next look, since it wrote files that
// somebody may have changed meanwhile, or when that takes a tenth of the time, since it failed.
type Act func(saved bool) Again

// When to act again, without a change.
type Again uint8

const (
	Never Again = iota
	Soon        // at the next look
	Later       // as soon as acting takes at most a tenth of the time
)

// Packages acts, and acts again whenever there has been a change in the packages that the arguments of a command stand for,
// until ctx ends. What cannot be read is looked at again until it can. The current directory may be removed and made again.
func Packages(ctx context.Context, args []string, act Act) {
	files := files{}
	here, err := os.Getwd()
	poll(ctx, func() state {
		if err == nil {
			enter(here)
		}
		return files.look(args)
	}, act)
}

// enter goes back to the current directory if it was removed and made again: the process stands in the one that is gone.
func enter(here string) {
	at, err := os.Stat(".")
	if is, err2 := os.Stat(here); err2 == nil && (err != nil || !os.SameFile(at, is)) {
		os.Chdir(here) // or at the next look
	}
}

// poll acts whenever what look returns has changed, the first time included, and again as act asks for. It has looked before it
// acts, so that it misses no change meanwhile.
func poll(ctx context.Context, look func() state, act Act) {
	var before state
	var again Again
	var later time.Time
	for {
		start := time.Now()
		now := look()
		pause := max(period, share*time.Since(start))
		if now != before || again == Soon || again == Later && !start.Before(later) {
			saved, acted := now.sources != before.sources, time.Now()
			before, again = now, act(saved)
			later = acted.Add(share * time.Since(acted))
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// A state tells files from what they were, and what cannot be read by its error. It is not zero.
type state struct{ sources, generated string }

// files are those that were looked at last, by name.
type files map[string]file

// look returns the state of the packages that the arguments of a command stand for.
func (before files) look(args []string) state {
	dirs, err := load.Directories(args)
	names, err2 := load.FilesIn(dirs, load.Suffix, ".go")
	for _, name := range names {
		if strings.HasSuffix(name, load.Suffix) {
			names = append(names, name+".go") // a directory may be in its place
		}
	}
	slices.Sort(names)
	now := files{}
	var sources, generated strings.Builder
	fmt.Fprintln(&sources, dirs, err, err2)
	for _, name := range slices.Compact(names) {
		of := &sources
		if strings.HasSuffix(name, load.GeneratedSuffix) {
			of = &generated
		}
		now[name] = fileOf(name, before[name])
		fmt.Fprintln(of, name, now[name])
	}
	clear(before)
	maps.Copy(before, now)
	return state{sources.String(), generated.String()}
}
