package dsl

import (
	"go/token"

	"github.com/alecthomas/participle/v2/lexer"
)

// A File is the syntax of a .sup file: its statements and its comments. Only [Parse] makes one, and nothing is
// written into it afterwards.
type File struct {
	Name string // as it was given to Parse

	body        *block
	comments    []comment
	diagnostics []Diagnostic // what Parse had to say
	conflicted  bool         // a side of a merge conflict was not read, and may declare what others name
	unbalanced  bool         // a brace is too many: what stands at the top may not belong there
}

// A block is what stands between braces, or a whole file.
type block struct {
	stmts  []*stmt
	broken bool // a line in it has a mistake: what seems to be missing may stand there
	lost   bool // a line in it may have declared a name, and nobody knows which
}

// A stmt is one statement: a line, and the block that it opens.
type stmt struct {
	keyword lexer.Token
	end     Pos    // of the line
	node    any    // what the line says, one of the Decls below; nil if it could not be read
	block   *block // nil is none
	doc     string // the comment directly above
	broken  bool   // node is what could be made of a line with a mistake in it
}

func (s *stmt) pos() Pos { return begin(s.keyword) }

// keywordEnd is where the statement's first word ends.
func (s *stmt) keywordEnd() Pos { return end(s.keyword) }

// The Decls are filled by participle from the productions in their tags. An optional token that is absent is zero.
type (
	packageDecl struct {
		Name lexer.Token `parser:"'package' @Ident"`
	}

	// importDecl is "import ("; importSpec is one import, with the keyword on the same line or not.
	importDecl struct {
		Open lexer.Token `parser:"'import' @'('"`
	}
	importSpec struct {
		Alias lexer.Token `parser:"'import'? @(Ident | '.')?"`
		Path  lexer.Token `parser:"@String"`
	}

	policyDecl struct {
		Name lexer.Token `parser:"'policy' @Ident '{'"`
	}
	defaultsDecl struct {
		Open lexer.Token `parser:"'defaults' @'{'"`
	}

	// childDecl is the header of whatever has a role.
	childDecl struct {
		Dynamic  lexer.Token `parser:"@'dynamic'?"`
		Role     lexer.Token `parser:"@Ident"`
		Name     lexer.Token `parser:"@Ident"`
		Replicas lexer.Token `parser:"( '[' @Int ']' )?"`
		Open     lexer.Token `parser:"( @'('"`
		Params   *paramsDecl `parser:"  @@ ')' )?"`
		Key      lexer.Token `parser:"( 'key' @Ident )?"`
		Of       *refDecl    `parser:"( 'of' @@"`
		Linked   lexer.Token `parser:"  @'linked'? )?"`
		Needs    []*refDecl  `parser:"( 'needs' @@ ( ',' @@ )* )?"`
		After    []*refDecl  `parser:"( 'after' @@ ( ',' @@ )* )?"`
		Brace    lexer.Token `parser:"@'{'?"`
	}

	// refDecl is the path of a child: names and the dots between them.
	refDecl struct {
		Path []lexer.Token `parser:"@( Ident ( '.' Ident )* )"`
	}
	nameDecl struct {
		Name lexer.Token `parser:"@Ident"`
	}
	stringDecl struct {
		Text lexer.Token `parser:"@String"`
	}

	strategyDecl struct {
		Strategy lexer.Token `parser:"'strategy' @Ident"`
	}
	// rateDecl is both intensity and limit.
	rateDecl struct {
		Keyword lexer.Token `parser:"@( 'intensity' | 'limit' )"`
		N       lexer.Token `parser:"@Int"`
		In      lexer.Token `parser:"'in' @Duration"`
	}
	restartDecl struct {
		Kind lexer.Token `parser:"'restart' @Ident"`
	}
	onDecl struct {
		Outcome lexer.Token `parser:"'on' @Ident"`
		Start   lexer.Token `parser:"( 'at' @'start' )?"`
		Action  lexer.Token `parser:"@Ident"`
		For     lexer.Token `parser:"@Duration?"` // of a quarantine
	}
	backoffDecl struct {
		None   lexer.Token `parser:"'backoff' ( @'none'"`
		Min    lexer.Token `parser:"  | @Duration"`
		Max    lexer.Token `parser:"    ( '..' @Duration"`
		Factor lexer.Token `parser:"      ( 'factor' @( Float | Int ) )?"`
		Jitter lexer.Token `parser:"      ( 'jitter' @( Percent | Ident ) )?"`
		Reset  lexer.Token `parser:"      ( 'reset' @Duration )? )? )"`
	}
	throttleDecl struct {
		N      lexer.Token `parser:"'throttle' @Int"`
		Refill lexer.Token `parser:"'refill' @Duration"`
	}
	concurrencyDecl struct {
		N lexer.Token `parser:"'concurrency' @Int"`
	}
	providesDecl struct {
		Type *typeDecl `parser:"'provides' @@"`
	}
	readyDecl struct {
		Immediate   lexer.Token `parser:"'ready' ( @'immediate'"`
		Explicit    lexer.Token `parser:"  | @'explicit'"`
		Within      lexer.Token `parser:"    ( 'within' @Duration )?"`
		Check       *checkDecl  `parser:"  | @@"`
		CheckWithin lexer.Token `parser:"    ( 'within' @Duration )? )"`
	}
	checkDecl struct {
		Every   lexer.Token `parser:"'check' 'every' @Duration"`
		Timeout lexer.Token `parser:"'timeout' @Duration"`
	}
	healthDecl struct {
		Heartbeat lexer.Token `parser:"'health' ( 'heartbeat' @Duration"`
		Stale     lexer.Token `parser:"    'stale' @Duration"`
		Dead      lexer.Token `parser:"    ( 'dead' @Duration )?"`
		Check     *checkDecl  `parser:"  | @@"`
		Fail      lexer.Token `parser:"    ( 'fail' @Int )? )"`
	}
	shutdownDecl struct {
		Unlimited lexer.Token `parser:"'shutdown' ( @'unlimited'"`
		Drain     lexer.Token `parser:"  | @Duration"`
		Abort     lexer.Token `parser:"    ( 'abort' @Duration )? )"`
	}
	timeoutDecl struct {
		Run lexer.Token `parser:"'timeout' @Duration"`
	}
	maxDecl struct {
		N lexer.Token `parser:"'max' @Int"`
	}
	finishDecl struct {
		Which lexer.Token `parser:"'finish' 'when' @( 'any' | 'all' )"`
		Of    []*refDecl  `parser:"@@ ( ',' @@ )*"`
	}
	optionalDecl struct {
		Word lexer.Token `parser:"@'optional'"`
	}
	tagsDecl struct {
		Tags []*stringDecl `parser:"'tags' @@ ( ',' @@ )*"`
	}
	useDecl struct {
		Policies []*nameDecl `parser:"'use' @@ ( ',' @@ )*"`
	}

	// typeDecl is a Go type, yet to be read by package go/parser.
	typeDecl struct{ Tokens []lexer.Token }

	paramDecl struct {
		Name lexer.Token
		Type *typeDecl
	}
	paramsDecl struct{ Params []paramDecl }
)

// said reports whether an optional token is there.
func said(t lexer.Token) bool { return t.Value != "" }

// Parse takes the rest of the line: where a Go type ends is for Go to say.
func (d *typeDecl) Parse(line *lexer.PeekingLexer) error {
	for !line.Peek().EOF() {
		d.Tokens = append(d.Tokens, *line.Next())
	}
	return matched(len(d.Tokens) > 0)
}

// Parse takes "id string, n int", up to the ")" that closes the list.
func (d *paramsDecl) Parse(line *lexer.PeekingLexer) error {
	for line.Peek().Value != ")" {
		param := paramDecl{Name: *line.Peek(), Type: new(typeDecl)}
		if param.Name.Type != identToken || isTypeFirst(*line) {
			return matched(false)
		}
		line.Next()
		if line.Peek().Value == ":" { // no type begins so, and Go's parser would say it in its own words
			return matched(false)
		}
		if !param.Type.parseOne(line) {
			return matched(false)
		}
		d.Params = append(d.Params, param)
		if line.Peek().Value == "," {
			line.Next()
		}
	}
	return nil
}

// isTypeFirst reports whether a parameter is written as in Java, string id or time.Duration d, and no Go can be meant: what
// is named like a type of Go's is not itself of a type in lower case that Go does not know.
func isTypeFirst(line lexer.PeekingLexer) bool {
	name := *line.Next()
	typ := *line.Next()
	if typ.Value == "." {
		return true
	}
	end := line.Peek().Value == "," || line.Peek().Value == ")"
	if end && javaTypes[name.Value] != "" && typ.Type == identToken && !token.IsExported(typ.Value) && predeclared[typ.Value] == predeclaredNot {
		return true
	}
	return end && predeclared[name.Value] == predeclaredType && typ.Type == identToken && !token.IsExported(typ.Value) &&
		!token.IsKeyword(typ.Value) && predeclared[typ.Value] == predeclaredNot
}

// javaTypes are the types of Java, and of others like it, that no Go argument is called.
var javaTypes = map[string]string{
	"String": "string", "Integer": "int", "Int": "int", "Long": "int64", "Short": "int16", "Boolean": "bool", "Bool": "bool",
	"Double": "float64", "Float": "float32", "Object": "any", "Any": "any",
}

// parseOne takes a type up to the "," or ")" that is in none of its brackets.
func (d *typeDecl) parseOne(line *lexer.PeekingLexer) bool {
	for depth := 0; !line.Peek().EOF(); d.Tokens = append(d.Tokens, *line.Next()) {
		switch line.Peek().Value {
		case "(", "[", "{":
			depth++
		case ",":
			if depth == 0 {
				return len(d.Tokens) > 0
			}
		case ")":
			if depth == 0 {
				return len(d.Tokens) > 0
			}
			depth--
		case "]", "}":
			depth--
		}
	}
	return false
}
