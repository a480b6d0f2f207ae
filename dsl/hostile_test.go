package dsl

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
)

// What a .sup file says of Go comes out in generated code. Nothing but a type, a name or an import path may.
func TestNothingIsSmuggled(t *testing.T) {
	for _, typ := range []string{
		"int; func init() { panic(1) }",
		"int }",
		"int) error",
		"int /* */",
		"int `x`",
		"int \"x\"",
		"struct{ X int `json:\"x\"` }",
		"struct{ X int \"tag\" }",
		"struct{ func() { panic(1) }() }",
		"interface{ M() }",
		"interface{ ~int }",
		"[len(\"x\")]int",
		"[f()]int",
		"[...]int",
		"[1]int{1}",
		"func() { panic(1) }",
		"func() {}()",
		"func[T any](T)",
		"map[string]int{}",
		"(func())()",
		"*x.y.z",
		"x.y",
		"a + b",
		"a = b",
		"a, b",
		"a b",
		"~int",
		"...int",
		"func() ...int",
		"<-c",
		"!a",
		"&a",
		"a.(int)",
		"a[1]",
		"a[1:2]",
		"1",
		"'a'",
		"\"a\"",
		"goto x",
		"type",
		"import \"unsafe\"",
		"in\u200bt",  // zero width space
		"int\u2028x", // line separator
		"\u202eint",  // right-to-left override
		"a\u0301",    // a combining accent is no letter
		"\ufeffint",  // a byte order mark in the middle
		"\xff",       // no UTF-8
		"in\x00t",    // NUL
		"int\\u003b", // an escape
		"int\rx",     // a line end that is none
		"int#", "int$", "int@", "int?",
	} {
		src := "package main\nsupervisor Shop {\n\tjob A {\n\t\tprovides " + typ + "\n\t}\n}\n"
		for _, d := range checkText("a.sup", src) {
			if d.Severity == diag.Error && d.Pos.Line != 4 && !strings.Contains(typ, "}") {
				t.Errorf("%q: %s", typ, d)
			}
		}
		if f, _ := syntax.Parse("a.sup", []byte(src)); isAccepted(f) {
			t.Errorf("%q passes for a type", typ)
		}
		src = "package main\nsupervisor Shop {\n\tdynamic job A(x " + typ + ") {\n\t\tmax 3\n\t}\n}\n"
		if f, _ := syntax.Parse("a.sup", []byte(src)); isAccepted(f) && typ != "a, b" {
			t.Errorf("%q passes for the type of an argument", typ)
		}
	}
}

func isAccepted(f *syntax.File) bool {
	tree, _ := Check([]*syntax.File{f}, "")
	return tree != nil
}

// A name in a script that looks like ours is a name like any other: it stands for itself.
func TestHomoglyphs(t *testing.T) {
	const cyrillic = "\u0456nt" // і, not i
	tree := parseTree(t, "package main\nsupervisor Shop {\n\tjob A {\n\t\tprovides "+cyrillic+"\n\t}\n}\n")
	if got := find(t, tree, "Shop.A").Provides; got != cyrillic {
		t.Errorf("%q became %q", cyrillic, got)
	}
	for _, d := range checkText("a.sup", "package main\nsupervisor Shop {\n\tservi\u0441e A\n}\n") {
		if d.Code == diag.CodeUnknownStatement {
			return
		}
	}
	t.Error("a keyword with a Cyrillic letter is a keyword")
}

func TestEncodings(t *testing.T) {
	const src = "package main\n\nsupervisor Shop {\n\tservice A\n}\n"
	utf16 := "\xff\xfe"
	for _, c := range src {
		utf16 += string([]byte{byte(c), 0})
	}
	for _, test := range []struct {
		name, src string
		want      diag.Code // of the first diagnostic; "" is none
	}{
		{"a byte order mark", "\ufeff" + src, ""},
		{"two of them", "\ufeff\ufeff" + src, diag.CodeBadCharacter},
		{"CRLF", strings.ReplaceAll(src, "\n", "\r\n"), ""},
		{"CR alone", strings.ReplaceAll(src, "\n", "\r"), diag.CodeBadCharacter},
		{"mixed", strings.Replace(src, "\n", "\r\n", 2), ""},
		{"no end of line", strings.TrimSuffix(src, "\n"), ""},
		{"UTF-16", utf16, diag.CodeBadCharacter},
		{"Latin-1", strings.Replace(src, "A", "\xc4", 1), diag.CodeBadCharacter},
		{"Latin-1 in a comment", src + "// \xc4\n", diag.CodeBadCharacter},
		{"NUL", strings.Replace(src, "A", "A\x00", 1), diag.CodeBadCharacter},
		{"NUL in a comment", src + "// \x00\n", ""},
		{"NUL in a string", strings.Replace(src, "A\n", "A {\n\t\ttags \"\x00\"\n\t}\n", 1), ""},
		{"form feed", src + "\f", diag.CodeBadCharacter},
		{"no-break space", strings.Replace(src, " A", "\u00a0A", 1), diag.CodeBadCharacter},
		{"nothing", "", diag.CodeMissingPackage},
	} {
		var got diag.Code
		if diagnostics := checkText("a.sup", test.src); len(diagnostics) > 0 {
			got = diagnostics[0].Code
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		holdToFormat(t, []byte(test.src))
	}
}

// repeated is lines up to a size.
func repeated(size int, format string) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		b.WriteString(strings.ReplaceAll(strings.ReplaceAll(format, "NEXT", fmt.Sprint(i+1)), "N", fmt.Sprint(i)))
	}
	return b.String()
}

// No text takes Check or Format long, or more stack than there is. A text of a quarter of a megabyte is done in half
// a second; whatever goes up with the square of its size takes a minute or more each, which go test's own timeout ends.
func TestHugeFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	const size = 1 << 18
	in := func(children string) string { return "package a\nsupervisor S {\n" + children + "}\n" }
	for _, test := range []struct {
		name, src string
		want      []diag.Code
	}{
		{"children", in(repeated(size, "service CN\n")), nil},
		{"unknown names", in(repeated(size, "service CN needs DN\n")), []diag.Code{diag.CodeUnknownName}},
		{"a chain", in("service C0\n" + repeated(size, "service CNEXT needs CN\n")), nil},
		{"all need one that cannot start", in("service A needs X\n" + repeated(size, "service CN needs A\n")), []diag.Code{diag.CodeUnknownName}},
		{"one_for_all", in("strategy one_for_all\nservice C0\n" + repeated(size, "service CNEXT needs CN\n")), nil},
		{"rest_for_one", in("strategy rest_for_one\nservice C0\n" + repeated(size, "service CNEXT needs CN\n")), nil},
		{"trees", "package a\n" + repeated(size, "supervisor CN {\nservice X\n}\n"), nil},
		{"supervisors", in(repeated(size, "supervisor CN {\nservice X\n}\n")), nil},
		{"names in small letters", in(repeated(size, "service cN\n")), []diag.Code{diag.CodeNameCase}},
		{"policies", "package a\n" + repeated(size, "policy cN {\nlimit 3 in 5m\n}\n") + "supervisor S {\nservice X\n}\n", []diag.Code{diag.CodeUnusedPolicy}},
		{"unknown policies", in(repeated(size, "service CN {\nuse pN\n}\n")), []diag.Code{diag.CodeUnknownName}},
		{"braces", strings.Repeat("{\n", size/2), nil},
		{"open braces on a line", strings.Repeat("{", size), nil},
		{"open blocks", strings.Repeat("supervisor A {\n", size/15), nil},
		{"a line that closes all", in("service A " + strings.Repeat("}", size)), nil},
		{"a line of needs", in("service A needs B" + strings.Repeat(", B", size/3) + "\nservice B\n"), []diag.Code{diag.CodeRepeatedName}},
		{"lines of needs", in(repeated(size, "service CN\n") + "service A needs C0" + repeated(size, ",\nCNEXT") + "\n"), nil},
		{"a deep type", in("job A {\nprovides " + strings.Repeat("[]", size/2) + "int\n}\n"), []diag.Code{diag.CodeBadType}},
		{"an unclosed type", in("job A {\nprovides " + strings.Repeat("(", size) + "\n}\n"), []diag.Code{diag.CodeBadType}},
		{"a type of many packages", in("job A {\nprovides func(" + repeated(size, "pN.T, ") + "int)\n}\n"), []diag.Code{diag.CodeUnknownImport}},
		{"arguments", in("dynamic job A(" + repeated(size, "aN int, ") + ") {\nmax 3\n}\n"), nil},
		{"comments", strings.Repeat("//\n", size/3) + in("service A\n"), nil},
		{"C's comments", strings.Repeat("/*\n", size/3), nil},
		{"a word", in("service " + strings.Repeat("A", size) + "\nservice B needs " + strings.Repeat("A", size-1) + "\n"), []diag.Code{diag.CodeUnknownName}},
		{"strings", in("service A {\ntags \"a\"" + repeated(size, ", \"N\"") + "\n}\n"), nil},
		{"quotes", strings.Repeat("\"\n", size/2), nil},
		{"NUL", strings.Repeat("\x00", size), nil},
		{"4 MiB of a comment", in("service A //" + strings.Repeat(" x", 2<<20) + "\n"), nil},
		{"4 MiB of blank lines", in(strings.Repeat("\r\n", 2<<20)), []diag.Code{diag.CodeNoChildren}},
		{"4 MiB of a word", strings.Repeat("x", 4<<20), nil},
		{"lines of NUL", strings.Repeat("\x00\n", size/2), nil},
		{"unknown statements", strings.Repeat("wibble x\n", size/9), nil},
		{"cycles", in(repeated(size, "service AN needs BN\nservice BN needs AN\n")), []diag.Code{diag.CodeCycle}},
		{"a tangle", in("service A0\n" + repeated(size, "service ANEXT needs AN after B\n") + "service B needs A1000\n"), []diag.Code{diag.CodeCycle}},
		{"sidecars", in("service A\n" + repeated(size, "sidecar BN of A\n")), nil},
		{"rows", in("service A {\n" + strings.Repeat("on panic stop\n", size/14) + "}\n"), []diag.Code{diag.CodeDuplicateStatement}},
		{"imports", "package a\nimport (\n" + repeated(size, "\"aN\"\n") + ")\nsupervisor S {\nservice A\n}\n", []diag.Code{diag.CodeUnusedImport}},
		{"finish", in("finish when all A0" + repeated(size, ", ANEXT") + "\n" + repeated(size, "job AN\n")), []diag.Code{diag.CodeBadFinish}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []diag.Code
			for _, d := range checkText("a.sup", test.src) {
				got = append(got, d.Code)
			}
			syntax.Format("a.sup", []byte(test.src))
			if diff := cmp.Diff(test.want, slices.Compact(got)); test.want != nil && diff != "" {
				t.Errorf("codes (-want +got):\n%s", diff)
			}
		})
	}
}
