package codegen

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/dave/jennifer/jen"

	"github.com/supgen/supgen/dsl"
)

// comment is a line of its own above what follows it.
func comment(format string, args ...any) *jen.Statement {
	return jen.Comment("// " + fmt.Sprintf(format, args...)).Line()
}

// document is the user's comment on c as lines above what follows them; without one it is what the line says
// instead.
func document(c *dsl.Child, instead string) *jen.Statement {
	lines := documentation(c.Doc)
	if len(lines) == 0 {
		return comment("%s", instead)
	}
	return userComment(lines)
}

// userDocument is the user's comment on c, or nothing.
func userDocument(c *dsl.Child) *jen.Statement { return userComment(documentation(c.Doc)) }

func userComment(lines []string) *jen.Statement {
	all := jen.Null()
	for _, line := range lines {
		if line != "" && line[0] != '\t' {
			line = " " + line
		}
		all.Comment("//" + line).Line()
	}
	return all
}

// documentation is the lines of a comment that may stand in generated code. A directive meant for a
// .sup file's reader would mean something else to the go command, and is left out. So is what a Go file
// cannot hold, and what would have the rest of a line shown in another order than it is read in.
func documentation(doc string) []string {
	var lines []string
	for line := range strings.Lines(strings.Map(allowed, strings.ToValidUTF8(doc, ""))) {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		if strings.HasPrefix(line, "go:") || strings.HasPrefix(line, "+build") {
			continue
		}
		lines = append(lines, line)
	}
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

func allowed(r rune) rune {
	const byteOrderMark = '\uFEFF'
	if r == byteOrderMark || unicode.Is(unicode.Bidi_Control, r) || unicode.IsControl(r) && r != '\n' && r != '\t' {
		return -1
	}
	return r
}
