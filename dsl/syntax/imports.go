package syntax

import "github.com/supgen/supgen/dsl/diag"

// imports reads the lines after "import (", up to the ")".
func (p *parser) imports(opener *line) *Block {
	b := &Block{}
	for ; p.next < len(p.lines); p.next++ {
		l := p.lines[p.next]
		if l.first().Value == ")" {
			p.next++
			if len(l.tokens) > 1 {
				t := l.tokens[1]
				p.Reportf(diag.CodeSyntax, Begin(t), End(t), "unexpected %q", t.Value).Hintf("\")\" stands on a line of its own")
			}
			return b
		}
		if _, ok := ProductionOf(l.first().Value); ok {
			break
		}
		if opener.tokens[len(opener.tokens)-1].Value != "(" && len(l.tokens) == 1 && l.first().Type == punctToken && indent(l) == indent(opener) {
			p.next++
			return b // it closes what was reported for its opening
		}
		s := p.importLine(l)
		b.add(s)
		if s.Broken && len(l.tokens) == 1 && indent(l) == indent(opener) {
			p.next++
			return b // a ")" that was mistyped
		}
	}
	if open := opener.tokens[len(opener.tokens)-1]; open.Value == "(" { // or else the line was reported for the lack of it
		p.Reportf(diag.CodeUnclosedBlock, Begin(open), End(open), "%q is never closed", open.Value).
			Hintf("put \")\" on a line of its own after the last import")
	}
	return b
}

func (p *parser) importLine(l *line) *Stmt {
	s := &Stmt{Keyword: l.first(), end: l.end(), Doc: p.doc(l)}
	if bad, ok := l.bad(); ok {
		p.complain(l, bad)
		s.Broken = true
		return s
	}
	node, err := importLine.parse(l)
	if err != nil {
		p.unexpected(l, blamed(err, l), importLine)
		s.Broken = true
		return s
	}
	s.Node = node
	return s
}
