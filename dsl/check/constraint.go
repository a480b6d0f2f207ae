package check

import (
	"go/build/constraint"

	"github.com/supgen/supgen/dsl/diag"
)

// buildConstraint reads the "//go:build" line above a file's package clause, which its Go has too.
func (c *checker) buildConstraint(f *fileScope) {
	var first diag.Range
	for _, comment := range f.file.Comments {
		text := comment.Shown()
		if !constraint.IsGoBuild(text) {
			continue
		}
		at := diag.Range{Pos: comment.Pos, End: comment.Pos.Plus(len(text))}
		report := func(format string, args ...any) *diag.Diagnostic {
			return c.Reportf(diag.CodeBuildConstraint, at.Pos, at.End, format, args...)
		}
		expr, err := constraint.Parse(text)
		switch body := f.file.Body.Stmts; {
		case len(body) > 0 && body[0].Pos().Offset < at.Pos.Offset:
			r := report("a build constraint stands above everything but comments").Hintf("move it above \"package\"")
			if err == nil && !first.Pos.IsValid() {
				r.Fix("move it up", f.file.Remove(at), f.file.Above(body[0].Pos(), text+"\n"))
			}
		case first.Pos.IsValid():
			report("the file has a build constraint already").Notef(first, "the first one").Hintf("join them with &&")
		case err != nil:
			report("this is not a build constraint: %v", err).Hintf("write one as in //go:build linux && !arm64")
		default:
			f.tree.Constraint = expr.String()
		}
		if !first.Pos.IsValid() {
			first = at
		}
	}
}
