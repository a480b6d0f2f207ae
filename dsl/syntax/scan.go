package syntax

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/internal/encoding"
)

// A scanner cuts a file into tokens. It does not fail: what belongs to nothing becomes a badToken.
type scanner struct {
	name     string
	src      string
	offset   int
	line     int // that offset is on, from 1
	start    int // offset of its first byte
	tokens   []lexer.Token
	comments []Comment
	endless  bool // no "*/" is left

	conflicts []conflict
	foreign   []lexer.Token // comments in the manner of other languages
	returns   []diag.Pos    // the first carriage return that is not part of a line end, if any
}

// A conflict is what git leaves where it cannot merge. What is scanned is the first side of it.
type conflict struct {
	pos lexer.Position
	end lexer.Token // the last mark; none if there is only one
}

// mergeMark is how a line of git's begins, in one of four characters.
const mergeMark = "<<<<<<<"

// mergeMarkOf is the character of which the line at an offset is a mark of git's, or 0.
func mergeMarkOf(rest string) byte {
	const marks = "<=>|"
	if len(rest) < len(mergeMark) || strings.IndexByte(marks, rest[0]) < 0 || strings.Trim(rest[:len(mergeMark)], rest[:1]) != "" {
		return 0
	}
	if n := len(mergeMark); n < len(rest) && rest[n] > ' ' {
		return 0
	}
	return rest[0]
}

// conflict passes over a mark of git's, and, where it ends the first side of a conflict, over the other sides.
func (s *scanner) conflict(mark byte) {
	open := len(s.conflicts) > 0 && !Said(s.conflicts[len(s.conflicts)-1].end)
	if mark == '<' || !open {
		c := conflict{pos: s.position()}
		if mark != '<' {
			c.end.Value, c.end.Pos = mergeMark, c.pos
		}
		s.conflicts = append(s.conflicts, c)
		s.offset += lineLength(s.src[s.offset:])
		return
	}
	for s.offset < len(s.src) {
		rest := s.src[s.offset:]
		if mark := mergeMarkOf(rest); mark == '>' {
			s.conflicts[len(s.conflicts)-1].end = lexer.Token{Value: mergeMark, Pos: s.position()}
			s.offset += lineLength(rest)
			return
		}
		n := strings.IndexByte(rest, '\n') + 1
		if n == 0 {
			s.offset = len(s.src)
			return
		}
		s.offset += n
		s.line++
		s.start = s.offset
	}
}

// A Comment is one "// …", kept beside the tokens and found again by its place.
type Comment struct {
	Pos      diag.Pos
	Text     string // from the slashes to the end of the line
	trailing bool   // stands behind something on its line
}

func newScanner(name string, src []byte) *scanner {
	const perToken = 4 // bytes, of what people write
	s := &scanner{name: name, src: string(src), line: 1, tokens: make([]lexer.Token, 0, len(src)/perToken)}
	if strings.HasPrefix(s.src, encoding.ByteOrderMark) {
		s.offset = len(encoding.ByteOrderMark)
		s.start = s.offset
	}
	return s
}

// position is the place that the scanner has come to.
func (s *scanner) position() lexer.Position {
	return lexer.Position{Filename: s.name, Offset: s.offset, Line: s.line, Column: s.offset - s.start + 1}
}

// scan cuts all of the file.
func (s *scanner) scan() {
	for s.offset < len(s.src) {
		rest := s.src[s.offset:]
		if s.offset == s.start {
			if mark := mergeMarkOf(rest); mark != 0 {
				s.conflict(mark)
				continue
			}
		}
		switch c := rest[0]; {
		case c == '\n':
			s.token(newlineToken, 1)
		case c == ' ' || c == '\t' || strings.HasPrefix(rest, "\r\n"):
			s.offset++
		case c == '\r':
			s.carriageReturn()
		case strings.HasPrefix(rest, "//"):
			s.comment(lineLength(rest))
		case s.foreignMark(rest) != "":
			s.foreignComment(rest)
		case strings.HasPrefix(rest, ".."):
			s.token(punctToken, 2)
		case c == '"':
			s.string(rest)
		case '0' <= c && c <= '9':
			s.number(rest)
		case c != '`' && c > ' ' && c < 0x7f && c != '_' && !IsLetter(rune(c)):
			s.token(punctToken, 1)
		default:
			s.word(rest)
		}
	}
}

func (s *scanner) token(kind lexer.TokenType, length int) {
	value := s.src[s.offset : s.offset+length]
	s.tokens = append(s.tokens, lexer.Token{Type: kind, Value: value, Pos: s.position()})
	if n := strings.LastIndexByte(value, '\n'); n >= 0 {
		s.line += strings.Count(value, "\n")
		s.start = s.offset + n + 1
	}
	s.offset += length
}

// carriageReturn scans one without a newline behind it as what it was meant to be, the end of a line.
func (s *scanner) carriageReturn() {
	if len(s.returns) == 0 {
		s.returns = append(s.returns, posOf(s.position()))
	}
	s.token(newlineToken, 1)
}

func (s *scanner) comment(length int) {
	pos := posOf(s.position())
	trailing := len(s.tokens) > 0 && s.tokens[len(s.tokens)-1].Type != newlineToken
	s.comments = append(s.comments, Comment{pos, s.src[s.offset : s.offset+length], trailing})
	s.offset += length
}

// string scans up to the closing quote. If there is none on the line, the quote alone is to blame, and what stands
// behind it is read as if it were not there.
func (s *scanner) string(rest string) {
	n := 1
	for n < len(rest) && rest[n] != '"' && rest[n] != '\n' {
		if rest[n] == '\\' && n+1 < len(rest) && rest[n+1] != '\n' {
			n++
		}
		n++
	}
	if _, err := strconv.Unquote(rest[:min(n+1, len(rest))]); err != nil {
		s.token(badToken, 1)
		return
	}
	s.token(stringToken, n+1)
}

var integer = regexp.MustCompile(`^(0|[1-9](_?[0-9])*)$`)

// number scans all that hangs together with a digit, so that "10x" is one mistake and not two tokens.
func (s *scanner) number(rest string) {
	n := 0
	for n < len(rest) {
		r, size := utf8.DecodeRuneInString(rest[n:])
		point := r == '.' && n+1 < len(rest) && IsDigit(rune(rest[n+1]))
		if !IsLetter(r) && !IsDigit(r) && !point {
			break
		}
		n += size
	}
	word := rest[:n]
	if n < len(rest) && rest[n] == '%' {
		s.token(kindOfPercentage(word), n+1)
		return
	}
	s.token(kindOfNumber(word), n)
}

// oneDot is a range with a dot too few. Go reads 1s.30s as 1.3 seconds.
var oneDot = regexp.MustCompile(`^(.*[\pL])\.([0-9].*)$`)

func kindOfPercentage(word string) lexer.TokenType {
	if integer.MatchString(word) && len(word) < 6 {
		return PercentToken
	}
	return badToken
}

func kindOfNumber(word string) lexer.TokenType {
	if integer.MatchString(word) {
		if n, err := strconv.ParseInt(strings.ReplaceAll(word, "_", ""), 10, 64); err != nil || n > maxCount {
			return badToken
		}
		return IntToken
	}
	if d, err := time.ParseDuration(word); err == nil && d <= maxDuration && !isDigits(word) && !(strings.Contains(word, ".") && oneDot.MatchString(word)) {
		return DurationToken
	}
	if whole, part, ok := strings.Cut(word, "."); ok && isDigits(whole) && isDigits(part) && len(word) < 20 {
		return floatToken
	}
	return badToken
}

// word scans an identifier, or the one character that begins none.
func (s *scanner) word(rest string) {
	n := 0
	for n < len(rest) {
		r, size := utf8.DecodeRuneInString(rest[n:])
		if !IsLetter(r) && !IsDigit(r) {
			break
		}
		n += size
	}
	if n == 0 || IsDigit(FirstRune(rest)) {
		_, size := utf8.DecodeRuneInString(rest)
		nuls := len(rest) - len(strings.TrimLeft(rest, "\x00")) // one token, or a film is a million
		s.token(badToken, max(size, nuls))
		return
	}
	s.token(IdentToken, n)
}

// removeIt is the hint where a character is all that is wrong.
const removeIt = "remove it"

// complaint says what is wrong with a badToken, and perhaps what to write.
func complaint(t lexer.Token) (code diag.Code, message, hint string) {
	switch first := FirstRune(t.Value); {
	case first == '"':
		return diag.CodeBadLiteral, "no Go string begins with this quote and ends on the same line", "close it, or look for a backslash that Go does not know"
	case '0' <= first && first <= '9':
		return diag.CodeBadLiteral, strconv.Quote(t.Value) + " is neither a number nor a duration, or is too large",
			"write 10_000, 1.5, 20%, or a duration as in Go: 100ms, 1m30s, 24h"
	case first == 0:
		return diag.CodeBadCharacter, "a NUL byte cannot be part of a .sup file", "save the file as UTF-8"
	case first == 0x1a:
		return diag.CodeBadCharacter, "U+001A (Ctrl-Z) does not end a file", removeIt
	case first == utf8.RuneError:
		return diag.CodeBadCharacter, "U+FFFD stands for a character that was lost when a file was converted", "write that character"
	case first == '\'' || first == '`':
		return diag.CodeBadCharacter, "a string stands in double quotes", "write \" instead"
	case unicode.Is(unicode.M, first):
		return diag.CodeBadCharacter, fmt.Sprintf("%U combines with the letter before it, and no Go name has such a character", first),
			"type the letter and its accent as one character"
	}
	first := FirstRune(t.Value)
	switch looks, ok := looksLike(first); {
	case !ok:
		return diag.CodeBadCharacter, strconv.Quote(t.Value) + " has no meaning here", ""
	case looks == "":
		return diag.CodeBadCharacter, fmt.Sprintf("%U is a character that cannot be seen, and has no meaning here", first), removeIt
	case looks == " ":
		return diag.CodeBadCharacter, fmt.Sprintf("%U is a space, but not the ordinary one", first), "write an ordinary space"
	default:
		return diag.CodeBadCharacter, fmt.Sprintf("%s (%U) is not the %s that it looks like", t.Value, first, looks), "write " + looks
	}
}

// lineLength is how far it is to the end of the line; to a carriage return, or what follows it would be lost without a word.
func lineLength(rest string) int {
	if n := strings.IndexAny(rest, "\r\n"); n >= 0 {
		return n
	}
	return len(rest)
}

// foreignMark is what begins a comment here in another language, or "". A mark that begins a line is one where it has no
// other meaning there; "--" is one before a word too, and not between the ends of a range.
func (s *scanner) foreignMark(rest string) string {
	if strings.IndexByte("/#;%-", rest[0]) < 0 {
		return ""
	}
	m := foreignMark.FindString(rest)
	if m != "" || len(s.tokens) > 0 && s.tokens[len(s.tokens)-1].Type != newlineToken {
		return m
	}
	return foreignMarkAtStart.FindString(rest)
}

var (
	foreignMark        = regexp.MustCompile(`^(/\*|#+|;;+|%%+|--[ \t]+\pL)`)
	foreignMarkAtStart = regexp.MustCompile(`^(;|%|---*)`)
)

// foreignComment passes over a comment, whatever it says: what does not begin with "//" is reported, and costs nothing else.
func (s *scanner) foreignComment(rest string) {
	length := lineLength(rest)
	if strings.HasPrefix(rest, "/*") {
		length = s.blockCommentLength(rest)
	}
	s.token(badToken, length)
	last := len(s.tokens) - 1
	s.foreign = append(s.foreign, s.tokens[last])
	s.tokens = s.tokens[:last]
}

// blockCommentLength is how far a comment in the manner of C goes; one without an end ends with its line.
func (s *scanner) blockCommentLength(rest string) int {
	if !s.endless {
		if n := strings.Index(rest, "*/"); n >= 0 {
			return n + len("*/")
		}
		s.endless = true
	}
	return lineLength(rest)
}

// FirstRune is the first character of a text.
func FirstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// IsLetter reports whether a name may begin with r.
func IsLetter(r rune) bool { return r == '_' || unicode.IsLetter(r) }

// IsDigit reports whether r is a digit, which a name may go on with.
func IsDigit(r rune) bool { return unicode.IsDigit(r) }
