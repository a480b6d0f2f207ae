package main

import "fmt"

// A goal holds a row to a bound: of its own, or a multiple of another value that was measured in the same run.
type goal struct {
	row     string
	atLeast bool // or at the most
	bound   float64
	unit    string // of a bound of its own
	of      string // × this contender's
	ofRow   string // in this row; the same if empty
	words   string // for it, if the formula does not read well
}

// goals are what supgen is to reach on a quiet machine.
var goals = []goal{
	{row: "error p50", bound: 0.3, of: "suture"},
	{row: "error p50", bound: 2, of: "bare+ctx"},
	{row: "error p99", bound: 3, of: "suture", ofRow: "error p50", words: "≤ 3 × suture's p50"},
	{row: "error allocs", bound: 1, of: "bare+ctx", words: "no more than bare+ctx"},
	{row: "panic p50", bound: 0.12, of: "suture"},
	{row: "many p50", bound: 1.5, of: "supgen", ofRow: "error p50", words: "≤ 1.5 × among fewer"},
	{row: "storm", atLeast: true, bound: 6, of: "suture"},
	{row: "start", bound: 1.3, of: "bare+ctx"},
	{row: "stop", bound: 0.4, of: "suture"},
	{row: "memory", bound: 1.05, of: "bare+ctx"},
	{row: "goroutines", bound: 1.01, words: "one"}, // beside those of Run
	{row: "heartbeat", bound: 20, unit: "ns"},
	{row: "event", bound: 100, unit: "ns"},
	{row: "state", bound: 30, unit: "ms"},
	{row: "state wait", bound: 1, unit: "ms"},
	{row: "steps", atLeast: true, bound: 3, unit: "million a second"},
	{row: "step growth", bound: 1.5, words: "flat: ≤ 1.5 ×"},
	{row: "nothing to do", bound: 10, unit: "ms"},
	{row: "everything to do", bound: 1, of: "templ", words: "below templ"},
	{row: "validate", bound: 0.4, unit: "s"},
	{row: "generate nothing", bound: 0.8, unit: "s"},
	{row: "generate", bound: 3, unit: "s"},
	{row: "generate memory", bound: 250, unit: "MB"},
	{row: "growth", bound: 1.5, words: "linear: ≤ 1.5 ×"},
	{row: "go build", bound: 2, of: "plain functions"},
	{row: "cold build", bound: 12, unit: "s"},
	{row: "binary", bound: 15, unit: "MB"},
}

// A verdict is how a goal fared.
type verdict struct {
	goal
	known bool
	met   bool
	is    float64 // the value, or its ratio
}

// judge looks a goal up in the results.
func (g goal) judge(r *results) verdict {
	v := verdict{goal: g}
	is, known := r.value(g.row, "supgen")
	if g.of != "" {
		row := g.ofRow
		if row == "" {
			row = g.row
		}
		of, there := r.value(row, g.of)
		known = known && there && of > 0
		is /= of
	}
	if known {
		v.known, v.is = true, is
		v.met = is <= g.bound
		if g.atLeast {
			v.met = is >= g.bound
		}
	}
	return v
}

// String is the goal as the table shows it.
func (g goal) String() string {
	sign := "≤"
	if g.atLeast {
		sign = "≥"
	}
	switch {
	case g.words != "":
		return g.words
	case g.of != "":
		return fmt.Sprintf("%s %g × %s", sign, g.bound, g.of)
	}
	return fmt.Sprintf("%s %g %s", sign, g.bound, g.unit)
}

// String is the goal and how it fared.
func (v verdict) String() string {
	switch {
	case !v.known:
		return v.goal.String() + ": not measured"
	case v.met:
		return fmt.Sprintf("%s: met (%s)", v.goal, figure(v.is))
	}
	return fmt.Sprintf("%s: **not met** (%s)", v.goal, figure(v.is))
}
