package dsl

import (
	"github.com/supgen/supgen/dsl/check"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
)

// Parse is [syntax.Parse].
func Parse(name string, src []byte) (*syntax.File, []diag.Diagnostic) { return syntax.Parse(name, src) }

// Check is [check.Check].
func Check(files []*syntax.File, goPackage string, declared ...check.GoDecl) (*tree.Tree, []diag.Diagnostic) {
	return check.Check(files, goPackage, declared...)
}

// Format is [syntax.Format].
func Format(name string, src []byte) ([]byte, []diag.Diagnostic) { return syntax.Format(name, src) }
