package operate

import (
	"regexp"
	"strings"
)

// brackets is what is in brackets in a path, and whole keys in quotes, in which there may be brackets too.
var brackets = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\[[^]"]+\]`)

// QuoteKeys gives the keys in a path their quotes back, which shells take away: Shop.Session[ada] is Shop.Session["ada"].
// A number stays one, of a replica or a child without a key.
func QuoteKeys(path string) string {
	return quote(path, func(key string) bool { return !isNumber(key) })
}

// QuoteNumbers is a path whose numbers are texts, Shop.Session["42"] for Shop.Session[42]; without any it is the same.
func QuoteNumbers(path string) string { return quote(path, isNumber) }

func quote(path string, is func(key string) bool) string {
	return brackets.ReplaceAllStringFunc(path, func(found string) string {
		if key := strings.Trim(found, "[]"); found[0] == '[' && is(key) {
			return `["` + key + `"]`
		}
		return found
	})
}

func isNumber(key string) bool {
	digits := strings.TrimPrefix(key, "-")
	return digits != "" && strings.Trim(digits, "0123456789") == ""
}
