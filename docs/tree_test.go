package docs_test

import (
	"errors"
	"strings"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
)

// parse is the one tree of a text that leaves its package clause out.
func parse(src string) (*tree.Child, error) {
	src = "package main\n" + src
	file, _ := dsl.Parse("manual.sup", []byte(src))
	tree, diagnostics := dsl.Check([]*syntax.File{file}, "main")
	if diag.HasErrors(diagnostics) {
		var b strings.Builder
		for _, d := range diagnostics {
			b.WriteString(d.Text([]byte(src)))
		}
		return nil, errors.New(b.String())
	}
	return tree.Files[0].Roots[0], nil
}
