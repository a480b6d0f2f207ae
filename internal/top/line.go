package top

import (
	"strings"

	"github.com/supgen/supgen/internal/operate"
)

// A Style is how a part of a line looks. The zero Style is plain.
type Style uint8

const (
	Bold Style = 1 << iota
	Dim
	Inverse
	Red
	Yellow
	Green
)

// codes are the SGR parameters of the styles, in their order.
var codes = []string{"1", "2", "7", "31", "33", "32"}

// sgr begins a style. Without colour the others are left.
func (s Style) sgr(colour bool) string {
	if !colour {
		s &= Bold | Dim | Inverse
	}
	var on []string
	for i, code := range codes {
		if s&(1<<i) != 0 {
			on = append(on, code)
		}
	}
	if len(on) == 0 {
		return ""
	}
	return "\x1b[" + strings.Join(on, ";") + "m"
}

// A Line is a line of the screen, from parts.
type Line []part

type part struct {
	text  string
	style Style
}

// add adds a text. It stays in its line.
func (l *Line) add(style Style, text string) {
	if text != "" {
		*l = append(*l, part{operate.Clean(text), style})
	}
}

// cell adds a text that takes so many columns, and a space.
func (l *Line) cell(style Style, text string, columns int) {
	text, width := operate.Cut(operate.Clean(text), columns)
	*l = append(*l, part{text, style}, part{strings.Repeat(" ", columns-width+1), 0})
}

func (l Line) width() (n int) {
	for _, p := range l {
		n += operate.Width(p.text)
	}
	return n
}

// cut is as much of a line as so many columns have room for.
func (l Line) cut(columns int) (cut Line) {
	for _, p := range l {
		text, width := operate.Cut(p.text, columns)
		if columns -= width; text != "" {
			cut = append(cut, part{text, p.style})
		}
		if text != p.text {
			break
		}
	}
	return cut
}

// Plain is the text of a line, without spaces at its end.
func (l Line) Plain() string {
	var b strings.Builder
	for _, p := range l {
		b.WriteString(p.text)
	}
	return strings.TrimRight(b.String(), " ")
}

// ANSI is a line for a terminal, filled with spaces up to a width.
func (l Line) ANSI(width int, colour bool) string {
	l = l.cut(width)
	fill := Style(0)
	if len(l) > 0 {
		fill = l[len(l)-1].style & Inverse
	}
	if room := width - l.width(); room > 0 {
		l = append(l, part{strings.Repeat(" ", room), fill})
	}
	var b strings.Builder
	for _, p := range l {
		on := p.style.sgr(colour)
		b.WriteString(on + p.text)
		if on != "" {
			b.WriteString("\x1b[0m")
		}
	}
	return b.String()
}

// restyle gives all parts a style instead of theirs.
func (l Line) restyle(style Style) Line {
	for i := range l {
		l[i].style = style
	}
	return l
}
