package codegen

import (
	"bytes"
	"go/format"
	"go/scanner"
	"go/token"
	"slices"

	"github.com/dave/jennifer/jen"
	"github.com/supgen/supgen/internal/parallel"
)

// A Draft is the Go of a file before gofmt, which takes longer than all the rest.
type Draft struct {
	head  []byte // the clause and the imports
	parts []*part
}

// A part is some declarations of a file. Parts are rendered, and formatted, on all processors.
type part struct {
	declarations []declaration

	// A large declaration goes on in several parts. What has to stand around such a part is added while it is formatted;
	// there is more before one that goes on with what the part before began.
	goesOn        bool
	before, after string

	text []byte // once it is rendered
}

// clause makes a file of what is formatted.
const clause = "package p\n\n"

// render makes the text of the part.
func (p *part) render() {
	f := jen.NewFile("p")
	for _, d := range p.declarations {
		code := d()
		for _, line := range code {
			f.Add(line)
		}
		if len(code) > 0 {
			f.Line()
		}
	}
	if p.text = bytes.TrimSpace(bytes.TrimPrefix(rendered(f), []byte(clause))); len(p.text) > 0 {
		p.text = append(p.text, '\n')
	}
	p.declarations = nil
}

// rendered is the text of a file as jennifer leaves it. With NoFormat unset each rendering would format it.
func rendered(f *jen.File) []byte {
	f.NoFormat = true
	var text bytes.Buffer
	if err := f.Render(&text); err != nil {
		panic("codegen: " + err.Error())
	}
	return text.Bytes()
}

// Format returns the code as gofmt writes it.
func (d *Draft) Format() []byte {
	formatted := make([][]byte, len(d.parts))
	parallel.Range(len(d.parts), func(i int) { formatted[i] = d.parts[i].format() })

	code := gofmt(d.head)
	for i, text := range formatted {
		if len(text) > 0 && !d.parts[i].goesOn {
			code = append(code, '\n')
		}
		code = append(code, text...)
	}
	return code
}

// format is the text of the part as gofmt writes it.
func (p *part) format() []byte {
	if len(p.text) == 0 {
		return nil
	}
	before, after := []byte(clause+p.before), []byte(p.after)
	code, began := bytes.CutPrefix(gofmt(slices.Concat(before, p.text, after)), before)
	code, ended := bytes.CutSuffix(code, after)
	if !began || !ended {
		panic("codegen: gofmt changed what stands around a part")
	}
	return code
}

func gofmt(code []byte) []byte {
	formatted, err := format.Source(code)
	if err != nil {
		panic("codegen: " + err.Error())
	}
	return formatted
}

// Is reports whether code has the tokens and comments of the draft. It may differ from what Format returns in its white
// space alone. A difference is found at once, and its absence many times faster than by formatting.
func (d *Draft) Is(code []byte) bool {
	present := newTokens(code)
	has := func(text []byte) bool {
		for wanted := newTokens(text); ; {
			w := wanted.next()
			if w.token == token.EOF {
				return true
			}
			if w != present.next() {
				return false
			}
		}
	}
	if !has(d.head) {
		return false
	}
	for _, p := range d.parts {
		if !has(p.text) {
			return false
		}
	}
	return present.next().token == token.EOF
}

// tokens are the tokens and comments of some code, but for the line ends before a closing bracket: gofmt may put these
// in where a line is too long.
type tokens struct {
	scanner scanner.Scanner
	ahead   lexeme // if it is any
}

type lexeme struct {
	token token.Token
	text  string // of a name, a literal, a comment, and of an end of line
}

func newTokens(code []byte) *tokens {
	t := &tokens{}
	t.scanner.Init(token.NewFileSet().AddFile("", -1, len(code)), code, nil, scanner.ScanComments)
	return t
}

func (t *tokens) next() lexeme {
	l := t.take()
	if l.token == token.SEMICOLON && l.text == "\n" {
		switch after := t.take(); after.token {
		case token.RBRACE, token.RPAREN:
			return after
		default:
			t.ahead = after
		}
	}
	return l
}

func (t *tokens) take() lexeme {
	if l := t.ahead; l != (lexeme{}) {
		t.ahead = lexeme{}
		return l
	}
	_, token, text := t.scanner.Scan()
	return lexeme{token, text}
}
