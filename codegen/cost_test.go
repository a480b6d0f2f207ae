package codegen_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/supgen/supgen/codegen"
	"github.com/supgen/supgen/dsl"
)

// What a child costs does not depend on how many there are. Allocations say so on every machine.
func TestCostPerChild(t *testing.T) {
	const few, many = 100, 1000
	for _, c := range []struct {
		what string
		most float64 // allocations a child, half as many again as it took when this was written
		do   func(src []byte)
	}{
		{"Parse", 180, func(src []byte) { dsl.Parse("x.sup", src) }},
		{"Check", 250, func(src []byte) { checked(src) }},
		{"Generate", 1300, func(src []byte) {
			tree, _ := checked(src)
			codegen.Generate(tree, tree.Files[0])
		}},
	} {
		perChild := func(n int) (allocations, bytes float64) {
			src := wide(n)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			c.do(src)
			runtime.ReadMemStats(&after)
			return float64(after.Mallocs-before.Mallocs) / float64(n), float64(after.TotalAlloc-before.TotalAlloc) / float64(n)
		}
		perChild(few) // makes what is made once
		a, small := perChild(few)
		b, large := perChild(many)
		t.Logf("%s: %.0f allocations a child of %d, %.0f of %d; %.0f and %.0f bytes", c.what, a, few, b, many, small, large)
		if b > 1.2*a || large > 1.2*small {
			t.Errorf("%s: %.0f allocations and %.0f bytes a child of %d, but %.0f and %.0f of %d", c.what, a, small, few, b, large, many)
		}
		if b > c.most {
			t.Errorf("%s: %.0f allocations a child, more than %.0f", c.what, b, c.most)
		}
	}
}

// wide is a tree with n children in one supervisor, of which one provides what all others need.
func wide(n int) []byte {
	var src strings.Builder
	src.WriteString("package x\n\nsupervisor Shop {\n\tservice DB {\n\t\tprovides int\n\t\tready explicit\n\t}\n")
	for i := range n - 1 {
		fmt.Fprintf(&src, "\t// W%d works.\n\tworker W%d needs DB {\n\t\tshutdown 2s\n\t}\n", i, i)
	}
	src.WriteString("}\n")
	return []byte(src.String())
}
