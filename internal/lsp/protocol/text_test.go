package protocol_test

import (
	"encoding/json"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/supgen/supgen/internal/lsp/protocol"
)

var encodings = []protocol.Encoding{protocol.UTF8, protocol.UTF16, protocol.UTF32}

// FuzzText holds positions and offsets together, in each encoding: a place within no character and no line end is found again, what is
// outside is clamped, and what is behind is never before.
func FuzzText(f *testing.F) {
	for _, text := range []string{"", "a\tb\r\né😀x\rlast", "e\u0301 n\u0303\n", "\ufeff漢字\t\u200d👩‍👩‍👧\r\r\n\n", "\xff\xf0\x9f\n\xc3"} {
		f.Add([]byte(text), uint32(1), uint32(2))
	}
	f.Fuzz(func(t *testing.T, text []byte, line, character uint32) {
		doc := protocol.NewText(text[:min(len(text), 500)])
		text = doc.Bytes
		for _, e := range encodings {
			last := protocol.Position{}
			for offset := 0; offset <= len(text); {
				at := doc.Position(offset, e)
				if at.Line < last.Line || at.Line == last.Line && at.Character < last.Character {
					t.Fatalf("%s: %d of %q is %v, and what is before it %v", e, offset, text, at, last)
				}
				last = at
				inLineEnd := offset > 0 && text[offset-1] == '\r' && offset < len(text) && text[offset] == '\n'
				if back := doc.Offset(at, e); back != offset && !inLineEnd {
					t.Fatalf("%s: %d of %q is %v, which is %d", e, offset, text, at, back)
				}
				begin := offset
				for begin > 0 && text[begin-1] != '\n' && text[begin-1] != '\r' {
					begin--
				}
				if want := units(text[begin:offset], e); at.Character != want && !inLineEnd {
					t.Fatalf("%s: %d of %q is character %d, want %d", e, offset, text, at.Character, want)
				}
				_, size := utf8.DecodeRune(text[offset:])
				offset += max(size, 1)
			}
			asked := protocol.Position{Line: line, Character: character}
			offset := doc.Offset(asked, e)
			if offset < 0 || offset > len(text) {
				t.Fatalf("%s: %v of %q is %d", e, asked, text, offset)
			}
			if at := doc.Position(offset, e); at.Line > line || at.Line == line && at.Character > character {
				t.Fatalf("%s: %v of %q is clamped to %v", e, asked, text, at)
			}
		}
	})
}

// units is how long a part of a line is, counted in another way than [protocol.Text] does.
func units(text []byte, e protocol.Encoding) uint32 {
	switch runes := []rune(string(text)); e {
	case protocol.UTF8:
		return uint32(len(text))
	case protocol.UTF16:
		return uint32(len(utf16.Encode(runes)))
	default:
		return uint32(len(runes))
	}
}

// Numbers that are in no text are clamped, and do not cost the message that they are in.
func TestPositionOfLiar(t *testing.T) {
	for text, want := range map[string]protocol.Position{
		`{"line":-1,"character":-5}`:             {},
		`{"line":4294967296,"character":1e300}`:  {Line: 1<<32 - 1, Character: 1<<32 - 1},
		`{"line":2.0,"character":0.5,"other":1}`: {Line: 2},
		`{}`:                                     {},
	} {
		var got protocol.Position
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s is %v, %v; want %v", text, got, err, want)
		}
	}
}
