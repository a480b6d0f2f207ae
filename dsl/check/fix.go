package check

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
)

// sourceOf is the file that a place is in.
func (c *checker) sourceOf(pos diag.Pos) *syntax.File {
	return c.files[slices.IndexFunc(c.files, func(f *fileScope) bool { return f.file.Name == pos.File })].file
}

// maxFixes bounds how many diagnostics of a package get a fix that takes a look at its text: a file with more mistakes is not
// mended one by one.
const maxFixes = 1000

// looks counts a diagnostic whose fix takes a look at the text, and reports whether there have not been too many.
func (c *checker) looks() bool {
	c.looked++
	return c.looked <= maxFixes
}

// remove adds the fix that takes statements out, with their blocks.
func (c *checker) remove(r *diag.Diagnostic, all ...*syntax.Stmt) {
	var ranges []diag.Range
	for _, s := range all {
		ranges = append(ranges, s.Range())
	}
	c.removeRange(r, ranges...)
}

// removeRange is remove for the ranges of statements. A block goes with the comment above it.
func (c *checker) removeRange(r *diag.Diagnostic, all ...diag.Range) {
	if !c.looks() {
		return
	}
	var texts []string
	var edits []diag.Edit
	for _, at := range all {
		f := c.sourceOf(at.Pos)
		text, _, block := strings.Cut(f.TextOf(at), "\n")
		if block {
			place := fmt.Sprintf("line %d", at.Pos.Line)
			if at.Pos.File != r.Pos.File {
				place += " of " + filepath.Base(at.Pos.File)
			}
			text = fmt.Sprintf("%s (%s)", strings.TrimSuffix(text, " {"), place)
			at = f.WithComment(at)
		}
		texts, edits = append(texts, text), append(edits, f.Remove(at))
	}
	r.Fix("remove "+strings.Join(texts, ", "), edits...)
}

// cut adds the fix that takes a part out of a line, if no comment would go with it.
func (c *checker) cut(r *diag.Diagnostic, at diag.Range) *diag.Diagnostic {
	if !c.looks() {
		return r
	}
	f := c.sourceOf(at.Pos)
	if f.IsCommented(at) {
		return r
	}
	return r.Fix("remove "+f.TextOf(at), f.Remove(at))
}

// cutItem adds the fix that takes one out of a list, with its comma; of one alone, the keyword before it goes too.
func (c *checker) cutItem(r *diag.Diagnostic, n, i int, item func(i int) diag.Range) *diag.Diagnostic {
	if !c.looks() {
		return r
	}
	f := c.sourceOf(item(i).Pos)
	at, what := item(i), f.TextOf(item(i))
	switch {
	case i > 0:
		at.Pos = item(i - 1).End
	case n > 1:
		at.End = item(1).Pos
	default:
		at.Pos = f.WordBefore(at.Pos)
	}
	if f.IsCommented(at) {
		return r
	}
	edit := diag.Edit{Range: at}
	if n == 1 {
		edit = f.Remove(at)
	}
	return r.Fix("remove "+what, edit)
}

// write adds the fix that puts a word in the place of a token.
func (c *checker) write(r *diag.Diagnostic, t lexer.Token, word string) *diag.Diagnostic {
	return r.Fix("write "+word, diag.Edit{Range: syntax.RangeOf(t), New: word})
}

// writeNearest does so with the nearest of some names, if one is near: the one that the message asks for.
func (c *checker) writeNearest(r *diag.Diagnostic, t lexer.Token, names func() []string) *diag.Diagnostic {
	if c.compared > diag.MaxComparisons {
		return r
	}
	words := names()
	c.compared += len(words)
	if near, ok := diag.Nearest(t.Value, words); ok {
		c.write(r, t, near)
	}
	return r
}

// writeStmt adds the fix that puts a line in the place of a statement without a block.
func (c *checker) writeStmt(r *diag.Diagnostic, s *syntax.Stmt, line string) *diag.Diagnostic {
	if !c.looks() {
		return r
	}
	f := c.sourceOf(s.Pos())
	if f.IsCommented(s.Line()) {
		return r
	}
	return r.Fix("write "+line, f.Replace(s.Line(), line))
}

// writeHeader adds the fix that declares a child otherwise.
func (c *checker) writeHeader(r *diag.Diagnostic, s *subject, meant syntax.ChildDecl) *diag.Diagnostic {
	if c.looked >= maxFixes {
		return r
	}
	if header := meant.Header(); header != "" && header != meant.Role.Value+" "+meant.Name.Value || len(meant.Refs()) == 0 && meant.Params == nil {
		c.writeStmt(r, s.stmt, header)
	}
	return r
}

// cutPolicy adds the fix that takes a policy out of a use statement.
func (c *checker) cutPolicy(r *diag.Diagnostic, use *syntax.Stmt, p *namedPolicy) {
	policies := use.Node.(*syntax.UseDecl).Policies
	if i := slices.IndexFunc(policies, func(d *syntax.NameDecl) bool { return d.Name.Value == p.Name }); len(policies) == 1 {
		c.remove(r, use)
	} else {
		c.cutItem(r, len(policies), i, func(i int) diag.Range { return syntax.RangeOf(policies[i].Name) })
	}
}

// cutReplicas adds the fix that takes the brackets out of a declaration.
func (c *checker) cutReplicas(r *diag.Diagnostic, s *subject) {
	meant := *s.decl
	meant.Replicas, meant.Most = lexer.Token{}, lexer.Token{}
	c.writeHeader(r, s, meant)
}

// cutAtStart adds the fix that takes "at start" out of a row.
func (c *checker) cutAtStart(r *diag.Diagnostic, on *syntax.OnDecl) {
	at := diag.Range{Pos: syntax.End(on.Outcome), End: syntax.End(on.Start)}
	if !c.sourceOf(at.Pos).IsCommented(at) {
		r.Fix("remove at start", diag.Edit{Range: at})
	}
}

// cutFactor adds the fix that takes the factor out of a backoff.
func (c *checker) cutFactor(r *diag.Diagnostic, d *syntax.BackoffDecl) {
	if at := (diag.Range{Pos: syntax.End(d.Max), End: syntax.End(d.Factor)}); !c.sourceOf(at.Pos).IsCommented(at) {
		r.Fix("remove factor "+d.Factor.Value, diag.Edit{Range: at})
	}
}

// addReady adds the fix that makes the readiness of a child explicit, below one of its statements.
func (c *checker) addReady(r *diag.Diagnostic, s *subject, below *syntax.Stmt) {
	const line = "ready explicit"
	if st := s.own.find("ready"); st != nil {
		c.writeStmt(r, st, line)
	} else if s.container().Takes("ready") {
		r.Fix("add "+line, c.sourceOf(below.Pos()).Below(below.Line().End, line))
	}
}

// moveImport adds the fix that puts imports behind the package clause.
func (c *checker) moveImport(r *diag.Diagnostic, f *fileScope, s *syntax.Stmt) {
	if f.pkg != nil {
		r.Fix("move it up", f.file.Below(f.pkg.Line().End, "\n"+f.file.TextOf(s.Range())), f.file.Remove(s.Range()))
	}
}

// saySame reports whether two ranges have the same tokens.
func (c *checker) saySame(a, b diag.Range) bool {
	return syntax.WrittenAlike(c.sourceOf(a.Pos).TextOf(a), c.sourceOf(b.Pos).TextOf(b))
}

// rename adds the fix that gives what a token declares another name, where it is declared and where it is used.
func (c *checker) rename(r *diag.Diagnostic, t lexer.Token, name string) {
	if !c.looks() {
		return
	}
	edits := []diag.Edit{{Range: syntax.RangeOf(t), New: name}}
	for _, f := range c.files {
		f.file.Body.Walk(func(s *syntax.Stmt) {
			var uses []lexer.Token
			switch d := s.Node.(type) {
			case *syntax.UseDecl:
				for _, p := range d.Policies {
					uses = append(uses, p.Name)
				}
			case *syntax.FinishDecl:
				for _, ref := range d.Of {
					uses = append(uses, ref.Path...)
				}
			case *syntax.ChildDecl:
				refs := d.Refs()
				if d.Of != nil {
					refs = append(refs, d.Of)
				}
				for _, ref := range refs {
					uses = append(uses, ref.Path...)
				}
			}
			for _, use := range uses {
				if use.Value == t.Value {
					edits = append(edits, diag.Edit{Range: syntax.RangeOf(use), New: name})
				}
			}
		})
	}
	r.Fix("write "+name, edits...)
}

// callImport adds the fix that gives an import another name, and that to the types that it is for. One that has no types
// is removed.
func (c *checker) callImport(r *diag.Diagnostic, f *fileScope, s *syntax.Stmt, old, name string, grouped bool) {
	if !c.looks() {
		return
	}
	spec := s.Node.(*syntax.ImportSpec)
	edits := []diag.Edit{{Range: s.Line(), New: syntax.ImportLineFor(name, syntax.Text(spec.Path), grouped)}}
	used := len(f.file.Diagnostics) > 0 // a type may stand on a line that could not be read
	f.file.Body.Walk(func(s *syntax.Stmt) {
		for _, q := range qualifiers(s) {
			if used = used || q.Value == name; q.Value == old {
				edits = append(edits, diag.Edit{Range: syntax.RangeOf(q), New: name})
			}
		}
	})
	if used || len(edits) > 1 {
		r.Fix("write "+edits[0].New, edits...)
	} else {
		c.remove(r, s)
	}
}
