package sim

import (
	"fmt"
	"strings"
	"time"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/policy"
)

// A Line is one thing that happened.
type Line struct {
	At   time.Duration
	Path string // of the child, or of the root for what concerns the whole tree
	Text string

	Event  *runtime.Event  // of the tree, if it is one
	Answer *runtime.Answer // to an operator's command, if it was accepted
	Err    error           // why a command was refused; of the last line of a tree that ended, what Run returns
}

// String is the line without alignment.
func (l Line) String() string { return fmt.Sprintf("%s %s %s", clock(l.At), l.Path, l.Text) }

// A Timeline is what happened, in order.
type Timeline []Line

// String is one line a happening, aligned.
func (t Timeline) String() string {
	at, path := 0, 0
	for _, l := range t {
		at, path = max(at, len(clock(l.At))), max(path, len(l.Path))
	}
	var b strings.Builder
	for _, l := range t {
		fmt.Fprintf(&b, "%-*s  %-*s  %s\n", at, clock(l.At), path, l.Path, l.Text)
	}
	return b.String()
}

// From is what happened at a time and later.
func (t Timeline) From(at time.Duration) Timeline {
	for i, l := range t {
		if l.At >= at {
			return t[i:]
		}
	}
	return nil
}

// Of is what happened to the children at these paths.
func (t Timeline) Of(paths ...string) Timeline {
	var of Timeline
	for _, l := range t {
		for _, path := range paths {
			if l.Path == path {
				of = append(of, l)
				break
			}
		}
	}
	return of
}

// clock is a time as a person reads it: to the millisecond, and without trailing zero units.
func clock(d time.Duration) string {
	if r := d.Round(time.Millisecond); r != 0 || d == 0 {
		d = r
	}
	return policy.Spell(d)
}
