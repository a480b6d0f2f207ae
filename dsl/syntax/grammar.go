package syntax

import (
	"encoding"
	"errors"
	"strings"
	"sync"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"
	"github.com/supgen/supgen/runtime/policy"
)

// A Production reads one statement. The keyword that a line begins with picks it, so that within one a single token
// is enough to go by (LL(1)), and the first token that does not fit is the one to blame.
type Production struct {
	Keyword string
	Form    string // how it is written, for people
	Opens   bool   // a block, or may
	*grammar
}

// Grammar returns what the production reads, in EBNF.
func (p Production) Grammar() string {
	if p.Keyword == importOpening.Keyword {
		return p.text() + "\n" + importOpening.text()
	}
	return p.text()
}

// An anyDecl is what a statement says: a pointer to one of the Decls.
type anyDecl any

// A grammar is participle's of a Decl. The Decl is the only one of a union, and its parser is made when it is first
// used: with a type of parser for each Decl there would be all of participle's code again for each, to compile and to
// load.
type grammar struct {
	parser func() *participle.Parser[anyDecl]
	text   func() string // in EBNF
}

func grammarOf(decl anyDecl) *grammar {
	options := []participle.Option{participle.Union(decl), participle.Lexer(language{}), participle.UseLookahead(0)}
	parser := func() *participle.Parser[anyDecl] { return participle.MustBuild[anyDecl](options...) }
	text := func() string {
		// Participle writes the grammar of a struct only.
		type holder struct {
			Decl anyDecl `parser:"@@"`
		}
		text := participle.MustBuild[holder](options...).String()
		_, text, _ = strings.Cut(text, "\n") // the holder
		_, text, _ = strings.Cut(text, "\n") // the union
		return text
	}
	return &grammar{sync.OnceValue(parser), sync.OnceValue(text)}
}

// parse reads a line.
func (g *grammar) parse(l *line) (any, error) {
	tokens, err := lexer.Upgrade(&lineReader{line: l})
	if err != nil {
		return nil, err
	}
	decl, err := g.parser().ParseFromLexer(tokens)
	return *decl, err
}

func of(g *grammar, keyword, form string) Production {
	opens := strings.HasSuffix(form, "{") || strings.HasSuffix(form, "[{]")
	return Production{keyword, form, opens, g}
}

// childGrammar is the same for all roles.
var childGrammar = grammarOf((*ChildDecl)(nil))

// Productions are all statements, in the order in which the manual has them.
var Productions = []Production{
	of(grammarOf((*PackageDecl)(nil)), "package", "package NAME"),
	of(grammarOf((*ImportSpec)(nil)), "import", "import [ALIAS] \"PATH\", or import ( and one import a line"),
	of(grammarOf((*PolicyDecl)(nil)), "policy", "policy NAME {"),
	of(childGrammar, "supervisor", "supervisor NAME [needs A, B] [after C] {"),
	of(childGrammar, "service", "service NAME[N] [needs A, B] [wants C] [after D] [{]"),
	of(childGrammar, "worker", "worker NAME[N] [needs A, B] [wants C] [after D] [{]"),
	of(childGrammar, "job", "job NAME[N] [needs A, B] [wants C] [after D] [{]"),
	of(childGrammar, "sidecar", "sidecar NAME of X [linked] [needs A, B] [wants C] [after D] [{]"),
	of(childGrammar, "dynamic", "dynamic ROLE NAME(ARG TYPE, ...) [key ARG] [needs A, B] [wants C] [after D] [{]"),
	of(childGrammar, "group", "group NAME {"),
	of(grammarOf((*DefaultsDecl)(nil)), "defaults", "defaults {"),
	of(grammarOf((*StrategyDecl)(nil)), "strategy", "strategy one_for_one | one_for_all | rest_for_one"),
	of(grammarOf((*RateDecl)(nil)), "intensity", "intensity N in DURATION"),
	of(grammarOf((*RateDecl)(nil)), "limit", "limit N in DURATION"),
	of(grammarOf((*RestartDecl)(nil)), "restart", "restart permanent | transient | temporary"),
	of(grammarOf((*OnDecl)(nil)), "on", "on OUTCOME [at start] ACTION, or on OUTCOME [at start] quarantine D"),
	of(grammarOf((*BackoffDecl)(nil)), "backoff", "backoff A..B [factor F] [jitter P% | full | decorrelated] [reset D], backoff A, or backoff none"),
	of(grammarOf((*ThrottleDecl)(nil)), "throttle", "throttle N refill DURATION"),
	of(grammarOf((*ConcurrencyDecl)(nil)), "concurrency", "concurrency N"),
	of(grammarOf((*ProvidesDecl)(nil)), "provides", "provides GOTYPE"),
	of(grammarOf((*ReadyDecl)(nil)), "ready", "ready immediate, ready explicit [within D], or ready check every D timeout D [within D]"),
	of(grammarOf((*HealthDecl)(nil)), "health", "health heartbeat D stale D [dead D], or health check every D timeout D [fail N]"),
	of(grammarOf((*ShutdownDecl)(nil)), "shutdown", "shutdown D [abort D], or shutdown unlimited"),
	of(grammarOf((*LameDuckDecl)(nil)), "lame_duck", "lame_duck DURATION"),
	of(grammarOf((*TimeoutDecl)(nil)), "timeout", "timeout DURATION"),
	of(grammarOf((*MaxDecl)(nil)), "max", "max N"),
	of(grammarOf((*FinishDecl)(nil)), "finish", "finish when any|all A, B"),
	of(grammarOf((*optionalDecl)(nil)), "optional", "optional"),
	of(grammarOf((*TagsDecl)(nil)), "tags", "tags \"A\", \"B\""),
	of(grammarOf((*UseDecl)(nil)), "use", "use POLICY, ..."),
}

// Two forms of import do not begin a line with a keyword that is theirs alone.
var (
	importOpening = of(grammarOf((*ImportDecl)(nil)), "import", "import (")
	importLine    = of(grammarOf((*ImportSpec)(nil)), "", "[ALIAS] \"PATH\"")
)

// Reserved are the words that a later version of the language has a meaning for.
var Reserved = map[string]string{
	"process":   "children that are processes of the operating system",
	"every":     "jobs that run by the clock",
	"place":     "children that run on certain machines",
	"singleton": "children that run once in a cluster",
	"include":   "trees that are declared in other packages",
}

// ProductionOf finds the production for a keyword.
func ProductionOf(keyword string) (Production, bool) {
	p, ok := productions[keyword]
	return p, ok
}

// productions are those of Productions, by their keywords.
var productions = func() map[string]Production {
	of := make(map[string]Production, len(Productions))
	for _, p := range Productions {
		of[p.Keyword] = p
	}
	return of
}()

// keywords are all words that begin a statement.
func keywords() []string {
	words := make([]string, len(Productions))
	for i, p := range Productions {
		words[i] = p.Keyword
	}
	return words
}

// matched is what a Parseable returns: participle then blames the next token, as it does in its own productions.
func matched(ok bool) error {
	if ok {
		return nil
	}
	return participle.NextMatch
}

// blamed is the token that a production could not read. Its position is all that is used of participle's error:
// the form of the statement says what was expected instead, in the language's words.
func blamed(err error, l *line) lexer.Token {
	var e participle.Error
	if !errors.As(err, &e) {
		panic(err) // the scanner lets no value through that a Decl cannot hold
	}
	for _, t := range l.tokens {
		if t.Pos.Offset >= e.Position().Offset {
			return t
		}
	}
	return lexer.EOFToken(endOfLine(l.tokens))
}

// The words that may stand in some places.
var (
	RestartKinds = []string{"permanent", "transient", "temporary"}
	Strategies   = labels(policy.OneForOne)
	Actions      = labels(policy.ActionRetry)
	Outcomes     = append([]string{"failure"}, labels(policy.OutcomeSuccess)...)
)

// labels are the words for the values of a noun, from the first on.
func labels[T interface {
	~uint8
	encoding.TextMarshaler
}](first T) []string {
	var words []string
	for v := first; ; v++ {
		word, err := v.MarshalText()
		if err != nil {
			return words
		}
		words = append(words, string(word))
	}
}
