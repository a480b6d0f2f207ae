package syntax

import (
	"bytes"
	"go/build/constraint"
	"strings"
	"unicode/utf8"

	"github.com/supgen/supgen/dsl/diag"
)

// Format returns the canonical form of a .sup file:
//
//   - a tab for each block that a line is in, and one more where a statement goes on after a comma;
//   - one space between words, none inside of paths, ranges and brackets; Go types as gofmt writes them;
//   - the arguments of statements on neighbouring lines aligned, those of "on" rows among themselves;
//   - comments where they stand, those behind neighbouring lines aligned;
//   - at most one blank line in a row, none where a block begins or ends, one between declarations at the top, and around a
//     build constraint;
//   - lines end as the first one does, with LF or CRLF: git may have been asked for either. There is no byte order mark.
//
// Statements, imports and what they say stay as they are and in their order, so that the meaning of the file does
// too. A text without a package clause, as an editor hands over the lines that are marked, stays indented as its first line is.
// A file that Parse has something to say about is returned as it is, with those diagnostics.
func Format(name string, src []byte) ([]byte, []diag.Diagnostic) {
	if _, diagnostics := Parse(name, src); len(diagnostics) > 0 {
		return src, diagnostics
	}
	s := newScanner(name, src)
	s.scan()
	f := &formatter{comments: s.comments}
	lines := linesOf(s.tokens)
	if len(lines) > 0 && lines[0].first().Value != "package" {
		f.depth = indentation(src)
	}
	for _, l := range lines {
		f.line(l)
	}
	f.commentsBefore(len(src) + 1)
	alignArguments(f.rows)
	alignComments(f.rows)
	text := f.text()
	if hasCRLF(src) {
		text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	}
	return text, nil
}

// indentation is how many tabs stand before the first line that has something; blanks alone are one.
func indentation(src []byte) int {
	before := src[:len(src)-len(bytes.TrimLeft(src, " \t\r\n"))]
	before = before[bytes.LastIndexByte(before, '\n')+1:]
	return max(bytes.Count(before, []byte("\t")), min(len(before), 1))
}

// A row is a line of formatted text.
type row struct {
	class   class
	depth   int    // of blocks around it
	blank   bool   // a blank line stands before it
	head    string // of a setting or an on row: what stands before what is aligned
	text    string // the rest
	comment string // behind it
	last    int    // the line of the file that it ends on
}

// A class is what a row is to those beside it.
type class uint8

const (
	plainRow        class = iota // a declaration that opens no block, and a statement of one word
	importRow                    // likewise
	settingRow                   // a statement that arguments follow
	onRow                        // on OUTCOME [at start] ACTION
	continuationRow              // the second line of a statement, or a later one
	commentRow                   // nothing but a comment
	openingRow                   // a block begins with it
	closingRow                   // a block ends with it
)

// A formatter makes rows of the lines and the comments of a file, by their place.
type formatter struct {
	comments []Comment // those that are not yet in a row
	rows     []row
	depth    int
}

// line adds the rows of a statement, or of the end of a block.
func (f *formatter) line(l *line) {
	f.commentsBefore(l.first().Pos.Offset)
	first := row{class: classOf(l), depth: f.depth}
	if first.class == closingRow {
		f.depth--
		first.depth--
	}
	f.statement(first, unitsOf(l, f.comments))
	if first.class == openingRow {
		f.depth++
	}
}

func classOf(l *line) class {
	keyword, last := l.first().Value, l.tokens[len(l.tokens)-1].Value
	production, known := ProductionOf(keyword)
	switch {
	case keyword == "}" || keyword == ")":
		return closingRow
	case l.opens() || keyword == "import" && last == "(":
		return openingRow
	case keyword == "import":
		return importRow
	case keyword == "on":
		return onRow
	case known && !production.Opens && keyword != "package" && len(l.tokens) > 1:
		return settingRow
	}
	return plainRow
}

// statement adds a row for each line of the file that a statement is on.
func (f *formatter) statement(r row, pieces []unit) {
	var b strings.Builder
	starts := pieces[0].pos.Line
	depth := r.depth
	for i, p := range pieces {
		if i > 0 && p.pos.Line > pieces[i-1].last {
			r.text, r.last = b.String(), pieces[i-1].last
			f.add(r, starts)
			b.Reset()
			r, starts = row{class: continuationRow, depth: depth + 1}, p.pos.Line
			if p.text == ")" {
				r.depth = depth
			}
			f.depth++
			f.commentsBefore(p.pos.Offset)
			f.depth--
		} else if p.spaced {
			b.WriteByte(' ')
		}
		b.WriteString(p.text)
		if i == r.class.head(pieces) {
			r.head = b.String()
			b.Reset()
		}
	}
	r.text, r.last = b.String(), pieces[len(pieces)-1].last
	f.add(r, starts)
}

// head is the index of the last piece that stands before what is aligned; -1 is none.
func (c class) head(pieces []unit) int {
	switch {
	case c == settingRow:
		return 0
	case c == onRow && pieces[2].text == "at": // on error at start
		return 3
	case c == onRow:
		return 1
	}
	return -1
}

// commentsBefore adds a row for each comment that stands before an offset on a line of its own.
func (f *formatter) commentsBefore(offset int) {
	for len(f.comments) > 0 && f.comments[0].Pos.Offset < offset {
		c := f.comments[0]
		f.comments = f.comments[1:]
		f.add(row{class: commentRow, depth: f.depth, text: c.Shown(), last: c.Pos.Line}, c.Pos.Line)
	}
}

// Shown is the text of a comment without what cannot be seen at its end.
func (c Comment) Shown() string { return strings.TrimRight(c.Text, " \t\r") }

// add adds a row that begins on a line of the file, with the comment behind it.
func (f *formatter) add(r row, starts int) {
	if len(f.comments) > 0 && f.comments[0].trailing && f.comments[0].Pos.Line == r.last {
		r.comment = f.comments[0].Shown()
		f.comments = f.comments[1:]
	}
	if n := len(f.rows); n > 0 {
		before := f.rows[n-1]
		r.blank = starts > before.last+1 && before.class != openingRow && r.class != closingRow || apart(before, r)
	}
	f.rows = append(f.rows, r)
}

// apart reports whether a blank line belongs between two rows whatever the file has: each declaration at the top
// stands by itself, with the comment above it, and so does a build constraint. Imports may stand together.
func apart(before, r row) bool {
	if r.depth > 0 || before.depth > 0 {
		return false
	}
	return before.isConstraint() || r.isConstraint() || before.class != commentRow && before.class != openingRow &&
		r.class != closingRow && r.class != continuationRow && before.class != continuationRow &&
		(before.class != importRow || r.class != importRow)
}

func (r row) isConstraint() bool { return r.class == commentRow && constraint.IsGoBuild(r.text) }

func (f *formatter) text() []byte {
	var b strings.Builder
	for _, r := range f.rows {
		if r.blank {
			b.WriteByte('\n')
		}
		b.WriteString(strings.Repeat("\t", r.depth))
		b.WriteString(r.head)
		b.WriteString(r.text)
		b.WriteString(r.comment)
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

// alignArguments puts the arguments of settings on neighbouring lines under each other, and the actions of on rows.
// The lines that a statement goes on for, and statements without arguments, are passed over. What else stands
// between ends the neighbourhood: a blank line, a comment, a declaration.
func alignArguments(rows []row) {
	for i := 0; i < len(rows); {
		end, widest := i+1, utf8.RuneCountInString(rows[i].head)
		for ; end < len(rows) && isNeighbour(rows[i], rows[end]); end++ {
			widest = max(widest, utf8.RuneCountInString(rows[end].head))
		}
		for j := range rows[i:end] {
			if r := &rows[i+j]; r.head != "" {
				r.head += strings.Repeat(" ", widest-utf8.RuneCountInString(r.head))
			}
		}
		i = end
	}
}

func isNeighbour(first, r row) bool {
	switch {
	case r.class == continuationRow:
		return true
	case r.blank || first.head == "":
		return false
	}
	return r.class == first.class || r.class == plainRow && r.text == "optional"
}

// alignComments puts comments behind neighbouring lines under each other.
func alignComments(rows []row) {
	for i := 0; i < len(rows); {
		end, widest := i+1, rows[i].width()
		for ; end < len(rows) && sharesComments(rows[i], rows[end]); end++ {
			widest = max(widest, rows[end].width())
		}
		for j := range rows[i:end] {
			if r := &rows[i+j]; r.comment != "" {
				r.comment = strings.Repeat(" ", 1+widest-r.width()) + r.comment
			}
		}
		i = end
	}
}

func sharesComments(first, r row) bool {
	opens := first.class == openingRow || first.class == closingRow || r.class == openingRow || r.class == closingRow
	return !opens && !r.blank && first.depth == r.depth && first.comment != "" && r.comment != ""
}

func (r row) width() int { return utf8.RuneCountInString(r.head) + utf8.RuneCountInString(r.text) }
