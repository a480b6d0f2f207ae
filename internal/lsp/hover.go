package lsp

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/dsl/tree"
	"github.com/supgen/supgen/internal/effective"
	"github.com/supgen/supgen/internal/lsp/protocol"
)

// hover says what the name at a place stands for, or how the statement there is written.
func (q *query) hover(protocol.TextDocumentPositionParams) (any, error) {
	info, d, r := q.at()
	text := ""
	switch {
	case d == nil:
		text, r = q.statement()
	case d.Child != nil:
		text = q.child(d)
	case d.Kind == tree.PolicyDefinition:
		text = q.codeBlock("policy "+d.Name) + d.Doc + q.users(info, d)
	case d.Kind == tree.ImportDefinition:
		text = q.codeBlock("import " + q.source(d.Whole))
	default:
		text = q.codeBlock(q.source(d.Whole))
	}
	if text == "" {
		return nil, nil
	}
	at := q.rangeOf(r)
	return protocol.Hover{Contents: protocol.MarkupContent{Kind: q.format(), Value: strings.TrimSpace(text)}, Range: &at}, nil
}

// child is what there is to say of a child: all that "supgen explain" says, where the package is without errors.
func (q *query) child(d *tree.Definition) string {
	head := q.codeBlock(effective.RoleOf(d.Child)+" "+d.Child.Path()) + d.Doc
	if q.analysis.pkg().Tree == nil {
		return head + "\n\nWhat follows from its policies is known once the package has no mistakes."
	}
	_, rest, _ := strings.Cut(q.analysis.explainer(d.Child.Root()).Explain(d.Child).Text(), "\n")
	if _, facts, ok := strings.Cut(rest, "\n\n"); ok && d.Doc != "" {
		rest = facts // the comment stands above already
	}
	return head + "\n\n" + q.codeBlock(strings.ReplaceAll(rest, q.analysis.key+string(filepath.Separator), ""))
}

// users are the children that use a policy.
func (q *query) users(info *tree.Info, d *tree.Definition) string {
	n := 0
	for range info.UsesOf(d) {
		n++
	}
	switch n {
	case 0:
		return "\n\nIt is not used."
	case 1:
		return "\n\nIt is used in one place."
	}
	return fmt.Sprintf("\n\nIt is used in %d places.", n)
}

// statement is how the statement whose keyword is at the place is written.
func (q *query) statement() (string, diag.Range) {
	text, at := "", diag.Range{}
	q.syntax().Body.Walk(func(s *syntax.Stmt) {
		if r := (diag.Range{Pos: s.Pos(), End: s.KeywordEnd()}); r.Holds(q.place()) {
			if p, ok := syntax.ProductionOf(syntax.KindOf(s)); ok {
				text, at = q.codeBlock(p.Form), r
			}
		}
	})
	return text, at
}

// source is what stands in a range of the file.
func (q *query) source(r diag.Range) string {
	text := q.analysis.textOf(q.analysis.nameOf(r.Pos.File))
	return string(text.Bytes[r.Pos.Offset:r.End.Offset])
}

// format is how a hover is written: in Markdown, unless the client does not show that.
func (q *query) format() string {
	if known := q.client.TextDocument.Hover.ContentFormat; len(known) > 0 && !slices.Contains(known, "markdown") {
		return "plaintext"
	}
	return "markdown"
}

// codeBlock is a block of code in a hover, whatever stands in it.
func (q *query) codeBlock(text string) string {
	if q.format() != "markdown" {
		return strings.TrimRight(text, "\n") + "\n\n"
	}
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + "sup\n" + strings.TrimRight(text, "\n") + "\n" + fence + "\n\n"
}
