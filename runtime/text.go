package runtime

import (
	"fmt"
	"unicode/utf8"
)

// mostText is how much is kept of a text that comes from outside: a failure's, or who commanded something and why. Events
// keep it, states and reports do, and it may be a megabyte of a response. A key that is longer is refused.
const mostText = 64 << 10

// bounded is a text that is not longer than mostText; one that was cut says so. It does not hold the text that it was cut from.
func bounded(text string) string {
	if len(text) <= mostText {
		return text
	}
	notice := fmt.Sprintf(" ... (cut: %d bytes in all)", len(text))
	end := mostText - len(notice)
	for range utf8.UTFMax - 1 {
		if !utf8.RuneStart(text[end]) {
			end--
		}
	}
	return text[:end] + notice
}
