package picture_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/picture"
)

var update = flag.Bool("update", false, "write what the golden files should hold")

// TestGolden draws the .sup file of each archive in each format that the archive has a file of.
func TestGolden(t *testing.T) {
	names, err := filepath.Glob("../../testdata/graph/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) { golden(t, name) })
	}
}

func golden(t *testing.T, name string) {
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	checked := check(t, string(archive.Files[0].Data))
	formats := map[string]func(*tree.Tree) string{".mermaid": picture.Mermaid, ".dot": picture.Dot, ".svg": picture.SVG}
	for i := range archive.Files[1:] {
		file := &archive.Files[i+1]
		got := formats[filepath.Ext(file.Name)](checked)
		if *update {
			file.Data = []byte(got)
		} else if diff := cmp.Diff(string(file.Data), got); diff != "" {
			t.Errorf("%s:\n%s", file.Name, diff)
		}
		if again := formats[filepath.Ext(file.Name)](checked); again != got {
			t.Errorf("%s is drawn in two ways", file.Name)
		}
	}
	if *update {
		if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func check(t *testing.T, text string) *tree.Tree {
	t.Helper()
	file, _ := dsl.Parse("x.sup", []byte(text))
	checked, diagnostics := dsl.Check([]*syntax.File{file}, "")
	if checked == nil {
		t.Fatalf("%v in\n%s", diagnostics, text)
	}
	return checked
}
