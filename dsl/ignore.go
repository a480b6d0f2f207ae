package dsl

import (
	"slices"
	"strings"
)

// directive is what a comment for the tools begins with. It is no documentation.
const directive = "//supgen:"

// An ignore is a comment that accepts a warning, with the reason:
//
//	//supgen:ignore same-type the primary and a replica
//
// It silences what is said of its line, if it stands behind a statement, or else of the line below.
type ignore struct {
	comment
	accepted
	reason string
}

// accepted is what an ignore accepts: a warning of a line.
type accepted struct {
	file string
	line int
	code Code
}

// ignores are those in a file. Where comments stand below each other, all of them speak of the line below the last.
func (f *File) ignores() []ignore {
	var ignores []ignore
	below := 0 // the line that the comment after this one speaks of
	for i, c := range slices.Backward(f.comments) {
		line := c.pos.Line
		switch {
		case c.trailing:
		case i+1 < len(f.comments) && f.comments[i+1].pos.Line == line+1:
			line = below
		default:
			line++
		}
		below = line
		rest, ok := strings.CutPrefix(c.shown(), directive+"ignore")
		if ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t') {
			code, reason, _ := strings.Cut(strings.Join(strings.Fields(rest), " "), " ")
			ignores = append(ignores, ignore{c, accepted{file: f.Name, line: line, code: Code(code)}, reason})
		}
	}
	slices.Reverse(ignores)
	return ignores
}

// silence takes away the warnings that somebody has read and accepts, and warns of a comment that accepts nothing. An
// error keeps other things from being looked for, so that nothing is concluded then.
func (c *checker) silence() {
	met := map[accepted]bool{}
	var ignores []ignore
	for _, f := range c.files {
		for _, i := range f.file.ignores() {
			if c.accepts(i) {
				met[i.accepted] = false
				ignores = append(ignores, i)
			}
		}
	}
	c.list = slices.DeleteFunc(c.list, func(d Diagnostic) bool {
		key := accepted{file: d.Pos.File, line: d.Pos.Line, code: d.Code}
		_, ok := met[key]
		if ok {
			met[key] = true
		}
		return ok
	})
	if HasErrors(c.list) {
		return
	}
	for _, i := range ignores {
		if !met[i.accepted] {
			c.ignored(i, "%q is not said of line %d, so this silences nothing", i.code, i.line).hintf("remove it")
		}
	}
}

// accepts reports whether an ignore says which warning it accepts, and why; and what it lacks.
func (c *checker) accepts(i ignore) bool {
	switch {
	case i.code == "":
		c.ignored(i, "this does not say which warning it accepts").hintf("write %signore CODE REASON", directive)
	case !slices.Contains(Codes(), i.code):
		codes := func() (words []string) {
			for _, code := range Codes() {
				words = append(words, string(code))
			}
			return words
		}
		c.ignored(i, "there is no rule %q%s", i.code, c.didYouMean(string(i.code), codes))
	case i.code.Severity() == Error:
		c.ignored(i, "%q is an error, and no error can be ignored", i.code)
	case i.code == CodeUnusedIgnore:
		c.ignored(i, "%q is about comments like this, and cannot be ignored", i.code).hintf("remove it")
	case i.reason == "":
		c.ignored(i, "this does not say why it accepts %q", i.code).hintf("write the reason behind the code")
	default:
		return true
	}
	return false
}

func (c *checker) ignored(i ignore, format string, args ...any) *Diagnostic {
	return c.reportf(CodeUnusedIgnore, i.pos, i.pos.plus(len(i.shown())), format, args...)
}
