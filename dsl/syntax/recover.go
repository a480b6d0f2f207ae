package syntax

import (
	"go/token"
	"slices"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/runtime/policy"
)

// What is here keeps a mistake from bringing others with it: where braces do not match, indentation tells which one
// is missing or too many, and what a line declares that could not be read is not unknown to those who name it.

func isGroup(s *Stmt) bool {
	d, ok := s.Node.(*ChildDecl)
	return ok && RoleOf(d.Role) == policy.Group
}

// mayDeclare reports whether a line that could not be read may have declared a name that nobody knows now.
func mayDeclare(s *Stmt) bool {
	switch d := s.Node.(type) {
	case *ChildDecl:
		return !token.IsExported(d.Name.Value)
	case *PolicyDecl:
		return true
	case nil:
		return s.Block != nil || RoleOf(s.Keyword) != NoRole
	}
	return false
}

// outdented reports whether a line stands too far to the left to be in the block that opener opened, or to close it.
func outdented(l, opener *line) bool {
	return indent(l) < indent(opener) || indent(l) == indent(opener) && !l.closes() && !mistypedBrace(l, opener)
}

// mistypedBrace reports whether a line has nothing but some other mark or word where a "}" would stand.
func mistypedBrace(l, opener *line) bool {
	_, ok := ProductionOf(l.first().Value)
	return !ok && len(l.tokens) == 1 && indent(l) == indent(opener)
}

// mayHold reports whether a line may be in the block of owner: only a supervisor and a group hold declarations.
func mayHold(owner *Stmt, l *line) bool {
	p, _ := ProductionOf(l.first().Value)
	d, ok := owner.Node.(*ChildDecl)
	return !p.Opens || ok && !Said(d.Dynamic) && HasChildren(RoleOf(d.Role))
}

// goesOnFrom reports whether a line goes on where a mistaken one broke off: it begins with no keyword and stands
// further to the right.
func goesOnFrom(mistaken, l *line) bool {
	_, ok := ProductionOf(l.first().Value)
	return !ok && indent(l) > indent(mistaken)
}

// indent is the column that a line begins at.
func indent(l *line) int { return l.first().Pos.Column }

func (p *parser) missingBrace(opener, next *line) {
	p.unclosed--
	brace := opener.brace()
	fix := p.closed(opener)
	if inner := p.closedBy; fix.Pos == fix.End && inner.Range == fix.Range { // the blocks within are closed first
		fix.New = inner.New + fix.New
	}
	p.closedBy = fix
	r := p.Reportf(diag.CodeUnclosedBlock, Begin(brace), End(brace), "%q is never closed", brace.Value)
	r.Hintf("put \"}\" on a line of its own where the block ends").Fix("close the block", fix)
	if next != nil {
		r.Notef(RangeOf(next.first()), "what cannot be part of the block begins here")
	}
}

func (p *parser) strayBrace(l *line) {
	p.unclosed++
	p.file.Unbalanced = true
	if l.crowded {
		return // and was reported so
	}
	p.Reportf(diag.CodeStrayBrace, Begin(l.first()), End(l.first()), "\"}\" closes nothing").Hintf("remove it").
		Fix("remove }", p.file.Remove(Span(l.first(), l.first())))
}

func (p *parser) crowded(l *line) {
	t := l.first()
	r := p.Reportf(diag.CodeSyntax, Begin(t), End(t), "%q needs a line of its own", t.Value)
	if p.mends(l) {
		lines := p.besides(l)
		if r.Hint = onTheirOwn(lines); r.Hint != "" {
			p.fixLines(r, diag.Range{Pos: Begin(lines[0].first()), End: lines[len(lines)-1].end()})
		}
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
func (p *parser) forgotten(l *line, s, owner *Stmt) bool {
	_, isChild := s.Node.(*ChildDecl)
	production, _ := ProductionOf(l.first().Value)
	if !isChild && !production.Opens || braces(l.tokens) > 0 || !p.indented(l) {
		return false
	}
	if l.implied = p.unclosed >= 0; l.implied && !p.wantsBlock(l, s, owner) {
		return false
	} else if !l.implied {
		p.unclosed++
	}
	if !s.Broken {
		s.Broken = true
		r := p.Reportf(diag.CodeSyntax, l.end(), l.end(), "missing \"{\" before what is indented as a block").Hintf("end the line with it")
		r.Fix("write {", diag.Edit{Range: diag.Range{Pos: l.end(), End: l.end()}, New: " {"})
		if l.implied {
			r.Hintf("end the line with it, and put \"}\" on a line of its own behind the block")
		}
	}
	return true
}

// wantsBlock reports whether the line behind a declaration without a block is in its block all the same: the declaration
// is nothing without one, or the line can stand there and not beside it.
func (p *parser) wantsBlock(l *line, s, owner *Stmt) bool {
	d, ok := s.Node.(*ChildDecl)
	if !ok || HasChildren(RoleOf(d.Role)) && !Said(d.Dynamic) {
		return true
	}
	kind := p.lines[p.next].first().Value
	if kind == "dynamic" {
		kind = "worker"
	}
	beside, within := p.blockOf(owner), ContainerOf(RoleOf(d.Role), Said(d.Dynamic), false)
	return beside != 0 && !beside.Takes(kind) && within.Takes(kind)
}

// withHeaderBelow is the line with the rest of its header, if that stands on the lines below.
func (p *parser) withHeaderBelow(l *line) *line {
	production, _ := ProductionOf(l.first().Value)
	if production.grammar != childGrammar || braces(l.tokens) != 0 {
		return l
	}
	joined, next := &line{tokens: slices.Clone(l.tokens), crowded: l.crowded}, p.next
	for ; next < len(p.lines) && braces(joined.tokens) == 0 && len(joined.tokens) <= longestRepaired; next++ {
		below := p.lines[next]
		_, begins := ProductionOf(below.first().Value)
		isBrace := next > p.next && below.first().Value == "{"
		if begins || below.closes() || below.crowded || indent(below) <= indent(l) && !isBrace {
			break
		}
		joined.tokens = append(joined.tokens, below.tokens...)
	}
	if next == p.next || len(joined.tokens) == len(l.tokens)+1 && joined.opens() || !p.mends(joined) {
		return l
	}
	node, err := production.parse(joined)
	if err != nil {
		return l
	}
	t, all := p.lines[p.next].first(), joined.rangeOf()
	p.next = next
	if d := node.(*ChildDecl); p.depth == 0 && len(d.Refs()) > 0 {
		joined = &line{tokens: slices.DeleteFunc([]lexer.Token{d.Role, d.Name, d.Brace}, func(t lexer.Token) bool { return !Said(t) })}
		p.fixLines(p.Reportf(diag.CodeMisplaced, Begin(t), End(t), NothingAbove).Hintf("write %s", written(joined)), all)
		return joined
	}
	p.fixLines(p.Reportf(diag.CodeSyntax, Begin(t), End(t), "a header is one line").Hintf("write %s", written(joined)), all)
	return joined
}

// NothingAbove is the message for a tree with needs, wants or after.
const NothingAbove = "there is nothing for a supervisor at the top to wait for"

// withBraceBelow is the line with a "{" that stands on the next line and should end this one.
func (p *parser) withBraceBelow(l *line) *line {
	production, _ := ProductionOf(l.first().Value)
	if !production.Opens || braces(l.tokens) > 0 || p.next == len(p.lines) {
		return l
	}
	below := p.lines[p.next]
	if below.first().Value != "{" || len(below.tokens) > 1 || below.crowded {
		return l
	}
	p.next++
	brace := below.first()
	r := p.Reportf(diag.CodeSyntax, Begin(brace), End(brace), "%q stands at the end of the line before", "{").Hintf("write %s", production.Form)
	if meant := lineOf(append(l.words(), "{")); p.mends(l) {
		if _, err := production.parse(meant); err == nil {
			r.Hintf("write %s", written(meant))
			p.fixLines(r, diag.Range{Pos: Begin(l.first()), End: End(brace)})
		}
	}
	return &line{tokens: append(slices.Clip(l.tokens), brace), crowded: l.crowded}
}

// asBlock reports a statement that is written as a block, and passes over it: its lines are the parts of the statement.
func (p *parser) asBlock(l *line) bool {
	production, ok := ProductionOf(l.first().Value)
	n := len(l.tokens) - 1
	if !ok || production.Opens || production.Keyword == "import" || l.flat || l.tokens[n].Value != "{" || braces(l.tokens) != 1 {
		return false
	}
	from := p.next
	closed, parts := p.partsOf(l)
	head := slices.DeleteFunc(l.words()[1:n], isAssignment)
	hint := ""
	if p.mends(l) {
		hint = production.joinedParts(head, parts)
	}
	if len(head) > 0 && (hint == "" || production.Keyword == "provides") {
		p.next = from
		return false
	}
	if !closed {
		p.unclosed--
	}
	brace := l.tokens[n]
	r := p.Reportf(diag.CodeSyntax, Begin(brace), End(brace), "%q has no block: it is one line", production.Keyword).Hintf("write %s", production.Form)
	if hint != "" {
		if r.Hintf("%s", hint); closed {
			p.fixLines(r, diag.Range{Pos: Begin(l.first()), End: p.lines[p.next-1].end()})
		}
	}
	return true
}

// partsOf are the words of the lines up to the "}" that closes the block of a statement that has none.
func (p *parser) partsOf(opener *line) (closed bool, parts [][]string) {
	for depth := 1; p.next < len(p.lines); p.next++ {
		l := p.lines[p.next]
		production, _ := ProductionOf(l.first().Value)
		switch {
		case p.unclosed > 0 && outdented(l, opener), production.grammar == childGrammar, production.Opens && l.opens():
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
func isUnknown(owner *Stmt) bool {
	if owner == nil {
		return false
	}
	switch d := owner.Node.(type) {
	case *ChildDecl:
		return owner.Broken && RoleOf(d.Role) == NoRole
	case *PolicyDecl, *DefaultsDecl:
		return false
	}
	return true
}

// isUnknownLine reports whether a line begins with nothing like a keyword.
func isUnknownLine(l *line) bool {
	_, ok := ProductionOf(l.first().Value)
	if _, isReserved := Reserved[l.first().Value]; ok || isReserved || l.closes() {
		return false
	}
	_, ok = meant(l.first())
	return !ok
}

// conflict reports a merge conflict that nobody has resolved, or a mark that is left of one.
func (p *parser) conflict(c conflict) {
	pos := posOf(c.pos)
	r := p.Reportf(diag.CodeMergeConflict, pos, pos.Plus(len(mergeMark)), "a merge conflict is not resolved")
	r.Hintf("choose one side, or join them, and remove the marks")
	if Said(c.end) {
		r.Notef(RangeOf(c.end), "it ends here; what is checked is the first side")
	}
}

// salvage is what a line declares that could not be read, if it declares something, so that those who name it are
// not blamed.
func salvage(l *line) any {
	if _, known := ProductionOf(l.first().Value); !known {
		if i := slices.IndexFunc(l.tokens, func(t lexer.Token) bool { return t.Type == stringToken }); i >= 0 {
			return &ImportSpec{Path: l.tokens[i]}
		}
	}
	if l.first().Value == "defaults" {
		return &DefaultsDecl{}
	}
	d := &ChildDecl{Role: l.first()}
	if token.IsExported(d.Role.Value) { // the role is missing
		d.Name = d.Role
		return d
	}
	rest := l.tokens[1:]
	if d.Role.Value == "dynamic" && len(rest) > 0 {
		d.Dynamic, d.Role, rest = d.Role, rest[0], rest[1:]
	}
	if len(rest) == 0 || rest[0].Type != IdentToken || clauses[d.Role.Value] != "" {
		return nil
	}
	d.Name = rest[0]
	_, known := ProductionOf(d.Role.Value)
	switch {
	case d.Role.Value == "policy":
		return &PolicyDecl{Name: d.Name}
	case RoleOf(d.Role) != NoRole, !known && token.IsExported(d.Name.Value):
		return d
	}
	return nil
}

// NoRole is the role of what could not be read.
const NoRole policy.Role = 0

// RoleOf is the role that a word names, or noRole.
func RoleOf(t lexer.Token) policy.Role { return roles[t.Value] }

var roles = func() map[string]policy.Role {
	of := make(map[string]policy.Role)
	for i, word := range labels(NoRole + 1) {
		of[word] = NoRole + 1 + policy.Role(i)
	}
	return of
}()
