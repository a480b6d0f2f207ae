package dsl

import (
	"fmt"
	"strings"
)

// longestWord is the longest that a word can be and still be mistyped: to compare longer ones takes too long.
const longestWord = 100

// nearest is the word that was probably meant. A synonym is always near, and so is a word that is right but for its
// case and its underscores.
func nearest(word string, words []string) (string, bool) {
	best, distance := "", max(2, (len(word)+4)/3) // one edit, and another for every three letters from five on
	for _, w := range words {
		if strings.EqualFold(w, word) || w == synonyms[word] {
			return w, true
		}
		if len(w) > longestWord || len(word) > longestWord {
			continue
		}
		if strings.EqualFold(strings.ReplaceAll(w, "_", ""), strings.ReplaceAll(word, "_", "")) {
			return w, true
		}
		if d := edits(word, w); d < distance && d < len(word) {
			best, distance = w, d
		}
	}
	return best, best != ""
}

// didYouMean ends a message about an unknown word.
func didYouMean(word string, words []string) string {
	if near, ok := nearest(word, words); ok {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// maxComparisons bounds what is spent on near names in one package. A text with so many mistakes has others to tell
// them from.
const maxComparisons = 1_000_000

// didYouMean is the same for names, of which there may be as many as there are mistakes.
func (c *checker) didYouMean(word string, names func() []string) string {
	if c.compared > maxComparisons {
		return ""
	}
	words := names()
	c.compared += len(words)
	return didYouMean(word, words)
}

// edits counts the letters to insert, delete, replace or swap to get from a to b (optimal string alignment).
func edits(a, b string) int {
	s, t := []rune(a), []rune(b)
	beforeLast, last, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range row {
		row[j] = j
	}
	for i := range s {
		beforeLast, last, row = last, row, beforeLast
		row[0] = i + 1
		for j := range t {
			row[j+1] = min(last[j+1], row[j]) + 1
			replaced := last[j]
			if s[i] != t[j] {
				replaced++
			}
			row[j+1] = min(row[j+1], replaced)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], beforeLast[j-1]+1)
			}
		}
	}
	return row[len(t)]
}
