package diag

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/supgen/supgen/internal/spelling"
)

// longestWord is the longest that a word can be and still be mistyped: to compare longer ones takes too long.
const longestWord = 100

// Nearest is the word that was probably meant. A synonym is always near, and so is a word that is right but for its
// case and its underscores.
func Nearest(word string, words []string) (string, bool) {
	best, distance := "", max(2, (utf8.RuneCountInString(word)+4)/3) // one edit, and another for every three letters from five on
	for _, w := range words {
		if _, _, ok := lookalike(word, w); ok || strings.EqualFold(w, word) || w == Synonyms[word] {
			return w, true
		}
		if len(w) > longestWord || len(word) > longestWord {
			continue
		}
		if strings.EqualFold(strings.ReplaceAll(w, "_", ""), strings.ReplaceAll(word, "_", "")) {
			return w, true
		}
		if d := spelling.Distance(word, w); d < distance && d < len(word) {
			best, distance = w, d
		}
	}
	return best, best != ""
}

// DidYouMean ends a message about an unknown word.
func DidYouMean(word string, words []string) string {
	if near, ok := Nearest(word, words); ok {
		if r, of, ok := lookalike(word, near); ok {
			return fmt.Sprintf("; did you mean %q? The %q in %q is %U, a %s letter", near, r, of, r, script(r))
		}
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// lookalike is the first letter in one of two words that makes them differ, though they look the same, and the word that
// it is in.
func lookalike(word, other string) (letter rune, in string, ok bool) {
	if word == other || isASCII(word) && isASCII(other) || ascii(word) != ascii(other) {
		return 0, "", false
	}
	theirs := []rune(other)
	i := 0
	for _, r := range word {
		switch t := theirs[i]; {
		case r > t:
			return r, word, true
		case r < t:
			return t, other, true
		}
		i++
	}
	return 0, "", false
}

// foreign and latin are letters that look the same.
const (
	foreign = "АВЕЅІЈКМНОРСТУХаеіјорсухѕԁһ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορυ"
	latin   = "ABESIJKMHOPCTYXaeijopcyxsdh" + "ABEZHIKMNOPTYXavopu"
)

var letterOf = func() map[rune]rune {
	letters := map[rune]rune{}
	i := 0
	for _, r := range foreign {
		letters[r] = rune(latin[i])
		i++
	}
	return letters
}()

// ascii is a word with letters of ASCII for those that look like them, the full-width forms among them.
func ascii(word string) string {
	return strings.Map(func(r rune) rune {
		if IsFullWidth(r) {
			return r - '！' + '!'
		}
		if l, ok := letterOf[r]; ok {
			return l
		}
		return r
	}, word)
}

// IsFullWidth reports whether r is the full-width form of a character of ASCII.
func IsFullWidth(r rune) bool { return '！' <= r && r <= '～' }

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// script is what a letter that looks like one of ASCII is.
func script(r rune) string {
	switch {
	case unicode.Is(unicode.Greek, r):
		return "Greek"
	case unicode.Is(unicode.Cyrillic, r):
		return "Cyrillic"
	}
	return "full-width"
}

// MaxComparisons bounds what is spent on near names in one package. A text with so many mistakes has others to tell
// them from.
const MaxComparisons = 1_000_000

// Synonyms are what others say for a word of the language.
var Synonyms = map[string]string{
	"always":     "permanent",
	"on_failure": "transient",

	"Always":         "permanent",
	"unless_stopped": "permanent",
	"OnFailure":      "transient",
	"on_abnormal":    "transient",
	"on_abort":       "transient",
	"Never":          "temporary",
	"Requires":       "needs",
	"After":          "after",
	"never":          "temporary",
	"no":             "temporary",
	"infinity":       "unlimited",
	"requires":       "needs",
	"depends":        "needs",
	"depends_on":     "needs",
	"Wants":          "wants",
	"for":            "of",
	"crash":          "failure",
	"any":            "failure",
	"all":            "failure",
	"kill":           "stop",
	"retry":          "limit",
	"retries":        "limit",
	"daemon":         "service",
	"task":           "job",
}

// Enumeration lists words for a sentence: "a, b or c".
func Enumeration(words []string) string {
	text := ""
	for i, w := range words {
		switch {
		case i == 0:
		case i == len(words)-1:
			text += " or "
		default:
			text += ", "
		}
		text += w
	}
	return text
}
