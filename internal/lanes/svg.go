package lanes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/supgen/supgen/internal/svg"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/policy"
)

// Style is the look of drawings, for the page that they are put into.
const Style = `.lanes text { font: 12px Helvetica, Arial, sans-serif; fill: #1f2328 }
.lanes .time, .lanes .word { font-size: 10px; fill: #59636e }
.lanes .in { font-size: 10px; fill: #ffffff }
.lanes .mark { font-size: 10px; fill: #59636e }
.lanes .bad { font-size: 10px; fill: #b31d28 }
.lanes .grid { stroke: #d1d9e0; stroke-width: 1 }
.lanes .ready { fill: #1a7f37 }
.lanes .up { fill: #54aeff }
.lanes .down { fill: #a475f9 }
.lanes .wait { fill: #fff1e5; stroke: #bc4c00; stroke-dasharray: 3 2 }
.lanes .out { fill: #ffebe9; stroke: #b31d28 }
.lanes .rest { stroke: #818b98; stroke-width: 2 }
.lanes .done { stroke: #1a7f37; stroke-width: 2 }
.lanes .cross { stroke: #b31d28; stroke-width: 2.2; fill: none }
.lanes .dot { fill: #59636e }
@media (prefers-color-scheme: dark) {
.lanes text { fill: #f0f6fc }
.lanes .time, .lanes .word, .lanes .mark { fill: #9198a1 }
.lanes .in { fill: #ffffff }
.lanes .bad { fill: #ff7b72 }
.lanes .grid { stroke: #3d444d }
.lanes .ready { fill: #238636 }
.lanes .up { fill: #1f6feb }
.lanes .down { fill: #8957e5 }
.lanes .wait { fill: #3d2412; stroke: #f0883e }
.lanes .out { fill: #490b12; stroke: #ff7b72 }
.lanes .rest { stroke: #818b98 }
.lanes .done { stroke: #3fb950 }
.lanes .cross { stroke: #ff7b72 }
.lanes .dot { fill: #9198a1 }
}
`

// page is what a drawing that stands alone has besides.
const page = `.page { fill: #ffffff }
@media (prefers-color-scheme: dark) { .page { fill: #0d1117 } }
`

// SVG draws events as a picture that is complete in itself. Its title says what it is of.
func SVG(events []runtime.Event, title string) string { return draw(events, 0, title, true) }

// Inline draws events for a page that has the Style: of those children alone to which something happens from a moment on.
func Inline(events []runtime.Event, from time.Duration, title string) string {
	return draw(events, from, title, false)
}

func draw(events []runtime.Event, from time.Duration, title string, alone bool) string {
	c := layOut(events, from)
	var b strings.Builder
	width, height := c.end()+24, top+laneHeight*float64(len(c.lanes))+8
	if c.notes() != "" {
		height += 20
	}
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="lanes" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" role="img">`+"\n", width, height, width, height)
	fmt.Fprintf(&b, "<title>%s</title>\n", svg.Text(title))
	if alone {
		fmt.Fprintf(&b, "<style>\n%s%s</style>\n<rect class=\"page\" width=\"%.0f\" height=\"%.0f\"/>\n", Style, page, width, height)
	}
	c.grid(&b, height)
	for i, l := range c.lanes {
		c.lane(&b, l, top+laneHeight*float64(i))
	}
	if notes := c.notes(); notes != "" {
		fmt.Fprintf(&b, "<text class=\"word\" x=\"12\" y=\"%.1f\">%s</text>\n", height-10, svg.Text(notes))
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// notes is what is not drawn.
func (c *chart) notes() string {
	var notes []string
	switch {
	case c.quiet == 1:
		notes = append(notes, "1 more, to which nothing happens, is not drawn")
	case c.quiet > 1:
		notes = append(notes, fmt.Sprintf("%d more, to which nothing happens, are not drawn", c.quiet))
	}
	if c.cut {
		notes = append(notes, "it goes on")
	}
	return strings.Join(notes, "; ")
}

// grid draws a line at each moment, and its time where there is room.
func (c *chart) grid(b *strings.Builder, height float64) {
	free := 0.0
	for i, at := range c.moments {
		x := c.x[i]
		fmt.Fprintf(b, "<path class=\"grid\" d=\"M%.1f %.1fV%.1f\"/>", x, top-10, height-28)
		if text := clock(at); x >= free {
			fmt.Fprintf(b, "<text class=\"time\" x=\"%.1f\" y=\"%.1f\">%s</text>", x, top-14, text)
			free = x + 6*float64(len(text)) + 8
		}
	}
	b.WriteString("\n")
}

func (c *chart) lane(b *strings.Builder, l *lane, y float64) {
	fmt.Fprintf(b, "<text x=\"12\" y=\"%.1f\">%s</text>\n", y+24, svg.Text(l.path))
	bar := y + 12
	for i, s := range l.spans {
		end := c.end()
		until := ""
		if i+1 < len(l.spans) {
			end = c.at(l.spans[i+1].from)
			until = " to " + clock(l.spans[i+1].from)
		}
		word := s.is.String()
		if s.done {
			word = "completed"
		}
		x := c.at(s.from)
		fmt.Fprintf(b, "<g><title>%s: %s, %s%s</title>%s", svg.Text(l.path), word, clock(s.from), until, shape(s, x, bar, end-x))
		l.word(b, s, word, x, end, bar)
		b.WriteString("</g>\n")
	}
	for i, m := range l.marks {
		c.mark(b, l, i, m, bar)
	}
}

// word writes a state's word where there is room: in a bar, or in the corner that a wedge leaves.
func (l *lane) word(b *strings.Builder, s span, word string, x, end, bar float64) {
	class, y, anchor := "word", bar+barHeight-4.5, "start"
	at, room := x+5, 5.5*float64(len(word))+12
	if slices.ContainsFunc(l.marks, func(m mark) bool { return m.at == s.from }) {
		at += 6
	}
	switch s.is {
	case runtime.LifecycleReady:
		class = "in"
	case runtime.LifecycleStarting, runtime.LifecycleRunning:
		y, room = bar+6, 2*room
	case runtime.LifecycleShuttingDown:
		y, at, anchor, room = bar+6, end-3, "end", 2*room
	case runtime.LifecycleStopped, runtime.LifecycleDeclared:
		y = bar + 9
	}
	if end-x >= room {
		fmt.Fprintf(b, "<text class=\"%s\" text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>", class, anchor, at, y, word)
	}
}

// shape is how a state looks.
func shape(s span, x, y, w float64) string {
	h := barHeight
	switch s.is {
	case runtime.LifecycleReady:
		return fmt.Sprintf(`<rect class="ready" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, x, y, w, h)
	case runtime.LifecycleStarting, runtime.LifecycleRunning:
		return fmt.Sprintf(`<path class="up" d="M%.1f %.1fL%.1f %.1fV%.1fH%.1fz"/>`, x, y+h-4, x+w, y, y+h, x)
	case runtime.LifecycleShuttingDown:
		return fmt.Sprintf(`<path class="down" d="M%.1f %.1fL%.1f %.1fV%.1fH%.1fz"/>`, x, y, x+w, y+h-4, y+h, x)
	case runtime.LifecycleRestarting:
		return fmt.Sprintf(`<rect class="wait" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, x, y+4, w, h-4)
	case runtime.LifecycleQuarantined, runtime.LifecyclePaused, runtime.LifecycleFailed:
		return fmt.Sprintf(`<rect class="out" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, x, y+2, w, h-2)
	}
	class := "rest"
	if s.done {
		class = "done"
	}
	return fmt.Sprintf(`<path class="%s" d="M%.1f %.1fh%.1f"/>`, class, x, y+h-2, w)
}

// mark draws a moment, and says what it is where there is room until the next one.
func (c *chart) mark(b *strings.Builder, l *lane, i int, m mark, y float64) {
	x := c.at(m.at)
	fmt.Fprintf(b, "<g><title>%s: %s, %s</title>", svg.Text(l.path), svg.Text(m.text), clock(m.at))
	class := "mark"
	if m.bad {
		class = "bad"
		fmt.Fprintf(b, `<path class="cross" d="M%.1f %.1fl9 9m0 -9l-9 9"/>`, x-4.5, y+3.5)
	} else {
		fmt.Fprintf(b, `<path class="dot" d="M%.1f %.1fl4 4l-4 4l-4 -4z"/>`, x, y+4)
	}
	if i+1 == len(l.marks) || c.at(l.marks[i+1].at)-x > 6*float64(len(m.text)) {
		fmt.Fprintf(b, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>", class, x-3, y-2, svg.Text(m.text))
	}
	b.WriteString("</g>\n")
}

// clock is a time to the millisecond.
func clock(d time.Duration) string { return policy.Spell(d.Round(time.Millisecond)) }
