package syntax

import (
	"slices"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/supgen/supgen/dsl/diag"
)

// A line is the tokens of one statement, or one "}". It has at least one token.
type line struct {
	tokens []lexer.Token
	// crowded is set where the line is only a part of one in the file: "{" should have ended the one before it, or
	// "}" should have stood alone. Only the first such part of a line is marked, so that the mistake is reported once.
	crowded bool
	implied bool // it opens a block without a "{": the block is what is indented behind it
	flat    bool // its "{" is a mistake in a Go type, and opens no block
}

// linesOf cuts tokens into lines, in place: the tokens are not to be used otherwise. A line goes on after a comma.
func linesOf(tokens []lexer.Token) []*line {
	var lines []*line
	current := tokens[:0]
	depth := 0       // of parentheses
	imports := false // between "import (" and ")", where each line is its own
	for i, t := range tokens {
		if t.Type != newlineToken {
			current = append(current, t)
			depth += parenthesis(t)
			if imports && len(current) == 1 {
				_, begins := ProductionOf(t.Value)
				imports = !begins && t.Value != ")"
			}
		} else if n := len(current); n > 0 && !(current[n-1].Value == "," && !imports && goesOn(depth, tokens[i+1:])) {
			imports = imports || n == 2 && current[0].Value == "import" && current[1].Value == "("
			lines = parts(lines, current)
			current, depth = current[n:], 0
		}
	}
	return parts(lines, current)
}

// parenthesis is how many parentheses a token opens.
func parenthesis(t lexer.Token) int {
	switch t.Value {
	case "(":
		return 1
	case ")":
		return -1
	}
	return 0
}

// goesOn reports whether what follows a comma at the end of a line, in so many parentheses, belongs to it. A comma
// too many should not cost the statement on the next line too.
func goesOn(depth int, rest []lexer.Token) bool {
	next := slices.IndexFunc(rest, func(t lexer.Token) bool { return t.Type != newlineToken })
	if next < 0 || depth > 0 {
		return next >= 0
	}
	_, begins := ProductionOf(rest[next].Value)
	return !begins && rest[next].Value != "}"
}

// parts adds a line of the file as the lines that it should have been:
//
//	service DB { limit 3 in 5m }
//
// becomes the three that its author meant, the second of them crowded.
func parts(lines []*line, tokens []lexer.Token) []*line {
	first := len(lines)
	cut := func(n int) {
		lines = append(lines, &line{tokens: tokens[:n:n], crowded: len(lines) == first+1})
		tokens = tokens[n:]
	}
	for len(tokens) > 0 {
		switch brace := openingBrace(tokens); {
		case tokens[0].Value == "}":
			cut(1)
		case brace >= 0:
			cut(brace + 1)
		default:
			cut(surplusBrace(tokens))
		}
	}
	return lines
}

// openingBrace is the index of the "{" that opens the block of a declaration; -1 is none. Those inside the
// parentheses of a dynamic child belong to Go types.
func openingBrace(tokens []lexer.Token) int {
	if p, ok := ProductionOf(tokens[0].Value); !ok || !p.Opens {
		return -1
	}
	depth := 0
	for i, t := range tokens {
		if depth += parenthesis(t); t.Value == "{" && depth <= 0 && !(i > 0 && isRefClause(tokens[i-1].Value)) {
			return i
		}
	}
	return -1
}

// surplusBrace is the index of the first "}" whose "{" is on an earlier line, or where the line ends.
func surplusBrace(tokens []lexer.Token) int {
	depth := 0
	for i, t := range tokens {
		if depth += brace(t); depth < 0 {
			return i
		}
	}
	return len(tokens)
}

// braces is how many more braces are opened than closed.
func braces(tokens []lexer.Token) int {
	n := 0
	for _, t := range tokens {
		n += brace(t)
	}
	return n
}

// brace is how many braces a token opens.
func brace(t lexer.Token) int {
	switch t.Value {
	case "{":
		return 1
	case "}":
		return -1
	}
	return 0
}

func (l *line) first() lexer.Token { return l.tokens[0] }

// end is where the line ends, behind its last token.
func (l *line) end() diag.Pos { return End(l.tokens[len(l.tokens)-1]) }

// opens reports whether the line opens a block, closes whether it closes one. A second "{" opens nothing.
func (l *line) opens() bool {
	return braces(l.tokens) > 0 && !(l.crowded && l.first().Value == "{") && !l.flat
}

func (l *line) closes() bool { return l.first().Value == "}" }

// brace is the range of the "{" that opens the line's block.
func (l *line) brace() lexer.Token {
	last := l.tokens[0]
	for _, t := range l.tokens {
		if t.Value == "{" {
			last = t
		}
	}
	return last
}

// bad is the first token that is none.
func (l *line) bad() (lexer.Token, bool) {
	i := slices.IndexFunc(l.tokens, func(t lexer.Token) bool { return t.Type == badToken })
	if i < 0 {
		return lexer.Token{}, false
	}
	return l.tokens[i], true
}

// good is the line without what is not a token.
func (l *line) good() *line {
	return &line{tokens: slices.DeleteFunc(slices.Clone(l.tokens), func(t lexer.Token) bool { return t.Type == badToken })}
}

// corrected is the line with another first word, and everything where it was.
func (l *line) corrected(word string) *line {
	tokens := slices.Clone(l.tokens)
	tokens[0].Value = word
	return &line{tokens: tokens}
}

// A lineReader hands the tokens of a line to participle.
type lineReader struct {
	line *line
	next int
}

// Next is the next token, and at the end of the line participle's end of file.
func (r *lineReader) Next() (lexer.Token, error) {
	tokens := r.line.tokens
	if r.next == len(tokens) {
		return lexer.EOFToken(endOfLine(tokens)), nil
	}
	r.next++
	return tokens[r.next-1], nil
}

func endOfLine(tokens []lexer.Token) lexer.Position {
	if len(tokens) == 0 {
		return lexer.Position{}
	}
	last := tokens[len(tokens)-1]
	last.Pos.Offset += len(last.Value)
	last.Pos.Column += len(last.Value)
	return last.Pos
}
