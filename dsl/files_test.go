package dsl

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/supgen/supgen/dsl/check"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
)

func TestPackageOfSeveralFiles(t *testing.T) {
	parse := func(name, src string) *syntax.File {
		f, _ := syntax.Parse(name, []byte(src))
		return f
	}
	b := parse("b.sup", "package main\npolicy shared {\n\tlimit 2 in 1m\n}\nsupervisor B {\n\tservice X\n}\n")
	a := parse("a.sup", "package main\nsupervisor A {\n\tservice Y {\n\t\tuse shared\n\t}\n}\n")
	both, diagnostics := Check([]*syntax.File{b, a}, "main")
	if len(diagnostics) > 0 {
		t.Fatal(diagnostics)
	}
	if both.Files[0].Name != "a.sup" || both.Files[1].Name != "b.sup" {
		t.Errorf("the files are not sorted: %s, %s", both.Files[0].Name, both.Files[1].Name)
	}
	if got := find(t, both, "A.Y").Limit.Source; *got != (tree.Source{Kind: tree.SourcePolicy, Name: "shared", Range: onLine("b.sup", 30, 3, 2, len("limit 1 in 1m"))}) {
		t.Errorf("the limit of A.Y is from %v", got)
	}

	other := parse("c.sup", "package other\nsupervisor B {\n\tservice Z needs A.Y\n}\n")
	for _, test := range []struct {
		goPackage string
		want      []string
	}{
		{"", []string{
			"c.sup:1:9: the .sup files of a directory are one package [package-name]",
			"c.sup:2:12: supervisor \"B\" is declared twice [duplicate-child]",
			"c.sup:3:18: \"A\" is another tree, which starts and stops by itself [bad-need]",
		}},
		{"main", []string{
			"c.sup:1:9: the .go files of this directory are package \"main\", not \"other\" [package-name]",
			"c.sup:2:12: supervisor \"B\" is declared twice [duplicate-child]",
			"c.sup:3:18: \"A\" is another tree, which starts and stops by itself [bad-need]",
		}},
	} {
		both, diagnostics := Check([]*syntax.File{other, b, a}, test.goPackage)
		if both != nil {
			t.Error("there is a tree beside errors")
		}
		var got []string
		for _, d := range diagnostics {
			got = append(got, d.String())
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("diagnostics (-want +got):\n%s", diff)
		}
	}
}

// What the directory's Go files declare is not generated too.
func TestClashesWithGo(t *testing.T) {
	f, _ := syntax.Parse("a.sup", []byte("package main\nimport \"net/http\"\nsupervisor Shop {\n\tjob Routes {\n\t\tprovides http.Header\n\t}\n\tservice Web\n}\n"))
	at := func(line int) diag.Pos { return diag.Pos{File: "app.go", Offset: 10 * line, Line: line, Column: 6} }
	_, diagnostics := Check([]*syntax.File{f}, "main", check.GoDecl{Name: "Shop", Pos: at(1)}, check.GoDecl{Name: "App", Pos: at(2)}, check.GoDecl{Name: "NewShop", Pos: at(3)},
		check.GoDecl{Name: "shopWeb", Pos: at(4)}, check.GoDecl{Name: "http", Pos: at(5)}, check.GoDecl{Name: "Web", Pos: at(6)})
	var got []string
	for _, d := range diagnostics {
		got = append(got, d.String())
		for _, n := range d.Notes {
			got = append(got, "\t"+n.String())
		}
	}
	want := []string{
		`a.sup:2:8: the import is called "http", as something is that a Go file declares [name-clash]`,
		"\tapp.go:5:6: note: declared here",
		`a.sup:3:12: "Shop" is generated for "Shop", and a Go file declares it too [name-clash]`,
		"\tapp.go:1:6: note: \"Shop\" is declared here",
		"\tapp.go:3:6: note: \"NewShop\" is declared here",
		`a.sup:7:10: "shopWeb" is generated for "Shop.Web", and a Go file declares it too [name-clash]`,
		"\tapp.go:4:6: note: \"shopWeb\" is declared here",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
}

// The diagnostics of Parse are among those of Check, once, and forbid a tree.
func TestCheckReturnsWhatParseFound(t *testing.T) {
	f, parsed := syntax.Parse("a.sup", []byte("package main\nsupervisor A {\n\tservice X {\n\t\tlimit 3\n\t}\n}\n"))
	both, checked := Check([]*syntax.File{f}, "")
	if both != nil || len(parsed) != 1 || fmt.Sprint(parsed) != fmt.Sprint(checked) {
		t.Errorf("Parse: %v, Check: %v, tree: %v", parsed, checked, both)
	}
}
