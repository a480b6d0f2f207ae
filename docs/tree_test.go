package docs_test

import (
	"errors"
	"strings"

	"github.com/supgen/supgen/dsl"
)

// parse is the one tree of a text that leaves its package clause out.
func parse(src string) (*dsl.Child, error) {
	src = "package main\n" + src
	file, _ := dsl.Parse("manual.sup", []byte(src))
	tree, diagnostics := dsl.Check([]*dsl.File{file}, "main")
	if dsl.HasErrors(diagnostics) {
		var b strings.Builder
		for _, d := range diagnostics {
			b.WriteString(d.Text([]byte(src)))
		}
		return nil, errors.New(b.String())
	}
	return tree.Files[0].Roots[0], nil
}
