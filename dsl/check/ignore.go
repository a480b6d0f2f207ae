package check

import (
	"slices"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
)

// acceptIgnored takes away the warnings that somebody has read and accepts, and warns of a comment that accepts nothing. An
// error keeps other things from being looked for, so that nothing is concluded then.
func (c *checker) acceptIgnored() {
	met := map[syntax.Accepted]bool{}
	var ignores []syntax.Ignore
	for _, f := range c.files {
		for _, i := range f.file.Ignores() {
			if c.accepts(i) {
				met[i.Accepted] = false
				ignores = append(ignores, i)
			}
		}
	}
	c.List = slices.DeleteFunc(c.List, func(d diag.Diagnostic) bool {
		key := syntax.Accepted{File: d.Pos.File, Line: d.Pos.Line, Code: d.Code}
		_, ok := met[key]
		if ok {
			met[key] = true
		}
		return ok
	})
	if diag.HasErrors(c.List) {
		return
	}
	for _, i := range ignores {
		if !met[i.Accepted] {
			c.removeIgnore(i, c.ignored(i, "%q is not said of line %d, so this silences nothing", i.Code, i.Line))
		}
	}
}

// accepts reports whether an ignore says which warning it accepts, and why; and what it lacks.
func (c *checker) accepts(i syntax.Ignore) bool {
	switch {
	case i.Code == "":
		c.ignored(i, "this does not say which warning it accepts").Hintf("write %signore CODE REASON", syntax.Directive)
	case !slices.Contains(diag.Codes(), i.Code):
		codes := func() (words []string) {
			for _, code := range diag.Codes() {
				words = append(words, string(code))
			}
			return words
		}
		r := c.ignored(i, "there is no rule %q%s", i.Code, c.didYouMean(string(i.Code), codes))
		if near, ok := diag.Nearest(string(i.Code), codes()); ok {
			r.Fix("write "+near, diag.Edit{Range: i.At, New: near})
		}
	case i.Code.Severity() == diag.Error:
		c.removeIgnore(i, c.ignored(i, "%q is an error, and no error can be ignored", i.Code))
	case i.Code == diag.CodeUnusedIgnore:
		c.removeIgnore(i, c.ignored(i, "%q is about comments like this, and cannot be ignored", i.Code))
	case i.Reason == "":
		c.ignored(i, "this does not say why it accepts %q", i.Code).Hintf("write the reason behind the code")
	default:
		return true
	}
	return false
}

func (c *checker) removeIgnore(i syntax.Ignore, r *diag.Diagnostic) {
	edit := diag.Edit{Range: i.Comma}
	if i.Comma == (diag.Range{}) {
		edit = c.sourceOf(r.Pos).Remove(r.Range)
	}
	r.Hintf("remove it").Fix("remove it", edit)
}

// ignored reports something of an ignore: at the comment, or at one of its codes if there are several.
func (c *checker) ignored(i syntax.Ignore, format string, args ...any) *diag.Diagnostic {
	at := i.At
	if i.Comma == (diag.Range{}) {
		at = diag.Range{Pos: i.Pos, End: i.Pos.Plus(len(i.Shown()))}
	}
	return c.Reportf(diag.CodeUnusedIgnore, at.Pos, at.End, format, args...)
}
