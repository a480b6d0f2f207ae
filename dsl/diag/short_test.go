package diag

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// What a text says stays, however long the names are that it quotes.
func TestShort(t *testing.T) {
	for _, test := range []struct {
		name, text, begins, ends string
	}{
		{"short", "service \"DB\" is declared twice", "service \"DB\" is declared twice", ""},
		{"a long name", `nothing is called "` + strings.Repeat("é", 1<<20) + `"; did you mean "DB"?`, `nothing is called "é`, `é"; did you mean "DB"?`},
		{"no words", strings.Repeat("a b ", 1<<18) + "end", "a b a b", "a b end"},
		{"one word", strings.Repeat("\xff", 1<<20), "", ""},
	} {
		got := Short(test.text)
		if len(got) > most || Short(got) != got || !strings.HasPrefix(got, test.begins) || !strings.HasSuffix(got, test.ends) {
			t.Errorf("%s: %d bytes: %.100q", test.name, len(got), got)
		}
		if utf8.ValidString(test.text) && !utf8.ValidString(got) {
			t.Errorf("%s: a character is cut: %q", test.name, got)
		}
	}
}
