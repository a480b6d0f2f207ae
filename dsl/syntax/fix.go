package syntax

import (
	"slices"
	"strings"

	"github.com/supgen/supgen/dsl/diag"
)

// Where a hint says what to write, and that can be read, it is the fix too: it cannot say anything else.

// toWrite are the lines that a hint says to write: behind "write", one, or several below each other. They are "" where it
// does not say them word for word, as in "write limit N in DURATION".
func toWrite(hint string) string {
	_, lines, ok := strings.Cut(hint, "write ")
	if each := strings.TrimPrefix(eachOnItsOwn, "write "); ok {
		if rest, several := strings.CutPrefix(lines, each); several {
			lines = strings.ReplaceAll(rest, "\n\t", "\n")
		}
	} else if _, lines, ok = strings.Cut(hint, "write\n\t"); ok {
		lines = strings.ReplaceAll(lines, "\n\t", "\n")
	}
	for text := range strings.Lines(lines) {
		if text = strings.TrimSpace(text); text != "}" && !isStatement(text) {
			return ""
		}
	}
	return lines
}

// isStatement reports whether a text is a statement in its canonical form, and not only the form of one.
func isStatement(text string) bool {
	l := scanned(text)
	if _, bad := l.bad(); bad || len(l.tokens) == 0 {
		return false
	}
	production, ok := ProductionOf(l.first().Value)
	switch {
	case !ok:
		production = importLine
	case production.Keyword == "import" && text == "import (":
		return true
	case text == production.Form && strings.Contains(text, " "):
		return false
	}
	written, ok := production.asWritten(l.words())
	return ok && written == text
}

// fixLines adds the fix that writes in the place of some lines what the hint says.
func (p *parser) fixLines(r *diag.Diagnostic, at diag.Range) {
	if lines := toWrite(r.Hint); lines != "" && !p.file.IsCommented(at) {
		what, _, several := strings.Cut(lines, "\n")
		if several {
			what += " ..."
		}
		r.Fix("write "+what, p.file.Replace(at, lines))
	}
}

// rangeOf is what a line takes of the file.
func (l *line) rangeOf() diag.Range { return diag.Range{Pos: Begin(l.first()), End: l.end()} }

// balance completes the fix of a line that a statement was read from, if it opens a block without a "}", and takes away one
// that would open a block where there is none, or none where there is one.
func (p *parser) balance(r *diag.Diagnostic, l *line, s *Stmt) {
	if len(r.Fixes) == 0 {
		return
	}
	edits := r.Fixes[0].Edits
	if edits[0].Pos.Offset < Begin(l.first()).Offset {
		return // it writes the line of the owner
	}
	written := strings.TrimSpace(edits[0].New)
	switch opens := strings.HasSuffix(written, "{"); {
	case !opens && !l.implied:
		if s.Block != nil && edits[0].Range == l.rangeOf() {
			r.Fixes = nil
		}
	case s.Block == nil:
		r.Fixes = nil
	case l.implied:
		r.Fixes[0].Edits = append(slices.Clip(edits), p.closed(l))
	}
}

// closed is the edit that ends the block that opener opened behind the last line that was read.
func (p *parser) closed(opener *line) diag.Edit {
	last := p.lines[p.next-1]
	if last != opener && !last.closes() && mistypedBrace(last, opener) {
		return diag.Edit{Range: last.rangeOf(), New: "}"}
	}
	end := p.file.Below(last.end(), "")
	end.New = "\n" + p.file.indent(Begin(opener.first())) + "}"
	return end
}

// fixUnknown adds the fix of a line that begins with no keyword: the one that was probably meant.
func (p *parser) fixUnknown(r *diag.Diagnostic, l *line, block Container) {
	word, ok := meant(l.first())
	if production, _ := ProductionOf(word); ok && (block == 0 || block.Has(word)) {
		corrected := l.corrected(word)
		if _, bad := corrected.bad(); bad {
			return
		}
		if _, err := production.parse(corrected); err == nil {
			r.Fix("write "+word, diag.Edit{Range: RangeOf(l.first()), New: word})
		}
	}
}

// fixOwner adds the fix that moves what a line says into the declaration of the block that it is in.
func (p *parser) fixOwner(r *diag.Diagnostic, l *line, owner *Stmt) {
	if header := toWrite(r.Hint); header != "" && owner != nil && !owner.Broken && strings.HasSuffix(header, "{") && !p.file.IsCommented(owner.Line()) {
		r.Fix("write "+header, p.file.Replace(owner.Line(), header), p.file.Remove(l.rangeOf()))
	}
}
