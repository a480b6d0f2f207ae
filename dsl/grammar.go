package dsl

import (
	"errors"
	"strings"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"
)

// A production reads one statement. The keyword that a line begins with picks it, so that within one a single token
// is enough to go by (LL(1)), and the first token that does not fit is the one to blame.
type production struct {
	keyword string
	form    string // how it is written, for whoever wrote it otherwise
	opens   bool   // a block
	parse   func(*line) (any, error)
	grammar func() string // in EBNF
}

func of[Decl any](keyword, form string) production {
	parser := participle.MustBuild[Decl](participle.Lexer(language{}), participle.UseLookahead(0))
	parse := func(l *line) (any, error) {
		tokens, err := lexer.Upgrade(&lineReader{line: l})
		if err != nil {
			return nil, err
		}
		return parser.ParseFromLexer(tokens)
	}
	opens := strings.HasSuffix(form, "{") || strings.HasSuffix(form, "[{]")
	return production{keyword, form, opens, parse, parser.String}
}

// productions are all statements, in the order in which the manual has them.
var productions = []production{
	of[packageDecl]("package", "package NAME"),
	of[importSpec]("import", "import [ALIAS] \"PATH\", or import ( and one import a line"),
	of[policyDecl]("policy", "policy NAME {"),
	of[childDecl]("supervisor", "supervisor NAME [needs A, B] [after C] {"),
	of[childDecl]("service", "service NAME[N] [needs A, B] [after C] [{]"),
	of[childDecl]("worker", "worker NAME[N] [needs A, B] [after C] [{]"),
	of[childDecl]("job", "job NAME[N] [needs A, B] [after C] [{]"),
	of[childDecl]("sidecar", "sidecar NAME of X [linked] [needs A, B] [after C] [{]"),
	of[childDecl]("dynamic", "dynamic ROLE NAME(ARG TYPE, ...) [key ARG] [needs A, B] [after C] [{]"),
	of[childDecl]("group", "group NAME {"),
	of[defaultsDecl]("defaults", "defaults {"),
	of[strategyDecl]("strategy", "strategy one_for_one | one_for_all | rest_for_one"),
	of[rateDecl]("intensity", "intensity N in DURATION"),
	of[rateDecl]("limit", "limit N in DURATION"),
	of[restartDecl]("restart", "restart permanent | transient | temporary"),
	of[onDecl]("on", "on OUTCOME ACTION"),
	of[backoffDecl]("backoff", "backoff A..B [factor F] [jitter P% | full | decorrelated] [reset D], backoff A, or backoff none"),
	of[throttleDecl]("throttle", "throttle N refill DURATION"),
	of[concurrencyDecl]("concurrency", "concurrency N"),
	of[providesDecl]("provides", "provides GOTYPE"),
	of[readyDecl]("ready", "ready immediate, ready explicit [within D], or ready check every D timeout D [within D]"),
	of[healthDecl]("health", "health heartbeat D stale D [dead D], or health check every D timeout D [fail N]"),
	of[shutdownDecl]("shutdown", "shutdown D [abort D], or shutdown unlimited"),
	of[timeoutDecl]("timeout", "timeout DURATION"),
	of[maxDecl]("max", "max N"),
	of[finishDecl]("finish", "finish when any|all A, B"),
	of[optionalDecl]("optional", "optional"),
	of[tagsDecl]("tags", "tags \"A\", \"B\""),
	of[useDecl]("use", "use POLICY, ..."),
}

// Two forms of import do not begin a line with a keyword that is theirs alone.
var (
	importOpening = of[importDecl]("import", "import (")
	importLine    = of[importSpec]("", "[ALIAS] \"PATH\"")
)

// reserved are the words that a later version of the language has a meaning for.
var reserved = map[string]string{
	"process":   "children that are processes of the operating system",
	"every":     "jobs that run by the clock",
	"place":     "children that run on certain machines",
	"singleton": "children that run once in a cluster",
	"include":   "trees that are declared in other packages",
}

// productionOf finds the production for a keyword.
func productionOf(keyword string) (production, bool) {
	for _, p := range productions {
		if p.keyword == keyword {
			return p, true
		}
	}
	return production{}, false
}

// keywords are all words that begin a statement.
func keywords() []string {
	words := make([]string, len(productions))
	for i, p := range productions {
		words[i] = p.keyword
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
// what was expected instead is told by the form of the statement, in the language's words.
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
