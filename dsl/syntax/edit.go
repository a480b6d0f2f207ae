package syntax

import (
	"bytes"
	"slices"
	"sort"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/supgen/supgen/dsl/diag"
)

// What is here makes edits of a file's text for the fixes of diagnostics.

// Span is what stands from one token to another, both included.
func Span(from, to lexer.Token) diag.Range { return diag.Range{Pos: Begin(from), End: End(to)} }

// Line is the range of a statement without its block.
func (s *Stmt) Line() diag.Range { return diag.Range{Pos: s.Pos(), End: s.lineEnd} }

// WithComment is the range of a declaration and of the comment directly above it.
func (f *File) WithComment(at diag.Range) diag.Range {
	if comment := f.above(at.Pos); len(comment) > 0 {
		at.Pos = comment[0].Pos
	}
	return at
}

// Remove is an edit that removes a range, and the lines that nothing else is on, with the comments behind it. Of the blank
// lines around them one is left.
func (f *File) Remove(at diag.Range) diag.Edit {
	start, end := at.Pos.Offset-(at.Pos.Column-1), f.lineEnd(at.End)
	before, behind := f.text[start:at.Pos.Offset], bytes.TrimLeft(f.text[at.End.Offset:end], " \t\r")
	blank := len(bytes.TrimLeft(before, " \t")) == 0
	switch {
	case blank && (len(behind) == 0 || bytes.HasPrefix(behind, []byte("//"))):
		at.Pos = at.Pos.Plus(start - at.Pos.Offset)
		if at.End = at.End.Plus(end - at.End.Offset); end < len(f.text) {
			at.End = diag.Pos{File: f.Name, Offset: end + 1, Line: at.End.Line + 1, Column: 1}
		}
		blankAbove := start == 0 || bytes.HasSuffix(bytes.TrimRight(f.text[:start-1], " \t\r"), []byte("\n"))
		if next := f.lineEnd(at.End); blankAbove && next < len(f.text) && isBlank(f.text[at.End.Offset:next]) {
			at.End = diag.Pos{File: f.Name, Offset: next + 1, Line: at.End.Line + 1, Column: 1} // of two blank lines, one
		}
	case blank:
		at.End = at.End.Plus(end - len(behind) - at.End.Offset)
	default:
		at.Pos = at.Pos.Plus(-(len(before) - len(bytes.TrimRight(before, " \t"))))
	}
	return diag.Edit{Range: at}
}

func isBlank(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 }

// Below is an edit that inserts lines below the one that a place is on. They are indented as that is.
func (f *File) Below(pos diag.Pos, lines string) diag.Edit {
	end := f.lineEnd(pos)
	for end > 0 && f.text[end-1] == '\r' {
		end--
	}
	pos = pos.Plus(end - pos.Offset)
	return diag.Edit{Range: diag.Range{Pos: pos, End: pos}, New: "\n" + f.indented(pos, lines)}
}

// Above is an edit that inserts lines above the one that a place is on. They are indented as that is.
func (f *File) Above(pos diag.Pos, lines string) diag.Edit {
	start := pos.Plus(-(pos.Column - 1))
	return diag.Edit{Range: diag.Range{Pos: start, End: start}, New: f.indented(pos, lines) + "\n"}
}

// Replace is an edit that puts lines in the place of a range. But for the first they are indented as that is.
func (f *File) Replace(at diag.Range, lines string) diag.Edit {
	return diag.Edit{Range: at, New: strings.TrimPrefix(f.indented(at.Pos, lines), f.indent(at.Pos))}
}

func (f *File) indented(pos diag.Pos, lines string) string {
	indent := f.indent(pos)
	return indent + strings.ReplaceAll(lines, "\n", "\n"+indent)
}

// indent is the white space that the line of a place begins with.
func (f *File) indent(pos diag.Pos) string {
	line := f.text[pos.Offset-(pos.Column-1):]
	return string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
}

// lineEnd is the offset of the end of the line that a place is on.
func (f *File) lineEnd(pos diag.Pos) int {
	if n := bytes.IndexByte(f.text[pos.Offset:], '\n'); n >= 0 {
		return pos.Offset + n
	}
	return len(f.text)
}

// hasCRLF reports whether the first line of a text, and so what is written into it, ends with CRLF.
func hasCRLF(text []byte) bool {
	first, _, ended := bytes.Cut(text, []byte("\n"))
	return ended && bytes.HasSuffix(first, []byte("\r"))
}

// EndLines has the lines that fixes write end as the first line of their file does.
func EndLines(list []diag.Diagnostic, files ...*File) {
	crlf := map[string]bool{}
	for _, f := range files {
		if hasCRLF(f.text) {
			crlf[f.Name] = true
		}
	}
	if len(crlf) == 0 {
		return
	}
	ends := strings.NewReplacer("\r\n", "\r\n", "\n", "\r\n")
	for _, d := range list {
		for _, fix := range d.Fixes {
			for i, e := range fix.Edits {
				if text := ends.Replace(e.New); crlf[e.Pos.File] && text != e.New {
					fix.Edits[i].New = text
				}
			}
		}
	}
}

// TextOf is what stands in a range.
func (f *File) TextOf(at diag.Range) string { return string(f.text[at.Pos.Offset:at.End.Offset]) }

// IsCommented reports whether a comment stands in a range: what is written in its place would lose it.
func (f *File) IsCommented(at diag.Range) bool {
	i := sort.Search(len(f.Comments), func(i int) bool { return f.Comments[i].Pos.Offset >= at.Pos.Offset })
	return i < len(f.Comments) && f.Comments[i].Pos.Offset < at.End.Offset
}

// WordBefore is where the word before a place begins, on the same line.
func (f *File) WordBefore(pos diag.Pos) diag.Pos {
	before := bytes.TrimRight(f.text[:pos.Offset], " \t")
	return pos.Plus(bytes.LastIndexAny(before, " \t\n") + 1 - pos.Offset)
}

// WrittenAlike reports whether two texts have the same tokens.
func WrittenAlike(a, b string) bool {
	return slices.Equal(scanned(a).words(), scanned(b).words())
}
