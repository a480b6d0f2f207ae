package simulation

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/runtime/sim"
)

// Rename is the script after a child with a path in one tree has got another name in the next. The timeline of a script that came
// true before is that of the new tree: only so it comes true again. The columns of another are as wide as its paths. Strings stay.
func (s Script) Rename(path, name string, was, now *tree.Tree) Script {
	script, timeline, golden := sim.Cut(s.text)
	separator := s.text[len(script) : len(s.text)-len(timeline)]
	renamed := Script{s.name, renamePaths(script, path, name) + separator + renamePaths(timeline, path, name)}
	switch {
	case !golden || renamed == s:
		return renamed
	case len(s.Test(was).Failures) == 0:
		return renamed.Update(now)
	}
	script, timeline, _ = sim.Cut(renamed.text)
	return Script{s.name, script + separator + aligned(timeline)}
}

// aligned is a timeline with a column that is as wide as its paths.
func aligned(timeline string) string {
	width := 0
	for _, l := range timelineLine.FindAllStringSubmatch(timeline, -1) {
		width = max(width, len(l[2]))
	}
	return timelineLine.ReplaceAllStringFunc(timeline, func(line string) string {
		l := timelineLine.FindStringSubmatch(line)
		return fmt.Sprintf("%s%-*s  %s", l[1], width, l[2], l[len(l)-1])
	})
}

// A name in a path, with its key or index; and a path, or a string.
const aString, named = `"(?:[^"\\\n]|\\.)*"`, `([\pL_][\pL\pN_]*)(?:\[(?:` + aString + `|[^"\]\n]*)\])?`

var (
	nameInPath   = regexp.MustCompile(named)
	pathOrString = regexp.MustCompile(aString + `|` + named + `(?:\.` + named + `)*`)
	timelineLine = regexp.MustCompile(`(?m)^(\S+ +)(` + named + `(?:\.` + named + `)*) +(\S.*)$`) // when, a path, what happened
)

// renamePaths gives the last name of a path another one, wherever a path in a text begins so.
func renamePaths(text, path, name string) string {
	wanted := strings.Split(path, ".")
	return pathOrString.ReplaceAllStringFunc(text, func(found string) string {
		names := nameInPath.FindAllStringSubmatchIndex(found, -1)
		if found[0] == '"' || len(names) < len(wanted) {
			return found
		}
		for i, was := range wanted {
			if found[names[i][2]:names[i][3]] != was {
				return found
			}
		}
		last := names[len(wanted)-1]
		return found[:last[2]] + name + found[last[3]:]
	})
}
