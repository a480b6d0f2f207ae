package diag

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// at is an edit of the bytes from..to of file "a".
func at(from, to int, text string) Edit {
	return Edit{Range{Pos{File: "a", Offset: from, Line: 1}, Pos{File: "a", Offset: to, Line: 1}}, text}
}

func TestApply(t *testing.T) {
	for _, test := range []struct {
		fixes []Fix
		want  string
		made  string
	}{
		{nil, "0123456789", "[]"},
		{[]Fix{{"", []Edit{at(8, 9, "x")}}, {"", []Edit{at(1, 3, "")}}, {"", []Edit{at(5, 5, "yz")}}}, "034yz567x9", "[true true true]"},
		{[]Fix{{"", []Edit{at(2, 5, "x")}}, {"", []Edit{at(4, 6, "y")}}, {"", []Edit{at(6, 8, "z")}}}, "01x5z89", "[true false true]"},
		{[]Fix{{"", []Edit{at(2, 8, "x")}}, {"", []Edit{at(4, 5, "y")}}}, "01x89", "[true false]"},
		{[]Fix{{"", []Edit{at(2, 4, "")}}, {"", []Edit{at(4, 6, "")}}}, "016789", "[true true]"},                                           // they touch
		{[]Fix{{"", []Edit{at(4, 4, "x")}}, {"", []Edit{at(4, 4, "y")}}, {"", []Edit{at(4, 5, "")}}}, "0123x456789", "[true false false]"}, // which is first?
		{[]Fix{{"", []Edit{at(0, 1, "x")}}, {"", []Edit{at(5, 6, "y"), at(0, 1, "")}}}, "x123456789", "[true false]"},                      // all of it or nothing
		{[]Fix{{"", []Edit{at(9, 11, "")}}, {"", []Edit{at(3, 2, "")}}, {"", nil}}, "0123456789", "[false false false]"},
		{[]Fix{{"", []Edit{at(0, 0, "x"), at(10, 10, "y")}}}, "x0123456789y", "[true]"},
	} {
		text := map[string][]byte{"a": []byte("0123456789"), "b": nil}
		mended, made := Apply(text, test.fixes)
		if got := string(mended["a"]); got != test.want || fmt.Sprint(made) != test.made || len(mended) != 2 {
			t.Errorf("%v: %q %v, want %q %v", test.fixes, got, made, test.want, test.made)
		}
		if string(text["a"]) != "0123456789" {
			t.Fatal("the text was changed")
		}
	}
}

// checkLetters reports each "a", which should be a "b"; a "c", which should be a "d", though "d" is an error; an "e", of which
// somebody has to choose; an "s", which should be an "a"; and an "h", which should be a "z" and hides each "d".
func checkLetters(text map[string][]byte) (found []Diagnostic) {
	for i, letter := range string(text["a"]) {
		d := Diagnostic{Range: at(i, i+1, "").Range, Message: string(letter)}
		switch letter {
		case 'a', 'c':
			d.Code = CodeUnknownName
			d.Write(d.Range, string(letter+1))
		case 'd':
			if bytes.ContainsRune(text["a"], 'h') {
				continue
			}
			d.Code = CodeCycle
		case 'e':
			d.Code = CodeUnknownName
			d.Write(d.Range, "x").Write(d.Range, "y")
		case 's':
			d.Code = CodeSyntax
			d.Write(d.Range, "aa")
		case 'h':
			d.Code = CodeBadLiteral
			d.Write(d.Range, "z")
		default:
			continue
		}
		found = append(found, d)
	}
	return found
}

func TestMend(t *testing.T) {
	all := func(Diagnostic) bool { return true }
	for _, test := range []struct {
		text, want string
		done, left int
		wanted     func(Diagnostic) bool
	}{
		{"zz", "zz", 0, 0, all},
		{"aza", "bzb", 2, 0, all},
		{"cacac", "cbcbc", 2, 3, all}, // each "c" is left, and keeps no "a" from being mended
		{"ch", "cz", 1, 1, all},       // what hides an error does not let it through
		{"chas", "czbbb", 5, 1, all},
		{"ea", "eb", 1, 1, all},
		{"sd", "bbd", 3, 1, all}, // what shows up is mended too
		{"as", "aaa", 1, 3, func(d Diagnostic) bool { return d.Code == CodeSyntax }},
		{strings.Repeat("a", 1000), strings.Repeat("b", 1000), 1000, 0, all},
	} {
		mended, done, left, _ := Mend(map[string][]byte{"a": []byte(test.text)}, checkLetters, test.wanted)
		if got := string(mended["a"]); got != test.want || len(done) != test.done || len(left) != test.left {
			t.Errorf("%.20q: %.20q, %d done, %d left; want %.20q, %d, %d", test.text, got, len(done), len(left), test.want, test.done, test.left)
		}
	}
}

// Fixes that call for each other come to an end.
func TestMendEnds(t *testing.T) {
	checks := 0
	Mend(map[string][]byte{"a": nil}, func(text map[string][]byte) []Diagnostic {
		checks++
		var d Diagnostic
		n := len(text["a"])
		d.Message = fmt.Sprint(n)
		d.Fix("", at(n, n, "x"))
		return slices.Repeat([]Diagnostic{d}, max(1, 1000-n))
	}, func(Diagnostic) bool { return true })
	if checks > maxChecks+1 {
		t.Errorf("%d checks", checks)
	}
}
