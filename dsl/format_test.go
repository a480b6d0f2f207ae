package dsl

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/rules"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/mutate"
)

var update = flag.Bool("update", false, "write anew what is compared with files")

// TestFormat formats in.sup of each testdata/format/*.txtar and wants its out.sup.
func TestFormat(t *testing.T) {
	names, err := filepath.Glob("../testdata/format/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			in, out := &archive.Files[0], &archive.Files[1]
			got := holdToFormat(t, in.Data)
			if *update {
				out.Data = got
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(out.Data), string(got)); diff != "" {
				t.Errorf("formatted (-want +got):\n%s", diff)
			}
		})
	}
}

// The first page of the manual is canonical, and so are the rules' examples.
func TestFormatLeavesCanonicalFilesAlone(t *testing.T) {
	src, err := os.ReadFile("../testdata/check/shop.sup")
	if err != nil {
		t.Fatal(err)
	}
	canonical := []string{string(src)}
	for _, chapter := range rules.Chapters() {
		for _, rule := range chapter.Rules {
			canonical = append(canonical, rule.Good().Text, rule.Bad().Text)
		}
	}
	for _, src := range canonical {
		if diff := cmp.Diff(src, string(holdToFormat(t, []byte(src)))); diff != "" {
			t.Errorf("formatted (-was +is):\n%s", diff)
		}
	}
}

func TestFormatLeavesMistakesAlone(t *testing.T) {
	const src = "package  main\n\nsupervisor Shop {\n  limit 3\n}\n"
	got, diagnostics := syntax.Format("a.sup", []byte(src))
	if string(got) != src || len(diagnostics) != 1 || diagnostics[0].Code != diag.CodeSyntax {
		t.Errorf("formatted: %q, diagnostics: %v", got, diagnostics)
	}
	// What is wrong with the meaning is no matter of form.
	if got, diagnostics := syntax.Format("a.sup", []byte("supervisor  A  needs  B  {\n}")); string(got) != "supervisor A needs B {\n}\n" || diagnostics != nil {
		t.Errorf("formatted: %q, diagnostics: %v", got, diagnostics)
	}
}

// FuzzFormat holds Format to what it promises: no panic, the same statements with the same documentation, the same
// comments, the same meaning, and nothing left to do the second time.
func FuzzFormat(f *testing.F) {
	for _, pattern := range []string{"../testdata/check/*.sup", "../testdata/format/*.txtar"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range names {
			src, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			if archive := txtar.Parse(src); len(archive.Files) > 0 {
				src = archive.Files[0].Data
			}
			f.Add(src, []byte(nil))
		}
	}
	f.Add([]byte("package  m\r\n\r\n// M is from Windows,\r\n// but for its last line.\r\nsupervisor  M {\r\n\tworker A // a\r\n}\n"), []byte(nil))
	f.Fuzz(func(t *testing.T, src, choices []byte) { holdToFormat(t, mutate.Text(src, choices)) })
}

// holdToFormat is the text formatted.
func holdToFormat(t *testing.T, src []byte) []byte {
	t.Helper()
	before, mistakes := syntax.Parse("a.sup", src)
	got, diagnostics := syntax.Format("a.sup", src)
	if diff := cmp.Diff(mistakes, diagnostics, cmp.Transformer("", func(d diag.Diagnostic) string { return d.Text(src) })); len(mistakes) > 0 || diff != "" {
		if string(got) != string(src) || diff != "" {
			t.Errorf("a file with mistakes became %q, with %v", got, diagnostics)
		}
		return got
	}
	after, mistakes := syntax.Parse("a.sup", got)
	if len(mistakes) > 0 {
		t.Fatalf("%q\nbecame\n%s\nwhich says %v", src, got, mistakes)
	}
	if again, _ := syntax.Format("a.sup", got); string(again) != string(got) {
		t.Errorf("formatted again (-once +twice):\n%s", cmp.Diff(string(got), string(again)))
	}
	if diff := cmp.Diff(sketch(before.Body), sketch(after.Body)); diff != "" {
		t.Errorf("statements (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(docs(before), docs(after)); diff != "" {
		t.Errorf("documentation (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(remarks(before), remarks(after)); diff != "" {
		t.Errorf("comments (-before +after):\n%s", diff)
	}
	sameMeaning(t, before, after)
	return got
}

// sameMeaning compares what Check makes of two files, but for positions.
func sameMeaning(t *testing.T, before, after *syntax.File) {
	t.Helper()
	checked, diagnostics := Check([]*syntax.File{before}, "")
	formatted, still := Check([]*syntax.File{after}, "")
	anywhere := cmp.Comparer(func(a, b diag.Pos) bool { return a.IsValid() == b.IsValid() })
	byPath := cmp.Transformer("path", pathOf) // or a child would be compared once for each way to it
	if diff := cmp.Diff(rows(checked), rows(formatted), anywhere, byPath, cmp.AllowUnexported(tree.Child{}), cmpopts.IgnoreUnexported(tree.File{})); diff != "" {
		t.Errorf("trees (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(codesOf(diagnostics), codesOf(still)); diff != "" {
		t.Errorf("diagnostics (-before +after):\n%s", diff)
	}
}

// codesOf are those of the diagnostics, sorted: formatting may bring two of them to one place.
func codesOf(diagnostics []diag.Diagnostic) []diag.Code {
	var codes []diag.Code
	for _, d := range diagnostics {
		codes = append(codes, d.Code)
	}
	slices.Sort(codes)
	return codes
}

// rows are all children of a tree.
func rows(checked *tree.Tree) []tree.Child {
	var rows []tree.Child
	if checked == nil {
		return nil
	}
	for _, f := range checked.Files {
		for _, root := range f.Roots {
			for c := range root.All() {
				rows = append(rows, *c)
			}
		}
	}
	return rows
}

// docs are the comments above statements.
func docs(f *syntax.File) []string {
	var docs []string
	f.Body.Walk(func(s *syntax.Stmt) { docs = append(docs, s.Doc) })
	return docs
}

// remarks are all comments, without what cannot be seen at their ends.
func remarks(f *syntax.File) []string {
	var remarks []string
	for _, c := range f.Comments {
		remarks = append(remarks, strings.TrimRight(c.Text, " \t\r"))
	}
	return remarks
}

func pathOf(c *tree.Child) string {
	if c == nil {
		return ""
	}
	return c.Path()
}
