package dsl

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/alecthomas/participle/v2/lexer"
)

// units are Go's units of time by what others call them.
var units = map[string]string{
	"ns": "ns", "us": "us", "ms": "ms", "msec": "ms", "msecs": "ms", "millis": "ms", "milliseconds": "ms", "millisecond": "ms",
	"s": "s", "S": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s",
	"m": "m", "M": "m", "min": "m", "mins": "m", "minute": "m", "minutes": "m",
	"h": "h", "H": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
}

// days are units that Go has not, in hours.
var days = map[string]int{"d": 24, "day": 24, "days": 24, "w": 7 * 24, "wk": 7 * 24, "week": 7 * 24, "weeks": 7 * 24}

var numberWithUnit = regexp.MustCompile(`^([0-9]{1,9})(\.[0-9]+)?([\pL]+)$`)

// numberMeant is the literal that was meant by one that is none: 48h by 2d, 10s by 10sec, 10_000 by 10k, 12% by 12.5%.
func numberMeant(word string) (meant string, ok bool) {
	if whole, part, found := strings.Cut(word, "."); found && isDigits(whole) && strings.HasSuffix(part, "%") {
		return whole + "%", true
	}
	if n := strings.TrimLeft(word, "0_"); isDigits(word) && n != "" && len(n) < 10 {
		return n, true
	}
	if m := oneDot.FindStringSubmatch(word); m != nil && kindOfNumber(m[1]) == durationToken && kindOfNumber(m[2]) == durationToken {
		return m[1] + ".." + m[2], true
	}
	m := numberWithUnit.FindStringSubmatch(word)
	if m == nil {
		return "", false
	}
	number, fraction, unit := m[1], m[2], m[3]
	switch {
	case units[unit] != "":
		return number + fraction + units[unit], true
	case fraction != "":
		return "", false
	case days[unit] != 0:
		return fmt.Sprintf("%dh", count(lexer.Token{Value: number})*days[unit]), true
	case unit == "k" || unit == "K":
		return number + "_000", true
	case unit == "x" || unit == "X":
		return number, true
	}
	return "", false
}

// respelt is a line in which each character that looks like one of the language, or like nothing, is that, and each number
// one of Go's. It is nil if there is still something that no token begins with.
func respelt(l *line) *line {
	var b strings.Builder
	for i, t := range l.tokens {
		if i > 0 {
			last := l.tokens[i-1]
			if t.Pos.Offset > last.Pos.Offset+len(last.Value) {
				b.WriteByte(' ')
			}
		}
		switch meant, ok := numberMeant(t.Value); {
		case t.Type == stringToken:
			b.WriteString(t.Value)
		case t.Type == badToken && ok:
			b.WriteString(meant)
		default:
			for _, r := range t.Value {
				if looks, ok := looksLike(r); ok {
					b.WriteString(looks)
				} else {
					b.WriteRune(r)
				}
			}
		}
	}
	meant := scanned(groups.ReplaceAllString(b.String(), "${1}_$2"))
	if _, bad := meant.bad(); bad || len(meant.tokens) == 0 {
		return nil
	}
	return meant
}

// thousands are the last three digits of a number, groups a number with a mark between thousands that is not Go's.
var (
	thousands = regexp.MustCompile(`^[0-9]{3}$`)
	groups    = regexp.MustCompile(`([0-9])[,'" ]([0-9]{3})\b`)
)

// looksLike is what a character looks like that is none of the language: "" is nothing at all.
func looksLike(r rune) (looks string, ok bool) {
	switch {
	case r == '\'' || r == '`' || strings.ContainsRune("“”„‟‘’‚‛«»‹›′″", r):
		return `"`, true
	case r == ' ' || r == '\v' || r == '\f' || r > unicode.MaxASCII && unicode.IsSpace(r):
		return " ", true
	case r <= unicode.MaxASCII:
		return "", false
	case strings.ContainsRune("‐‑‒–—―−", r):
		return "-", true
	case r == '…' || r == '‥':
		return "..", true
	case isFullWidth(r):
		return string(r - '！' + '!'), true
	case r == '、':
		return ",", true
	case r == '→':
		return "->", true
	case unicode.Is(unicode.Cf, r):
		return "", true
	}
	return "", false
}
