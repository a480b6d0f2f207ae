package syntax

import (
	"bytes"
	"cmp"
	"fmt"
	"go/build/constraint"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/encoding"
)

// maxNesting is how deep blocks may stand in each other. Whatever walks a tree may then recurse.
const maxNesting = 100

// Parse reads the text of a .sup file. It always returns a File, which [Check] takes whatever the diagnostics say;
// Check returns these diagnostics too. The name is used in positions and is not opened.
//
// A mistake costs its line and no more: parsing goes on at the next, and nothing that follows from a mistake is
// reported, here or by Check. A text that is not UTF-8 is one mistake, and nothing of it is read.
func Parse(name string, src []byte) (*File, []diag.Diagnostic) {
	if encoding.IsUTF16(src) {
		return unreadable(name, src, 0, 0, "this file is UTF-16, and not UTF-8",
			`save it as UTF-8; in Windows PowerShell, write "| Out-File -Encoding utf8" and not ">"`)
	}
	if at := encoding.NotUTF8(string(src)); at >= 0 {
		return unreadable(name, src, at, 1, "this byte is not UTF-8", `save the file as UTF-8, and not as Latin-1 or Windows-1252, which editors call "ANSI"`)
	}
	s := newScanner(name, src)
	s.scan()
	p := &parser{
		file:  &File{Name: name, Comments: s.comments, text: src},
		lines: linesOf(s.tokens),
		forms: forms{},
	}
	for _, c := range s.conflicts {
		p.conflict(c)
	}
	for _, t := range s.foreign {
		p.foreign(t)
	}
	for _, first := range s.returns {
		p.carriageReturns(first)
	}
	for i, l := range p.lines {
		l.flat = l.first().Value == "provides" && (i+1 == len(p.lines) || indent(p.lines[i+1]) <= indent(l))
		if l.opens() {
			p.unclosed++
		} else if l.closes() {
			p.unclosed--
		}
	}
	p.file.Body = p.block(nil, nil)
	p.file.Conflicted = len(s.conflicts) > 0
	EndLines(p.List, p.file)
	p.file.Diagnostics = diag.Sorted(p.List)
	return p.file, slices.Clone(p.file.Diagnostics)
}

// unreadable is a file in another encoding. One report says so, and nothing is concluded from what is missing in it.
func unreadable(name string, src []byte, offset, length int, message, hint string) (*File, []diag.Diagnostic) {
	before := strings.TrimPrefix(string(src[:offset]), encoding.ByteOrderMark)
	start := diag.Pos{File: name, Offset: offset, Line: 1 + strings.Count(before, "\n"), Column: len(before) - strings.LastIndexByte(before, '\n')}
	var r diag.Reports
	r.Reportf(diag.CodeBadCharacter, start, start.Plus(length), "%s", message).Hintf("%s", hint)
	return &File{Name: name, Body: &Block{Broken: true, Lost: true}, Diagnostics: r.List, text: src}, slices.Clone(r.List)
}

// A parser walks lines and the blocks that they open; what a line says is for its production to read.
type parser struct {
	diag.Reports
	file     *File
	lines    []*line
	forms    forms
	next     int
	depth    int
	mended   int       // how many lines what was meant was looked for
	unclosed int       // "{" without "}" in all of the file, less those found; below zero, "}" without "{"
	closedBy diag.Edit // the last that closes a block
}

// block reads statements up to the "}" that belongs to the block that opener opened; without an opener, to the end.
func (p *parser) block(opener *line, owner *Stmt) *Block {
	b := &Block{}
	indented := opener != nil && p.indented(opener)
	var mistaken *line // the line before, if it has a mistake
	for p.next < len(p.lines) {
		l := p.lines[p.next]
		if opener != nil && opener.implied && indent(l) <= indent(opener) {
			if !l.closes() && mistypedBrace(l, opener) {
				p.next++
			}
			return b
		}
		if opener != nil && p.unclosed > 0 && (indented && outdented(l, opener) || !mayHold(owner, l)) {
			p.missingBrace(opener, l)
			return b
		}
		p.next++
		switch {
		case l.closes():
			if p.closing(l, opener) {
				return b
			}
		case mistaken != nil && goesOnFrom(mistaken, l), isUnknown(owner) && isUnknownLine(l):
			b.add(p.unread(l))
		default:
			s := p.statement(l, owner)
			s.end = p.lines[p.next-1].end()
			b.add(s)
			if opener != nil && p.unclosed > 0 && mistypedBrace(l, opener) {
				p.unclosed--
				if s.Broken && p.List[len(p.List)-1].Pos == s.Pos() {
					r := &p.List[len(p.List)-1]
					r.Fixes = nil
					r.Fix("write }", diag.Edit{Range: l.rangeOf(), New: "}"})
				}
				return b
			}
			mistaken = nil
			if s.Broken {
				mistaken = l
			}
		}
	}
	if opener != nil && !opener.implied {
		p.missingBrace(opener, nil)
	}
	return b
}

// closing reports whether a "}" closes the block that opener opened.
func (p *parser) closing(l, opener *line) bool {
	if l.crowded {
		p.crowded(l)
	}
	if opener == nil || p.unclosed < 0 && indent(l) != indent(opener) {
		p.strayBrace(l)
		return false
	}
	return true
}

// unread is a line of which nothing is said.
func (p *parser) unread(l *line) *Stmt {
	s := &Stmt{Keyword: l.first(), end: l.end(), lineEnd: l.end(), Broken: true}
	if l.opens() {
		s.Block = p.nested(l, s)
		s.end = p.lines[p.next-1].end()
	}
	return s
}

func (b *Block) add(s *Stmt) {
	b.Stmts = append(b.Stmts, s)
	b.Broken = b.Broken || s.Broken
	b.Lost = b.Lost || s.Broken && mayDeclare(s) || s.Block != nil && s.Block.Lost && isGroup(s)
}

// statement reads a line and the block that it opens. Of a line with several mistakes the first is reported.
func (p *parser) statement(l *line, owner *Stmt) *Stmt {
	l = p.withHeaderBelow(l)
	s := &Stmt{Keyword: l.first(), lineEnd: l.end(), Doc: p.doc(l)}
	l = p.withBraceBelow(l)
	if p.asBlock(l) {
		s.Broken = true
		return s
	}
	mistakes := len(p.List)
	readable := l
	if l.crowded {
		p.crowded(l)
	}
	if bad, ok := l.bad(); ok {
		if len(p.List) == mistakes {
			p.complain(l, bad)
		}
		readable = l.good()
	}
	if len(readable.tokens) > 0 {
		p.read(s, readable, owner, len(p.List) > mistakes)
	}
	s.Broken = len(p.List) > mistakes
	if s.Block == nil && (l.opens() || p.forgotten(l, s, owner)) {
		s.Block = p.nested(l, s)
	}
	if s.Broken {
		p.balance(&p.List[mistakes], l, s)
	}
	return s
}

// read fills in what the line says. It is silent about a line that something was said about.
func (p *parser) read(s *Stmt, l *line, owner *Stmt, silent bool) {
	production, ok := ProductionOf(l.first().Value)
	if l.first().Value == "-" && len(l.tokens) > 1 && !silent { // as in a list of YAML
		if p.dash(l) {
			p.read(s, &line{tokens: l.tokens[1:]}, owner, true)
			return
		}
		silent = true
	}
	if !ok {
		if !silent {
			p.unknown(l, owner)
		}
		if last := l.tokens[len(l.tokens)-1]; last.Value == "(" { // nothing else ends so
			s.Node, s.Block = &ImportDecl{Open: last}, p.imports(l)
			return
		}
		word, ok := meant(l.first())
		if !ok {
			s.Node = salvage(l)
			return
		}
		production, _ = ProductionOf(word)
		l, silent = l.corrected(word), true
	}
	opens := production.Keyword == "import" && len(l.tokens) > 1 && l.tokens[1].Value == "("
	if opens {
		production = importOpening
	}
	node, err := p.forms.read(production.grammar, l)
	if err == nil {
		s.Node = node
	} else {
		s.Node = salvage(l)
		if !silent {
			p.unexpected(l, blamed(err, l), production)
		}
	}
	if opens || err != nil && production.Keyword == "import" && p.indented(l) {
		if err != nil {
			s.Node = &ImportDecl{}
		}
		s.Block = p.imports(l)
	}
}

// dash reports the dash that a line begins with, and whether there is a statement behind it.
func (p *parser) dash(l *line) bool {
	dash, next := l.first(), l.tokens[1]
	r := p.Reportf(diag.CodeSyntax, Begin(dash), End(dash), "unexpected %s", shown(dash)).Hintf("leave the \"-\" out: a line begins with the keyword of a statement")
	production, ok := ProductionOf(next.Value)
	if ok {
		if _, err := production.parse(&line{tokens: l.tokens[1:]}); err == nil {
			r.Fix("remove -", diag.Edit{Range: diag.Range{Pos: Begin(dash), End: Begin(next)}})
		}
	}
	return ok
}

// meant is the keyword that a word was probably meant to be.
func meant(t lexer.Token) (keyword string, ok bool) {
	if _, ok := Reserved[t.Value]; ok {
		return "", false
	}
	word, ok := diag.Nearest(t.Value, keywords())
	if token.IsExported(t.Value) && !strings.EqualFold(word, t.Value) {
		return "", false // a name, and no keyword
	}
	return word, ok
}

// indented reports whether the line behind l stands further to the right.
func (p *parser) indented(l *line) bool {
	return p.next < len(p.lines) && indent(p.lines[p.next]) > indent(l)
}

func (p *parser) unknown(l *line, owner *Stmt) {
	t, block := l.first(), p.blockOf(owner)
	if !p.mends(l) {
		owner = nil // its declaration is not repeated
	}
	moved := ""
	if block&(InRoot|InGroup) == 0 { // they wait for nothing
		moved = l.movedTo(owner)
	}
	switch meaning, ok := Reserved[t.Value]; {
	case ok:
		p.Reportf(diag.CodeReservedWord, Begin(t), End(t), "%q is reserved for %s, which this version does not have", t.Value, meaning).Hintf("%s", Begins[t.Value])
	case clauses[t.Value] == "" && clauses[diag.Synonyms[t.Value]] != "" && block != 0:
		meant := diag.Synonyms[t.Value]
		p.Reportf(diag.CodeUnknownStatement, Begin(t), End(t), "unknown statement %q; did you mean %q?", t.Value, meant).Hintf("write %s", cmp.Or(moved, clauses[meant]))
		p.fixOwner(&p.List[len(p.List)-1], l, owner)
	case clauses[t.Value] != "":
		p.Reportf(diag.CodeUnknownStatement, Begin(t), End(t), "%q begins no statement; it is a part of one", t.Value).Hintf("write %s", cmp.Or(moved, clauses[t.Value]))
		p.fixOwner(&p.List[len(p.List)-1], l, owner)
	case Begins[t.Value] != "":
		r := p.Reportf(diag.CodeUnknownStatement, Begin(t), End(t), "unknown statement %q", t.Value).Hintf("%s", cmp.Or(l.belongsTo(owner), Begins[t.Value]))
		if keyword, _, _ := strings.Cut(toWrite(r.Hint), " "); r.Hint != Begins[t.Value] {
			p.fixOwner(r, l, owner)
		} else if len(l.tokens) == 1 && block.Has(keyword) {
			p.fixLines(r, l.rangeOf())
		}
	case t.Type != IdentToken:
		p.Reportf(diag.CodeSyntax, Begin(t), End(t), "unexpected %s", shown(t)).Hintf("a line begins with the keyword of a statement")
	default:
		near := diag.DidYouMean(t.Value, keywords())
		r := p.Reportf(diag.CodeUnknownStatement, Begin(t), End(t), "unknown statement %q%s", t.Value, near)
		switch {
		case near == "" && token.IsExported(t.Value) && block.Takes("service"):
			r.Hintf("a child begins with its role: write service %s", t.Value)
		case near == "" && block != 0:
			r.Hintf("%s can have %s", block, diag.Enumeration(block.statements()))
		}
		p.fixUnknown(r, l, block)
	}
}

// blockOf is where the statements of a block stand, or 0 if that is not known.
func (p *parser) blockOf(owner *Stmt) Container {
	if owner == nil {
		return AtTop
	}
	switch d := owner.Node.(type) {
	case *PolicyDecl:
		return InPolicy
	case *DefaultsDecl:
		return InDefaults
	case *ChildDecl:
		return ContainerOf(RoleOf(d.Role), Said(d.Dynamic), p.depth == 1)
	}
	return 0
}

func (p *parser) unexpected(l *line, t lexer.Token, production Production) {
	if t.Value == "'" {
		p.complain(l, t)
		return
	}
	mends := p.mends(l)
	if mends {
		if m, ok := p.named(l, t, production); ok {
			r := p.Reportf(diag.CodeSyntax, Begin(m.from), End(m.to), "%s", m.message).Hintf("%s", m.hint)
			if r.Fixes = m.fixes; r.Fixes == nil {
				p.fixLines(r, l.rangeOf())
			}
			return
		}
		if from, to := l.number(t); to > from {
			p.complain(l, t)
			return
		}
	}
	r := p.Reportf(diag.CodeSyntax, Begin(t), End(t), "unexpected %s", shown(t)).Hintf("write %s", production.Form)
	if from, to := l.joinedWith(t); to > from+1 {
		word := strings.Join(l.words()[from:to], "")
		r.Pos, r.End = Begin(l.tokens[from]), End(l.tokens[to-1])
		r.Message = fmt.Sprintf("unexpected %q", word)
		if what, ok := valueOf[production.Keyword]; ok && from == 1 {
			r.Code, r.Message = diag.CodeUnknownValue, fmt.Sprintf("unknown %s %q", what, word)
		}
	}
	at := l.rangeOf()
	if t.Value == ":" && l.index(t) == len(l.tokens)-1 && production.Opens && p.indented(l) { // as in Python and YAML
		l = &line{tokens: append(slices.Clip(l.tokens), lexer.Token{Type: punctToken, Value: "{", Pos: endOfLine(l.tokens)})}
	}
	if mends {
		if several := l.rows(); several != nil {
			r.Hintf("one outcome a line: write\n\t%s", strings.Join(several, "\n\t"))
		} else if meant, ok := production.repaired(l, t); ok {
			r.Hint = meant.hint
			for _, word := range meant.each {
				r.Fix("write "+word, diag.Edit{Range: RangeOf(t), New: word})
			}
			if meant.near != "" {
				r.Message += fmt.Sprintf("; did you mean %q?", meant.near)
			}
		} else if Begins[t.Value] != "" {
			r.Hintf("%s", Begins[t.Value])
			return
		}
		p.fixLines(r, at)
	}
}

// complain reports a token that is none, and what the line was meant to be.
func (p *parser) complain(l *line, bad lexer.Token) {
	code, message, hint := complaint(bad)
	from, to := bad, bad
	if first, last := l.number(bad); last > first {
		from, to = l.tokens[first], l.tokens[last]
		code, message = diag.CodeBadLiteral, strconv.Quote(strings.Join(l.words()[first:last+1], ""))+": a number has no commas"
	}
	if meant := respelt(l); meant != nil && p.mends(l) {
		production, ok := ProductionOf(meant.first().Value)
		if !ok && meant.first().Type == stringToken {
			production, ok = importLine, true
		}
		if ok {
			if _, err := production.parse(meant); err == nil {
				hint = "write " + written(meant)
			} else if r, ok := production.repaired(meant, blamed(err, meant)); ok {
				hint = r.hint
			}
		}
	}
	r := p.Reportf(code, Begin(from), End(to), "%s", message).Hintf("%s", hint)
	if hint == removeIt {
		r.Fix(removeIt, diag.Edit{Range: diag.Range{Pos: r.Pos, End: r.End}})
	}
	p.fixLines(r, l.rangeOf())
}

// carriageReturns reports all of a file that stand alone at the first of them: they are one mistake.
func (p *parser) carriageReturns(first diag.Pos) {
	r := p.Reportf(diag.CodeBadCharacter, first, first.Plus(1), "a carriage return alone does not end a line").
		Hintf("save the file with the line ends of Unix (LF) or Windows (CRLF)")
	if n := bytes.Count(p.file.text, []byte("\r")) - bytes.Count(p.file.text, []byte("\r\n")); n > 1 {
		r.Message += fmt.Sprintf("; the file has %d of them", n)
	}
}

// mends reports whether to look for what a line was meant to say.
func (p *parser) mends(l *line) bool {
	p.mended++
	return p.mended <= maxRepaired && len(l.tokens) <= longestRepaired
}

// foreign reports a comment in the manner of another language.
func (p *parser) foreign(t lexer.Token) {
	last := End(t)
	mark := strings.TrimRight(foreignMarks.FindString(t.Value), " \t")
	if mark != "/*" {
		last = Begin(t).Plus(len(mark))
	}
	r := p.Reportf(diag.CodeBadCharacter, Begin(t), last, "a comment begins with \"//\"")
	all := diag.Range{Pos: Begin(t), End: Begin(t).Plus(len(t.Value))}
	last = all.End
	switch text := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(t.Value, mark), "*/")); {
	case text == "":
		r.Hintf("remove it").Fix("remove it", p.file.Remove(all))
	case strings.Contains(text, "\n"):
		r.Hintf("write // at the start of each line of the comment")
	default:
		r.Hintf("write // %s", Beginning(text))
		if behind := string(p.file.text[last.Offset:p.file.lineEnd(last)]); strings.TrimSpace(behind) == "" {
			r.Fix("write //", diag.Edit{Range: all, New: "// " + text})
		}
	}
}

var foreignMarks = regexp.MustCompile(`^(/\*|[#;%-]+)`)

// shown is a token as messages name it.
func shown(t lexer.Token) string {
	switch {
	case t.EOF():
		return "end of line"
	case t.Type == stringToken:
		return t.Value
	}
	return strconv.Quote(t.Value)
}

// nested reads the block that s opens.
func (p *parser) nested(l *line, s *Stmt) *Block {
	if p.depth == maxNesting {
		brace := l.brace()
		p.Reportf(diag.CodeDeepNesting, Begin(brace), End(brace), "blocks are nested more than %d deep", maxNesting)
		p.skip()
		return &Block{Broken: true, Lost: true}
	}
	p.depth++
	defer func() { p.depth-- }()
	return p.block(l, s)
}

// skip passes over a block, its "}" included.
func (p *parser) skip() {
	for depth := 1; p.next < len(p.lines) && depth > 0; p.next++ {
		if l := p.lines[p.next]; l.opens() {
			depth++
		} else if l.closes() {
			depth--
		}
	}
}

// doc is the comment that stands directly above a line.
func (p *parser) doc(l *line) string {
	var text []string
	for _, c := range p.file.above(l.rangeOf().Pos) {
		if !strings.HasPrefix(c.Text, Directive) {
			text = append(text, strings.TrimPrefix(strings.TrimPrefix(c.Shown(), "//"), " "))
		}
	}
	return strings.TrimRight(strings.Join(text, "\n"), " \t\n")
}

// above are the comments that stand directly above the line of a place, build constraints left out.
func (f *File) above(pos diag.Pos) []Comment {
	end, _ := slices.BinarySearchFunc(f.Comments, pos.Offset, func(c Comment, offset int) int { return c.Pos.Offset - offset })
	at := end
	for line := pos.Line - 1; at > 0; line-- {
		if c := f.Comments[at-1]; c.trailing || c.Pos.Line != line || constraint.IsGoBuild(c.Text) {
			break
		}
		at--
	}
	return f.Comments[at:end]
}

// Directive is what a comment for the tools begins with. It is not documentation.
const Directive = "//supgen:"
