package effective_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/effective"
)

// TestLargeTrees has ten times as many children cost about ten times as much memory, and not a hundred times.
func TestLargeTrees(t *testing.T) {
	explainAll := func(tree *tree.Tree) {
		for e := range effective.ExplainAll(tree) {
			_ = e.Text()
		}
	}
	explainOne := func(tree *tree.Tree) {
		children := tree.Files[0].Roots[0].Children
		_ = effective.Explain(children[len(children)/2]).Text()
	}
	restarts := func(tree *tree.Tree) {
		x := effective.ExplainerOf(tree.Files[0].Roots[0])
		for c := range tree.All() {
			_ = x.Restarts(c)
		}
	}
	overview := func(tree *tree.Tree) { effective.Overview(tree) }
	waits := func(tree *tree.Tree) { effective.WaitsIn(tree.Files[0].Roots[0]) }

	tests := []struct {
		name, strategy string
		child          string // its number is %[1]d
		ask            func(*tree.Tree)
	}{
		{"all alone", "one_for_one", "worker W%[1]d", explainAll},
		{"all that need one", "one_for_one", "worker W%[1]d needs First", explainAll},
		{"all with sidecars", "one_for_one", "service W%[1]d\nsidecar S%[1]d of W%[1]d linked", explainAll},
		{"all in small groups", "one_for_one", "group G%[1]d {\nstrategy rest_for_one\nworker A%[1]d\nworker B%[1]d\n}", explainAll},
		{"all in supervisors", "one_for_one", "supervisor S%[1]d {\nstrategy one_for_all\nservice A\nworker B needs A, First\n}", explainAll},
		{"restarts", "one_for_one", "worker W%[1]d", restarts},
		{"one of rest_for_one", "rest_for_one", "worker W%[1]d", explainOne},
		{"one of one_for_all", "one_for_all", "worker W%[1]d needs First", explainOne},
		{"an overview", "rest_for_one", "worker W%[1]d needs First", overview},
		{"waits", "rest_for_one", "service W%[1]d\nsidecar S%[1]d of W%[1]d", waits},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cost := func(children int) uint64 {
				var b strings.Builder
				fmt.Fprintf(&b, "package x\n\nsupervisor Top {\nstrategy %s\nservice First\n", test.strategy)
				for i := range children {
					fmt.Fprintf(&b, test.child+"\n", i)
				}
				tree := check(t, b.String()+"}\n")
				return allocated(func() { test.ask(tree) })
			}
			few, many := cost(100), cost(1000)
			if many > 15*few {
				t.Errorf("100 children take %d bytes, and 1000 %d: %d times as much", few, many, many/few)
			}
		})
	}
}

// allocated is how many bytes a function allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
