package codegen_test

import (
	"bytes"
	"flag"
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/supgen/supgen/codegen"
	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
)

var update = flag.Bool("update", false, "write the golden code anew")

// TestGolden holds what each package of testdata/codegen becomes to what its archive says.
func TestGolden(t *testing.T) {
	for _, name := range archives(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			archive := read(t, name)
			got := generate(t, archive)
			if again := generate(t, archive); !cmp.Equal(got, again) {
				t.Errorf("the second time it is other code:\n%s", cmp.Diff(got, again))
			}
			for _, file := range got {
				asGofmt(t, file.Data)
			}
			if *update {
				archive.Files = append(sources(archive), got...)
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(text(golden(archive)), text(got)); diff != "" {
				t.Errorf("the code is not what the archive says; if it should be, run the test with -update:\n%s", diff)
			}
		})
	}
}

// asGofmt wants code that is as gofmt writes it.
func asGofmt(t *testing.T, code []byte) {
	t.Helper()
	if formatted, err := format.Source(code); err != nil || !bytes.Equal(formatted, code) {
		t.Errorf("not as gofmt writes it (%v; -gofmt +this):\n%s", err, cmp.Diff(string(formatted), string(code)))
	}
}

func archives(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("../testdata/codegen/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives (%v)", err)
	}
	return names
}

func read(t *testing.T, name string) *txtar.Archive {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

// generate returns the code of an archive's .sup files, in their order.
func generate(t *testing.T, archive *txtar.Archive) []txtar.File {
	t.Helper()
	tree := check(t, archive)
	var files []txtar.File
	for _, file := range tree.Files {
		files = append(files, txtar.File{Name: file.Name + ".go", Data: codegen.Generate(tree, file)})
	}
	return files
}

func check(t *testing.T, archive *txtar.Archive) *tree.Tree {
	t.Helper()
	var files []*syntax.File
	for _, f := range archive.Files {
		if strings.HasSuffix(f.Name, ".sup") {
			file, _ := dsl.Parse(f.Name, f.Data)
			files = append(files, file)
		}
	}
	tree, diagnostics := dsl.Check(files, "")
	if tree == nil {
		for _, d := range diagnostics {
			t.Error(d)
		}
		t.FailNow()
	}
	return tree
}

func isGolden(f txtar.File) bool { return strings.HasSuffix(f.Name, ".sup.go") }

func golden(archive *txtar.Archive) []txtar.File {
	var files []txtar.File
	for _, f := range archive.Files {
		if isGolden(f) {
			files = append(files, f)
		}
	}
	return files
}

func sources(archive *txtar.Archive) []txtar.File {
	var files []txtar.File
	for _, f := range archive.Files {
		if !isGolden(f) {
			files = append(files, f)
		}
	}
	return files
}

// text is the files in a form whose diff can be read.
func text(files []txtar.File) string { return string(txtar.Format(&txtar.Archive{Files: files})) }
