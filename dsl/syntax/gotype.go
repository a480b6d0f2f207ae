package syntax

import (
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	goparser "go/parser"
	goscanner "go/scanner"
	"go/token"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/supgen/supgen/dsl/diag"
)

// Source is the text of the type, with as much space between its tokens as they have in the file: an offset in it is
// one in the file.
func (d *TypeDecl) Source() string {
	var b strings.Builder
	for _, t := range d.Tokens {
		b.WriteString(strings.Repeat(" ", t.Pos.Offset-d.Tokens[0].Pos.Offset-b.Len()))
		b.WriteString(t.Value)
	}
	return b.String()
}

// Pos is where the type begins.
func (d *TypeDecl) Pos() diag.Pos { return Begin(d.Tokens[0]) }

// End is where the type ends.
func (d *TypeDecl) End() diag.Pos { return End(d.Tokens[len(d.Tokens)-1]) }

// LineEnd is where the type ends, or what of it stands on its first line.
func (d *TypeDecl) LineEnd() diag.Pos {
	last := d.Tokens[0]
	for _, t := range d.Tokens {
		if t.Pos.Line == last.Pos.Line {
			last = t
		}
	}
	return End(last)
}

// TokenAt is the token of the type that is at, or after, an offset in its source.
func (d *TypeDecl) TokenAt(offset int) lexer.Token {
	offset += d.Tokens[0].Pos.Offset
	i := sort.Search(len(d.Tokens)-1, func(i int) bool { return d.Tokens[i].Pos.Offset+len(d.Tokens[i].Value) > offset })
	return d.Tokens[i]
}

// A goType is a Go type as gofmt writes it, the packages that qualify names in it, and the names that are not qualified.
type goType struct {
	Text       string
	Qualifiers []lexer.Token
	Names      []TypeName
}

// A TypeName is a name in a Go type that is not qualified.
type TypeName struct {
	lexer.Token
	Special bool // it has type arguments, or is in the key of a map
}

// A typeError is why something is not a Go type.
type typeError struct {
	Token   lexer.Token // to blame
	Message string
	Several bool // it is several types
}

// Read reads the type.
func (d *TypeDecl) Read() (goType, *typeError) {
	expr, err := goparser.ParseExpr(d.Source())
	if err != nil {
		var list goscanner.ErrorList
		if !errors.As(err, &list) {
			return goType{}, &typeError{Token: d.Tokens[0], Message: err.Error()}
		}
		return goType{}, d.mistake(d.TokenAt(list[0].Pos.Offset))
	}
	r := typeReader{decl: d, elements: 1, most: maxElements}
	r.typ(expr)
	if r.err != nil {
		return goType{}, r.err
	}
	var b strings.Builder
	if err := format.Node(&b, token.NewFileSet(), expr); err != nil {
		return goType{}, &typeError{Token: d.Tokens[0], Message: err.Error()}
	}
	return goType{b.String(), r.qualifiers, r.names}, nil
}

// mistake says in words of our own why Go cannot read the type, if it comes to a token and no further.
func (d *TypeDecl) mistake(at lexer.Token) *typeError {
	text := d.Source()
	first, last := d.Tokens[0], d.Tokens[len(d.Tokens)-1]
	head := strings.TrimRight(text[:len(text)-len(last.Value)], " ")
	say := func(t lexer.Token, format string, args ...any) *typeError {
		return &typeError{Token: t, Message: fmt.Sprintf(format, args...)}
	}
	var open []lexer.Token // brackets
	for _, t := range d.Tokens {
		switch t.Value {
		case ",":
			if len(open) == 0 || open[0].Pos == first.Pos && first.Value == "(" {
				err := say(t, severalTypes)
				err.Several = true
				return err
			}
		case "<":
			return say(t, "type arguments stand in brackets: List[string]")
		case "?":
			return say(t, "Go has no optional types; what may be missing is a pointer")
		case "(", "[", "{":
			open = append(open, t)
		case ")", "]", "}":
			if len(open) == 0 {
				return say(t, "%q closes nothing", t.Value)
			}
			open = open[:len(open)-1]
		}
	}
	if n := len(d.Tokens) - 1; last.Value == "error" && n > 0 {
		typ := TypeDecl{Tokens: d.Tokens[:n]}
		if _, err := typ.Read(); err == nil {
			err := say(last, severalTypes)
			err.Several = true
			return err
		}
	}
	switch {
	case first.Value == "struct" || first.Value == "interface":
		return say(first, "%s", wantsName)
	case len(open) > 0:
		return say(open[len(open)-1], "%q is never closed", open[len(open)-1].Value)
	case token.IsKeyword(first.Value) && first.Value != "map" && first.Value != "chan" && first.Value != "func":
		return say(first, "%q begins no type", first.Value)
	case last.Value == "*":
		return say(last, "the star stands before the type: *%s", head)
	case strings.HasSuffix(head, "[") && last.Value == "]":
		return say(d.Tokens[len(d.Tokens)-2], "the brackets stand before the type: []%s", strings.TrimRight(strings.TrimSuffix(head, "["), " "))
	case at.Value == "..":
		return say(at, "the dots stand before the last parameter of a function, and nowhere else")
	case at == last:
		return say(at, "something is missing behind it")
	}
	return say(at, "it cannot be read any further")
}

// OneOfSeveral is the hint for several types behind a word, where there is room for one.
func (d *TypeDecl) OneOfSeveral(word string) string {
	tokens := d.Tokens
	if tokens[0].Value == "(" && tokens[len(tokens)-1].Value == ")" {
		tokens = tokens[1 : len(tokens)-1]
	}
	if last := len(tokens) - 1; last > 0 && tokens[last].Value == "error" {
		tokens = tokens[:last]
		if i := slices.IndexFunc(tokens, func(t lexer.Token) bool { return t.Value == "," }); i > 0 && i >= last-2 { // , err error
			tokens = tokens[:i]
		}
		if tokens[0].Type == IdentToken && len(tokens) > 1 && End(tokens[0]) != Begin(tokens[1]) { // db *sql.DB
			tokens = tokens[1:]
		}
		typ := TypeDecl{Tokens: tokens}
		if t, err := typ.Read(); err == nil {
			return "a method returns its error anyway: write " + word + " " + t.Text
		}
	}
	return "declare a struct of them in a Go file, and name it here"
}

// severalTypes is what is said of more than one type.
const severalTypes = "these are several types, and there is room for one"

// wantsName is what is said of a type with parts.
const wantsName = "a type with parts wants a name; declare it in a Go file and name it here"

// A typeReader walks an expression that should be a type and stops at the first part that is none.
type typeReader struct {
	decl       *TypeDecl
	qualifiers []lexer.Token
	names      []TypeName
	elements   int64 // of the arrays that hold what is read
	most       int64 // that they may have
	err        *typeError
}

func (r *typeReader) refuse(n ast.Node, format string, args ...any) {
	if r.err == nil {
		r.err = &typeError{Token: r.decl.TokenAt(int(n.Pos()) - 1), Message: fmt.Sprintf(format, args...)}
	}
}

func (r *typeReader) typ(e ast.Expr) {
	switch e := e.(type) {
	case *ast.Ident:
		r.name(e)
	case *ast.SelectorExpr:
		if pkg, ok := e.X.(*ast.Ident); ok && e.Sel.IsExported() {
			r.qualifiers = append(r.qualifiers, r.decl.TokenAt(int(pkg.Pos())-1))
		} else {
			r.refuse(e, "a qualified type is PACKAGE.Type")
		}
	case *ast.StarExpr:
		r.typ(e.X)
	case *ast.ParenExpr:
		r.typ(e.X)
	case *ast.ArrayType:
		r.array(e)
	case *ast.MapType:
		if !isComparable(e.Key) {
			r.refuse(e.Key, "this cannot be the key of a map")
		}
		names := len(r.names)
		r.typ(e.Key)
		for i := range r.names[names:] {
			r.names[names+i].Special = true
		}
		r.typ(e.Value)
	case *ast.ChanType:
		elements, most := r.elements, r.most
		r.elements, r.most = 1, maxSent
		r.typ(e.Value)
		r.elements, r.most = elements, most
	case *ast.FuncType:
		r.function(e)
	case *ast.IndexExpr:
		r.generic(e.X, e.Index)
	case *ast.IndexListExpr:
		r.generic(e.X, e.Indices...)
	case *ast.StructType:
		r.empty(e, e.Fields)
	case *ast.InterfaceType:
		r.empty(e, e.Methods)
	default:
		r.refuse(e, "%s", expression(e))
	}
}

// expression says why an expression is not a type.
func expression(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.CallExpr:
		return "this is a call; write the type that it returns"
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			return "a type stands without quotes"
		}
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return "a pointer is written with a star: *Pool"
		}
	case *ast.BinaryExpr:
		switch _, ok := e.X.(*ast.Ident); {
		case ok && e.Op == token.MUL:
			var typ strings.Builder
			if format.Node(&typ, token.NewFileSet(), e.Y) != nil {
				return "write the type alone: a value has no name here"
			}
			return fmt.Sprintf("write the type alone, *%s: a value has no name here", Beginning(typ.String()))
		case e.Op == token.QUO:
			return "a package stands under its name, and not its path: sql.DB"
		}
	}
	return "this is an expression"
}

func (r *typeReader) name(e *ast.Ident) {
	switch Predeclared[e.Name] {
	case predeclaredType:
	case predeclaredConstraint:
		r.refuse(e, "%q is a constraint", e.Name)
	case PredeclaredNot:
		if e.Name == "_" || e.Name == "init" { // which is a function or nothing
			r.refuse(e, "%q is no type", e.Name)
		}
		r.names = append(r.names, TypeName{Token: r.decl.TokenAt(int(e.Pos()) - 1)})
	default:
		r.refuse(e, "%q is a value", e.Name)
	}
}

// generic takes type arguments for what can have them: a name that is not one of Go's own.
func (r *typeReader) generic(e ast.Expr, args ...ast.Expr) {
	switch e := e.(type) {
	case *ast.Ident:
		if Predeclared[e.Name] != PredeclaredNot {
			r.refuse(e, "%q has no type arguments", e.Name)
		}
		r.names = append(r.names, TypeName{r.decl.TokenAt(int(e.Pos()) - 1), true})
	case *ast.SelectorExpr:
		r.typ(e)
	default:
		r.refuse(e, "only a name has type arguments")
	}
	for _, arg := range args {
		r.typ(arg)
	}
}

// isComparable reports whether Go takes a type for the key of a map, as far as that can be seen here.
func isComparable(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return isComparable(e.X)
	case *ast.ArrayType:
		return e.Len != nil && isComparable(e.Elt)
	case *ast.MapType, *ast.FuncType:
		return false
	}
	return true
}

// maxElements bounds arrays: values are handed over in variables, which Go has no room for if they are too large.
const maxElements = 1 << 16

// maxSent bounds what is sent through a channel: Go takes less than 64 KiB, and no predeclared type is longer than a
// slice's three words.
const maxSent = 1 << 11

// array takes only lengths that can be read here: a constant could be of any file.
func (r *typeReader) array(e *ast.ArrayType) {
	outer := r.elements
	if e.Len != nil {
		length, ok := e.Len.(*ast.BasicLit)
		if !ok || length.Kind != token.INT {
			r.refuse(e.Len, "the length of an array is written as a number here")
			return
		}
		n, err := strconv.ParseInt(length.Value, 0, 32)
		// An array of nothing has an element of a type all the same, which must not be too large.
		if r.elements *= max(n, 1); err != nil || r.elements > r.most {
			r.refuse(e.Len, "an array has %d elements at most here, those in it included", r.most)
			return
		}
	}
	r.typ(e.Elt)
	r.elements = outer
}

func (r *typeReader) function(e *ast.FuncType) {
	declared := map[string]bool{}
	fields := slices.Clone(e.Params.List)
	if e.Results != nil {
		fields = append(fields, e.Results.List...)
	}
	for _, field := range fields {
		for _, name := range field.Names {
			if declared[name.Name] && name.Name != "_" {
				r.refuse(name, "%q is declared twice", name.Name)
			}
			declared[name.Name] = true
		}
		if variadic, ok := field.Type.(*ast.Ellipsis); ok && variadic.Elt != nil {
			r.typ(variadic.Elt)
		} else {
			r.typ(field.Type)
		}
	}
}

// empty refuses what has parts: it wants a name, in a Go file.
func (r *typeReader) empty(e ast.Expr, parts *ast.FieldList) {
	if parts.NumFields() > 0 {
		r.refuse(e, "%s", wantsName)
	}
}

// Beginning is a text that is short enough for a message, on one line and without gaps.
func Beginning(text string) string {
	const most = 60
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return text
}
