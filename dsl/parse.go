package dsl

import (
	"cmp"
	"fmt"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// maxNesting is how deep blocks may stand in each other. Whatever walks a tree may then recurse.
const maxNesting = 100

// Parse reads the text of a .sup file. It always returns a File, which [Check] takes whatever the diagnostics say;
// Check returns these diagnostics too. The name is used in positions and is not opened.
//
// A mistake costs its line and no more: parsing goes on at the next, and nothing that follows from a mistake is
// reported, here or by Check.
func Parse(name string, src []byte) (*File, []Diagnostic) {
	s := newScanner(name, src)
	s.scan()
	p := &parser{
		file:  &File{Name: name, comments: s.comments},
		lines: linesOf(s.tokens),
	}
	for _, c := range s.conflicts {
		p.conflict(c)
	}
	for _, t := range s.foreign {
		p.foreign(t)
	}
	for i, l := range p.lines {
		l.flat = l.first().Value == "provides" && (i+1 == len(p.lines) || indent(p.lines[i+1]) <= indent(l))
		if l.opens() {
			p.unclosed++
		} else if l.closes() {
			p.unclosed--
		}
	}
	p.file.body = p.block(nil, nil)
	p.file.conflicted = len(s.conflicts) > 0
	p.file.diagnostics = sorted(p.list)
	return p.file, slices.Clone(p.file.diagnostics)
}

// A parser walks lines and the blocks that they open; what a line says is for its production to read.
type parser struct {
	reports
	file     *File
	lines    []*line
	next     int
	depth    int
	mended   int // how many lines what was meant was looked for
	unclosed int // "{" without "}" in all of the file, less those found; below zero, "}" without "{"
}

// block reads statements up to the "}" that belongs to the block that opener opened; without an opener, to the end.
func (p *parser) block(opener *line, owner *stmt) *block {
	b := &block{}
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
			b.add(s)
			if opener != nil && p.unclosed > 0 && mistypedBrace(l, opener) {
				p.unclosed--
				return b
			}
			mistaken = nil
			if s.broken {
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
func (p *parser) unread(l *line) *stmt {
	s := &stmt{keyword: l.first(), end: l.end(), broken: true}
	if l.opens() {
		s.block = p.nested(l, s)
	}
	return s
}

func (b *block) add(s *stmt) {
	b.stmts = append(b.stmts, s)
	b.broken = b.broken || s.broken
	b.lost = b.lost || s.broken && mayDeclare(s) || s.block != nil && s.block.lost && isGroup(s)
}

// statement reads a line and the block that it opens. Of a line with several mistakes the first is reported.
func (p *parser) statement(l *line, owner *stmt) *stmt {
	s := &stmt{keyword: l.first(), end: l.end(), doc: p.doc(l)}
	l = p.withBraceBelow(l)
	if p.asBlock(l) {
		s.broken = true
		return s
	}
	mistakes := len(p.list)
	readable := l
	if l.crowded {
		p.crowded(l)
	}
	if bad, ok := l.bad(); ok {
		if len(p.list) == mistakes {
			p.complain(l, bad)
		}
		readable = l.good()
	}
	if len(readable.tokens) > 0 {
		p.read(s, readable, owner, len(p.list) > mistakes)
	}
	s.broken = len(p.list) > mistakes
	if s.block == nil && (l.opens() || p.forgotten(l, s, owner)) {
		s.block = p.nested(l, s)
	}
	return s
}

// read fills in what the line says. It is silent about a line that something was said about.
func (p *parser) read(s *stmt, l *line, owner *stmt, silent bool) {
	production, ok := productionOf(l.first().Value)
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
			s.node, s.block = &importDecl{Open: last}, p.imports(l)
			return
		}
		word, ok := meant(l.first())
		if !ok {
			s.node = salvage(l)
			return
		}
		production, _ = productionOf(word)
		l, silent = l.corrected(word), true
	}
	opens := production.keyword == "import" && len(l.tokens) > 1 && l.tokens[1].Value == "("
	if opens {
		production = importOpening
	}
	node, err := production.parse(l)
	if err == nil {
		s.node = node
	} else {
		s.node = salvage(l)
		if !silent {
			p.unexpected(l, blamed(err, l), production)
		}
	}
	if opens || err != nil && production.keyword == "import" && p.indented(l) {
		s.block = p.imports(l)
	}
}

// dash reports the dash that a line begins with, and whether there is a statement behind it.
func (p *parser) dash(l *line) bool {
	dash, next := l.first(), l.tokens[1]
	p.reportf(CodeSyntax, begin(dash), end(dash), "unexpected %s", shown(dash)).hintf("leave the \"-\" out: a line begins with the keyword of a statement")
	_, ok := productionOf(next.Value)
	return ok
}

// meant is the keyword that a word was probably meant to be.
func meant(t lexer.Token) (keyword string, ok bool) {
	if _, ok := reserved[t.Value]; ok {
		return "", false
	}
	word, ok := nearest(t.Value, keywords())
	if token.IsExported(t.Value) && !strings.EqualFold(word, t.Value) {
		return "", false // a name, and no keyword
	}
	return word, ok
}

// indented reports whether the line behind l stands further to the right.
func (p *parser) indented(l *line) bool {
	return p.next < len(p.lines) && indent(p.lines[p.next]) > indent(l)
}

func (p *parser) unknown(l *line, owner *stmt) {
	t, block := l.first(), p.blockOf(owner)
	if !p.mends(l) {
		owner = nil // its declaration is not repeated
	}
	switch meaning, ok := reserved[t.Value]; {
	case ok:
		p.reportf(CodeReservedWord, begin(t), end(t), "%q is reserved for %s, which this version does not have", t.Value, meaning).hintf("%s", begins[t.Value])
	case clauses[t.Value] == "" && clauses[synonyms[t.Value]] != "" && block != 0:
		meant := synonyms[t.Value]
		p.reportf(CodeUnknownStatement, begin(t), end(t), "unknown statement %q; did you mean %q?", t.Value, meant).hintf("write %s", cmp.Or(l.movedTo(owner), clauses[meant]))
	case clauses[t.Value] != "":
		p.reportf(CodeUnknownStatement, begin(t), end(t), "%q begins no statement; it is a part of one", t.Value).hintf("write %s", cmp.Or(l.movedTo(owner), clauses[t.Value]))
	case begins[t.Value] != "":
		p.reportf(CodeUnknownStatement, begin(t), end(t), "unknown statement %q", t.Value).hintf("%s", cmp.Or(l.belongsTo(owner), begins[t.Value]))
	case t.Type != identToken:
		p.reportf(CodeSyntax, begin(t), end(t), "unexpected %s", shown(t)).hintf("a line begins with the keyword of a statement")
	default:
		near := didYouMean(t.Value, keywords())
		r := p.reportf(CodeUnknownStatement, begin(t), end(t), "unknown statement %q%s", t.Value, near)
		switch {
		case near == "" && token.IsExported(t.Value) && block.takes("service"):
			r.hintf("a child begins with its role: write service %s", t.Value)
		case near == "" && block != 0:
			r.hintf("%s can have %s", block, enumeration(block.statements()))
		}
	}
}

// blockOf is where the statements of a block stand, or 0 if that is not known.
func (p *parser) blockOf(owner *stmt) place {
	if owner == nil {
		return atTop
	}
	switch d := owner.node.(type) {
	case *policyDecl:
		return inPolicy
	case *defaultsDecl:
		return inDefaults
	case *childDecl:
		return placeOf(roleOf(d.Role), said(d.Dynamic), p.depth == 1)
	}
	return 0
}

func (p *parser) unexpected(l *line, t lexer.Token, production production) {
	if t.Value == "'" {
		p.complain(l, t)
		return
	}
	mends := p.mends(l)
	if mends {
		if m, ok := p.named(l, t, production); ok {
			p.reportf(CodeSyntax, begin(m.from), end(m.to), "%s", m.message).hintf("%s", m.hint)
			return
		}
		if from, to := l.number(t); to > from {
			p.complain(l, t)
			return
		}
	}
	r := p.reportf(CodeSyntax, begin(t), end(t), "unexpected %s", shown(t)).hintf("write %s", production.form)
	if from, to := l.joinedWith(t); to > from+1 {
		word := strings.Join(l.words()[from:to], "")
		r.Pos, r.End = begin(l.tokens[from]), end(l.tokens[to-1])
		r.Message = fmt.Sprintf("unexpected %q", word)
		if what, ok := valueOf[production.keyword]; ok && from == 1 {
			r.Code, r.Message = CodeUnknownValue, fmt.Sprintf("unknown %s %q", what, word)
		}
	}
	if t.Value == ":" && l.index(t) == len(l.tokens)-1 && production.opens && p.indented(l) { // as in Python and YAML
		l = &line{tokens: append(slices.Clip(l.tokens), lexer.Token{Type: punctToken, Value: "{", Pos: endOfLine(l.tokens)})}
	}
	if mends {
		if several := l.rows(); several != nil {
			r.hintf("one outcome a line: write\n\t%s", strings.Join(several, "\n\t"))
		} else if meant, ok := production.repaired(l, t); ok {
			r.Hint = meant.hint
			if meant.near != "" {
				r.Message += fmt.Sprintf("; did you mean %q?", meant.near)
			}
		} else if begins[t.Value] != "" {
			r.hintf("%s", begins[t.Value])
		}
	}
}

// complain reports a token that is none, and what the line was meant to be.
func (p *parser) complain(l *line, bad lexer.Token) {
	code, message, hint := complaint(bad)
	from, to := bad, bad
	if first, last := l.number(bad); last > first {
		from, to = l.tokens[first], l.tokens[last]
		code, message = CodeBadLiteral, strconv.Quote(strings.Join(l.words()[first:last+1], ""))+": a number has no commas"
	}
	if meant := respelt(l); meant != nil && !strings.HasPrefix(bad.Value, "\r") && p.mends(l) {
		production, ok := productionOf(meant.first().Value)
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
	p.reportf(code, begin(from), end(to), "%s", message).hintf("%s", hint)
}

// mends reports whether to look for what a line was meant to say.
func (p *parser) mends(l *line) bool {
	p.mended++
	return p.mended <= maxRepaired && len(l.tokens) <= longestRepaired
}

// foreign reports a comment in the manner of another language.
func (p *parser) foreign(t lexer.Token) {
	last := end(t)
	mark := strings.TrimRight(foreignMarks.FindString(t.Value), " \t")
	if mark != "/*" {
		last = begin(t).plus(len(mark))
	}
	r := p.reportf(CodeBadCharacter, begin(t), last, "a comment begins with \"//\"")
	switch text := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(t.Value, mark), "*/")); {
	case text == "":
		r.hintf("remove it")
	case strings.Contains(text, "\n"):
		r.hintf("write // at the start of each line of the comment")
	default:
		r.hintf("write // %s", beginning(text))
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
func (p *parser) nested(l *line, s *stmt) *block {
	if p.depth == maxNesting {
		brace := l.brace()
		p.reportf(CodeDeepNesting, begin(brace), end(brace), "blocks are nested more than %d deep", maxNesting)
		p.skip()
		return &block{broken: true, lost: true}
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
	first := l.first().Pos
	at, _ := slices.BinarySearchFunc(p.file.comments, first.Offset, func(c comment, offset int) int { return c.pos.Offset - offset })
	var text []string
	for line := first.Line - 1; at > 0; line-- {
		at--
		c := p.file.comments[at]
		if c.trailing || c.pos.Line != line {
			break
		}
		if strings.HasPrefix(c.text, directive) {
			continue
		}
		text = append(text, strings.TrimPrefix(strings.TrimPrefix(c.shown(), "//"), " "))
	}
	slices.Reverse(text)
	return strings.TrimRight(strings.Join(text, "\n"), " \t\n")
}
