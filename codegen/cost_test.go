package codegen_test

import (
	"fmt"
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
		{"Generate", 2000, func(src []byte) {
			tree, _ := checked(src)
			codegen.Generate(tree, tree.Files[0])
		}},
	} {
		perChild := func(n int) float64 {
			src := wide(n)
			return testing.AllocsPerRun(1, func() { c.do(src) }) / float64(n)
		}
		a, b := perChild(few), perChild(many)
		t.Logf("%s: %.0f allocations a child of %d, %.0f of %d", c.what, a, few, b, many)
		if b > 1.2*a {
			t.Errorf("%s: %.0f allocations a child of %d, but %.0f of %d", c.what, a, few, b, many)
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
