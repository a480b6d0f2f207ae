package runtime

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxText is how much is kept of a text that comes from outside: a failure's, or who commanded something and why. Events
// keep it, states and reports do, and it may be a megabyte of a response. A key that is longer is refused.
const maxText = 64 << 10

// firstFew is the first ten of several, and how many more there are.
func firstFew[T any](all []T, separator string, spell func(T) string) string {
	const most = 10
	var parts []string
	for _, x := range all[:min(most, len(all))] {
		parts = append(parts, spell(x))
	}
	if more := len(all) - most; more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(parts, separator)
}

// bounded is a text that is not longer than mostText; one that was cut says so. It does not hold the text that it was cut from.
func bounded(text string) string {
	if len(text) <= maxText {
		return text
	}
	notice := fmt.Sprintf(" ... (cut: %d bytes in all)", len(text))
	end := maxText - len(notice)
	for range utf8.UTFMax - 1 {
		if !utf8.RuneStart(text[end]) {
			end--
		}
	}
	return text[:end] + notice
}
