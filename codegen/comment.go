package codegen

import (
	"fmt"
	godoc "go/doc/comment"
	"strings"
	"unicode"

	"github.com/dave/jennifer/jen"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/tree"
)

// comment is a line of its own above what follows it.
func comment(format string, args ...any) jen.Code {
	return jen.Comment("// " + fmt.Sprintf(format, args...))
}

// document is the user's comment on c, and what else there is to say, as lines above what follows them.
func document(c *tree.Child, more ...string) []jen.Code {
	lines := append(documentation(c.Doc), more...)
	if len(lines) == 0 {
		return nil
	}
	var comments []jen.Code
	for line := range strings.Lines(canonical(strings.Join(lines, "\n") + "\n")) {
		line = strings.TrimSuffix(line, "\n")
		if line != "" && line[0] != '\t' {
			line = " " + line
		}
		comments = append(comments, jen.Comment("//"+line))
	}
	return comments
}

// canonical is the text of a comment as gofmt leaves it, also where gofmt leaves the comments alone. Where lists and
// code are mixed that may be something else than what it makes of the text at first, so that gofmt would change what it
// has formatted; of a million mixtures none took more than four rounds.
func canonical(text string) string {
	const rounds = 10
	for range rounds {
		var parser godoc.Parser
		var printer godoc.Printer
		next := string(printer.Comment(parser.Parse(text)))
		if next == text {
			break
		}
		text = next
	}
	return text
}

// documentation is the lines of a comment that may stand in generated code. A directive meant for a
// .sup file's reader would mean something else to the go command, and is left out.
func documentation(doc string) []string {
	var lines []string
	for line := range strings.Lines(diag.Visible(doc)) {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		if strings.HasPrefix(line, "go:") || strings.HasPrefix(strings.TrimSpace(line), "+build") {
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
