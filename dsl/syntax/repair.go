package syntax

import (
	"cmp"
	"fmt"
	"go/token"
	"iter"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/supgen/supgen/dsl/diag"
)

// A repair is a line as it may have been meant, word by word, and how to tell the author of another.
type repair struct {
	words []string
	near  string   // the word that was meant; "" if it is not about a word
	why   string   // what to say before the line as it was meant
	hint  string   // what to say instead of it, where only the author knows what was meant
	each  []string // the words that it may have been then, in the place of the mistaken one
}

// maxRepairs bounds how many repairs a line takes, maxRepaired how many lines of a file are repaired, and longestRepaired
// how many tokens they have: who makes more mistakes than that has examples enough.
const (
	maxRepairs      = 8
	maxRepaired     = 200
	longestRepaired = 100
)

// repaired looks for what a line with a mistake was meant to say: it repairs the first token that cannot be read, and the
// next, until all of it can. It returns the first of the repairs, with a hint. Where there is only one that gets further,
// and not to the end, it is that.
func (p Production) repaired(l *line, mistaken lexer.Token) (first repair, ok bool) {
	words, at := l.words(), l.index(mistaken)
	for round := range maxRepairs {
		r, rest, done := p.better(words, at)
		if rest < 0 {
			break
		}
		if round == 0 {
			first, ok = r, true
		}
		if done {
			if round > 0 {
				first.each = nil // it is not the only mistake
			}
			if first.hint == "" {
				first.hint = "write " + written(lineOf(r.words))
				if first.why != "" {
					first.hint = first.why + ": " + first.hint
				}
			}
			return first, true
		}
		words, at = r.words, len(r.words)-rest
	}
	if ok && first.hint == "" {
		first.hint = "write " + p.Form
	}
	first.each = nil
	return first, ok
}

// better is the first repair that lets a line be read to its end, or else the first with which it can be read further:
// rest is how many words are then left, or -1 if no repair helps.
func (p Production) better(words []string, at int) (best repair, rest int, done bool) {
	rest = -1
	for _, r := range p.repairs(words, at) {
		meant := lineOf(r.words)
		if _, bad := meant.bad(); bad {
			continue
		}
		_, err := p.parse(meant)
		if err == nil {
			return r, 0, true
		}
		if left := len(meant.tokens) - meant.index(blamed(err, meant)); rest < 0 && left < len(words)-at {
			best, rest = r, left
			best.words = meant.words()
		}
	}
	return best, rest, false
}

// words are the tokens of a line.
func (l *line) words() []string {
	words := make([]string, len(l.tokens))
	for i, t := range l.tokens {
		words[i] = t.Value
	}
	return words
}

// index is where a token stands in the line; behind all of it if it is its end.
func (l *line) index(t lexer.Token) int {
	i := slices.IndexFunc(l.tokens, func(other lexer.Token) bool { return other.Pos == t.Pos })
	if i < 0 {
		return len(l.tokens)
	}
	return i
}

// lineOf is a line of its own with some words.
func lineOf(words []string) *line { return scanned(strings.Join(words, " ")) }

// scanned is a line of its own with a text.
func scanned(text string) *line {
	s := newScanner("", []byte(text))
	s.scan()
	return &line{tokens: slices.DeleteFunc(s.tokens, func(t lexer.Token) bool { return t.Type == newlineToken })}
}

// written is the canonical form of a line that can be read.
func written(l *line) string {
	var b strings.Builder
	for _, p := range unitsOf(l, nil) {
		if p.spaced {
			b.WriteByte(' ')
		}
		b.WriteString(p.text)
	}
	return b.String()
}

// repairs are what the line may have been meant to be, if it is the word at an index that is mistaken.
func (p Production) repairs(words []string, at int) []repair {
	with := func(from, to int, others ...string) repair {
		return repair{words: slices.Concat(words[:max(from, 0)], others, words[min(to, len(words)):])}
	}
	word := func(i int) string {
		if i < 0 || i >= len(words) {
			return ""
		}
		return words[i]
	}
	before, w, after := word(at-1), word(at), word(at+1)
	if p.Keyword == "dynamic" && (before == "(" || before == ",") { // (string id)
		to := at
		for to < len(words) && words[to] != "," && words[to] != ")" {
			to++
		}
		if name := word(to - 1); to-at > 1 && identifier.MatchString(name) {
			swapped := with(at, to, slices.Concat([]string{name, cmp.Or(javaTypes[w], w)}, words[at+1:to-1])...)
			swapped.why = "the name comes before the type"
			return []repair{swapped}
		}
	}
	if w == "" { // the end of the line
		switch {
		case before == ",":
			return []repair{with(at-1, at)}
		case (before == "(" || before == "[") && p.Opens:
			return []repair{with(at-1, at, "{")}
		case p.Keyword == "policy" && before != "policy" || p.Keyword == "defaults":
			return []repair{with(at, at, "{")}
		case p.isImport() && before != "import" && identifier.MatchString(before):
			return []repair{with(at-1, at, inQuotes(before))}
		}
		return nil
	}
	switch kind := kindOfWord(w); {
	case kind == IntToken:
		if unit := units[after]; unit != "" || after == "%" {
			return []repair{with(at, at+2, w+cmp.Or(unit, "%"))}
		}
		asDuration, asPercent := with(at, at+1, w+"s"), with(at, at+1, w+"%")
		asDuration.hint = fmt.Sprintf("a duration has a unit: write %[1]sms, %[1]ss or %[1]sm", w)
		asDuration.each = []string{w + "ms", w + "s", w + "m"}
		repairs := []repair{asDuration, asPercent, with(at, at+1, "[", w, "]")}
		if before == "(" && after == ")" { // P(3)
			repairs = append(repairs, with(at-1, at+2, "[", w, "]"))
		}
		return repairs
	case kind == floatToken && groupsOfFloat.MatchString(w):
		return []repair{with(at, at+1, strings.ReplaceAll(w, ".", "_"))}
	case kind == floatToken && strings.HasPrefix(w, "0."):
		percentage := (w[len("0."):] + "0")[:2]
		return []repair{with(at, at+1, cmp.Or(strings.TrimLeft(percentage, "0"), "0")+"%")}
	case kind == stringToken:
		unquoted := strings.Trim(w, `"`)
		asWord := with(at, at+1, unquoted)
		if identifier.MatchString(unquoted) || kindOfWord(unquoted) != badToken {
			asWord.why = "without quotes"
			return []repair{asWord, with(at, at, ",")}
		}
		return []repair{with(at, at, ",")}
	case kind == DurationToken:
		var repairs []repair
		if isPart(before, w) {
			joined := with(at-1, at+1, before+w)
			joined.why = "a duration is one word"
			return []repair{joined}
		}
		if p.Keyword == "ready" && at == 1 {
			return []repair{with(at, at, "explicit", "within")}
		}
		for _, word := range append([]string{"..", "in", "refill"}, p.words()...) {
			repairs = append(repairs, with(at, at, word))
		}
		return repairs
	case kind == IdentToken:
		return p.repairsOfWord(words, at, with)
	}
	left := with(at, at+1)
	left.why = fmt.Sprintf("leave the %q out", w)
	switch w {
	case "-":
		switch {
		case kindOfWord(after) == IntToken || kindOfWord(after) == DurationToken && kindOfWord(before) != DurationToken:
			left.hint = "a number is never negative here: write " + p.Form
			return []repair{left}
		case after == ">":
			left = with(at, at+2)
			left.why = `leave the "->" out`
			return []repair{left, with(at, at+2, "needs")}
		}
		return append(p.joined(words, at), with(at, at+1, ".."), left)
	case ",":
		switch {
		case p.Keyword == "dynamic": // (id, name string)
			return []repair{with(at, at, word(at+2))}
		case p.grammar == childGrammar:
			return []repair{left}
		}
		return []repair{with(at, at+1, ".."), with(at, at+1, "in"), left}
	case "&", "+":
		return []repair{with(at, at+1, ","), left}
	case "(":
		if words[0] == "dynamic" && at == 2 { // the role is missing
			return []repair{with(1, 1, "worker")}
		}
		return []repair{with(at, at+1, "["), left}
	case ")":
		switch {
		case p.Keyword == "dynamic" && Predeclared[before] == predeclaredType:
			left = with(at-1, at, "id", before)
			left.why = "an argument has a name and a type"
			return []repair{left}
		case p.Keyword == "dynamic" && identifier.MatchString(before):
			left = with(at, at, "string")
			left.why = "an argument has a name and a type"
			return []repair{left}
		case p.grammar == childGrammar && word(at-2) == "(" && identifier.MatchString(before):
			return []repair{with(at-2, at+1, "needs", before)}
		}
		return []repair{with(at, at+1, "]"), left}
	case "/":
		return append(p.joined(words, at), with(at, at+1, "in"), left)
	case "*":
		if p.Keyword == "on" {
			return []repair{with(at, at+1, "failure")}
		}
		return []repair{with(at, at+2, "[", after, "]"), left}
	case ".":
		return append(p.joined(words, at), left)
	case ":", "=":
		if after == "=" || after == ">" {
			left = with(at, at+2)
			left.why = fmt.Sprintf("leave the %q out", w+after)
		}
		if at == len(words)-1 && (words[0] == "supervisor" || words[0] == "group") {
			return []repair{with(at, at+1, "{")}
		}
		return []repair{left, with(at, at+1, "needs")}
	case "]":
		if before == "[" {
			left = with(at-1, at+1)
		}
		return []repair{left}
	case "[", "{", "}", ";", ">", "<", "|", "\\", "!", "$", "@", "?":
		return []repair{left}
	}
	return nil
}

// repairsOfWord are the repairs where a word is mistaken.
func (p Production) repairsOfWord(words []string, at int, with func(from, to int, others ...string) repair) []repair {
	w := words[at]
	var repairs []repair
	if near, ok := diag.Nearest(w, p.wordsFor(words[0])); ok {
		r := with(at, at+1, near)
		if at+1 < len(words) && words[at+1] == "on" { // depends on
			r = with(at, at+2, near)
		}
		r.near = near
		repairs = append(repairs, r)
	}
	if meant := ofChecks[w]; slices.Contains(p.words(), meant) {
		r := with(at, at+1, meant)
		r.near = meant
		repairs = append(repairs, r)
	}
	switch w {
	case "and", "plus":
		return []repair{with(at, at+1, ",")}
	case "to", "until":
		return []repair{with(at, at+1, "..")}
	case "exponential", "linear", "constant", "fixed", "from", "initial", "min", "max", "base":
		if p.Keyword == "backoff" {
			repairs = append(repairs, with(at, at+1))
		}
	case "x", "replicas", "instances", "count":
		if at+1 < len(words) {
			repairs = append(repairs, with(at, at+2, "[", words[at+1], "]"))
		}
	case "do", "then", "begin":
		if at == len(words)-1 && p.Opens {
			repairs = append(repairs, with(at, at+1, "{"))
		}
	case "true", "the", "is":
		repairs = append(repairs, with(at, at+1))
	case "false":
		none := with(at, at+1)
		none.hint = "leave the statement out"
		return []repair{none}
	case "brutal_kill":
		now := with(at, at+1, "1ms")
		now.hint = Begins[w]
		return []repair{now}
	case "as": // import "path" as NAME
		if at >= 2 && at+2 == len(words) {
			repairs = append(repairs, with(at-1, at+2, words[at+1], words[at-1]))
		}
	case "for": // on OUTCOME quarantine for D
		if p.Keyword == "on" {
			repairs = append(repairs, with(at, at+1))
		}
	case "needs", "wants", "after":
		later := refClauses[slices.Index(refClauses, w)+1:]
		if i := slices.IndexFunc(words[:at], func(word string) bool { return slices.Contains(later, word) }); i > 0 {
			first := slices.IndexFunc(words, isRefClause)
			sorted := with(first, len(words), inClauseOrder(words[first:])...)
			sorted.why = fmt.Sprintf("%q stands before %q", w, words[i])
			repairs = append(repairs, sorted)
		}
		repairs = append(repairs, with(at, at+1, ","))
	case "at": // on OUTCOME ACTION at start
		if at >= 2 && at+2 == len(words) {
			repairs = append(repairs, with(at-1, at+2, "at", "start", words[at-1]))
		}
	}
	if at >= 2 && clauses[words[at-1]] != "" && words[at-2] == "," {
		repairs = append(repairs, with(at-2, at-1), with(at-1, at)) // needs A, after B; needs A, needs B
	}
	if p.grammar == childGrammar {
		if words[1] == "dynamic" {
			repairs = append(repairs, with(0, 2, "dynamic", words[0]))
		}
		if words[0] == "sidecar" {
			repairs = append(repairs, with(at, at, "of"))
		}
		if identifier.MatchString(words[at-1]) && at > 2 && token.IsExported(w) { // a keyword is not a child
			repairs = append(repairs, with(at, at, ","))
		}
		return repairs
	}
	for _, word := range []string{"in", "refill"} { // limit 3 per 5m
		repairs = append(repairs, with(at, at+1, word))
	}
	if !p.Opens {
		for _, word := range p.words() { // ready within 5s
			repairs = append(repairs, with(at, at, word))
		}
	}
	asString := with(at, at+1, inQuotes(w))
	asString.why = "in quotes"
	return append(repairs, asString, with(at, at, ","))
}

// refClauses are the clauses that name other children, in their order.
var refClauses = []string{"needs", "wants", "after"}

func isRefClause(word string) bool { return slices.Contains(refClauses, word) }

// inClauseOrder puts what follows a child's name into the order of the clauses.
func inClauseOrder(words []string) []string {
	var clauses [][]string
	var brace []string
	for _, w := range words {
		switch {
		case isRefClause(w):
			clauses = append(clauses, []string{w})
		case w == "{":
			brace = []string{w}
		default:
			clauses[len(clauses)-1] = append(clauses[len(clauses)-1], w)
		}
	}
	slices.SortStableFunc(clauses, func(a, b []string) int { return slices.Index(refClauses, a[0]) - slices.Index(refClauses, b[0]) })
	return append(slices.Concat(clauses...), brace...)
}

// ofChecks are the words of others for the parts of ready and health.
var ofChecks = map[string]string{
	"retries": "fail", "attempts": "fail", "failures": "fail", "failureThreshold": "fail", "threshold": "fail", "max_failures": "fail",
	"interval": "every", "period": "every", "periodSeconds": "every", "timeoutSeconds": "timeout",
	"start_period": "within", "initialDelaySeconds": "within",
}

// isPart reports whether a duration goes on where another ends: 1m 30s.
func isPart(before, w string) bool {
	if kindOfWord(before) != DurationToken || before == "0" {
		return false
	}
	whole, err := time.ParseDuration(before)
	part, err2 := time.ParseDuration(w)
	unit, err3 := time.ParseDuration("1" + strings.TrimLeft(before[strings.LastIndexAny(before, "0123456789."):], "0123456789."))
	return err == nil && err2 == nil && err3 == nil && whole > 0 && part < unit
}

// joined is one_for_one for one-for-one, "database/sql" for database/sql, and MyDb for my-db.
func (p Production) joined(words []string, at int) []repair {
	from, to := at, at+1
	for from > 1 && isMark(words[from]) && identifier.MatchString(words[from-1]) || from == 1 && p.Keyword == "" && isMark(words[1]) {
		if from--; from > 1 && isMark(words[from-1]) {
			from--
		}
	}
	for to < len(words) && (isMark(words[to]) || identifier.MatchString(words[to]) || integer.MatchString(words[to])) && isMark(words[to]) != isMark(words[to-1]) {
		to++
	}
	if from >= at || to == at+1 {
		return nil
	}
	parts := words[from:to]
	as := func(word string) repair {
		return repair{words: slices.Concat(words[:from], []string{word}, words[to:])}
	}
	switch {
	case p.isImport():
		importPath := strings.Join(parts, "")
		if to < len(words) && kindOfWord(words[to]) == stringToken { // nats.go "github.com/nats-io/nats.go"
			return []repair{as(GoName(strings.Join(NameParts(importPath), "")))}
		}
		if last := LastElement(importPath); !identifier.MatchString(last) && from < 2 {
			return []repair{as(GoName(strings.Join(NameParts(last), "")) + " " + inQuotes(importPath))}
		}
		return []repair{as(inQuotes(importPath))}
	case p.Keyword == "package" && words[at] == "-":
		return []repair{as(strings.ReplaceAll(strings.Join(parts, ""), "-", ""))}
	case p.Keyword == "package":
		return []repair{as(parts[len(parts)-1])}
	case words[at] != "-":
		return nil
	case p.Keyword == "on" && words[at-1] == "at" && at+1 < len(words) && words[at+1] == "start":
		return []repair{{words: slices.Concat(words[:at], words[at+1:])}}
	case p.grammar == childGrammar:
		name := ""
		for _, part := range parts {
			if !isMark(part) {
				name += strings.ToUpper(part[:1]) + part[1:]
			}
		}
		return []repair{as(name)}
	}
	// Only the words before and behind the dashes belong to one: the action of on stands behind the outcome.
	end := at
	for end+1 < len(words) && words[end] == "-" {
		end += 2
	}
	values := slices.Concat(RestartKinds, Strategies, Outcomes)
	switch p.Keyword {
	case "restart":
		values = RestartKinds
	case "strategy":
		values = Strategies
	}
	near, ok := diag.Nearest(strings.ReplaceAll(strings.Join(words[at-1:end], ""), "-", "_"), values)
	if !ok {
		return nil
	}
	return []repair{{words: slices.Concat(words[:at-1], []string{near}, words[end:]), near: near}}
}

// joinedWith is the range of the words that dashes without spaces join, if a dash in it is mistaken.
func (l *line) joinedWith(mistaken lexer.Token) (from, to int) {
	at := l.index(mistaken)
	if mistaken.Value != "-" || at == 0 {
		return at, at
	}
	joins := func(i int) bool { // token i to the one before it
		return End(l.tokens[i-1]) == Begin(l.tokens[i]) && (l.tokens[i-1].Value == "-") != (l.tokens[i].Value == "-")
	}
	for from, to = at, at+1; from > 1 && joins(from); {
		from--
	}
	for to < len(l.tokens) && (l.tokens[to].Type == IdentToken || l.tokens[to].Value == "-") && joins(to) {
		to++
	}
	for i := from; i < to; i++ {
		if t := l.tokens[i]; t.Value != "-" && t.Type != IdentToken {
			return at, at
		}
	}
	return from, to
}

// valueOf is what the word behind a keyword is.
var valueOf = map[string]string{"restart": "restart", "strategy": "strategy", "on": "outcome"}

// rows are those that were meant by one with several outcomes: on error, panic escalate.
func (l *line) rows() []string {
	words := slices.DeleteFunc(l.words()[1:], func(w string) bool { return slices.Contains(betweenOutcomes, w) })
	n := 0
	for n < len(words) && (slices.Contains(Outcomes, words[n]) || slices.Contains(Outcomes, diag.Synonyms[words[n]])) {
		if words[n] != "failure" && !slices.Contains(Outcomes, words[n]) {
			words[n] = diag.Synonyms[words[n]]
		}
		n++
	}
	if l.first().Value != "on" || n < 2 {
		return nil
	}
	return statements("on", func(yield func([]string) bool) {
		for _, outcome := range words[:n] {
			if !yield(append([]string{outcome}, words[n:]...)) {
				return
			}
		}
	})
}

// betweenOutcomes is what stands between several of something, or around them.
var betweenOutcomes = []string{",", "|", "/", "&", "+", "or", "and", "[", "]", "(", ")", "{", "}", ":", "=", ";", "-", ">"}

// statements are those of a keyword with some words behind it each, as they are written; nil if one cannot be read.
func statements(keyword string, rests iter.Seq[[]string]) []string {
	p, _ := ProductionOf(keyword)
	var all []string
	for rest := range rests {
		text, ok := p.asWritten(append([]string{keyword}, rest...))
		if !ok {
			return nil
		}
		all = append(all, text)
	}
	return all
}

// isAssignment reports whether a word is a mark of those that stand between a name and its value, behind a value, or around
// a block in other languages.
func isAssignment(word string) bool {
	return slices.Contains([]string{":", "=", ",", ";", "{", "}"}, word)
}

// joinedParts is the hint for a statement whose parts were written below each other: the parts in the order that can be
// read, or in theirs with what is missing, or one statement for each part. A name in front of a value may be left out:
// limit { count 3, window 5m }.
func (p Production) joinedParts(head []string, parts [][]string) string {
	parts = slices.DeleteFunc(parts, func(part []string) bool { return len(part) == 0 })
	for i, part := range parts {
		if meant := ofChecks[part[0]]; slices.Contains(p.words(), meant) {
			part[0] = meant
		}
		if len(part) > 1 && !slices.Contains(p.words(), part[0]) && p.Keyword != "on" && kindOfWord(part[0]) == IdentToken {
			parts[i] = part[1:]
			if p.Keyword == "backoff" && slices.Contains([]string{"max", "maximum", "cap", "to", "until"}, part[0]) {
				parts[i] = append([]string{".."}, part[1:]...)
			}
		}
	}
	words := slices.Concat([]string{p.Keyword}, head, slices.Concat(parts...))
	if len(parts) == 0 || len(words) > longestRepaired {
		return ""
	}
	if text, ok := p.asWritten(words); ok {
		return "write " + text
	}
	if len(parts) <= 4 { // 24 orders
		for order := range permutations(parts) {
			if text, ok := p.asWritten(slices.Concat([]string{p.Keyword}, head, slices.Concat(order...))); ok {
				return "write " + text
			}
		}
	}
	var listed []string
	for _, part := range parts {
		listed = append(append(listed, part...), ",")
	}
	if text, ok := p.asWritten(slices.Concat([]string{p.Keyword}, head, listed[:len(listed)-1])); ok {
		return "write " + text
	}
	if all := statements(p.Keyword, slices.Values(parts)); all != nil && len(head) == 0 {
		return "write\n\t" + strings.Join(all, "\n\t")
	}
	l := lineOf(words)
	if _, err := p.parse(l); err != nil {
		if r, ok := p.repaired(l, blamed(err, l)); ok && r.hint != "write "+p.Form {
			return r.hint
		}
	}
	return ""
}

// permutations are the orders of some parts.
func permutations(parts [][]string) iter.Seq[[][]string] {
	return func(yield func([][]string) bool) { permute(nil, parts, yield) }
}

func permute(first, rest [][]string, yield func([][]string) bool) bool {
	if len(rest) == 0 {
		return yield(first)
	}
	for i := range rest {
		if !permute(append(slices.Clip(first), rest[i]), slices.Concat(rest[:i], rest[i+1:]), yield) {
			return false
		}
	}
	return true
}

// onTheirOwn is the hint for lines that are written as one: what each of them says; of no lines it is "".
func onTheirOwn(lines []*line) string {
	if len(lines) == 0 {
		return ""
	}
	var all []string
	depth := 0
	for _, l := range lines {
		for rest := l.words(); len(rest) > 0; {
			n := slices.IndexFunc(rest, func(w string) bool { return w == ";" })
			if i := slices.Index(rest, ","); n < 0 && i >= 0 && i+1 < len(rest) {
				if _, begins := ProductionOf(rest[i+1]); begins {
					n = i
				}
			}
			words := rest[:max(n, 0)]
			if n < 0 {
				words, n = rest, len(rest)-1
			}
			rest = rest[n+1:]
			if len(words) == 0 {
				continue
			}
			p, _ := ProductionOf(words[0])
			text := "}"
			if p.grammar != nil {
				var ok bool
				if text, ok = p.asWritten(words); !ok {
					return ""
				}
			} else if words[0] != "}" || len(words) > 1 {
				return ""
			}
			if text == "}" {
				depth--
			}
			all = append(all, strings.Repeat("\t", max(depth, 0))+text)
			if strings.HasSuffix(text, "{") {
				depth++
			}
		}
	}
	if len(lines) == 2 && len(all) == 2 && all[1] == "}" {
		words := lines[0].words()
		if p, _ := ProductionOf(words[0]); p.grammar == childGrammar && p.Keyword != "supervisor" && p.Keyword != "group" {
			if text, ok := p.asWritten(words[:len(words)-1]); ok {
				return "write " + text
			}
		}
	}
	return "write each on a line of its own:\n\t" + strings.Join(all, "\n\t")
}

// asWritten is the canonical form of a line with some words, if it can be read.
func (p Production) asWritten(words []string) (text string, ok bool) {
	l := lineOf(words)
	if _, bad := l.bad(); bad || len(l.tokens) == 0 {
		return "", false
	}
	if _, err := p.parse(l); err != nil {
		return "", false
	}
	return written(l), true
}

// isImport reports whether a line of the production is an import.
func (p Production) isImport() bool { return p.Keyword == "import" || p.Keyword == "" }

func isMark(word string) bool { return word == "-" || word == "/" || word == "." }

func inQuotes(word string) string { return `"` + word + `"` }

// groupsOfFloat is a number with points between its thousands.
var groupsOfFloat = regexp.MustCompile(`^[1-9][0-9]{0,2}\.[0-9]{3}$`)

var identifier = regexp.MustCompile(`^[\pL_][\pL_\p{Nd}]*$`)

// kindOfWord is the kind of token that a word is.
func kindOfWord(word string) lexer.TokenType {
	l := scanned(word)
	if len(l.tokens) != 1 {
		return badToken
	}
	return l.tokens[0].Type
}

// words are those that the statement can have.
func (p Production) words() []string {
	var words []string
	for _, m := range literal.FindAllStringSubmatch(p.text(), -1) {
		words = append(words, m[1])
	}
	return words
}

// wordsFor are the words of the statement that it can have behind one keyword of several.
func (p Production) wordsFor(keyword string) []string {
	return slices.DeleteFunc(p.words(), func(w string) bool {
		return p.grammar == childGrammar && (w == "key" && keyword != "dynamic" || (w == "of" || w == "linked") && keyword != "sidecar")
	})
}

var literal = regexp.MustCompile(`"([a-z]+)"`)
