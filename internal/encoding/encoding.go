// Package encoding knows texts that are not plain UTF-8, as editors and shells on Windows write them.
package encoding

import (
	"strings"
	"unicode/utf8"
)

// ByteOrderMark is how some editors begin a file.
const ByteOrderMark = "\uFEFF"

// IsUTF16 reports whether a text is UTF-16, as ">" of Windows PowerShell writes it: its first character is the mark of that, or
// one of ASCII.
func IsUTF16[text string | []byte](t text) bool {
	if len(t) < 2 {
		return false
	}
	a, b := t[0], t[1]
	return a == 0xff && b == 0xfe || a == 0xfe && b == 0xff || (a == 0) != (b == 0)
}

// NotUTF8 is the offset of the first byte of a text that is not UTF-8, as in Latin-1 and Windows-1252, or -1.
func NotUTF8(text string) int {
	if utf8.ValidString(text) {
		return -1
	}
	for i, r := range text {
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD") {
			return i
		}
	}
	return -1
}
