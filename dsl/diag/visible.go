package diag

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Visible returns text with nothing left in it that a terminal obeys or a reader cannot see: control characters, line
// and paragraph separators, marks that show a line in another order than it is read in, other characters without a
// shape, and bytes that are not UTF-8. Characters become escapes that are the same in Go and in JSON, "\u001b", and bytes
// those of Go, "\xff". Tabs and line feeds stay, and so do the joiners of scripts and emoji. To do it twice changes
// nothing, and what was JSON is JSON.
//
// It is for texts with lines of their own. What has to stay on one, such as the name of a file, wants [VisibleLine].
func Visible(text string) string {
	clean := strings.IndexFunc(text, isHidden)
	if clean < 0 {
		return text
	}
	var b strings.Builder
	b.WriteString(text[:clean])
	for text = text[clean:]; text != ""; {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[0])
		case r != utf8.RuneError && isHidden(r):
			writeEscape(&b, r)
		default:
			b.WriteString(text[:size])
		}
		text = text[size:]
	}
	return b.String()
}

// VisibleLine is [Visible] with tabs and line feeds escaped too.
func VisibleLine(text string) string { return onOneLine.Replace(Visible(text)) }

// Quoted is the name of a file in quotes, on one line. It keeps the backslashes of Windows, which "%q" doubles.
func Quoted(name string) string { return `"` + VisibleLine(name) + `"` }

var onOneLine = strings.NewReplacer("\t", `\t`, "\n", `\n`)

// isHidden reports whether a character is escaped, or may be a byte that is not UTF-8.
func isHidden(r rune) bool {
	const zeroWidthNonJoiner, zeroWidthJoiner = '\u200c', '\u200d'
	switch {
	case ' ' <= r && r < 0x7f, r == '\t', r == '\n', r == zeroWidthNonJoiner, r == zeroWidthJoiner:
		return false
	}
	return r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

func writeEscape(b *strings.Builder, r rune) {
	if high, low := utf16.EncodeRune(r); high != unicode.ReplacementChar {
		fmt.Fprintf(b, `\u%04x\u%04x`, high, low)
		return
	}
	fmt.Fprintf(b, `\u%04x`, r)
}
