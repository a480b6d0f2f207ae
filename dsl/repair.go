package dsl

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/supgen/supgen/runtime"
)

// A repair is a line as it may have been meant, and how to tell whoever wrote another.
type repair struct {
	tokens []lexer.Token
	near   string // the word that was meant; "" if it is no matter of a word
	hint   string
}

// repaired is the first repair with which the line can be read, or can be read further than to the mistaken token.
func (p production) repaired(l *line, mistaken lexer.Token) (repair, bool) {
	at := slices.IndexFunc(l.tokens, func(t lexer.Token) bool { return t.Pos == mistaken.Pos })
	if at < 0 {
		return repair{}, false // the end of the line
	}
	for _, r := range p.repairs(l, at) {
		meant := &line{tokens: r.tokens}
		if _, err := p.parse(meant); err == nil || blamed(err, meant).Pos.Offset > mistaken.Pos.Offset {
			return r, true
		}
	}
	return repair{}, false
}

// repairs are what the line may have been meant to be, if it is the token at an index that is mistaken.
func (p production) repairs(l *line, at int) []repair {
	t := l.tokens[at]
	as := func(kind lexer.TokenType, value string) []lexer.Token {
		return l.with(at, at+1, lexer.Token{Type: kind, Value: value, Pos: t.Pos})
	}
	switch {
	case t.Type == intToken:
		return []repair{
			{tokens: as(durationToken, t.Value+"s"), hint: fmt.Sprintf("a duration has a unit: write %[1]sms, %[1]ss or %[1]sm", t.Value)},
			{tokens: as(percentToken, t.Value+"%"), hint: fmt.Sprintf("write %s%%", t.Value)},
		}
	case t.Type == stringToken:
		return []repair{{tokens: as(identToken, text(t)), hint: fmt.Sprintf("write %s, without quotes", text(t))}}
	case t.Type == identToken:
		near, _ := nearest(t.Value, p.words())
		return []repair{
			{tokens: as(identToken, near), near: near, hint: "write " + p.form},
			{tokens: as(stringToken, `"x"`), hint: fmt.Sprintf("write %q, in quotes", t.Value)},
		}
	case t.Value == ":" || t.Value == "=" || t.Value == ";" || t.Value == "-" && at == 0: // as in a list of YAML
		return []repair{{tokens: l.with(at, at+1), hint: fmt.Sprintf("leave the %q out: write %s", t.Value, p.form)}}
	case t.Value == "-":
		return p.joined(l, at)
	}
	return nil
}

// joined is one_for_one for one-for-one.
func (p production) joined(l *line, at int) []repair {
	word, to := l.tokens[at-1].Value, at
	for ; to+1 < len(l.tokens) && l.tokens[to].Value == "-"; to += 2 {
		word += "_" + l.tokens[to+1].Value
	}
	near, ok := nearest(word, slices.Concat(restartKinds, labels(runtime.OneForOne), labels(runtime.OutcomeSuccess)))
	if !ok {
		return nil
	}
	t := l.tokens[at-1]
	t.Value = near
	return []repair{{tokens: l.with(at-1, to, t), near: near, hint: "write " + p.form}}
}

var literal = regexp.MustCompile(`"([a-z]+)"`)

// words are those that the statement can have.
func (p production) words() []string {
	var words []string
	for _, m := range literal.FindAllStringSubmatch(p.text(), -1) {
		words = append(words, m[1])
	}
	return words
}

// clauses are words that begin no statement but are a part of one.
var clauses = map[string]string{
	"needs": "service NAME needs A, B",
	"after": "service NAME after A, B",
	"key":   "dynamic worker NAME(id string) key id",
	"of":    "sidecar NAME of X",
	"at":    "on OUTCOME at start ACTION",
}

// synonyms are what others say for a word of the language.
var synonyms = map[string]string{
	"always":     "permanent",
	"on_failure": "transient",
	"never":      "temporary",
	"no":         "temporary",
	"infinity":   "unlimited",
	"requires":   "needs",
	"depends":    "needs",
	"depends_on": "needs",
	"wants":      "after",
	"for":        "of",
	"crash":      "failure",
	"kill":       "stop",
	"retry":      "limit",
	"retries":    "limit",
	"daemon":     "service",
	"task":       "job",
}
