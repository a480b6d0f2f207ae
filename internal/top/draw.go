package top

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/supgen/supgen/internal/operate"
)

// Draw makes the lines of a screen of so many columns and lines. With a height of 0 there is no screen: all rows are drawn, and no
// keys are named.
func (m *Model) Draw(width, height int, now time.Time) []Line {
	m.arrange()
	lines := []Line{m.header(width, now)}
	var body, foot []Line
	switch {
	case height == 0:
		lines = append(lines, m.notice(100, now)...)
		m.page, m.first = len(m.rows), 0
		return append(append(lines, Line{}), m.table(width, len(m.rows), false, now)...)
	case m.screen == showHelp:
		body = help()
	case m.screen == showDetails:
		body = m.details(width, now)
	default:
		lines = append(lines, m.notice(height, now)...)
	}
	foot = []Line{m.foot(width, now)}
	room := max(0, height-len(lines)-len(foot))
	if m.screen == showTree {
		m.page = max(1, room-1)
		body = m.table(width, m.page, true, now)
	} else {
		m.page = max(1, room)
		m.scroll = max(0, min(m.scroll, len(body)-room))
		body = body[m.scroll:]
	}
	body = body[:min(len(body), room)]
	lines = append(lines, body...)
	for len(lines) < height-len(foot) {
		lines = append(lines, Line{})
	}
	if m.trouble != "" {
		for i := range lines[1:] {
			lines[i+1] = lines[i+1].restyle(Dim)
		}
	}
	return append(lines, foot...)[:max(0, height)]
}

// header is the first line: the tree as a whole.
func (m *Model) header(width int, now time.Time) (l Line) {
	tree := m.View.Tree
	l.add(Bold, tree.Path)
	l.add(0, "  ")
	if m.trouble != "" {
		l.add(Red|Bold, fmt.Sprintf("not connected for %s: %s", operate.Span(now.Sub(m.heard)), m.trouble))
		if left := m.retry.Sub(now); left > 0 {
			l.add(Red, "; next try in "+operate.Span(left+time.Second-1))
		}
		return l
	}
	ready, style := "ready", Green|Bold
	if !m.isReady() {
		ready, style = "not ready", Red|Bold
	}
	l.add(style, operate.Words(tree.Phase)+", "+ready)
	for _, n := range m.counts() {
		l.add(0, "  ")
		l.add(toneStyle(n.tone), fmt.Sprintf("%s %d %s", n.shape, n.n, n.word))
	}
	if room := width - l.width() - operate.Width(m.Addr); room >= 2 {
		l.add(Dim, strings.Repeat(" ", room)+m.Addr)
	}
	return l
}

// isReady reports whether the root is ready, as far as the events say.
func (m *Model) isReady() bool {
	root := m.View.Child(m.View.Tree.Path)
	return root != nil && root.Lifecycle == "ready" && m.View.Tree.Phase == "running"
}

type stateCount struct {
	shape, word string
	tone        operate.Tone
	n           int
}

// counts are how many children are in which state: what is wrong first, and then most first.
func (m *Model) counts() (counts []stateCount) {
	at := map[string]int{}
	for i := range m.View.Children {
		c := &m.View.Children[i]
		if c.Role == "supervisor" || c.Role == "group" {
			continue
		}
		word := operate.StateWord(c)
		j, ok := at[word]
		if !ok {
			j = len(counts)
			at[word] = j
			counts = append(counts, stateCount{shape: operate.Shape(c), word: word})
		}
		counts[j].n++
		counts[j].tone = max(counts[j].tone, m.View.Tone(c))
	}
	slices.SortStableFunc(counts, func(a, b stateCount) int {
		switch badA, badB := a.tone == operate.ToneBad, b.tone == operate.ToneBad; {
		case badA == badB:
			return b.n - a.n
		case badA:
			return -1
		}
		return 1
	})
	return counts
}

func toneStyle(t operate.Tone) Style {
	switch t {
	case operate.ToneOK:
		return Green
	case operate.ToneDone, operate.ToneOff:
		return Dim
	case operate.ToneWait:
		return Yellow
	}
	return Red | Bold
}

// notice says what is wrong, as far as there is room on a screen of this height: each cause, what happens next, and who waits for it.
func (m *Model) notice(height int, now time.Time) (lines []Line) {
	causes, most := m.View.Causes(), 1
	if height >= 20 {
		most = 2
	}
	if m.causes {
		most = 0 // the table has them
	}
	now = now.Add(m.ahead)
	for _, c := range causes[:min(most, len(causes))] {
		var l Line
		verb := " is " + operate.StateWord(c)
		if m.View.Trouble(c) != nil && c.Lifecycle == "restarting" {
			verb = " fails"
		}
		l.add(Red|Bold, operate.Shape(c)+" "+c.Path+verb)
		l.add(0, ": "+m.View.Why(c))
		lines = append(lines, l)
		if text := operate.Join(", ", m.View.Tries(c, now), operate.Countdown(c, now)); text != "" || len(m.View.Waiting(c)) > 0 {
			lines = append(lines, Line{{"  " + operate.Join("; ", text, m.View.WaitingText(c, 20)), 0}})
		}
		if height < 14 {
			lines = lines[:1]
		}
	}
	if more := len(causes) - most; more > 0 && most > 0 && height >= 14 {
		lines = append(lines, Line{{fmt.Sprintf("  and %d more: press c for the causes", more), Dim}})
	}
	if r := m.View.Report; r != nil {
		var left []string
		for _, c := range r.Children {
			if now := m.View.Child(c.Path); now != nil && now.Lifecycle != "stopped" && (c.Outcome == "running" || c.Outcome == "stuck") {
				left = append(left, c.Path)
			}
		}
		if len(left) > 0 {
			lines = append(lines, Line{{"▽ not down yet: ", Yellow | Bold}, {strings.Join(left, ", "), 0}})
		}
	}
	if stuck := m.View.Tree.Leaked; len(stuck) > 0 {
		lines = append(lines, Line{{"✖ stuck, asked to stop and still running: ", Red | Bold}, {strings.Join(stuck, ", "), 0}})
	}
	return lines
}

// table is a header and so many rows, with the selected one among them.
func (m *Model) table(width, rows int, live bool, now time.Time) []Line {
	m.first = max(0, min(m.first, m.at, len(m.rows)-rows))
	m.first = max(m.first, m.at-rows+1)
	seen := m.rows[m.first:min(len(m.rows), m.first+rows)]
	name := len("CHILD")
	for _, r := range seen {
		name = max(name, 2*r.level+2+operate.Width(r.label))
	}
	name = min(name, max(12, width*2/5))
	wide := width >= 60
	var head Line
	head.cell(Dim, "CHILD", name)
	head.cell(Dim, "STATE", 13)
	if wide {
		head.cell(Dim, "SINCE", 7)
		head.cell(Dim, "RESTARTS", 8)
	}
	head.add(Dim, "WHY")
	lines := []Line{head}
	for i, r := range seen {
		c, tone, follows := r.child, m.View.Tone(r.child), m.View.Root(r.child) != r.child
		text, state := Style(0), toneStyle(tone)
		switch {
		case follows && !operate.IsFine(c):
			text, state = Dim, Dim
		case tone == operate.ToneBad:
			text = Bold
		case tone == operate.ToneDone || tone == operate.ToneOff:
			text = Dim
		}
		fold := "  "
		if len(m.View.Below(c.Path)) > 0 && m.order == byTree && !m.causes {
			fold = "▾ "
			if m.folded[c.Path] && m.filter == "" {
				fold = "▸ "
			}
		}
		var l Line
		l.cell(text, strings.Repeat("  ", min(r.level, 20))+fold+r.label, name)
		l.cell(state, operate.Shape(c)+" "+operate.StateWord(c), 13)
		if wide {
			l.cell(text, operate.Since(c, now.Add(m.ahead)), 7)
			l.cell(text, m.restarts(c), 8)
		}
		l.add(text, m.View.Why(c))
		if live && m.first+i == m.at {
			l = l.restyle(Inverse)
		}
		lines = append(lines, l)
	}
	if len(m.rows) == 0 {
		lines = append(lines, Line{{"  " + m.nothing(), Dim}})
	}
	return lines
}

// nothing is why there are no rows.
func (m *Model) nothing() string {
	switch {
	case m.filter != "":
		return fmt.Sprintf("nothing matches %q; Esc shows all", m.filter)
	case m.causes:
		return "nothing is wrong; c shows all"
	}
	return "there are no children"
}

// restarts are those that count now, in few columns: "3/10".
func (m *Model) restarts(c *operate.Child) string {
	switch l := m.View.Declared(c.Path).Limit; {
	case c.Restarts == 0:
		return "-"
	case l != nil:
		return fmt.Sprintf("%d/%d", c.Restarts, l.N)
	}
	return fmt.Sprint(c.Restarts)
}

// details are the lines about the selected child.
func (m *Model) details(width int, now time.Time) (lines []Line) {
	c := m.View.Child(m.selected)
	if c == nil {
		return []Line{{{"It is gone.", Dim}}}
	}
	for _, p := range m.View.Explanation(c, m.statements, now.Add(m.ahead)) {
		style := Style(0)
		if p.Name == "failure" || p.Name == "cause" {
			style = Bold
		}
		for i, text := range p.Lines {
			name := p.Name
			if i > 0 {
				name, style = "", 0
			}
			lines = append(lines, wrap(name, text, style, width)...)
		}
	}
	name := "events"
	for i := len(m.events) - 1; i >= 0 && name != "…"; i-- {
		if e := m.events[i]; e.Path == c.Path {
			lines = append(lines, wrap(name, e.Time.Local().Format("15:04:05 ")+e.Sentence(), 0, width)...)
			name = ""
		}
	}
	return lines
}

// wrap is a text beside a name, in as many lines as it needs.
func wrap(name, text string, style Style, width int) (lines []Line) {
	const indent = 11
	room := max(8, width-indent)
	for rest := operate.Clean(text); ; {
		part, rest2 := breakLine(rest, room)
		var l Line
		l.cell(Dim, name, indent-1)
		l.add(style, part)
		lines = append(lines, l)
		if name, rest = "", rest2; rest == "" || len(lines) == 100 {
			return lines
		}
	}
}

// breakLine is as much of a text as fits into so many columns, at a space if there is one.
func breakLine(text string, columns int) (line, rest string) {
	cut, _ := operate.Cut(text, columns)
	if cut == text {
		return text, ""
	}
	line = strings.TrimSuffix(cut, "…")
	if i := strings.LastIndexByte(line, ' '); i > 0 {
		line = line[:i]
	}
	if line == "" {
		return cut, ""
	}
	return line, strings.TrimLeft(text[len(line):], " ")
}

func help() (lines []Line) {
	for _, key := range [][2]string{
		{"↑ ↓  j k", "select a child; also PgUp, PgDn, Home, End, g, G"},
		{"← →  h l", "fold and unfold a supervisor"},
		{"Enter", "why the child is as it is: causes, failure, decision, events"},
		{"c", "only the causes, or all"},
		{"/", "only children whose path, state, role or tag has a text"},
		{"s", "sort: as the tree, by state, by restarts, newest first"},
		{"r", "restart the child; it asks why"},
		{"Esc", "back; in the table, show all"},
		{"Ctrl-L", "draw the screen again"},
		{"q", "quit"},
		{"", ""},
		{"▲ ✖ ◆", "what is red is the cause; what waits for it is grey"},
	} {
		var l Line
		l.cell(Bold, "  "+key[0], 12)
		l.add(0, key[1])
		lines = append(lines, l)
	}
	return lines
}

// foot is the last line: the prompt, a message, or which keys there are.
func (m *Model) foot(width int, now time.Time) (l Line) {
	switch {
	case m.prompt == promptFilter:
		return promptLine("/", m.text, width)
	case m.prompt == promptWhy && !(m.wrong && now.Before(m.until)):
		return promptLine("Restart "+m.asked+": why? ", m.text, width)
	case m.message != "" && now.Before(m.until):
		style := Bold
		if m.wrong {
			style |= Red
		}
		return Line{{operate.Clean(m.message), style}}
	}
	keys := []string{"? help", "q quit", "Enter why", "/ filter", "s sort", "c causes", "r restart"}
	if m.screen != showTree {
		keys = []string{"Esc back", "↑↓ scroll", "r restart"}
	}
	if m.screen == showHelp {
		keys = keys[:2]
	}
	l.add(Dim, strings.Join(keys, "  "))
	if m.screen == showTree && (m.filter != "" || m.order != byTree || m.causes) {
		shown := ""
		if m.causes {
			shown = "causes"
		}
		if m.filter != "" {
			shown = operate.Join(" ", shown, fmt.Sprintf("%q", m.filter))
		}
		if m.order != byTree {
			shown = operate.Join(" ", shown, m.order.String())
		}
		l.add(Bold, "  ["+shown+"]")
	}
	if place := fmt.Sprintf("%d/%d", min(m.at+1, len(m.rows)), len(m.rows)); m.screen == showTree && width-l.width() > len(place)+1 {
		l.add(Dim, strings.Repeat(" ", width-l.width()-len(place))+place)
	}
	return l
}

// promptLine is a question and the end of what was typed, with a cursor.
func promptLine(question, text string, width int) (l Line) {
	l.add(Bold, question)
	room := max(1, width-operate.Width(question)-1)
	for operate.Width(text) > room {
		_, n := utf8.DecodeRuneInString(text)
		text = text[n:]
	}
	l.add(0, text)
	l = append(l, part{" ", Inverse}, part{" ", 0})
	return l
}
