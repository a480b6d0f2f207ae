package codegen_test

import (
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/supgen/supgen/codegen"
	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/syntax"
)

var goBlock = regexp.MustCompile("(?s)(<!-- generated -->\n)?```go\n(.*?)```\n")

// TestManual holds the Go in the language's manual to what its first page becomes: a block with <!-- generated -->
// above it is part of that, and the others are Go.
func TestManual(t *testing.T) {
	text, err := os.ReadFile("../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile("../testdata/check/shop.sup")
	if err != nil {
		t.Fatal(err)
	}
	file, _ := dsl.Parse("shop.sup", src)
	tree, diagnostics := dsl.Check([]*syntax.File{file}, "")
	if tree == nil {
		t.Fatal(diagnostics)
	}
	code := string(codegen.Generate(tree, tree.Files[0]))
	generated := 0
	for _, block := range goBlock.FindAllStringSubmatch(string(text), -1) {
		if block[1] != "" {
			generated++
			if !strings.Contains(code, block[2]) {
				t.Errorf("this is not generated:\n%s", block[2])
			}
		} else if !isGo("package p\n"+block[2]) && !isGo("package p\nfunc _() {\n"+block[2]+"}\n") {
			t.Errorf("this is not Go:\n%s", block[2])
		}
	}
	if generated == 0 {
		t.Error("the manual shows no generated code")
	}
}

func isGo(src string) bool {
	_, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
	return err == nil
}
