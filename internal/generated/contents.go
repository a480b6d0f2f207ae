package generated

import (
	"bytes"
	"go/build/constraint"
	"go/scanner"
	"go/token"
	"regexp"

	"github.com/supgen/supgen/codegen"
	"github.com/supgen/supgen/internal/encoding"
)

// contents is what a generated file holds.
type contents struct {
	text  []byte // without what git and editors may change: lines end with LF, there is no byte order mark at the beginning
	above []byte // what other tools wrote above the header, such as a licence: it is kept if it is nothing but comments
	code  []byte // from the header on, without a byte order mark before it
	crlf  bool   // all lines ended with CRLF, as git leaves them on Windows
}

// contentsOf returns false where supgen did not generate the text. It knows its own text by the header above the package clause, where
// marks of a merge conflict may stand too.
func contentsOf(text []byte) (contents, bool) {
	ends := bytes.Count(text, []byte("\r\n"))
	crlf := ends > 0 && ends == bytes.Count(text, []byte("\n"))
	text = bytes.ReplaceAll(bytes.TrimPrefix(text, []byte(encoding.ByteOrderMark)), []byte("\r\n"), []byte("\n"))
	at := header.FindIndex(text)
	if at == nil || packageClause.Match(text[:at[0]]) {
		return contents{}, false
	}
	c := contents{text, text[:at[0]], bytes.TrimPrefix(text[at[0]:], []byte(encoding.ByteOrderMark)), crlf}
	if !isComments(c.above) {
		c.above = nil
	}
	return c, true
}

var (
	// A tool may have written something above a byte order mark. Go does not compile that.
	header        = regexp.MustCompile(`(?m)^` + encoding.ByteOrderMark + `?` + regexp.QuoteMeta(codegen.Header))
	packageClause = regexp.MustCompile(`(?m)^package\s`)
)

// is reports whether the file has the tokens and comments of a draft, and nothing else but what is kept.
func (c contents) is(d *codegen.Draft) bool {
	return len(c.above)+len(c.code) == len(c.text) && d.Is(c.code)
}

// ended is a text whose lines end as those of the file do.
func (c contents) ended(text []byte) []byte {
	if c.crlf {
		return bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	}
	return text
}

// isComments reports whether text has comments and no tokens. A build constraint means something, so it counts as a token.
func isComments(text []byte) bool {
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(text)), text, nil, scanner.ScanComments)
	for {
		switch _, tok, comment := s.Scan(); {
		case tok == token.EOF:
			return true
		case tok != token.COMMENT || constraint.IsGoBuild(comment) || constraint.IsPlusBuild(comment):
			return false
		}
	}
}
