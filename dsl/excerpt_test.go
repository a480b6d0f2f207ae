package dsl

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/dsl/diag"
)

func TestText(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"tabs and a note",
			"package main\n\nsupervisor A {\n\tservice  DB\n\tworker DB\n}\n",
			"a.sup:5:9: worker \"DB\" is declared twice [duplicate-child]\n" +
				"\t\tworker DB\n" +
				"\t\t       ^^\n" +
				"a.sup:4:11: note: first declared here\n"},
		{"a hint and a warning",
			"package main\n\npolicy idle {\n\tlimit 3 in 5m\n}\n",
			"a.sup:3:8: warning: nobody uses policy \"idle\" [unused-policy]\n" +
				"\tpolicy idle {\n" +
				"\t       ^^^^\n" +
				"\twrite use idle in a child, or remove it\n"},
		{"wide and combining characters, and a carriage return",
			"package main\r\n\r\nsupervisor A {\r\n\tservice B { // x\r\n\t\ttags \"日本e\u0301\", \"日本e\u0301\" // 日\r\n\t}\r\n}\r\n",
			"a.sup:5:21: tag \"日本e\u0301\" is listed twice [repeated-name]\n" +
				"\t\t\ttags \"日本e\u0301\", \"日本e\u0301\" // 日\n" +
				"\t\t\t              ^^^^^^^\n" +
				"a.sup:5:8: note: first listed here\n"},
		{"the end of a line",
			"package main\n\nsupervisor A {\n\tservice B needs // nothing\n}\n",
			"a.sup:4:17: unexpected end of line [syntax]\n" +
				"\t\tservice B needs // nothing\n" +
				"\t\t               ^\n" +
				"\twrite service NAME[N] [needs A, B] [wants C] [after D] [{]\n"},
		{"a control character, and a byte that is no UTF-8",
			"package main\n\x1b[31m\xff\n\nsupervisor A {\n\tservice B\n}\n",
			"a.sup:2:6: this byte is not UTF-8 [bad-character]\n" +
				"\t\\u001b[31m\\xff\n" +
				"\t          ^^^^\n" +
				"\tsave the file as UTF-8, and not as Latin-1 or Windows-1252, which editors call \"ANSI\"\n"},
		{"emoji, of several characters too",
			"package main\n\nsupervisor A {\n\tservice B {\n\t\ttags \"🚀⛅👍🏽🇫🇷👩\u200d🚀\", \"x\" bad\n\t}\n}\n",
			"a.sup:5:50: unexpected \"bad\" [syntax]\n" +
				"\t\t\ttags \"🚀⛅👍🏽🇫🇷👩\u200d🚀\", \"x\" bad\n" +
				"\t\t\t" + "                       ^^^\n" +
				"\twrite tags \"A\", \"B\"\n"},
		{"what reorders the text, and what has no width",
			"package main\n\nsupervisor A {\n\tservice B {\n\t\ttags \"\u202ee\u200b\" bad\n\t}\n}\n",
			"a.sup:5:18: unexpected \"bad\" [syntax]\n" +
				"\t\t\ttags \"\\u202ee\\u200b\" bad\n" +
				"\t\t\t" + "                     ^^^\n" +
				"\twrite tags \"A\", \"B\"\n"},
		{"a byte order mark",
			"\uFEFFpackage func\nsupervisor A {\n\tservice B\n}\n",
			"a.sup:1:9: \"func\" cannot be the name of a Go package [package-name]\n" +
				"\tpackage func\n" +
				"\t        ^^^^\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			diagnostics := checkText("a.sup", test.src)
			if len(diagnostics) != 1 {
				t.Fatalf("%d diagnostics: %v", len(diagnostics), diagnostics)
			}
			if diff := cmp.Diff(test.want, diagnostics[0].Text([]byte(test.src))); diff != "" {
				t.Errorf("Text (-want +got):\n%s", diff)
			}
		})
	}
}

func TestExcerptOutsideOfText(t *testing.T) {
	pos := diag.Pos{File: "a.sup", Offset: 40, Line: 3, Column: 2}
	if got := diag.Excerpt([]byte("short"), pos, pos.Plus(3)); got != "" {
		t.Errorf("Excerpt of a place that is not there = %q, want nothing", got)
	}
}

// A mistake in a combining character is in the one that it combines with, and one without a width is shown.
func TestExcerptOfNoWidth(t *testing.T) {
	for _, test := range []struct {
		line     string
		from, to int
		want     string
	}{
		{"Cafe\u0301", 4, 6, "\tCafe\u0301\n\t   ^\n"},
		{"D\u200bB", 1, 4, "\tD\\u200bB\n\t ^^^^^^\n"},
		{"\t\u0301", 1, 3, "\t\t\u0301\n\t\t^\n"},
		{"e\u0301x", 3, 4, "\te\u0301x\n\t ^\n"},
	} {
		at := func(n int) diag.Pos { return diag.Pos{File: "a.sup", Offset: n, Line: 1, Column: n + 1} }
		if diff := cmp.Diff(test.want, diag.Excerpt([]byte(test.line), at(test.from), at(test.to))); diff != "" {
			t.Errorf("Excerpt of %q (-want +got):\n%s", test.line, diff)
		}
	}
}

// Of a line without an end, an excerpt shows the part with the mistake.
func TestExcerptOfLongLine(t *testing.T) {
	line := strings.Repeat("ä", 1_000) + "bad" + strings.Repeat("ü", 1_000_000)
	at := func(n int) diag.Pos { return diag.Pos{File: "a.sup", Offset: n, Line: 1, Column: n + 1} }
	text, carets, _ := strings.Cut(diag.Excerpt([]byte(line), at(2000), at(2003)), "\n")
	if len(text) > 1000 || !strings.HasPrefix(text, "\t…ä") || !strings.HasSuffix(text, "ü…") {
		t.Errorf("the line is %d bytes: %.20q to %q", len(text), text, text[len(text)-6:])
	}
	if before, _, _ := strings.Cut(text, "bad"); carets != "\t"+strings.Repeat(" ", utf8.RuneCountInString(before)-1)+"^^^\n" {
		t.Errorf("%s\n%s", text, carets)
	}
}

// A mistake in a line of a megabyte has the size of any other, in the text and in what formats for machines have of it.
func TestLongLine(t *testing.T) {
	long := strings.Repeat("k", 1<<20)
	for _, line := range []string{
		"wor" + long + "er One", "service X needs Y" + long, "service X" + long + " needs Y", "worker One\n\tworker One needs " + strings.Repeat("One, ", 1000) + "Two",
		"service DB {\n\t\ttags \"" + long + "\", \"" + long + "\"\n\t}", "service DB {\n\t\tprovides " + long + "\n\t}", "service DB {\n\t\tlabel \"" + long + "\n\t}",
	} {
		src := []byte("package a\n\nsupervisor A {\n\t" + line + "\n}\n")
		for _, d := range checkText("a.sup", string(src)) {
			if text := d.Text(src); len(text) > 20_000 || strings.Count(text, "\n") < 3 || !strings.Contains(text, "^") {
				t.Errorf("%.20q: %d bytes: %.300q", line, len(text), text)
			}
		}
	}
}
