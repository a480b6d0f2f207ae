package lsp_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Names in the example are renamed, one after the other: after each the module compiles, tests included, and the code is what is generated.
func TestRenameExample(t *testing.T) {
	offline(t)
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	e := newEditor(t)
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(root, "examples", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	names, err := filepath.Glob("../../examples/shop/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if ext := filepath.Ext(name); ext == ".go" || ext == ".sup" {
			e.write(filepath.Join("shop", filepath.Base(name)), read(filepath.Join("shop", filepath.Base(name))))
		}
	}
	e.write("go.mod", strings.ReplaceAll(read("go.mod"), "=> ../", "=> "+root+"/"))
	e.write("go.sum", read("go.sum"))
	e.open("shop/shop.sup")
	for _, name := range []string{"service DB", "supervisor Ingest", "supervisor Shop"} {
		keyword, name, _ := strings.Cut(name, " ")
		before, _, _ := strings.Cut(e.texts["shop/shop.sup"], keyword+" "+name)
		e.marks["it"] = mark{"shop/shop.sup", positionAfter(before + keyword + " ")}
		said := e.step("renamed it My" + name)
		if t.Failed() || !strings.Contains(e.texts["shop/shop.sup"], " My"+name) {
			t.Fatalf("%s:\n%s", name, said)
		}
	}
}
