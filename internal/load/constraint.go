package load

import (
	"go/ast"
	"go/build/constraint"
	"strings"

	"github.com/supgen/supgen/dsl/check"
)

// A built says where a Go file is built.
type built int

const (
	never  built = iota // as programs are that stand beside a package: "//go:build ignore"
	tagged              // where somebody sets a build tag
	always              // on some system at least
)

// buildOf reads the build constraints of a Go file, and not its name: what that says, it says of systems alone.
func buildOf(file *ast.File) built {
	var lines, old []constraint.Expr
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if comment.Pos() > file.Package {
				break
			}
			expr, err := constraint.Parse(comment.Text)
			switch {
			case err != nil:
			case constraint.IsGoBuild(comment.Text):
				lines = append(lines, expr)
			default:
				old = append(old, expr)
			}
		}
	}
	if lines == nil {
		lines = old
	}
	least := always
	for _, expr := range lines {
		with, _ := outcomes(expr, true)
		without, _ := outcomes(expr, false)
		switch {
		case !with:
			return never
		case !without:
			least = tagged
		}
	}
	return least
}

// outcomes reports whether a constraint can be true, and whether it can be false, on any system. Tags that users define may be set
// only if tags says so, and "ignore" never is, by convention.
func outcomes(expr constraint.Expr, tags bool) (yes, no bool) {
	switch e := expr.(type) {
	case *constraint.NotExpr:
		no, yes = outcomes(e.X, tags)
	case *constraint.AndExpr:
		xYes, xNo := outcomes(e.X, tags)
		yYes, yNo := outcomes(e.Y, tags)
		yes, no = xYes && yYes, xNo || yNo
	case *constraint.OrExpr:
		xYes, xNo := outcomes(e.X, tags)
		yYes, yNo := outcomes(e.Y, tags)
		yes, no = xYes || yYes, xNo && yNo
	case *constraint.TagExpr:
		yes, no = e.Tag != "ignore" && (tags || IsSystem(e.Tag)), true
	}
	return yes, no
}

// IsSystem reports whether a build tag is set by the Go that builds, and not by a user.
func IsSystem(tag string) bool {
	switch tag {
	case "unix", "cgo", "gc", "gccgo", "race", "msan", "asan", "boringcrypto":
		return true
	}
	return check.IsPlatform(tag) || strings.HasPrefix(tag, "go1.") || strings.HasPrefix(tag, "goexperiment.")
}
