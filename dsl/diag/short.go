package diag

import (
	"regexp"
	"unicode/utf8"
)

// A message of more than most bytes is cut, first in words of more than mostWord: what quotes a name of a megabyte still says
// what is wrong with it.
const (
	most     = 2000
	mostWord = 200
)

var longWord = regexp.MustCompile(`\S{200,}`)

// Short is a text for a reader of at most 2,000 bytes, with "…" in place of what is left out.
func Short(text string) string {
	if len(text) <= most {
		return text
	}
	text = longWord.ReplaceAllStringFunc(text, func(word string) string { return cut(word, mostWord) })
	if len(text) <= most {
		return text
	}
	return cut(text, most)
}

// cut is less than size bytes of a text, three quarters of them from its beginning and the others from its end.
func cut(text string, size int) string {
	from, to := runeStart(text, size*3/4), len(text)-size/4+len("…")+1
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to++
	}
	return text[:from] + "…" + text[to:]
}
