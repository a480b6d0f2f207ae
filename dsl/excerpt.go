package dsl

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Excerpt is the line of src that pos is on, and under it a line with carets from pos up to end:
//
//	service DB needs Cahce {
//	                 ^^^^^
//
// Both begin with a tab. Tabs are kept in both, and wide characters count twice, so that the carets stand where a
// terminal shows the range.
func Excerpt(src []byte, pos, end Pos) string {
	start := pos.Offset - (pos.Column - 1)
	if start < 0 || pos.Offset > len(src) {
		return ""
	}
	line := src[start:]
	if n := bytes.IndexByte(line, '\n'); n >= 0 {
		line = line[:n]
	}
	line = bytes.TrimSuffix(line, []byte("\r"))

	var text, carets strings.Builder
	offset := start
	for len(line) > 0 {
		r, size := utf8.DecodeRune(line)
		line = line[size:]
		text.WriteRune(printable(r))
		if offset < end.Offset || offset <= pos.Offset {
			carets.WriteString(mark(r, offset >= pos.Offset))
		}
		offset += size
	}
	if offset <= pos.Offset { // at the end of the line, or after it
		carets.WriteString("^")
	}
	return "\t" + strings.TrimRight(text.String(), " \t") + "\n\t" + carets.String() + "\n"
}

// mark is what goes under a character.
func mark(r rune, within bool) string {
	switch {
	case r == '\t':
		return "\t"
	case within:
		return strings.Repeat("^", width(r))
	default:
		return strings.Repeat(" ", width(r))
	}
}

// printable keeps a terminal from obeying the source.
func printable(r rune) rune {
	if r != '\t' && unicode.IsControl(r) {
		return unicode.ReplacementChar
	}
	return r
}

// wide are the blocks whose characters take two columns on a terminal (Unicode Standard Annex 11).
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115f, Stride: 1}, // Hangul Jamo
		{Lo: 0x2e80, Hi: 0x303e, Stride: 1}, // CJK radicals and punctuation
		{Lo: 0x3041, Hi: 0xa4cf, Stride: 1}, // kana to Yi
		{Lo: 0xac00, Hi: 0xd7a3, Stride: 1}, // Hangul
		{Lo: 0xf900, Hi: 0xfaff, Stride: 1}, // CJK compatibility
		{Lo: 0xfe30, Hi: 0xfe6f, Stride: 1},
		{Lo: 0xff00, Hi: 0xff60, Stride: 1}, // full-width forms
		{Lo: 0xffe0, Hi: 0xffe6, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x1f300, Hi: 0x1f64f, Stride: 1}, // pictographs
		{Lo: 0x1f900, Hi: 0x1f9ff, Stride: 1},
		{Lo: 0x20000, Hi: 0x3fffd, Stride: 1}, // CJK extensions
	},
}

// width is how many columns a terminal gives a character.
func width(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}
