package dsl

import (
	"github.com/supgen/supgen/dsl/check"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
)

// Parse is [syntax.Parse].
func Parse(name string, src []byte) (*syntax.File, []diag.Diagnostic) { return syntax.Parse(name, src) }

// Check is [check.Check], with a Tree where it reports no error; otherwise the Tree is nil.
func Check(files []*syntax.File, goPackage string, declared ...check.GoDecl) (*tree.Tree, []diag.Diagnostic) {
	info, diagnostics := check.Check(files, goPackage, declared...)
	if info.Errors > 0 {
		return nil, diagnostics
	}
	return tree.Of(info), diagnostics
}

// Format is [syntax.Format].
func Format(name string, src []byte) ([]byte, []diag.Diagnostic) { return syntax.Format(name, src) }
