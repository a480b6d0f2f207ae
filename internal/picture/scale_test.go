package picture_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/picture"
)

// TestLargeTrees has ten times as many children cost about ten times as much memory, and ten times as much to draw.
func TestLargeTrees(t *testing.T) {
	formats := map[string]func(*tree.Tree) string{"mermaid": picture.Mermaid, "dot": picture.Dot, "svg": picture.SVG}
	tests := []struct{ name, strategy, child string }{
		{"all alone", "one_for_one", "worker W%[1]d"},
		{"all that need one", "one_for_one", "worker W%[1]d needs First"},
		{"in turn", "rest_for_one", "worker W%[1]d needs First"},
		{"all with sidecars", "one_for_one", "service W%[1]d\nsidecar S%[1]d of W%[1]d"},
		{"all in supervisors", "one_for_one", "supervisor S%[1]d {\nservice A\nworker B needs A, First\n}"},
	}
	for _, test := range tests {
		for format, draw := range formats {
			t.Run(test.name+" as "+format, func(t *testing.T) {
				few, many := check(t, many(test.strategy, test.child, 100)), check(t, many(test.strategy, test.child, 1000))
				if a, b := allocated(func() { draw(few) }), allocated(func() { draw(many) }); b > 15*a {
					t.Errorf("100 children take %d bytes, and 1000 %d: %d times as much", a, b, b/a)
				}
				if a, b := len(draw(few)), len(draw(many)); b > 15*a {
					t.Errorf("of 100 children %d bytes are drawn, and of 1000 %d: %d times as much", a, b, b/a)
				}
			})
		}
	}
}

// TestLargeLayout holds pictures of which columns are parted to what makes small ones readable.
func TestLargeLayout(t *testing.T) {
	readable(t, many("one_for_one", "\tservice W%[1]d\n\tsidecar S%[1]d of W%[1]d", 60))
	readable(t, many("one_for_one", "\tsupervisor Sup%[1]d {\n\tservice A needs First\n\tservice B needs A\n\tsidecar C of A\n\tworker D\n\t}", 30))
	readable(t, many("one_for_one", "\tservice A%[1]d\n\tservice B%[1]d needs A%[1]d, First\n\tworker C%[1]d needs B%[1]d", 40))
	readable(t, "package x\n\nsupervisor Top {\n\tservice DB\n"+
		strings.Replace(many("one_for_one", "\tservice A%[1]d needs DB\n\tservice B%[1]d needs A%[1]d", 40), "package x\n\nsupervisor Top", "supervisor In", 1)+"}\n")
}

// many is a tree with a child many times over; its number is %[1]d.
func many(strategy, child string, times int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "package x\n\nsupervisor Top {\n\tstrategy %s\n\tservice First\n", strategy)
	for i := range times {
		fmt.Fprintf(&b, child+"\n", i)
	}
	return b.String() + "}\n"
}

// allocated is how many bytes a function allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
