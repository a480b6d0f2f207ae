package diag

import "regexp"

// A message of more than most bytes is cut, first in words of more than mostWord: what quotes a name of a megabyte still says
// what is wrong with it.
const (
	most     = 2000
	mostWord = 200
)

var longWord = regexp.MustCompile(`\S{200,}`)

// Short is a text for a reader of no more than a few thousand bytes, with "…" in place of what is left out.
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

// cut is about size bytes of a text, three quarters of them from its beginning and the others from its end.
func cut(text string, size int) string {
	from, to := runeStart(text, size*3/4), runeStart(text, len(text)-size/4)
	return text[:from] + "…" + text[to:]
}
