package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// document is the table with what one must know to read it.
func document(r *results) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s, %s; %s.\n", r.Machine, r.Date.Format("2006-01-02"), plural(r.Rounds, "round", "rounds"))
	fmt.Fprintln(&out, r.noise())
	out.WriteString("Medians; ± is half of what lies between the fastest and the slowest round; in brackets, supgen's value divided by this one.\n\n")
	out.WriteString(table(r))
	met, missed, unknown := tally(r)
	fmt.Fprintf(&out, "\n%s met, %d not, %d not measured.\n", plural(met, "goal", "goals"), missed, unknown)
	if len(r.Left) > 0 {
		out.WriteString("\nLeft out:\n\n")
		for _, why := range r.Left {
			fmt.Fprintf(&out, "* %s\n", why)
		}
	}
	return out.String()
}

// tally counts goals.
func tally(r *results) (met, missed, unknown int) {
	for _, g := range goals {
		switch v := g.judge(r); {
		case !v.known:
			unknown++
		case v.met:
			met++
		default:
			missed++
		}
	}
	return met, missed, unknown
}

// What stands between these lines of a page is the benchmark's.
const (
	opening = "<!-- What go run ./bench -write measured. -->\n"
	closing = "<!-- End of what was measured. -->\n"
)

// blank is the page when there is none.
const blank = "# Performance\n\nMeasured by `go run ./bench -write`.\n\n" + opening + closing

// insert writes text between the markers of a page, which is made if there is none.
func insert(page, text string) error {
	old, err := os.ReadFile(page)
	if errors.Is(err, fs.ErrNotExist) {
		old, err = []byte(blank), nil
	}
	if err != nil {
		return err
	}
	before, rest, opened := strings.Cut(string(old), opening)
	_, after, closed := strings.Cut(rest, closing)
	if !opened || !closed {
		return fmt.Errorf("%s: the place for the table is not marked; write these lines where it is to stand:\n%s%s", page, opening, closing)
	}
	return os.WriteFile(page, []byte(before+opening+"\n"+text+pictures+"\n"+closing+after), 0o666)
}
