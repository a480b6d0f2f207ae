package syntax_test

import (
	"os"
	"slices"
	"testing"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
)

// A syntax error costs its line: whatever token is damaged, what follows from it is not reported.
func TestNothingFollows(t *testing.T) {
	for _, name := range []string{"shop.sup", "everything.sup"} {
		src, err := os.ReadFile("../../testdata/check/" + name)
		if err != nil {
			t.Fatal(err)
		}
		damaged := 0
		for text := range damages(name, src, replacements) {
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

// A name that is mistyped is unknown, or is unknown to those who use it, or is in the wrong case, and that is all.
func TestNothingFollowsFromNames(t *testing.T) {
	codes := []diag.Code{diag.CodeUnknownName, diag.CodeBadFinish, diag.CodeNameCase}
	of := func(d diag.Diagnostic) bool { return slices.Contains(codes, d.Code) }
	for _, name := range []string{"shop.sup", "everything.sup"} {
		src, err := os.ReadFile("../../testdata/check/" + name)
		if err != nil {
			t.Fatal(err)
		}
		mistyped := func(t lexer.Token) []string {
			if t.Type != syntax.IdentToken {
				return nil
			}
			return []string{t.Value + "x", syntax.LowerInitial(t.Value)}
		}
		damaged := 0
		for text := range damages(name, src, mistyped) {
			diagnostics := checkText(name, text)
			if !slices.ContainsFunc(diagnostics, of) {
				continue
			}
			damaged++
			if slices.ContainsFunc(diagnostics, func(d diag.Diagnostic) bool { return !of(d) || d.Code == diag.CodeNameCase && len(diagnostics) > 1 }) {
				t.Errorf("%d diagnostics %v of\n%s", len(diagnostics), diagnostics, text)
			}
		}
		if damaged < 10 {
			t.Errorf("%s was damaged only %d times", name, damaged)
		}
	}
}

func isSyntax(d diag.Diagnostic) bool {
	return slices.Contains([]diag.Code{diag.CodeSyntax, diag.CodeBadCharacter, diag.CodeBadLiteral, diag.CodeUnknownStatement, diag.CodeUnclosedBlock, diag.CodeStrayBrace}, d.Code)
}

// damages are texts with one token of src replaced.
func damages(name string, src []byte, replacements func(lexer.Token) []string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, token := range syntax.Tokens(name, src) {
			for _, with := range replacements(token) {
				before, after := src[:token.Pos.Offset], src[token.Pos.Offset+len(token.Value):]
				if !yield(string(before) + with + string(after)) {
					return
				}
			}
		}
	}
}

// replacements are nothing, something else, and the token twice or longer.
func replacements(t lexer.Token) []string {
	if t.Type == syntax.NewlineToken {
		return nil
	}
	return []string{"", "@", "x", "5z", "\x00", "\"", t.Value + " " + t.Value, t.Value + "x"}
}

func checkText(name, src string) []diag.Diagnostic {
	file, _ := dsl.Parse(name, []byte(src))
	_, diagnostics := dsl.Check([]*syntax.File{file}, "")
	return diagnostics
}
