package syntax

import (
	"go/token"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/supgen/supgen/dsl/diag"
)

// A File is the syntax of a .sup file: its statements and its comments. Only [Parse] makes one, and nothing is
// written into it afterwards.
type File struct {
	Name string // as it was given to Parse

	Body        *Block
	Comments    []Comment
	Diagnostics []diag.Diagnostic // what Parse had to say
	Unnamed     bool              // set by who reads it: it is not a file that has to have a good name, but standard input or a revision of git
	Conflicted  bool              // a side of a merge conflict was not read, and may declare what others name
	Unbalanced  bool              // a brace is too many: what stands at the top may not belong there
	text        []byte
}

// A Block is what stands between braces, or a whole file.
type Block struct {
	Stmts  []*Stmt
	Broken bool // a line in it has a mistake: what seems to be missing may stand there
	Lost   bool // a line in it may have declared a name, and nobody knows which
}

// A Stmt is one statement: a line, and the block that it opens.
type Stmt struct {
	Keyword lexer.Token
	lineEnd diag.Pos // of the line
	end     diag.Pos // of the line, or of its block
	Node    any      // what the line says, one of the Decls below; nil if it could not be read
	Block   *Block   // nil is none
	Doc     string   // the comment directly above
	Broken  bool     // node is what could be made of a line with a mistake in it
}

// Pos is where the statement begins.
func (s *Stmt) Pos() diag.Pos { return Begin(s.Keyword) }

// Range is all of the statement, with its block.
func (s *Stmt) Range() diag.Range { return diag.Range{Pos: s.Pos(), End: s.end} }

// KeywordEnd is where the statement's first word ends.
func (s *Stmt) KeywordEnd() diag.Pos { return End(s.Keyword) }

// The Decls are filled by participle from the productions in their tags. An optional token that is absent is zero.
type (
	PackageDecl struct {
		Name lexer.Token `parser:"'package' @Ident"`
	}

	// ImportDecl is "import ("; importSpec is one import, with the keyword on the same line or not.
	ImportDecl struct {
		Open lexer.Token `parser:"'import' @'('"`
	}
	ImportSpec struct {
		Alias lexer.Token `parser:"'import'? @(Ident | '.')?"`
		Path  lexer.Token `parser:"@String"`
	}

	PolicyDecl struct {
		Name lexer.Token `parser:"'policy' @Ident '{'"`
	}
	DefaultsDecl struct {
		Open lexer.Token `parser:"'defaults' @'{'"`
	}

	// ChildDecl is the header of whatever has a role.
	ChildDecl struct {
		Dynamic  lexer.Token `parser:"@'dynamic'?"`
		Role     lexer.Token `parser:"@Ident"`
		Name     lexer.Token `parser:"@Ident"`
		Replicas lexer.Token `parser:"( '[' @Int"`
		Most     lexer.Token `parser:"  ( '..' @Int )? ']' )?"` // of the replicas, where the program chooses how many
		Open     lexer.Token `parser:"( @'('"`
		Params   *ParamsDecl `parser:"  @@ ')' )?"`
		Key      lexer.Token `parser:"( 'key' @Ident )?"`
		Of       *RefDecl    `parser:"( 'of' @@"`
		Linked   lexer.Token `parser:"  @'linked'? )?"`
		Needs    []*RefDecl  `parser:"( 'needs' @@ ( ',' @@ )* )?"`
		Wants    []*RefDecl  `parser:"( 'wants' @@ ( ',' @@ )* )?"`
		After    []*RefDecl  `parser:"( 'after' @@ ( ',' @@ )* )?"`
		Brace    lexer.Token `parser:"@'{'?"`
	}

	// RefDecl is the path of a child: names and the dots between them.
	RefDecl struct {
		Path []lexer.Token `parser:"@( Ident ( '.' Ident )* )"`
	}
	NameDecl struct {
		Name lexer.Token `parser:"@Ident"`
	}
	StringDecl struct {
		Text lexer.Token `parser:"@String"`
	}

	StrategyDecl struct {
		Strategy lexer.Token `parser:"'strategy' @Ident"`
	}
	// RateDecl is both intensity and limit.
	RateDecl struct {
		Keyword lexer.Token `parser:"@( 'intensity' | 'limit' )"`
		N       lexer.Token `parser:"@Int"`
		In      lexer.Token `parser:"'in' @Duration"`
	}
	RestartDecl struct {
		Kind lexer.Token `parser:"'restart' @Ident"`
	}
	OnDecl struct {
		Outcome lexer.Token `parser:"'on' @Ident"`
		Start   lexer.Token `parser:"( 'at' @'start' )?"`
		Action  lexer.Token `parser:"@Ident"`
		For     lexer.Token `parser:"@Duration?"` // of a quarantine
	}
	BackoffDecl struct {
		None   lexer.Token `parser:"'backoff' ( @'none'"`
		Min    lexer.Token `parser:"  | @Duration"`
		Max    lexer.Token `parser:"    ( '..' @Duration"`
		Factor lexer.Token `parser:"      ( 'factor' @( Float | Int ) )?"`
		Jitter lexer.Token `parser:"      ( 'jitter' @( Percent | Ident ) )?"`
		Reset  lexer.Token `parser:"      ( 'reset' @Duration )? )? )"`
	}
	ThrottleDecl struct {
		N      lexer.Token `parser:"'throttle' @Int"`
		Refill lexer.Token `parser:"'refill' @Duration"`
	}
	ConcurrencyDecl struct {
		N lexer.Token `parser:"'concurrency' @Int"`
	}
	ProvidesDecl struct {
		Type *TypeDecl `parser:"'provides' @@"`
	}
	ReadyDecl struct {
		Immediate   lexer.Token `parser:"'ready' ( @'immediate'"`
		Explicit    lexer.Token `parser:"  | @'explicit'"`
		Within      lexer.Token `parser:"    ( 'within' @Duration )?"`
		Check       *CheckDecl  `parser:"  | @@"`
		CheckWithin lexer.Token `parser:"    ( 'within' @Duration )? )"`
	}
	CheckDecl struct {
		Every   lexer.Token `parser:"'check' 'every' @Duration"`
		Timeout lexer.Token `parser:"'timeout' @Duration"`
	}
	HealthDecl struct {
		Heartbeat lexer.Token `parser:"'health' ( 'heartbeat' @Duration"`
		Stale     lexer.Token `parser:"    'stale' @Duration"`
		Dead      lexer.Token `parser:"    ( 'dead' @Duration )?"`
		Check     *CheckDecl  `parser:"  | @@"`
		Fail      lexer.Token `parser:"    ( 'fail' @Int )? )"`
	}
	ShutdownDecl struct {
		Unlimited lexer.Token `parser:"'shutdown' ( @'unlimited'"`
		Drain     lexer.Token `parser:"  | @Duration"`
		Abort     lexer.Token `parser:"    ( 'abort' @Duration )? )"`
	}
	LameDuckDecl struct {
		For lexer.Token `parser:"'lame_duck' @Duration"`
	}
	TimeoutDecl struct {
		Run lexer.Token `parser:"'timeout' @Duration"`
	}
	MaxDecl struct {
		N lexer.Token `parser:"'max' @Int"`
	}
	FinishDecl struct {
		Which lexer.Token `parser:"'finish' 'when' @( 'any' | 'all' )"`
		Of    []*RefDecl  `parser:"@@ ( ',' @@ )*"`
	}
	optionalDecl struct {
		Word lexer.Token `parser:"@'optional'"`
	}
	TagsDecl struct {
		Tags []*StringDecl `parser:"'tags' @@ ( ',' @@ )*"`
	}
	UseDecl struct {
		Policies []*NameDecl `parser:"'use' @@ ( ',' @@ )*"`
	}

	// TypeDecl is a Go type, yet to be read by package go/parser.
	TypeDecl struct{ Tokens []lexer.Token }

	paramDecl struct {
		Name lexer.Token
		Type *TypeDecl
	}
	ParamsDecl struct{ Params []paramDecl }
)

// Said reports whether an optional token is there.
func Said(t lexer.Token) bool { return t.Value != "" }

// Parse takes the rest of the line: where a Go type ends is for Go to say.
func (d *TypeDecl) Parse(line *lexer.PeekingLexer) error {
	for !line.Peek().EOF() {
		d.Tokens = append(d.Tokens, *line.Next())
	}
	return matched(len(d.Tokens) > 0)
}

// Range is the name and its type.
func (d *paramDecl) Range() diag.Range { return diag.Range{Pos: Begin(d.Name), End: d.Type.End()} }

// Parse takes "id string, n int", up to the ")" that closes the list.
func (d *ParamsDecl) Parse(line *lexer.PeekingLexer) error {
	for line.Peek().Value != ")" {
		param := paramDecl{Name: *line.Peek(), Type: new(TypeDecl)}
		if param.Name.Type != IdentToken || isTypeFirst(*line) {
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
	if end && javaTypes[name.Value] != "" && typ.Type == IdentToken && !token.IsExported(typ.Value) && Predeclared[typ.Value] == PredeclaredNot {
		return true
	}
	return end && Predeclared[name.Value] == predeclaredType && typ.Type == IdentToken && !token.IsExported(typ.Value) &&
		!token.IsKeyword(typ.Value) && Predeclared[typ.Value] == PredeclaredNot
}

// javaTypes are the types of Java, and of others like it, that no Go argument is called.
var javaTypes = map[string]string{
	"String": "string", "Integer": "int", "Int": "int", "Long": "int64", "Short": "int16", "Boolean": "bool", "Bool": "bool",
	"Double": "float64", "Float": "float32", "Object": "any", "Any": "any",
}

// parseOne takes a type up to the "," or ")" that is in none of its brackets.
func (d *TypeDecl) parseOne(line *lexer.PeekingLexer) bool {
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

// Pos is where the path begins.
func (d *RefDecl) Pos() diag.Pos { return Begin(d.Path[0]) }

// Range is all of the path.
func (d *RefDecl) Range() diag.Range { return diag.Range{Pos: d.Pos(), End: d.End()} }

// End is where the path ends.
func (d *RefDecl) End() diag.Pos { return End(d.Path[len(d.Path)-1]) }

// String is the reference as it would be written without spaces.
func (d *RefDecl) String() string {
	var b strings.Builder
	for _, t := range d.Path {
		b.WriteString(t.Value)
	}
	return b.String()
}

// Walk visits all statements, those in blocks too.
func (b *Block) Walk(visit func(*Stmt)) {
	for _, s := range b.Stmts {
		visit(s)
		if s.Block != nil {
			s.Block.Walk(visit)
		}
	}
}

// Form is the row with other words.
func (d *OnDecl) Form(outcome, action string) string {
	words := []string{"on", outcome}
	if Said(d.Start) {
		words = append(words, "at start")
	}
	words = append(words, action)
	if Said(d.For) {
		words = append(words, d.For.Value)
	}
	return strings.Join(words, " ")
}
