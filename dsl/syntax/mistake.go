package syntax

import (
	"cmp"
	"fmt"
	"go/token"
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/runtime/policy"
)

// A mistake is one that has a name: it is reported instead of the word that cannot be read.
type mistake struct {
	from, to      lexer.Token // all of what is wrong, the last token included
	message, hint string
	fixes         []diag.Fix // where the hint says more than one place
}

// A misread is a line that a production cannot read from the token at an index on.
type misread struct {
	*line
	Production
	words []string
	at    int
}

// named is the mistake that a line has, if it is one with a name.
func (p *parser) named(l *line, t lexer.Token, of Production) (mistake, bool) {
	m := misread{l, of, l.words(), l.index(t)}
	kinds := []func() (mistake, bool){m.basedPolicy, func() (mistake, bool) { return p.supFile(m) }, m.delayed, m.together}
	if m.grammar == childGrammar {
		kinds = []func() (mistake, bool){
			func() (mistake, bool) { return p.before(m) }, func() (mistake, bool) { return p.byType(m) },
			m.commaBeforeClause, m.keyOfParts, m.oneReplica, m.howManyReplicas, m.together, m.unclosed,
		}
	}
	for _, kind := range kinds {
		if found, ok := kind(); ok {
			return found, true
		}
	}
	return mistake{}, false
}

func (m misread) word(i int) string {
	if i < 0 || i >= len(m.words) {
		return ""
	}
	return m.words[i]
}

// without is the line with other words in place of some.
func (m misread) with(from, to int, others ...string) []string {
	return slices.Concat(m.words[:from], others, m.words[to:])
}

// mistake is one in the words of a range.
func (m misread) mistake(from, to int, message, hint string) (mistake, bool) {
	return mistake{from: m.tokens[from], to: m.tokens[to-1], message: message, hint: hint}, hint != ""
}

// before tells of "job Migrate before HTTP" that HTTP says so.
func (p *parser) before(m misread) (mistake, bool) {
	if m.word(m.at) != "before" || !token.IsExported(m.word(m.at+1)) {
		return mistake{}, false
	}
	end := m.at + 2
	for (m.word(end) == "," || m.word(end) == ".") && token.IsExported(m.word(end+1)) {
		end += 2
	}
	first, ok := salvage(m.line).(*ChildDecl)
	if !ok {
		return mistake{}, false
	}
	const few = 3 // that are looked for
	names := strings.Split(strings.Join(m.words[m.at+1:end], ""), ",")
	var later []string
	edits := []diag.Edit{{Range: m.rangeOf()}}
	found := len(names) <= few
	for _, name := range names[:min(few, len(names))] {
		at, header := p.waiting(name, first.Name, m.line)
		later, found = append(later, header), found && header != ""
		edits = append(edits, diag.Edit{Range: at, New: header})
	}
	text, ok := m.asWritten(m.with(m.at, end))
	hint := saysItself + ": write after " + first.Name.Value + " where " + strings.Join(m.words[m.at+1:end], "") + " is declared"
	if ok && found {
		hint = saysItself + ": write\n\t" + text + "\n\t" + strings.Join(later, "\n\t")
	}
	said, ok := m.mistake(m.at, m.at+1, `there is no "before"`, hint)
	if edits[0].New = text; text != "" && found {
		said.fixes = []diag.Fix{{Message: "write after " + first.Name.Value, Edits: edits}}
	}
	return said, ok
}

const saysItself = "the one that waits says so"

// waiting is where a child beside a line is declared, and how that is written if the child waits for another; "" if it is
// not found.
func (p *parser) waiting(name string, other lexer.Token, beside *line) (at diag.Range, header string) {
	for _, l := range p.lines {
		production, _ := ProductionOf(l.first().Value)
		if production.grammar != childGrammar || indent(l) != indent(beside) || !slices.ContainsFunc(l.tokens, func(t lexer.Token) bool { return t.Value == name }) {
			continue
		}
		if node, err := production.parse(l); err == nil {
			if d := *node.(*ChildDecl); d.Name.Value == name {
				d.After = append(slices.Clip(d.After), &RefDecl{Path: []lexer.Token{other}})
				return l.rangeOf(), d.Header()
			}
		}
	}
	return diag.Range{}, ""
}

// byType tells of "needs *sql.DB" which child provides one.
func (p *parser) byType(m misread) (mistake, bool) {
	clause := m.at - 1
	for clause > 0 && !isRefClause(m.words[clause]) {
		clause--
	}
	from := clause + 1
	if comma := slices.Index(m.words[from:max(from, m.at)], ","); comma >= 0 {
		from += comma + 1
	}
	if first := m.word(from); clause < 1 || !slices.Contains([]string{"*", "map", "chan", "func", "<"}, first) && !(first == "[" && m.word(from+1) == "]") {
		return mistake{}, false
	}
	end := from
	for end < len(m.words) && m.words[end] != "," && m.words[end] != "{" && !isRefClause(m.words[end]) {
		end++
	}
	t, err := (&TypeDecl{Tokens: m.tokens[from:end]}).Read()
	if err != nil {
		return mistake{}, false
	}
	keyword := m.words[clause]
	hint := "write " + keyword + " NAME, of the child that provides " + t.Text
	if provider := p.provider(t.Text, m.line); provider != "" {
		hint = provider + " provides " + t.Text + ": write " + keyword + " " + provider
		if text, ok := m.asWritten(m.with(from, end, provider)); ok {
			hint = provider + " provides " + t.Text + ": write " + text
		}
	} else if p.hasChild(strings.TrimPrefix(t.Text, "*")) {
		return mistake{}, false // the star is the mistake
	}
	return m.mistake(from, end, keyword+" "+NotByType, hint)
}

// NotByType ends a message about a type where a child is named.
const NotByType = "names a child, not a Go type"

// provider is the path, as a line names it, of the only child in the file that provides a type; "" is none, or several.
func (p *parser) provider(typ string, from *line) string {
	var within, here, found []string // names; "" of what is in no path
	for _, l := range p.lines {
		switch {
		case l == from:
			here = slices.Clone(within)
		case l.first().Value == "provides" && len(l.tokens) > 1:
			if t, err := (&TypeDecl{Tokens: l.tokens[1:]}).Read(); err == nil && t.Text == typ {
				if found != nil {
					return ""
				}
				found = slices.Clone(within)
			}
		}
		if l.closes() && len(within) > 0 {
			within = within[:len(within)-1]
		} else if l.opens() {
			name := ""
			if d, ok := salvage(l).(*ChildDecl); ok && RoleOf(d.Role) != policy.Group {
				name = d.Name.Value
			}
			within = append(within, name)
		}
	}
	shared := 0
	for shared < len(found)-1 && shared < len(here) && found[shared] == here[shared] {
		shared++
	}
	if shared == 0 {
		return ""
	}
	return strings.Join(slices.DeleteFunc(found[shared:], func(name string) bool { return name == "" }), ".")
}

// hasChild reports whether the file declares a child of a name.
func (p *parser) hasChild(name string) bool {
	return slices.ContainsFunc(p.lines, func(l *line) bool {
		d, ok := salvage(l).(*ChildDecl)
		return ok && d.Name.Value == name
	})
}

// commaBeforeClause tells of "needs DB, after Migrate" that the comma is too much.
func (m misread) commaBeforeClause() (mistake, bool) {
	comma, clause := m.at-2, m.word(m.at-1)
	if clause != "after" && clause != "wants" || m.word(comma) != "," {
		return mistake{}, false
	}
	text, ok := m.asWritten(m.with(comma, comma+1))
	if !ok {
		return mistake{}, false
	}
	return m.mistake(comma, comma+1, "no comma stands before "+inQuotes(clause), "write "+text)
}

// delayed tells of "on error restart after 5s" that the delay is said by another statement.
func (m misread) delayed() (mistake, bool) {
	if m.Keyword != "on" || m.at+2 != len(m.words) || m.tokens[m.at].Type != IdentToken {
		return mistake{}, false
	}
	row, err := m.parse(lineOf(m.with(m.at, m.at+1)))
	if err != nil {
		return mistake{}, false
	}
	return m.mistake(m.at, m.at+1, "unexpected "+shown(m.tokens[m.at]), row.(*OnDecl).Delayed())
}

// Delayed is the hint for a row with a time that only its child's backoff can say; "" if it is not that.
func (d *OnDecl) Delayed() string {
	if d.Action.Value != "restart" && d.Action.Value != "retry" {
		return ""
	}
	row := *d
	row.For = lexer.Token{}
	return "the delay is the backoff's: write\n\t" + row.Form(d.Outcome.Value, d.Action.Value) + "\n\tbackoff " + d.For.Value
}

// supFile tells of an import of a .sup file, without quotes.
func (p *parser) supFile(m misread) (mistake, bool) {
	n := len(m.words)
	if !m.isImport() || m.word(n-2) != "." || m.word(n-1) != "sup" {
		return mistake{}, false
	}
	from := 0
	if m.words[0] == "import" {
		from++
	}
	found, ok := m.mistake(from, n, NoPackage, RemoveImport)
	found.fixes = []diag.Fix{{Message: "remove " + strings.Join(m.words, ""), Edits: []diag.Edit{p.file.Remove(m.rangeOf())}}}
	return found, ok
}

// NoPackage and RemoveImport are the message and the hint for the import of a .sup file.
const (
	NoPackage    = "an import is of a Go package, not of a .sup file"
	RemoveImport = "remove it: the .sup files of a directory are one package, and share their policies"
)

// together tells of statements that stand behind a declaration, or behind each other.
func (m misread) together() (mistake, bool) {
	words, open := m.words, m.words[len(m.words)-1] == "{"
	if open {
		words = words[:len(words)-1]
	}
	from, first := m.at, m.at
	for first < len(words) && slices.Contains(betweenStatements, words[first]) {
		first++
	}
	if first >= len(words) || from == 0 {
		return mistake{}, false
	}
	statements, rest := statementsOf(words[first:])
	if len(statements) == 0 {
		return mistake{}, false
	}
	head := slices.Concat(words[:from], rest)
	if !m.Production.Opens {
		text, ok := m.asWritten(head)
		if !ok || len(rest) > 0 || open {
			return mistake{}, false
		}
		return m.mistake(first, first+1, "\""+words[first]+"\" needs a line of its own", eachOnItsOwn+text+"\n\t"+strings.Join(statements, "\n\t"))
	}
	text, ok := m.asWritten(append(head, "{"))
	if !ok {
		return mistake{}, false
	}
	if in, kind := m.refuses(lineOf(head), statements); kind != "" {
		return m.mistake(first, first+1, fmt.Sprintf("%s cannot have %q", in, kind), cmp.Or(advice[kind], "leave it out"))
	}
	hint := eachOnItsOwn + text + "\n\t\t" + strings.Join(statements, "\n\t\t")
	if !open {
		hint += "\n\t}"
	}
	return m.mistake(first, first+1, "\""+words[first]+"\" needs a line of its own", hint)
}

const eachOnItsOwn = "write each on a line of its own:\n\t"

// refuses is the place in what a line declares, and the first of some statements that cannot stand there; "" is none.
func (m misread) refuses(declaration *line, statements []string) (in Container, kind string) {
	in = map[string]Container{"policy": InPolicy, "defaults": InDefaults}[m.Keyword]
	if d, ok := salvage(declaration).(*ChildDecl); ok {
		in = ContainerOf(RoleOf(d.Role), Said(d.Dynamic), indent(m.line) == 1)
	}
	for _, s := range statements {
		keyword, _, _ := strings.Cut(s, " ")
		if !in.Takes(keyword) {
			return in, keyword
		}
	}
	return in, ""
}

// betweenStatements is what may stand between statements that are written behind each other.
var betweenStatements = []string{",", ";", "and", "&", "+"}

// statementsOf are the statements that some words begin with, as they are written, and the words behind them.
func statementsOf(words []string) (all []string, rest []string) {
	for len(words) > 0 {
		text, n := statementOf(words)
		if n == 0 {
			break
		}
		all, words = append(all, text), words[n:]
		for len(words) > 1 && slices.Contains(betweenStatements, words[0]) {
			words = words[1:]
		}
	}
	return all, words
}

// statementOf is the statement that some words begin with, as it is written, and how many of the words it has: as many as
// can be, but of a Go type, which could take all, as few.
func statementOf(words []string) (text string, n int) {
	switch {
	case slices.Contains(RestartKinds, words[0]):
		return "restart " + words[0], 1
	case slices.Contains(Strategies, words[0]):
		return "strategy " + words[0], 1
	}
	p, ok := ProductionOf(words[0])
	if !ok || p.Opens || p.Keyword == "package" || p.isImport() {
		return "", 0
	}
	tries := maxRepairs // of where it ends
	for end := 1; end <= len(words) && tries > 0; end++ {
		if end < len(words) && !isBoundary(words[end]) {
			continue
		}
		tries--
		l := lineOf(words[:end])
		if _, bad := l.bad(); bad {
			continue
		}
		node, err := p.parse(l)
		if err != nil {
			if n > 0 {
				break
			}
			continue
		}
		if provides, ok := node.(*ProvidesDecl); ok {
			if _, err := provides.Type.Read(); err == nil {
				return written(l), end
			}
			continue
		}
		text, n = written(l), end
	}
	return text, n
}

// isBoundary reports whether a statement may end before a word.
func isBoundary(word string) bool {
	_, ok := ProductionOf(word)
	return ok || clauses[word] != "" || slices.Contains(betweenStatements, word)
}

// basedPolicy tells of "policy slow extends flaky {" what does the same.
func (m misread) basedPolicy() (mistake, bool) {
	if m.Keyword != "policy" || m.at != 2 || !identifier.MatchString(m.words[1]) {
		return mistake{}, false
	}
	end := len(m.words)
	if m.words[end-1] == "{" {
		end--
	}
	_, isStatement := ProductionOf(m.word(2))
	if end < 4 || isStatement && m.words[2] != "use" {
		return mistake{}, false
	}
	var bases []string
	for i, t := range m.tokens[2:end] {
		switch {
		case t.Type == IdentToken && i > 0:
			bases = append(bases, t.Value)
		case t.Type != IdentToken && t.Type != punctToken:
			return mistake{}, false
		}
	}
	if len(bases) == 0 {
		return mistake{}, false
	}
	return m.mistake(2, end, noBase, "write policy "+m.words[1]+" {, and "+useAll(append(bases, m.words[1])))
}

const noBase = "a policy does not build on another"

// useAll is what to write instead of a policy that builds on others.
func useAll(policies []string) string {
	return "use " + strings.Join(policies, ", ") + " where it is used: the last one wins"
}

// keyOfParts tells of a key that is a part of an argument, or several arguments, which argument to add.
func (m misread) keyOfParts() (mistake, bool) {
	key := slices.Index(m.words, "key") + 1
	if m.Keyword != "dynamic" || key == 0 || key > m.at {
		return mistake{}, false
	}
	end := key
	for end < len(m.words) && !isRefClause(m.words[end]) && m.words[end] != "{" {
		end++
	}
	closing := key - 2 // the ")" of the arguments
	if m.at > end || m.word(closing) != ")" || closing < 3 {
		return mistake{}, false
	}
	var names []string
	for _, w := range m.words[key:end] {
		if identifier.MatchString(w) {
			names = append(names, w)
		}
	}
	if len(names) == 0 {
		return mistake{}, false
	}
	message, name := "a key is an argument itself", names[len(names)-1]
	isArgument := slices.Contains(m.words[:closing], name)
	switch {
	case !isArgument && len(names) < 2:
		return mistake{}, false
	case slices.Contains(m.words[key:end], "."):
		message, name = message+", and not a part of one", LowerInitial(name)
	case slices.Contains(m.words[key:end], ","):
		message, name = "a key is one argument", names[0]
		for _, n := range names[1:] {
			name += strings.ToUpper(n[:1]) + n[1:]
		}
	case !isArgument:
		return mistake{}, false
	}
	argument := []string{",", name, "string"}
	if slices.Contains(m.words[:closing], name) { // it is there already
		argument = nil
	}
	words := slices.Concat(m.words[:closing], argument, m.words[closing:key], []string{name}, m.words[end:])
	text, ok := m.asWritten(words)
	if !ok {
		return mistake{}, false
	}
	return m.mistake(key, end, message, "write "+text)
}

// oneReplica tells of "needs Shard[0]" that all replicas are meant.
func (m misread) oneReplica() (mistake, bool) {
	clause := ""
	words := slices.Clone(m.words)
	for i := len(words) - 1; i > 0; i-- {
		if word := words[i]; i < m.at && clauses[word] != "" {
			clause = word
			break
		}
		if i >= m.at && i+2 < len(words) && words[i] == "[" && words[i+2] == "]" && token.IsExported(words[i-1]) {
			words = slices.Delete(words, i, i+3)
		}
	}
	message, hint := "", "write "
	switch clause {
	case "needs":
		message, hint = "a single replica cannot be needed", "needs hands over all of them: write "
	case "wants":
		message, hint = "a single replica cannot be wanted", "wants hands over those that are ready: write "
	case "after":
		message, hint = "a single replica cannot be waited for", "after waits for all of them: write "
	case "of":
		message = "a single replica cannot have a sidecar"
	}
	text, ok := m.asWritten(words)
	if !ok || message == "" || m.word(m.at) != "[" || len(words) == len(m.words) {
		return mistake{}, false
	}
	return m.mistake(m.at, m.at+3, message, hint+text)
}

// howManyReplicas tells of a number of replicas that is none what it can be.
func (m misread) howManyReplicas() (mistake, bool) {
	open := slices.Index(m.words, "[")
	if open < 0 || open+1 > m.at || open != 2 && !(m.Keyword == "dynamic" && open == 3) {
		return mistake{}, false
	}
	end := open + 1
	for depth := 1; end < len(m.words); end++ {
		if m.words[end] == "[" {
			depth++
		} else if m.words[end] == "]" {
			depth--
		}
		if depth == 0 {
			break
		}
	}
	if end == len(m.words) || m.at > end || m.words[open+1] == "-" || m.words[open+1] == "]" {
		return mistake{}, false
	}
	text, ok := m.asWritten(m.with(open+1, end, "4"))
	if !ok || m.Keyword == "dynamic" {
		return mistake{}, false
	}
	hint := "write " + text
	if slices.ContainsFunc(m.tokens[open+1:end], func(t lexer.Token) bool { return t.Type == IdentToken }) {
		if text, ok := m.asWritten(m.with(open+1, end, "1", "..", "64")); ok {
			hint += ", or, where the configuration says how many, " + text
		}
		words := slices.Concat([]string{"dynamic"}, m.with(open, end+1, "(", ")"))
		if words[len(words)-1] == "{" {
			words = words[:len(words)-1]
		}
		if text, ok := m.asWritten(words); ok {
			hint += ", or, where only the running program knows it, " + text + " { with max N in its block"
		}
	}
	return m.mistake(open+1, end, "the number of replicas is a number in the file", hint)
}

// unclosed tells of a bracket that is never closed.
func (m misread) unclosed() (mistake, bool) {
	var open []int
	for i, w := range m.words {
		switch w {
		case "(", "[":
			open = append(open, i)
		case ")", "]":
			if len(open) == 0 {
				return mistake{}, false
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) != 1 {
		return mistake{}, false
	}
	from := open[0]
	if m.words[from] == "(" && m.Keyword != "dynamic" {
		return mistake{}, false
	}
	closing := map[string]string{"(": ")", "[": "]"}[m.words[from]]
	for i := from + 1; i <= len(m.words); i++ {
		words := slices.Concat(m.words[:i], []string{closing}, m.words[i:])
		if text, ok := m.asWritten(words); ok && readable(words) {
			return m.mistake(from, from+1, "\""+m.words[from]+"\" is never closed", "write "+text)
		}
	}
	return mistake{}, false
}

// readable reports whether the Go types in a line are types.
func readable(words []string) bool {
	return !slices.ContainsFunc(typesOf(lineOf(words)), func(d *TypeDecl) bool {
		_, err := d.Read()
		return err != nil
	})
}
