package dsl

import (
	"os"
	"slices"
	"testing"

	"github.com/alecthomas/participle/v2/lexer"
)

// A syntax error costs its line: whatever token is damaged, what follows from it is not reported.
func TestNothingFollows(t *testing.T) {
	for _, name := range []string{"shop.sup", "everything.sup"} {
		src, err := os.ReadFile("../testdata/check/" + name)
		if err != nil {
			t.Fatal(err)
		}
		damaged := 0
		for text := range damages(name, src) {
			diagnostics := checkText(name, text)
			if !slices.ContainsFunc(diagnostics, isSyntax) {
				continue // the damage means something else
			}
			if damaged++; len(diagnostics) > 1 {
				t.Errorf("%d diagnostics %v of\n%s", len(diagnostics), diagnostics, text)
			}
		}
		if damaged < 500 {
			t.Errorf("%s was damaged only %d times", name, damaged)
		}
	}
}

func isSyntax(d Diagnostic) bool {
	return slices.Contains([]Code{CodeSyntax, CodeBadCharacter, CodeBadLiteral, CodeUnknownStatement, CodeUnclosedBlock, CodeStrayBrace}, d.Code)
}

// damages are texts with one token of src left out, replaced, repeated or lengthened.
func damages(name string, src []byte) func(func(string) bool) {
	s := newScanner(name, src)
	s.scan()
	return func(yield func(string) bool) {
		for _, token := range s.tokens {
			for _, with := range replacements(token) {
				before, after := src[:token.Pos.Offset], src[token.Pos.Offset+len(token.Value):]
				if !yield(string(before) + with + string(after)) {
					return
				}
			}
		}
	}
}

func replacements(t lexer.Token) []string {
	if t.Type == newlineToken {
		return nil
	}
	return []string{"", "@", "x", "5z", "\x00", "\"", t.Value + " " + t.Value, t.Value + "x"}
}
