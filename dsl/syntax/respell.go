package syntax

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/supgen/supgen/dsl/diag"
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
	if m := oneDot.FindStringSubmatch(word); m != nil && kindOfNumber(m[1]) == DurationToken && kindOfNumber(m[2]) == DurationToken {
		return m[1] + ".." + m[2], true
	}
	if dotted.MatchString(word) {
		return strings.ReplaceAll(word, ".", "_"), true
	}
	if n, err := strconv.ParseInt(word, 0, 64); err == nil && n <= maxCount && otherBase.MatchString(word) {
		return strconv.FormatInt(n, 10), true
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
		return fmt.Sprintf("%dh", Count(lexer.Token{Value: number})*days[unit]), true
	case unit == "k" || unit == "K":
		return number + "_000", true
	case unit == "x" || unit == "X":
		return number, true
	}
	return "", false
}

// dotted is a number with several points between its thousands.
var dotted = regexp.MustCompile(`^[1-9][0-9]{0,2}(\.[0-9]{3}){2,3}$`)

// otherBase is how a number begins that is not decimal.
var otherBase = regexp.MustCompile(`^0[xXbBoO]`)

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
	text := b.String()
	for more := ""; more != text; { // each finds every other mark of 1,000,000
		more, text = text, groups.ReplaceAllString(text, "${1}_$2")
	}
	meant := scanned(text)
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

// number is the range of the tokens, its last included, that commas between thousands make of one number; from is to if the
// token is part of none.
func (l *line) number(t lexer.Token) (from, to int) {
	at := min(l.index(t), len(l.tokens)-1)
	joins := func(i int) bool { // token i to the one before it
		if i < 1 || i >= len(l.tokens) || End(l.tokens[i-1]) != Begin(l.tokens[i]) {
			return false
		}
		before, here := l.tokens[i-1].Value, l.tokens[i].Value
		return isDigits(before) && here == "," || before == "," && thousands.MatchString(here)
	}
	for from = at; joins(from); from-- {
	}
	for to = at; joins(to + 1); to++ {
	}
	if l.tokens[from].Value == "," || l.tokens[to].Value == "," {
		return at, at
	}
	return from, to
}

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
	case diag.IsFullWidth(r):
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
