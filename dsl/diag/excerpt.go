package diag

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"github.com/supgen/supgen/internal/encoding"
)

// Excerpt is the line of src that pos is on, and under it a line with carets from pos up to end:
//
//	service DB needs Cahce {
//	                 ^^^^^
//
// Both begin with a tab, and keep the tabs of the line. The carets stand where a terminal shows the range: what is one
// character to a reader, as an emoji or a letter with an accent is, has the columns that a terminal gives it, and what
// cannot be shown is written out (see [Visible]). Of a very long line there is the part around pos, and of a text in UTF-16 nothing.
func Excerpt(src []byte, pos, end Pos) string {
	start := pos.Offset - (pos.Column - 1)
	if start < 0 || pos.Offset > len(src) || encoding.IsUTF16(src) {
		return ""
	}
	line := src[start:]
	if n := bytes.IndexByte(line, '\n'); n >= 0 {
		line = line[:n]
	}
	line = bytes.TrimRight(line, " \t\r")

	from, to := pos.Offset-start, end.Offset-start // of the range, in line
	var text, carets strings.Builder
	before, after := "", ""
	if from > 2*reach {
		cut := runeStart(line, from-reach)
		line, from, to, before = line[cut:], from-cut, to-cut, "…"
	}
	if len(line) > from+4*reach {
		line, after = line[:runeStart(line, from+4*reach)], "…"
	}
	text.WriteString(before)
	carets.WriteString(strings.Repeat(" ", uniseg.StringWidth(before)))
	for rest, offset, state := string(line), 0, -1; rest != ""; {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		shown := Visible(cluster)
		text.WriteString(shown)
		next := offset + len(cluster)
		switch width := uniseg.StringWidth(shown); {
		case offset >= max(to, from+1): // behind the range
		case cluster == "\t":
			carets.WriteString("\t")
		case next > from:
			carets.WriteString(strings.Repeat("^", width))
		default:
			carets.WriteString(strings.Repeat(" ", width))
		}
		offset = next
	}
	if !strings.Contains(carets.String(), "^") { // the range is the end of the line, or has no width
		carets.WriteString("^")
	}
	return "\t" + text.String() + after + "\n\t" + carets.String() + "\n"
}

// reach is how many bytes before a range an excerpt shows at least, and a fourth of those behind it.
const reach = 100

// runeStart is the start of the character that the byte at n is in.
func runeStart[text string | []byte](line text, n int) int {
	for n > 0 && !utf8.RuneStart(line[n]) {
		n--
	}
	return n
}
