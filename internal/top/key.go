package top

import "unicode/utf8"

// A Key is a key that was pressed: a character, or one of those below.
type Key rune

const (
	KeyNone Key = -iota
	KeyUp
	KeyDown
	KeyLeft
	KeyRight
	KeyPageUp
	KeyPageDown
	KeyHome
	KeyEnd
)

// Characters that are keys of their own.
const (
	KeyInterrupt Key = 3 // Ctrl-C
	KeyRedraw    Key = 12
	KeyEnter     Key = '\r'
	KeyClear     Key = 21 // Ctrl-U
	KeySuspend   Key = 26 // Ctrl-Z
	KeyEscape    Key = 27
	KeyBackspace Key = 127
)

// longestSequence is how long the sequence of a key may be. What is longer is none.
const longestSequence = 32

// ParseKey reads the key that input begins with, and how many bytes it takes: none if there is too little to know. A sequence that
// means no key that is used is KeyNone.
func ParseKey(input []byte) (key Key, n int) {
	switch {
	case len(input) == 0:
		return KeyNone, 0
	case input[0] == 27:
		return parseSequence(input)
	case input[0] == '\n':
		return KeyEnter, 1
	case input[0] == 8:
		return KeyBackspace, 1
	case !utf8.FullRune(input):
		return KeyNone, 0
	}
	r, n := utf8.DecodeRune(input)
	if r == utf8.RuneError {
		return KeyNone, n
	}
	return Key(r), n
}

// parseSequence reads what begins with an escape: "ESC [ A", "ESC O A", "ESC [ 5 ~".
func parseSequence(input []byte) (Key, int) {
	if len(input) == 1 {
		return KeyNone, 0
	}
	if input[1] == 'O' {
		if len(input) < 3 {
			return KeyNone, 0
		}
		return final(input[2], ""), 3
	}
	if input[1] != '[' {
		return KeyEscape, 1 // and then another key
	}
	for i, b := range input[2:] {
		switch {
		case b >= 0x40 && b <= 0x7e:
			return final(b, string(input[2:2+i])), i + 3
		case b < 0x20 || b > 0x7e || i >= longestSequence:
			return KeyNone, i + 2
		}
	}
	return KeyNone, 0
}

func final(b byte, parameters string) Key {
	switch b {
	case 'A':
		return KeyUp
	case 'B':
		return KeyDown
	case 'C':
		return KeyRight
	case 'D':
		return KeyLeft
	case 'H':
		return KeyHome
	case 'F':
		return KeyEnd
	case 'M':
		return KeyEnter // of the keypad, after ESC O
	case '~':
		switch parameters {
		case "1", "7":
			return KeyHome
		case "4", "8":
			return KeyEnd
		case "5":
			return KeyPageUp
		case "6":
			return KeyPageDown
		}
	}
	return KeyNone
}
