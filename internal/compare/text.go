package compare

import (
	"fmt"
	"strings"
)

// Text is the result for a reader at a terminal, child by child. It is empty if there was nothing to compare.
func (r Result) Text() string {
	var b strings.Builder
	path := ""
	for _, c := range fold(r.Changes) {
		if c.subject() != path {
			if path != "" {
				b.WriteString("\n")
			}
			path = c.subject()
			fmt.Fprintln(&b, path)
		}
		c.write(&b)
		for _, reason := range c.reasons() {
			fmt.Fprintf(&b, "      %s: %s\n", reason.verdict, reason.text)
		}
	}
	if path != "" {
		b.WriteString("\n")
	}
	if r.Compared > 0 {
		fmt.Fprintln(&b, r.summary())
	}
	if len(r.Missed) > 0 {
		fmt.Fprintf(&b, "not compared: %s\n", strings.Join(r.Missed, ", "))
	}
	return b.String()
}

// fold joins the rows of a child that have changed in the same way: "on error, panic, goexit". One statement writes many.
func fold(changes []Change) []Change {
	var folded []Change
	at := map[Change]int{}
	for _, c := range changes {
		outcome, isRow := strings.CutPrefix(c.What, "on ")
		if c.Kind != Changed || !isRow {
			folded = append(folded, c)
			continue
		}
		same := Change{Dir: c.Dir, Path: c.Path, Risk: c.Risk, Benefit: c.Benefit, Note: c.Old.Value + c.Old.Source + c.New.Value + c.New.Source + c.Note}
		if i, ok := at[same]; ok {
			folded[i].What += ", " + outcome
			continue
		}
		at[same] = len(folded)
		folded = append(folded, c)
	}
	return folded
}

// summary is how many changes there are, by their verdicts: "8 changes: 4 riskier, 1 depends, 3 neither".
func (r Result) summary() string {
	switch {
	case len(r.Changes) > 0:
	case len(r.Missed) > 0:
		return "what could be compared has not changed in meaning"
	default:
		return "nothing has changed in meaning"
	}
	counts := map[Verdict]int{}
	for _, c := range r.Changes {
		counts[c.Verdict]++
	}
	var parts []string
	for _, v := range []Verdict{Riskier, Depends, Safer, Neither} {
		if n := counts[v]; n > 0 {
			word := string(v)
			if v == Depends && n > 1 {
				word = "depend"
			}
			parts = append(parts, fmt.Sprintf("%d %s", n, word))
		}
	}
	return plural(len(r.Changes), "change") + ": " + strings.Join(parts, ", ")
}

// A reason is one of the things that a change means.
type reason struct{ verdict, text string }

func (c Change) reasons() []reason {
	var all []reason
	for _, r := range []reason{{"riskier", c.Risk}, {"safer", c.Benefit}, {"note", c.Note}} {
		if r.text != "" {
			all = append(all, r)
		}
	}
	return all
}

// head is what changed: "limit", "added", "moved, was Shop.A, worker".
func (c Change) head() string {
	switch c.Kind {
	case Moved:
		return "moved, was " + c.Old.Value
	case Renamed:
		return "probably renamed, was " + c.Old.Value
	case Changed:
		return c.What
	}
	return string(c.Kind)
}

func (c Change) write(b *strings.Builder) {
	switch c.Kind {
	case Added:
		fmt.Fprintf(b, "  added, %s\n", c.New.Source)
	case Removed:
		fmt.Fprintf(b, "  removed, was %s\n", c.Old.Source)
	case Moved, Renamed:
		fmt.Fprintf(b, "  %s, %s\n", c.head(), c.Old.Source)
	case Changed:
		fmt.Fprintf(b, "  %s\n", c.What)
		for _, side := range []struct {
			sign string
			said *Said
		}{{"-", c.Old}, {"+", c.New}} {
			if side.said != nil {
				fmt.Fprintf(b, "    %s %s  (%s)\n", side.sign, side.said.Value, side.said.Source)
			}
		}
	}
}
