package sdnotify

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"

	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/internal/bridge"
)

// maxStatus is how long a status may be, in bytes. systemd ignores a message of more than 4096.
const maxStatus = 500

// describe is a tree in a line: how many children are in which state, and the first that is neither up nor at rest.
func describe(t *runtime.Tree, seen bridge.Watched, children []runtime.ChildState) string {
	if seen.Phase == runtime.TreeEnded {
		return "ended: " + string(t.Report().Ended)
	}
	word := seen.Phase.String()
	if seen.Phase == runtime.TreeRunning && !seen.Started {
		word = "starting"
	}
	counts := make([]int, runtime.LifecycleFailed+1)
	var first *runtime.ChildState
	for i := range children {
		c := &children[i]
		if c.Role == runtime.Supervisor {
			continue
		}
		counts[c.Lifecycle]++
		switch c.Lifecycle {
		case runtime.LifecycleReady, runtime.LifecycleStopped, runtime.LifecycleDeclared:
		default:
			if first == nil || trouble(first) == nil && trouble(c) != nil {
				first = c
			}
		}
	}
	var parts []string
	for l, n := range counts {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, runtime.Lifecycle(l)))
		}
	}
	text := word + ": " + strings.Join(parts, ", ")
	switch {
	case first == nil:
	case trouble(first) != nil:
		text += fmt.Sprintf("; %s: %s: %s", first.Path, trouble(first).Kind, trouble(first).Message)
	case first.Waits != "":
		text += fmt.Sprintf("; %s waits for %s", first.Path, first.Waits)
	default:
		text += fmt.Sprintf("; %s is %s", first.Path, first.Lifecycle)
	}
	return line(text)
}

// trouble is what is wrong with a child that waits for no other: why it says that it is not ready, or its last failure; else nil.
func trouble(c *runtime.ChildState) *runtime.Failure {
	if c.Wait != nil && c.Wait.On != "" && c.Wait.On != c.Path {
		return nil
	}
	return cmp.Or(c.NotReady, c.Failure)
}

// line makes one short line of a text, whose bytes may be any: a line end would begin another assignment.
func line(text string) string {
	if len(text) > maxStatus {
		text = strings.ToValidUTF8(text[:maxStatus-len("…")], "") + "…"
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsPrint(r):
			return r
		}
		return unicode.ReplacementChar
	}, text)
}
