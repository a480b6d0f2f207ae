package operate

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Table prints the children at a path and below it, one line each, in columns with two spaces or more between them.
func (v *View) Table(w io.Writer, under string, now time.Time) error {
	rows := [][]string{{"PATH", "STATE", "SINCE", "RESTARTS", "WHY"}}
	for i := range v.Children {
		if c := &v.Children[i]; IsBelow(c.Path, under) {
			rows = append(rows, []string{c.Path, StateWord(c), Since(c, now), v.Restarts(c), v.Why(c)})
		}
	}
	return columns(w, rows)
}

// columns prints rows with their cells below each other. An empty cell is "-", but for the last.
func columns(w io.Writer, rows [][]string) error {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], Width(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row[:len(row)-1] {
			if cell == "" {
				cell = "-"
			}
			b.WriteString(cell)
			b.WriteString(strings.Repeat(" ", widths[i]-Width(cell)+2))
		}
		line := strings.TrimRight(b.String()+row[len(row)-1], " ")
		b.Reset()
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}

// Explain prints why a child is as it is: what it waits for, up to the cause; the last failure; what was decided, and by which statements;
// who waits for it.
func (v *View) Explain(w io.Writer, c *Child, statements []Statement, now time.Time) error {
	for _, p := range v.Explanation(c, statements, now) {
		for i, line := range p.Lines {
			name := p.Name
			if i > 0 {
				name = ""
			}
			if _, err := fmt.Fprintf(w, "%-11s%s\n", name, line); err != nil {
				return err
			}
		}
	}
	return nil
}

// A Part is what an explanation says about one thing.
type Part struct {
	Name  string
	Lines []string
}

// Explanation is why a child is as it is.
func (v *View) Explanation(c *Child, statements []Statement, now time.Time) (parts []Part) {
	add := func(name string, lines ...string) {
		for i := len(lines) - 1; i >= 0; i-- {
			if lines[i] == "" {
				lines = append(lines[:i], lines[i+1:]...)
			}
		}
		if len(lines) > 0 {
			parts = append(parts, Part{name, lines})
		}
	}
	add("child", strings.TrimSpace(c.Path+" "+v.roleOf(c)))
	state := StateWord(c)
	if since := Since(c, now); since != "" {
		state += " for " + since
	}
	if c.Health != "" && c.Health != "unknown" && c.Lifecycle == "ready" { // else it says no more than the cause
		state += ", " + Words(c.Health)
	}
	add("state", state)
	if a, ok := v.Commanded(c); ok {
		add("command", fmt.Sprintf("%s by %s: %s", Words(a.Verb), a.Who, a.Why))
	}
	if c.NotReady == nil && !IsFine(c) {
		add("next", Join(", ", v.Tries(c, now), Countdown(c, now)))
	}
	chain := v.Chain(c)
	for i, step := range chain[1:] {
		name, line := "", fmt.Sprintf("%s, which is %s", step.Path, StateWord(step))
		if i == 0 {
			name = "waits for"
		}
		add(name, line)
	}
	if root := chain[len(chain)-1]; root != c {
		add("cause", root.Path+": "+causeOf(v, root), Join(", ", v.Tries(root, now), Countdown(root, now)))
	} else if c.Waits != "" && v.Trouble(c) == nil {
		add("waits for", FirstLine(c.Waits))
	}
	if c.NotReady != nil {
		add("because", c.NotReady.lines()...)
	}
	if c.Failure != nil {
		name := "failure"
		if v.Trouble(c) != c.Failure {
			name = "failed" // it is over
		}
		add(name, c.Failure.lines()...)
	}
	if c.Unclean != nil {
		add("unclean", "its last stop: "+c.Unclean.Words())
	}
	if d := c.Decision; d != nil && d.Action != "" && d.Action != "none" {
		line := Words(d.Action)
		if d.Delay > 0 {
			line += " after " + short(d.Delay)
		}
		add("decision", line+": "+d.Reason)
		for i, s := range statements {
			name := ""
			if i == 0 {
				name = "by"
			}
			add(name, fmt.Sprintf("%s (of %s, %s)", s.Text, s.Of, s.Source))
		}
		if len(statements) == 0 && d.At != "" {
			add("by", fmt.Sprintf("the row %s of %s", Words(d.Row), d.At))
		}
	}
	add("restarts", fmt.Sprintf("%s; in all %s, %s", v.Restarts(c), count(c.Starts, "start"), count(c.Failures, "failure")))
	add("waiting", v.WaitingText(c, 8))
	if from := v.Declared(c.Path).From; from != "" {
		add("declared", from)
	}
	return parts
}

// lines are all that a failure says.
func (f *Failure) lines() []string {
	lines := strings.Split(strings.TrimRight(f.Message, "\n"), "\n")
	lines[0] = f.Words()
	return append(lines, strings.Split(strings.TrimRight(f.Stack, "\n"), "\n")...)
}

// causeOf is why a cause is one.
func causeOf(v *View, c *Child) string {
	if why := v.Why(c); why != "" {
		return why
	}
	return StateWord(c)
}

// roleOf is what a child is declared as, in brackets.
func (v *View) roleOf(c *Child) string {
	d := v.Declared(c.Path)
	text := Words(c.Role)
	if d.Optional {
		text = "optional " + text
	}
	if d.Dynamic {
		text = "dynamic " + text
	}
	if text == "" {
		return ""
	}
	return "(" + text + ")"
}

// WaitingText names the children that wait for one, so many at most: "2 wait for it: Shop.Orders, Shop.HTTP".
func (v *View) WaitingText(c *Child, most int) string {
	all := v.Waiting(c)
	if len(all) == 0 {
		return ""
	}
	var names []string
	for _, w := range all[:min(most, len(all))] {
		names = append(names, w.Path)
	}
	text := fmt.Sprintf("%d wait for it: ", len(all))
	if len(all) == 1 {
		text = "1 waits for it: "
	}
	text += strings.Join(names, ", ")
	if more := len(all) - len(names); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// Join joins the texts that are not empty.
func Join(by string, texts ...string) string {
	var list []string
	for _, text := range texts {
		if text != "" {
			list = append(list, text)
		}
	}
	return strings.Join(list, by)
}

// Line is an event as a line of a log.
func (e *Event) Line() string {
	return fmt.Sprintf("%s  %s  %s", e.Time.Local().Format("15:04:05.000"), e.Path, e.Sentence())
}

// Text is an answer to a command, in a sentence.
func (a *Answer) Text() string {
	switch {
	case !a.Changed:
		return fmt.Sprintf("%s: nothing changed, it is %s", a.Path, lifecycle(a.Before))
	case a.Before == a.Next:
		return fmt.Sprintf("%s: %s, it is %s", a.Path, Words(a.Verb), lifecycle(a.Before))
	}
	return fmt.Sprintf("%s: %s, it was %s and will be %s", a.Path, Words(a.Verb), lifecycle(a.Before), lifecycle(a.Next))
}

// Text is what is kept of the past, in lines.
func (h *History) Text() string {
	text := fmt.Sprintf("events  %d to %d\n", h.First, h.Last)
	if h.Last < h.First {
		text = "events  none yet\n"
	}
	if h.Horizon != nil {
		text += fmt.Sprintf("states  %d to %d\n", *h.Horizon, h.Last)
	}
	for _, g := range h.Gaps {
		text += fmt.Sprintf("lost    %d to %d\n", g.From, g.To)
	}
	return text
}
