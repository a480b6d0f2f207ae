package operate

import (
	"reflect"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// sequence is what a terminal takes for a command, whole, so that none of its letters are left behind.
var sequence = regexp.MustCompile("(?:\x1b\\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\x1b[\\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\x07\x1b\u009c]*(?:\x07|\x1b\\\\|\u009c|$)|\x1b[ -/]*[0-~]")

// Clean is a text without what a terminal obeys or a reader cannot see: ANSI sequences, control and format characters, and marks
// that show a text in another order. Line feeds and tabs become spaces.
func Clean(text string) string { return clean(text, false) }

func clean(text string, lines bool) string {
	if isPlain(text) {
		return text
	}
	text = sequence.ReplaceAllString(strings.ToValidUTF8(text, "\ufffd"), "")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && lines:
			return r
		case r == '\n' || r == '\t':
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			return -1
		}
		return r
	}, text)
}

func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] >= 0x7f {
			return false
		}
	}
	return true
}

// cleanAll cleans all strings in what a pointer points to. Those of a field with the tag `text:"lines"` keep their line feeds.
func cleanAll(v any) { cleanValue(reflect.ValueOf(v).Elem(), false) }

func cleanValue(v reflect.Value, lines bool) {
	switch v.Kind() {
	case reflect.String:
		if text := v.String(); !isPlain(text) {
			v.SetString(clean(text, lines))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			cleanValue(v.Elem(), lines)
		}
	case reflect.Slice:
		for i := range v.Len() {
			cleanValue(v.Index(i), lines)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				cleanValue(v.Field(i), f.Tag.Get("text") == "lines")
			}
		}
	}
}

// Cut is the beginning of a text that is not wider than so many columns, with "…" in place of the rest, and its width.
func Cut(text string, columns int) (string, int) {
	if columns <= 0 {
		return "", 0
	}
	// What has no width of its own is bounded too.
	if most := 16*columns + 64; len(text) > most {
		for most > 0 && !utf8.RuneStart(text[most]) {
			most--
		}
		text = text[:most] + "…"
	}
	width, fits, fitsWidth := 0, 0, 0
	for rest, state := text, -1; rest != ""; {
		var w int
		_, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
		width += w
		if width > columns {
			return text[:fits] + "…", fitsWidth + 1
		}
		if width < columns {
			fits, fitsWidth = len(text)-len(rest), width
		}
	}
	return text, width
}

// Width is how many columns of a terminal a text takes.
func Width(text string) int { return uniseg.StringWidth(text) }

// FirstLine is a text up to its first line feed.
func FirstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
