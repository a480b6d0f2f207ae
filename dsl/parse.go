package dsl

import (
	"go/token"
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/supgen/supgen/runtime"
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
	for _, l := range p.lines {
		if l.opens() {
			p.unclosed++
		} else if l.closes() {
			p.unclosed--
		}
	}
	p.file.body = p.block(nil, nil)
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
	unclosed int // "{" without "}" in all of the file, less those found; below zero, "}" without "{"
}

// block reads statements up to the "}" that belongs to the block that opener opened; without an opener, to the end.
func (p *parser) block(opener *line, owner *stmt) *block {
	b := &block{}
	for p.next < len(p.lines) {
		l := p.lines[p.next]
		if opener != nil && p.unclosed > 0 && leaves(l, owner) {
			p.missingBrace(opener, l)
			return b
		}
		p.next++
		if !l.closes() {
			b.add(p.statement(l))
			continue
		}
		if l.crowded {
			p.crowded(l)
		}
		if opener != nil && !(p.unclosed < 0 && indent(l) != indent(opener)) {
			return b
		}
		p.strayBrace(l)
	}
	if opener != nil {
		p.missingBrace(opener, nil)
	}
	return b
}

func (b *block) add(s *stmt) {
	b.stmts = append(b.stmts, s)
	b.broken = b.broken || s.broken
	b.lost = b.lost || s.node == nil && s.block != nil
}

// leaves reports whether a line cannot belong to the block of owner, if some "}" is missing anyway: it declares
// something where nothing is declared, or stands at the margin as only what is outside of all blocks does.
func leaves(l *line, owner *stmt) bool {
	p, ok := productionOf(l.first().Value)
	if !ok || !p.opens {
		return false
	}
	margin := indent(l) == 1 && (p.keyword == "policy" || p.keyword == "supervisor")
	return margin || !holdsDeclarations(owner)
}

func holdsDeclarations(s *stmt) bool {
	d, ok := s.node.(*childDecl)
	return ok && !said(d.Dynamic) && (d.Role.Value == "supervisor" || d.Role.Value == "group")
}

func indent(l *line) int { return l.first().Pos.Column }

func (p *parser) missingBrace(opener, next *line) {
	p.unclosed--
	brace := opener.brace()
	r := p.error(CodeUnclosedBlock, begin(brace), end(brace), "%q is never closed", brace.Value)
	r.hint("put \"}\" on a line of its own where the block ends")
	if next != nil {
		r.note(begin(next.first()), "what cannot be part of the block begins here")
	}
}

func (p *parser) strayBrace(l *line) {
	p.unclosed++
	p.file.unbalanced = true
	p.error(CodeStrayBrace, begin(l.first()), end(l.first()), "\"}\" closes nothing").hint("remove it")
}

func (p *parser) crowded(l *line) {
	t := l.first()
	p.error(CodeSyntax, begin(t), end(t), "%q needs a line of its own", t.Value)
}

// statement reads a line and the block that it opens. Of a line with several mistakes the first is reported.
func (p *parser) statement(l *line) *stmt {
	s := &stmt{keyword: l.first(), end: l.end(), doc: p.doc(l)}
	mistakes := len(p.list)
	if l.crowded {
		p.crowded(l)
	}
	if bad, ok := l.bad(); ok {
		if len(p.list) == mistakes {
			code, message, hint := complaint(bad)
			p.error(code, begin(bad), end(bad), "%s", message).hint("%s", hint)
		}
		l = l.good()
	}
	if len(l.tokens) > 0 {
		p.read(s, l, len(p.list) > mistakes)
	}
	s.broken = len(p.list) > mistakes
	if l.opens() {
		s.block = p.nested(l, s)
	}
	return s
}

// read fills in what the line says. It is silent about a line that something was said about.
func (p *parser) read(s *stmt, l *line, silent bool) {
	production, ok := productionOf(l.first().Value)
	if !ok {
		if !silent {
			p.unknown(l.first())
		}
		word, near := nearest(l.first().Value, keywords())
		if _, isReserved := reserved[l.first().Value]; isReserved || !near {
			s.node = salvage(l)
			return
		}
		production, _ = productionOf(word)
		l, silent = l.corrected(word), true
	}
	opensImports := production.keyword == "import" && len(l.tokens) > 1 && l.tokens[1].Value == "("
	if opensImports {
		production = importOpening
	}
	node, err := production.parse(l)
	if err == nil {
		s.node = node
	} else {
		s.node = salvage(l)
		if !silent {
			p.unexpected(blamed(err, l), production)
		}
	}
	if opensImports {
		s.block = p.imports(l)
	}
}

func (p *parser) unknown(t lexer.Token) {
	switch meaning, ok := reserved[t.Value]; {
	case ok:
		p.error(CodeReservedWord, begin(t), end(t), "%q is reserved for %s, which this version does not have", t.Value, meaning)
	case t.Type != identToken:
		p.error(CodeSyntax, begin(t), end(t), "unexpected %q", t.Value).hint("a line begins with the keyword of a statement")
	default:
		p.error(CodeUnknownStatement, begin(t), end(t), "unknown statement %q%s", t.Value, didYouMean(t.Value, keywords()))
	}
}

func (p *parser) unexpected(t lexer.Token, production production) {
	what := "end of line"
	if !t.EOF() {
		what = "\"" + t.Value + "\""
	}
	p.error(CodeSyntax, begin(t), end(t), "unexpected %s", what).hint("write %s", production.form)
}

// salvage is the name that a line declares, if it declares one, so that those who name it are not blamed.
func salvage(l *line) any {
	d := &childDecl{Role: l.first()}
	rest := l.tokens[1:]
	if d.Role.Value == "dynamic" && len(rest) > 0 {
		d.Dynamic, d.Role, rest = d.Role, rest[0], rest[1:]
	}
	if len(rest) == 0 || rest[0].Type != identToken {
		return nil
	}
	d.Name = rest[0]
	_, known := productionOf(d.Role.Value)
	switch {
	case d.Role.Value == "policy":
		return &policyDecl{Name: d.Name}
	case roleOf(d.Role) != noRole, !known && token.IsExported(d.Name.Value):
		return d
	}
	return nil
}

// noRole is the role of what could not be read.
const noRole runtime.Role = 0

// roleOf is the role that a word names, or noRole.
func roleOf(t lexer.Token) runtime.Role {
	var role runtime.Role
	if err := role.UnmarshalText([]byte(t.Value)); err != nil {
		return noRole
	}
	return role
}

// nested reads the block that s opens.
func (p *parser) nested(l *line, s *stmt) *block {
	if p.depth == maxNesting {
		brace := l.brace()
		p.error(CodeDeepNesting, begin(brace), end(brace), "blocks are nested more than %d deep", maxNesting)
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

// imports reads the lines after "import (", up to the ")".
func (p *parser) imports(opener *line) *block {
	b := &block{}
	for ; p.next < len(p.lines); p.next++ {
		l := p.lines[p.next]
		if l.first().Value == ")" && len(l.tokens) == 1 {
			p.next++
			return b
		}
		if _, ok := productionOf(l.first().Value); ok {
			break
		}
		b.add(p.importLine(l))
	}
	open := opener.tokens[1]
	p.error(CodeUnclosedBlock, begin(open), end(open), "%q is never closed", open.Value).
		hint("put \")\" on a line of its own after the last import")
	return b
}

func (p *parser) importLine(l *line) *stmt {
	s := &stmt{keyword: l.first(), end: l.end(), doc: p.doc(l)}
	if bad, ok := l.bad(); ok {
		code, message, hint := complaint(bad)
		p.error(code, begin(bad), end(bad), "%s", message).hint("%s", hint)
		s.broken = true
		return s
	}
	node, err := importLine.parse(l)
	if err != nil {
		p.unexpected(blamed(err, l), importLine)
		s.broken = true
		return s
	}
	s.node = node
	return s
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
		text = append(text, strings.TrimPrefix(strings.TrimPrefix(c.text, "//"), " "))
	}
	slices.Reverse(text)
	return strings.TrimRight(strings.Join(text, "\n"), " \t\n")
}
