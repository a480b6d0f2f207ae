package costs

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/supgen/supgen/internal/explore"
	"github.com/supgen/supgen/runtime/policy"
)

// short is how many groups are worth reading at once.
const short = 10

// Text is a report for a reader at a terminal: the worst groups, or all trials, and a line of counts.
func Text(r *explore.Report, all bool) string {
	var b strings.Builder
	if len(r.Missing) > 0 {
		fmt.Fprintf(&b, "never up, although nothing fails: %s\n\n", list(r.Missing, 10))
	}
	if all {
		for _, t := range r.Trials {
			fmt.Fprintf(&b, "%3d  %s: %s\n", t.Number, t.Cost.Grade, t)
			writeCost(&b, t)
		}
	} else {
		writeGroups(&b, r)
	}
	b.WriteString("\n")
	writeCounts(&b, r)
	return b.String()
}

func writeGroups(b *strings.Builder, r *explore.Report) {
	groups := r.Groups()
	left := 0
	for i, g := range groups {
		first := g.Trials[0]
		if i >= short || first.Cost.Grade == explore.Nothing {
			left++
			continue
		}
		fmt.Fprintf(b, "%3d  %s: %s\n     %s\n", first.Number, first.Cost.Grade, g.What, list(g.Subjects, 6))
		writeCost(b, first)
	}
	switch {
	case left == len(groups):
		fmt.Fprintf(b, "%s in any case; --all lists all\n", explore.Nothing)
	case left > 0:
		fmt.Fprintf(b, "     and %d more that cost less; --all lists all\n", left)
	}
}

// writeCost is the line that says what it costs in figures.
func writeCost(b *strings.Builder, t *explore.Trial) {
	if text := figures(t); text != "" {
		fmt.Fprintf(b, "     %s\n", text)
	}
}

// figures are what a trial costs.
func figures(t *explore.Trial) string {
	var parts []string
	c := t.Cost
	if c.Grade == explore.Ends {
		when := "at once"
		if c.After > 0 {
			when = "after " + clock(c.After)
		}
		parts = append(parts, when)
		if c.Launches > 0 {
			parts = append(parts, plural(c.Launches, "restart"))
		}
		return strings.Join(parts, ", ") + ": " + strings.Join(c.Chain, " > ")
	}
	if c.Unfinished {
		parts = append(parts, "the program does not finish")
	}
	parts = append(parts, others(c)...)
	switch {
	case c.Own.Gone:
		parts = append(parts, c.Own.Path+" is gone")
	case c.Own.Stays:
		parts = append(parts, c.Own.Path+" stays down")
	case c.Own.Lasts:
		parts = append(parts, c.Own.Path+" is down as long as it lasts")
	case c.Own.For > 0:
		parts = append(parts, c.Own.Path+" is down for "+clock(c.Own.For))
	}
	if c.Launches > 0 {
		text := plural(c.Launches, "restart")
		if c.Goes {
			text += " and so on"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// others are who else goes down, sorted by how: those that are known by name, or how many there are.
func others(c explore.Cost) (parts []string) {
	var stay, last, gone, fall []string
	longest := time.Duration(0)
	for _, o := range c.Others {
		switch {
		case o.Stays:
			stay = append(stay, o.Path)
		case o.Lasts:
			last = append(last, o.Path)
		case o.Gone:
			gone = append(gone, o.Path)
		default:
			fall, longest = append(fall, o.Path), max(longest, o.For)
		}
	}
	rest := c.Fall - len(c.Others) // not named, the least of them
	add := func(paths []string, more int, one, many string) {
		switch n := len(paths) + more; {
		case n == 0:
		case n > 5:
			parts = append(parts, plural(n, "child")+" "+many)
		case n == 1:
			parts = append(parts, paths[0]+" "+one)
		default:
			parts = append(parts, strings.Join(paths, ", ")+" "+many)
		}
	}
	add(stay, c.Stay-len(stay), "stays down", "stay down")
	add(last, c.Last-len(last), "is down as long as it lasts", "are down as long as it lasts")
	rest -= c.Stay - len(stay) + c.Last - len(last)
	add(gone, 0, "is gone", "are gone")
	add(fall, rest, "is down for "+clock(longest), "are down for up to "+clock(longest))
	return parts
}

// Found is what a condition finds in a report, for a reader: nothing if it finds nothing.
func Found(w io.Writer, r *explore.Report, c explore.Condition) (found bool, err error) {
	trials, children := r.Meets(c)
	var b strings.Builder
	if len(trials) > 0 {
		fmt.Fprintf(&b, "%s: %s\n", c.Name, plural(len(trials), "time"))
		for i, t := range trials {
			if i == short {
				fmt.Fprintf(&b, "     and %d more\n", len(trials)-short)
				break
			}
			fmt.Fprintf(&b, "%3d  %s\n", t.Number, t)
			writeCost(&b, t)
		}
	}
	if len(children) > 0 {
		fmt.Fprintf(&b, "%s: %s\n", c.Name, list(children, short))
	}
	_, err = io.WriteString(w, b.String())
	return b.Len() > 0, err
}

// writeCounts says how much was tried, and how it came out.
func writeCounts(b *strings.Builder, r *explore.Report) {
	fmt.Fprintf(b, "%s: tried %s of one thing that goes wrong", r.Root.Name, tried(r.Singles))
	if r.Pairs.Of > 0 {
		fmt.Fprintf(b, ", and %s of two", tried(r.Pairs))
	}
	b.WriteString("\n")
	if r.Singles.N < r.Singles.Of || r.Pairs.N < r.Pairs.Of {
		fmt.Fprintf(b, "that is a sample, the same each time: --seed takes another, --max a larger one\n")
	}
	counts := map[explore.Grade]int{}
	pairs := 0
	for _, t := range r.Trials {
		if len(t.Failures) == 1 {
			counts[t.Cost.Grade]++
		} else {
			pairs++
		}
	}
	var parts []string
	for g := explore.Ends; ; g-- {
		if n := counts[g]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", g, n))
		}
		if g == explore.Nothing {
			break
		}
	}
	fmt.Fprintf(b, "of one: %s\n", strings.Join(parts, ", "))
	if r.Pairs.N > 0 {
		fmt.Fprintf(b, "of two: %d cost more than each of the two alone\n", pairs)
	}
}

func tried(t explore.Tried) string {
	if t.N < t.Of {
		return fmt.Sprintf("%d of %d cases", t.N, t.Of)
	}
	return plural(t.N, "case")
}

// list is words, but for those that are too many.
func list(words []string, most int) string {
	if len(words) > most+1 {
		return fmt.Sprintf("%s and %d more", strings.Join(words[:most], ", "), len(words)-most)
	}
	return strings.Join(words, ", ")
}

func plural(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case noun == "child":
		return fmt.Sprintf("%d children", n)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// clock is a time as a person reads it.
func clock(d time.Duration) string {
	switch {
	case d >= time.Minute:
		d = d.Round(time.Second)
	case d >= time.Second:
		d = d.Round(10 * time.Millisecond)
	default:
		d = max(time.Millisecond, d.Round(time.Millisecond))
	}
	return policy.Spell(d)
}
