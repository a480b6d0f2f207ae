package syntax

import "github.com/alecthomas/participle/v2/lexer"

const NewlineToken = newlineToken

// Tokens cuts a file as Parse does.
func Tokens(name string, src []byte) []lexer.Token {
	s := newScanner(name, src)
	s.scan()
	return s.tokens
}
