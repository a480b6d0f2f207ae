package syntax

import (
	"go/token"
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/runtime/policy"
)

// Header is a declaration as it is written, or what it begins with, where it is long.
func (d *ChildDecl) Header() string {
	var words []string
	add := func(tokens ...lexer.Token) {
		for _, t := range tokens {
			if Said(t) {
				words = append(words, t.Value)
			}
		}
	}
	refs := func(keyword string, refs ...*RefDecl) {
		for i, ref := range refs {
			if i > 0 {
				keyword = ","
			}
			words = append(words, keyword)
			add(ref.Path...)
		}
	}
	add(d.Dynamic, d.Role, d.Name)
	if Said(d.Replicas) {
		words = append(words, "[", d.Replicas.Value)
		if Said(d.Most) {
			words = append(words, "..", d.Most.Value)
		}
		words = append(words, "]")
	}
	if d.Params != nil {
		add(d.Open)
		for i, p := range d.Params.Params {
			if i > 0 {
				words = append(words, ",")
			}
			add(p.Name)
			add(p.Type.Tokens...)
		}
		words = append(words, ")")
	}
	if Said(d.Key) {
		words = append(words, "key", d.Key.Value)
	}
	if d.Of != nil {
		refs("of", d.Of)
	}
	add(d.Linked)
	refs("needs", d.Needs...)
	refs("wants", d.Wants...)
	refs("after", d.After...)
	add(d.Brace)
	if len(words) > longestRepaired {
		return d.Role.Value + " " + d.Name.Value
	}
	p, ok := ProductionOf(words[0])
	if !ok {
		return strings.Join(words, " ")
	}
	text, _ := p.asWritten(words)
	return text
}

// Refs are the children that a header names, but for the primary of a sidecar.
func (d *ChildDecl) Refs() []*RefDecl { return slices.Concat(d.Needs, d.Wants, d.After) }

// WithoutParams is the hint for the parameters of a child that is not dynamic, which has them from what it needs.
func (d *ChildDecl) WithoutParams() string {
	plain, dynamic := *d, *d
	plain.Open, plain.Params = lexer.Token{}, nil
	dynamic.Dynamic.Value = "dynamic"
	without, with := plain.Header(), dynamic.Header()
	switch {
	case len(d.Needs) > 0:
		return "what it needs is handed to it: write " + without
	case d.Params != nil && len(d.Params.Params) > 0 && with != "":
		return "write " + without + ", with needs for what it is handed; or, if it is started at run time, " + with
	}
	return "write " + without
}

// movedTo is the declaration of owner with the clause that stands in its block.
func (l *line) movedTo(owner *Stmt) string {
	d, ok := ownerOf(owner)
	clause := l.words()
	if meant := diag.Synonyms[clause[0]]; meant != "" {
		clause[0] = meant
	}
	if !ok || clause[0] == "key" && !Said(d.Dynamic) || clause[0] == "of" && RoleOf(d.Role) != policy.Sidecar || clause[len(clause)-1] == "," {
		return ""
	}
	words := slices.DeleteFunc(slices.Concat(lineOf([]string{d.Header()}).words(), clause), func(w string) bool { return w == "{" })
	if len(words) > longestRepaired {
		return ""
	}
	p, ok := ProductionOf(words[0])
	if !ok {
		return ""
	}
	if text, ok := p.asWritten(append(words, "{")); ok {
		return text
	}
	moved := lineOf(append(words, "{"))
	if _, err := p.parse(moved); err != nil {
		if r, ok := p.repaired(moved, blamed(err, moved)); ok {
			if i := strings.LastIndex(r.hint, "write "); i >= 0 && !strings.HasSuffix(r.hint, p.Form) {
				return r.hint[i+len("write "):]
			}
		}
	}
	return ""
}

// belongsTo is the hint for what the declaration of owner says, and not its block: its role, the number of its replicas.
func (l *line) belongsTo(owner *Stmt) string {
	i := slices.IndexFunc(l.tokens, func(t lexer.Token) bool { return t.Type == IntToken })
	d, ok := ownerOf(owner)
	if i := len(l.tokens) - 1; ok && l.first().Value == "type" && RoleOf(l.tokens[i]) != NoRole {
		as := *d
		as.Role = l.tokens[i]
		return "a declaration begins with its role: write " + as.Header()
	}
	if ok && strings.EqualFold(l.first().Value, "before") {
		if i := slices.IndexFunc(l.tokens[1:], func(t lexer.Token) bool { return token.IsExported(t.Value) }) + 1; i > 0 {
			return saysItself + ": write after " + d.Name.Value + " where " + l.tokens[i].Value + " is declared"
		}
	}
	if i < 0 || !ok || !strings.HasPrefix(Begins[l.first().Value], howMany) || Said(d.Dynamic) {
		return ""
	}
	replicated := *d
	replicated.Replicas = l.tokens[i]
	return howMany + ": write " + replicated.Header()
}

// ownerOf is the declaration that a block belongs to, if it could be read.
func ownerOf(owner *Stmt) (*ChildDecl, bool) {
	if owner == nil || owner.Broken {
		return nil, false
	}
	d, ok := owner.Node.(*ChildDecl)
	return d, ok
}

const howMany = "the number stands in brackets behind the name"
