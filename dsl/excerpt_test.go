package dsl

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestText(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"tabs and a note",
			"package main\n\nsupervisor A {\n\tservice  DB\n\tworker DB\n}\n",
			"a.sup:5:9: worker \"DB\" is declared twice [duplicate-child]\n" +
				"\t\tworker DB\n" +
				"\t\t       ^^\n" +
				"a.sup:4:11: first declared here\n"},
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
				"a.sup:5:8: first listed here\n"},
		{"the end of a line",
			"package main\n\nsupervisor A {\n\tservice B needs // nothing\n}\n",
			"a.sup:4:17: unexpected end of line [syntax]\n" +
				"\t\tservice B needs // nothing\n" +
				"\t\t               ^\n" +
				"\twrite service NAME[N] [needs A, B] [after C] [{]\n"},
		{"a control character, and a byte that is no UTF-8",
			"package main\n\x1b[31m\xff\n\nsupervisor A {\n\tservice B\n}\n",
			"a.sup:2:1: \"\\x1b\" has no meaning here [bad-character]\n" +
				"\t\uFFFD[31m\uFFFD\n" +
				"\t^\n"},
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
	pos := Pos{File: "a.sup", Offset: 40, Line: 3, Column: 2}
	if got := Excerpt([]byte("short"), pos, pos.plus(3)); got != "" {
		t.Errorf("Excerpt of a place that is not there = %q, want nothing", got)
	}
}
