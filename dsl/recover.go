package dsl

import (
	"go/token"
	"slices"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/supgen/supgen/runtime"
)

// What is here keeps a mistake from bringing others with it: where braces do not match, indentation tells which one
// is missing or too many, and what a line declares that could not be read is not unknown to those who name it.

func isGroup(s *stmt) bool {
	d, ok := s.node.(*childDecl)
	return ok && roleOf(d.Role) == runtime.Group
}

// mayDeclare reports whether a line that could not be read may have declared a name that nobody knows now.
func mayDeclare(s *stmt) bool {
	switch d := s.node.(type) {
	case *childDecl:
		return !token.IsExported(d.Name.Value)
	case *policyDecl:
		return true
	case nil:
		return s.block != nil || roleOf(s.keyword) != noRole
	}
	return false
}

// outdented reports whether a line stands too far to the left to be in the block that opener opened, or to close it.
func outdented(l, opener *line) bool {
	return indent(l) < indent(opener) || indent(l) == indent(opener) && !l.closes() && !mistypedBrace(l, opener)
}

// mistypedBrace reports whether a line has nothing but some other mark or word where a "}" would stand.
func mistypedBrace(l, opener *line) bool {
	_, ok := productionOf(l.first().Value)
	return !ok && len(l.tokens) == 1 && indent(l) == indent(opener)
}

// mayHold reports whether a line may be in the block of owner: only a supervisor and a group hold declarations.
func mayHold(owner *stmt, l *line) bool {
	p, _ := productionOf(l.first().Value)
	d, ok := owner.node.(*childDecl)
	return !p.opens || ok && !said(d.Dynamic) && hasChildren(roleOf(d.Role))
}

// goesOnFrom reports whether a line goes on where a mistaken one broke off: it begins with no keyword and stands
// further to the right.
func goesOnFrom(mistaken, l *line) bool {
	_, ok := productionOf(l.first().Value)
	return !ok && indent(l) > indent(mistaken)
}

// indent is the column that a line begins at.
func indent(l *line) int { return l.first().Pos.Column }

func (p *parser) missingBrace(opener, next *line) {
	p.unclosed--
	brace := opener.brace()
	r := p.reportf(CodeUnclosedBlock, begin(brace), end(brace), "%q is never closed", brace.Value)
	r.hintf("put \"}\" on a line of its own where the block ends")
	if next != nil {
		r.notef(begin(next.first()), "what cannot be part of the block begins here")
	}
}

func (p *parser) strayBrace(l *line) {
	p.unclosed++
	p.file.unbalanced = true
	if l.crowded {
		return // and was reported so
	}
	p.reportf(CodeStrayBrace, begin(l.first()), end(l.first()), "\"}\" closes nothing").hintf("remove it")
}

func (p *parser) crowded(l *line) {
	t := l.first()
	r := p.reportf(CodeSyntax, begin(t), end(t), "%q needs a line of its own", t.Value)
	if p.mends(l) {
		r.Hint = onTheirOwn(p.besides(l))
	}
}

// besides are the lines that stand on the same line of the file as l.
func (p *parser) besides(l *line) []*line {
	from := p.next - 1
	for from > 0 && p.lines[from].first().Pos.Line == l.first().Pos.Line && p.lines[from] != l {
		from--
	}
	if from = max(from-1, 0); p.lines[from].first().Pos.Line != l.first().Pos.Line {
		return nil
	}
	to := from + 1
	for to < len(p.lines) && p.lines[to].first().Pos.Line == l.first().Pos.Line && to-from < maxRepairs {
		to++
	}
	return p.lines[from:to]
}

// forgotten reports a "{" that is missing at the end of a line, if some "}" is too many anyway: what follows a
// declaration is indented as its block would be. That the line has another mistake is enough said about it.
func (p *parser) forgotten(l *line, s, owner *stmt) bool {
	_, isChild := s.node.(*childDecl)
	production, _ := productionOf(l.first().Value)
	if !isChild && !production.opens || braces(l.tokens) > 0 || !p.indented(l) {
		return false
	}
	if l.implied = p.unclosed >= 0; l.implied && !p.wantsBlock(l, s, owner) {
		return false
	} else if !l.implied {
		p.unclosed++
	}
	if !s.broken {
		s.broken = true
		r := p.reportf(CodeSyntax, l.end(), l.end(), "missing \"{\" before what is indented as a block").hintf("end the line with it")
		if l.implied {
			r.hintf("end the line with it, and put \"}\" on a line of its own behind the block")
		}
	}
	return true
}

// wantsBlock reports whether the line behind a declaration without a block is in its block all the same: the declaration
// is nothing without one, or the line can stand there and not beside it.
func (p *parser) wantsBlock(l *line, s, owner *stmt) bool {
	d, ok := s.node.(*childDecl)
	if !ok || hasChildren(roleOf(d.Role)) && !said(d.Dynamic) {
		return true
	}
	kind := p.lines[p.next].first().Value
	if kind == "dynamic" {
		kind = "worker"
	}
	beside, within := p.blockOf(owner), placeOf(roleOf(d.Role), said(d.Dynamic), false)
	return beside != 0 && !beside.takes(kind) && within.takes(kind)
}

// withBraceBelow is the line with a "{" that stands on the next line and should end this one.
func (p *parser) withBraceBelow(l *line) *line {
	production, _ := productionOf(l.first().Value)
	if !production.opens || braces(l.tokens) > 0 || p.next == len(p.lines) {
		return l
	}
	below := p.lines[p.next]
	if below.first().Value != "{" || len(below.tokens) > 1 || below.crowded {
		return l
	}
	p.next++
	brace := below.first()
	r := p.reportf(CodeSyntax, begin(brace), end(brace), "%q stands at the end of the line before", "{").hintf("write %s", production.form)
	if meant := lineOf(append(l.words(), "{")); p.mends(l) {
		if _, err := production.parse(meant); err == nil {
			r.hintf("write %s", written(meant))
		}
	}
	return &line{tokens: append(slices.Clip(l.tokens), brace), crowded: l.crowded}
}

// asBlock reports a statement that is written as a block, and passes over it: its lines are the parts of the statement.
func (p *parser) asBlock(l *line) bool {
	production, ok := productionOf(l.first().Value)
	n := len(l.tokens) - 1
	if !ok || production.opens || production.keyword == "import" || l.flat || l.tokens[n].Value != "{" || braces(l.tokens) != 1 {
		return false
	}
	from := p.next
	closed, parts := p.partsOf(l)
	head := slices.DeleteFunc(l.words()[1:n], isAssignment)
	hint := ""
	if p.mends(l) {
		hint = production.joinedParts(head, parts)
	}
	if len(head) > 0 && (hint == "" || production.keyword == "provides") {
		p.next = from
		return false
	}
	if !closed {
		p.unclosed--
	}
	brace := l.tokens[n]
	r := p.reportf(CodeSyntax, begin(brace), end(brace), "%q has no block: it is one line", production.keyword).hintf("write %s", production.form)
	if hint != "" {
		r.hintf("%s", hint)
	}
	return true
}

// partsOf are the words of the lines up to the "}" that closes the block of a statement that has none.
func (p *parser) partsOf(opener *line) (closed bool, parts [][]string) {
	for depth := 1; p.next < len(p.lines); p.next++ {
		l := p.lines[p.next]
		production, _ := productionOf(l.first().Value)
		switch {
		case p.unclosed > 0 && outdented(l, opener), production.grammar == childGrammar, production.opens && l.opens():
			return false, parts
		case l.closes():
			if depth--; depth == 0 {
				p.next++
				return true, parts
			}
			continue
		case l.opens():
			depth++
		}
		if len(parts) > longestRepaired {
			continue
		}
		var part []string
		for _, w := range l.words() {
			if w == "," || w == ";" {
				parts, part = append(parts, part), nil
			} else if !isAssignment(w) {
				part = append(part, w)
			}
		}
		parts = append(parts, part)
	}
	return false, parts
}

// isUnknown reports whether nobody knows what may stand in the block of a statement.
func isUnknown(owner *stmt) bool {
	if owner == nil {
		return false
	}
	switch d := owner.node.(type) {
	case *childDecl:
		return roleOf(d.Role) == noRole && owner.broken
	case *policyDecl, *defaultsDecl:
		return false
	}
	return true
}

// isUnknownLine reports whether a line begins with nothing like a keyword.
func isUnknownLine(l *line) bool {
	_, ok := productionOf(l.first().Value)
	if _, isReserved := reserved[l.first().Value]; ok || isReserved || l.closes() {
		return false
	}
	_, ok = meant(l.first())
	return !ok
}

// conflict reports a merge conflict that nobody has resolved, or a mark that is left of one.
func (p *parser) conflict(c conflict) {
	pos := posOf(c.pos)
	r := p.reportf(CodeMergeConflict, pos, pos.plus(len(mergeMark)), "a merge conflict is not resolved")
	r.hintf("choose one side, or join them, and remove the marks")
	if said(c.end) {
		r.notef(begin(c.end), "it ends here; what is checked is the first side")
	}
}

// salvage is what a line declares that could not be read, if it declares something, so that those who name it are
// not blamed.
func salvage(l *line) any {
	if _, known := productionOf(l.first().Value); !known {
		if i := slices.IndexFunc(l.tokens, func(t lexer.Token) bool { return t.Type == stringToken }); i >= 0 {
			return &importSpec{Path: l.tokens[i]}
		}
	}
	d := &childDecl{Role: l.first()}
	if token.IsExported(d.Role.Value) { // the role is missing
		d.Name = d.Role
		return d
	}
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
