package syntax

import (
	"reflect"

	"github.com/alecthomas/participle/v2/lexer"
)

// forms are the lines of a file that participle has read, by their form. Lines of one form differ in names, numbers and
// strings alone, in which no production sees a difference:
//
//	service API needs DB
//	service Web needs API
//
// So participle reads the first, and what it made of it is the pattern for the others.
type forms map[string]any

// read is [grammar.parse], of the production that the line begins with.
func (f forms) read(g *grammar, l *line) (any, error) {
	key, ok := formOf(l)
	if !ok {
		return g.parse(l)
	}
	pattern, known := f[string(key)]
	if !known {
		numbered := &line{tokens: make([]lexer.Token, len(l.tokens))}
		for i, t := range l.tokens {
			t.Pos = lexer.Position{Offset: i}
			numbered.tokens[i] = t
		}
		if node, err := g.parse(numbered); err == nil {
			pattern = node
		}
		f[string(key)] = pattern
	}
	if pattern == nil { // it has a mistake
		return g.parse(l)
	}
	from := reflect.ValueOf(pattern).Elem()
	node := reflect.New(from.Type())
	fill(node.Elem(), from, l.tokens)
	return node.Interface(), nil
}

// formOf is what lines of the same form have in common: all words of the grammar are in lower case or marks. A line with
// parentheses is of no form, as its types are not read by participle.
func formOf(l *line) (key []byte, ok bool) {
	for _, t := range l.tokens {
		key = append(key, byte(t.Type))
		switch {
		case t.Value == "(":
			return nil, false
		case t.Type == IdentToken && !('A' <= t.Value[0] && t.Value[0] <= 'Z'), t.Type == punctToken, t.Type == badToken:
			key = append(key, t.Value...)
		}
	}
	return key, true
}

// fill makes of a pattern, in which the place of each token is its number in the line, what the pattern is for a line of
// these tokens.
func fill(to, pattern reflect.Value, tokens []lexer.Token) {
	switch pattern.Kind() {
	case reflect.Struct:
		if t, ok := pattern.Addr().Interface().(*lexer.Token); ok {
			if Said(*t) {
				*to.Addr().Interface().(*lexer.Token) = tokens[t.Pos.Offset]
			}
			return
		}
		for i := range pattern.NumField() {
			fill(to.Field(i), pattern.Field(i), tokens)
		}
	case reflect.Pointer:
		if !pattern.IsNil() {
			to.Set(reflect.New(pattern.Type().Elem()))
			fill(to.Elem(), pattern.Elem(), tokens)
		}
	case reflect.Slice:
		if !pattern.IsNil() {
			to.Set(reflect.MakeSlice(pattern.Type(), pattern.Len(), pattern.Len()))
			for i := range pattern.Len() {
				fill(to.Index(i), pattern.Index(i), tokens)
			}
		}
	}
}
