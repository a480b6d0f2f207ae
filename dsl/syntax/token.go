package syntax

import (
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/supgen/supgen/dsl/diag"
)

// The kinds of tokens. A number that is none, a string without an end and a character that no rule begins with are
// badTokens: the parser reports them where they stand, and the lines around them are parsed all the same.
const (
	newlineToken lexer.TokenType = lexer.EOF - 1 - iota
	IdentToken
	IntToken      // 10_000
	floatToken    // 1.5
	DurationToken // 1m30s
	PercentToken  // 20%
	stringToken   // "with its quotes"
	punctToken    // one of the ASCII marks, or ".."
	badToken
)

// language is the .sup language as participle knows a lexer.
type language struct{}

// Symbols are the names by which the grammar knows the kinds of tokens.
func (language) Symbols() map[string]lexer.TokenType {
	return map[string]lexer.TokenType{
		"EOF":      lexer.EOF,
		"Newline":  newlineToken,
		"Ident":    IdentToken,
		"Int":      IntToken,
		"Float":    floatToken,
		"Duration": DurationToken,
		"Percent":  PercentToken,
		"String":   stringToken,
		"Punct":    punctToken,
		"Bad":      badToken,
	}
}

// Lex cuts all of a file into tokens.
func (language) Lex(name string, r io.Reader) (lexer.Lexer, error) {
	src, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	s := newScanner(name, src)
	s.scan()
	return &lineReader{line: &line{tokens: s.tokens}}, nil
}

func posOf(p lexer.Position) diag.Pos {
	return diag.Pos{File: p.Filename, Offset: p.Offset, Line: p.Line, Column: p.Column}
}

// Begin is where a token begins.
func Begin(t lexer.Token) diag.Pos { return posOf(t.Pos) }

// End is where a token ends; one that goes over several lines ends with its first.
func End(t lexer.Token) diag.Pos {
	return Begin(t).Plus(lineLength(t.Value))
}

// RangeOf is the range of a token, from Begin to End.
func RangeOf(t lexer.Token) diag.Range { return diag.Range{Pos: Begin(t), End: End(t)} }

// maxCount and maxDuration bound what a .sup file can say, so that sums of it stay within Go's integers on every
// machine.
const (
	maxCount    = 1<<31 - 1
	maxDuration = 10 * 365 * 24 * time.Hour
)

// The scanner lets only numbers through that these can read.

// Count is the number that a token spells.
func Count(t lexer.Token) int {
	n, _ := strconv.Atoi(strings.ReplaceAll(t.Value, "_", ""))
	return n
}

// Duration is what a token spells; 0 of one that is absent.
func Duration(t lexer.Token) time.Duration {
	d, _ := time.ParseDuration(t.Value)
	return d
}

// Number is the number, perhaps with a fraction, that a token spells.
func Number(t lexer.Token) float64 {
	f, _ := strconv.ParseFloat(t.Value, 64)
	return f
}

// Percent is the percentage that a token spells.
func Percent(t lexer.Token) int {
	n, _ := strconv.Atoi(strings.TrimSuffix(t.Value, "%"))
	return n
}

// Text is what a string in quotes means.
func Text(t lexer.Token) string {
	s, _ := strconv.Unquote(t.Value)
	return s
}

// LowerInitial makes an exported identifier an unexported one, as a Go programmer would write it: "DB" is "db",
// "HTTPServer" is "httpServer", "IDs" is "ids".
func LowerInitial(name string) string {
	runes := []rune(name)
	n := 0
	for n < len(runes) && unicode.IsUpper(runes[n]) {
		n++
	}
	// The last capital of a run begins the next word, if a word follows.
	if n > 1 && n < len(runes) && unicode.IsLower(runes[n]) && string(runes[n:]) != "s" {
		n--
	}
	for i := range runes[:n] {
		runes[i] = unicode.ToLower(runes[i])
	}
	return string(runes)
}
