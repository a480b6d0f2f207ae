package effective_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/effective"
)

var update = flag.Bool("update", false, "write what the golden files should hold")

// TestGolden reads a .sup file from each archive, and compares the overview with that of the file "overview", and the
// explanation of each child with that of the file called by its path.
func TestGolden(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
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
	root := check(t, string(archive.Files[0].Data)).Files[0].Roots[0]
	for i := range archive.Files[1:] {
		file := &archive.Files[i+1]
		got := ""
		if file.Name == "overview" {
			got = effective.Overview(check(t, string(archive.Files[0].Data)))
		} else {
			got = effective.Explain(find(t, root, file.Name)).Text()
		}
		if *update {
			file.Data = []byte(got)
		} else if diff := cmp.Diff(string(file.Data), got); diff != "" {
			t.Errorf("%s:\n%s", file.Name, diff)
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
	tree, diagnostics := dsl.Check([]*syntax.File{file}, "")
	if tree == nil {
		t.Fatal(diagnostics)
	}
	return tree
}

func find(t *testing.T, root *tree.Child, path string) *tree.Child {
	t.Helper()
	for c := range root.All() {
		if c.Path() == path {
			return c
		}
	}
	t.Fatalf("no child %q", path)
	return nil
}

// TestRestarts is the rules of a scope (what is restarted with whom), one line each.
func TestRestarts(t *testing.T) {
	tests := []struct{ name, body, failed, want string }{
		{"alone", "worker A\nworker B", "A", "A restarts"},
		{"needs, at any distance", "service A\nsupervisor S {\nworker B needs A\nworker C\n}\nworker D needs S", "A",
			"A restarts, S.B restarts"},
		{"needs of needs", "service A\nservice B needs A\nworker C needs B", "A", "A restarts, B restarts, C restarts"},
		{"after does not share a life", "service A\nworker B after A", "A", "A restarts"},
		{"one_for_all", "strategy one_for_all\nservice A\nservice B needs A\nsidecar C of A\ndynamic worker D() {\nmax 1\n}", "B",
			"B restarts, A restarts"},
		{"rest_for_one", "strategy rest_for_one\nworker A\nworker B\nworker C", "B", "B restarts, C restarts"},
		{"what is pulled in pulls", "service A\nsupervisor S {\nstrategy rest_for_one\nworker B needs A\nworker C\n}", "A",
			"A restarts, S.B restarts, S.C restarts"},
		{"a group by its own strategy", "strategy one_for_all\nworker A\ngroup G {\nworker B\nworker C\n}", "B", "B restarts"},
		{"its members are siblings", "strategy rest_for_one\nworker A\ngroup G {\nworker B\nworker C\n}", "A",
			"A restarts, B restarts, C restarts"},
		{"one slot for a group", "strategy rest_for_one\ngroup G {\nworker B\nworker C\n}\nworker D", "B", "B restarts"},
		{"an ordered group", "group G {\nstrategy rest_for_one\nworker B\nworker C\n}\nworker D", "B", "B restarts, C restarts"},
		{"linked sidecar", "service A\nsidecar B of A linked\nsidecar C of A", "A", "A restarts, B restarts"},
		{"temporary", "service A\nservice B needs A {\nrestart temporary\n}", "A", "A restarts, B is stopped for good"},
		{"jobs", "service A\njob B needs A\njob C needs A {\nprovides int\n}", "A",
			"A restarts, B runs again, unless it has completed, C runs again"},
		{"a job that failed", "job A\nservice B needs A", "A", "A restarts"},
		{"a supervisor", "supervisor S {\njob A\ndynamic worker B() {\nmax 1\n}\n}\nworker C needs S", "S",
			"S restarts, S.A runs again, S.B does not come back, C restarts"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tree := check(t, "package x\n\nsupervisor Top {\n"+test.body+"\n}\n")
			var got []string
			for _, m := range effective.Explain(find(t, tree.Files[0].Roots[0], "Top."+test.failed)).RestartsIt {
				got = append(got, strings.TrimPrefix(m.Path, "Top.")+" "+m.Fate)
			}
			if diff := cmp.Diff(test.want, strings.Join(got, ", ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestStop(t *testing.T) {
	tests := []struct{ name, body, child, want string }{
		{"its budget", "worker A {\nshutdown 10s abort 2s\n}", "A", "12s: A 12s"},
		{"what needs it first", "service A\nservice B needs A\nworker C needs B", "A", "18s: C 6s, B 6s, A 6s"},
		{"the longest way", "service A\nservice B needs A {\nshutdown 1m\n}\nworker C needs A", "A", "1m7s: B 1m1s, A 6s"},
		{"unlimited", "service A\nworker B needs A {\nshutdown unlimited\n}", "A", "unlimited: B unlimited, A 6s"},
		{"no sidecar, which stops later", "service A\nsidecar B of A", "A", "6s: A 6s"},
		{"a supervisor that needs it", "service A\nsupervisor S needs A {\nstrategy rest_for_one\nworker B\nworker C\n}", "A",
			"18s: S.C 6s, S.B 6s, A 6s"},
		{"who needs that supervisor goes first", "service A\nsupervisor S needs A {\nworker B\n}\nworker D needs S", "A",
			"18s: D 6s, S.B 6s, A 6s"},
		{"a sidecar after its primary", "service A\nservice B needs A\nsidecar C of B needs A", "A", "18s: B 6s, C 6s, A 6s"},
		{"its subtree", "supervisor S {\nworker A\nworker B\n}", "S", "6s: S.A 6s"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tree := check(t, "package x\n\nsupervisor Top {\n"+test.body+"\n}\n")
			stop := effective.Explain(find(t, tree.Files[0].Roots[0], "Top."+test.child)).Stop
			var chain []string
			for _, link := range stop.Chain {
				chain = append(chain, strings.TrimPrefix(link.Path, "Top.")+" "+link.Within)
			}
			if diff := cmp.Diff(test.want, stop.Within+": "+strings.Join(chain, ", ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}
