package dsl

// imports reads the lines after "import (", up to the ")".
func (p *parser) imports(opener *line) *block {
	b := &block{}
	for ; p.next < len(p.lines); p.next++ {
		l := p.lines[p.next]
		if l.first().Value == ")" {
			p.next++
			if len(l.tokens) > 1 {
				t := l.tokens[1]
				p.reportf(CodeSyntax, begin(t), end(t), "unexpected %q", t.Value).hintf("\")\" stands on a line of its own")
			}
			return b
		}
		if _, ok := productionOf(l.first().Value); ok {
			break
		}
		if opener.tokens[len(opener.tokens)-1].Value != "(" && len(l.tokens) == 1 && l.first().Type == punctToken && indent(l) == indent(opener) {
			p.next++
			return b // it closes what was reported for its opening
		}
		s := p.importLine(l)
		b.add(s)
		if s.broken && len(l.tokens) == 1 && indent(l) == indent(opener) {
			p.next++
			return b // a ")" that was mistyped
		}
	}
	if open := opener.tokens[len(opener.tokens)-1]; open.Value == "(" { // or else the line was reported for the lack of it
		p.reportf(CodeUnclosedBlock, begin(open), end(open), "%q is never closed", open.Value).
			hintf("put \")\" on a line of its own after the last import")
	}
	return b
}

func (p *parser) importLine(l *line) *stmt {
	s := &stmt{keyword: l.first(), end: l.end(), doc: p.doc(l)}
	if bad, ok := l.bad(); ok {
		p.complain(l, bad)
		s.broken = true
		return s
	}
	node, err := importLine.parse(l)
	if err != nil {
		p.unexpected(l, blamed(err, l), importLine)
		s.broken = true
		return s
	}
	s.node = node
	return s
}
