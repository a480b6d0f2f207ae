// Package mutate makes of a .sup file what somebody could have typed instead of it: tokens and lines that are missing, doubled,
// swapped or of another language. It is for tests: a fuzzer that changes bytes finds few such files, and one that knows no grammar
// finds few that go wrong late.
package mutate

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// tokens cuts a text into what people type as one: a string, a word or a number, blanks, or a character.
func tokens(text string) []string {
	var all []string
	for text != "" {
		n := 1
		switch c := text[0]; {
		case c == '"':
			if end := strings.IndexAny(text[1:], "\"\n"); end >= 0 && text[1+end] == '"' {
				n = end + 2
			}
		case isWord(c):
			n = length(text, isWord)
		case isBlank(c):
			n = length(text, isBlank)
		case strings.HasPrefix(text, ".."):
			n = 2
		}
		all = append(all, text[:n])
		text = text[n:]
	}
	return all
}

func length(text string, is func(byte) bool) int {
	for n := range len(text) {
		if !is(text[n]) {
			return n
		}
	}
	return len(text)
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

func isWord(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= utf8.RuneSelf
}

// maxMutations bounds how much is changed in a file.
const maxMutations = 8

// Text is src with some changes. The bytes of choices say which, so that the same choices make the same text of it; without any it
// is src. It takes no longer than a few passes over the text.
func Text(src, choices []byte) []byte {
	m := mutation{tokens: tokens(string(src)), choices: choices}
	for range maxMutations {
		if len(m.choices) == 0 || len(m.tokens) == 0 {
			break
		}
		operations[m.choose(len(operations))](&m)
	}
	var text []byte
	for _, token := range m.tokens {
		text = append(text, token...)
	}
	return text
}

// A mutation is a text that is being changed.
type mutation struct {
	tokens  []string
	choices []byte
}

// choose takes a number below n from the choices. Where they have run out, it is 0.
func (m *mutation) choose(n int) int {
	value := 0
	for size := 1; size < n && len(m.choices) > 0; size *= 256 {
		value = value*256 + int(m.choices[0])
		m.choices = m.choices[1:]
	}
	return value % n
}

// token is the index of a token that is not a blank, if there is one after the chosen place.
func (m *mutation) token() int {
	at := m.choose(len(m.tokens))
	for i := at; i < len(m.tokens); i++ {
		if c := m.tokens[i][0]; c != ' ' && c != '\t' && c != '\n' {
			return i
		}
	}
	return at
}

// line is where the line of a token begins and ends, its "\n" included.
func (m *mutation) line() (from, to int) {
	at := m.choose(len(m.tokens))
	from, to = at, at
	for from > 0 && m.tokens[from-1] != "\n" {
		from--
	}
	for to < len(m.tokens) && m.tokens[to] != "\n" {
		to++
	}
	return from, min(to+1, len(m.tokens))
}

func (m *mutation) replace(from, to int, with ...string) {
	m.tokens = slices.Replace(m.tokens, from, to, with...)
}

func (m *mutation) word() string { return vocabulary[m.choose(len(vocabulary))] }

// operations are what goes wrong where people type.
var operations = []func(*mutation){
	func(m *mutation) { i := m.token(); m.replace(i, i+1) },
	func(m *mutation) { i := m.token(); m.replace(i, i, m.tokens[i], " ") },
	func(m *mutation) { i := m.token(); m.replace(i, i, m.tokens[i]) },
	func(m *mutation) { i, j := m.token(), m.token(); m.tokens[i], m.tokens[j] = m.tokens[j], m.tokens[i] },
	func(m *mutation) { i, j := m.token(), m.token(); m.tokens[i] = m.tokens[j] },
	func(m *mutation) { i := m.token(); m.tokens[i] = m.word() },
	func(m *mutation) { i := m.token(); m.replace(i, i, m.word()) },
	func(m *mutation) { i := m.token(); m.replace(i, i, m.word(), " ") },
	func(m *mutation) { i := m.token(); m.replace(i+1, i+1, m.word()) },
	func(m *mutation) { i := m.token(); m.replace(i, i, "\n") },
	func(m *mutation) { // within a token
		i := m.token()
		at := m.choose(len(m.tokens[i]) + 1)
		m.tokens[i] = m.tokens[i][:at] + m.word() + m.tokens[i][at:]
	},
	func(m *mutation) { // in brackets
		i := m.token()
		pair := brackets[m.choose(len(brackets))]
		m.tokens[i] = pair[:1] + m.tokens[i] + pair[1:]
	},
	func(m *mutation) { from, to := m.line(); m.replace(from, to) },
	func(m *mutation) { from, to := m.line(); m.replace(from, from, slices.Clone(m.tokens[from:to])...) },
	func(m *mutation) { // a line elsewhere
		from, to := m.line()
		line := slices.Clone(m.tokens[from:to])
		m.replace(from, to)
		if len(m.tokens) > 0 {
			at, _ := m.line()
			m.replace(at, at, line...)
		}
	},
	func(m *mutation) { // a line without its end
		if _, to := m.line(); to > 0 {
			m.replace(to-1, to)
		}
	},
	func(m *mutation) { from, _ := m.line(); m.replace(from, from, m.word(), " ") },
	func(m *mutation) { _, to := m.line(); m.replace(max(to-1, 0), max(to-1, 0), " ", m.word()) },
	func(m *mutation) { from, _ := m.line(); m.replace(from, from, "\t") },
	func(m *mutation) { // to the left
		if from, to := m.line(); to > from && m.tokens[from][0] == '\t' {
			m.replace(from, from+1)
		}
	},
}

var brackets = []string{"()", "[]", "{}", "<>", `""`, "''", "“”", "``"}

// vocabulary is what is typed at the wrong place, in the wrong language, or by something else than a keyboard.
var vocabulary = []string{
	"-", "–", "—", "−", "--", "->", "=>", ":=", "(", ")", "[", "]", "{", "}", "<", ">", ",", ";", ":", "=", ".", "..", "...", "…",
	"*", "&", "|", "/", "?", "!", "$", "@", "%", "^", "~", "#", "//", "/*", "*/", "\"", "'", "`", "“", "”", "‘", "«", "\\", "\\n",
	"\n", "\r", "\r\n", "\t", " ", "\v", "\x00", "\x1b[31m", "\xff", "\xe2\x80", "\u00a0", "\u200b", "\u200d", "\u202e", "\u2028", "\ufeff", "\u0301",
	"é", "Α", "а", "ß", "ǆ", "日本", "１", "｛", "，", "🚀", "👍🏽", "\n=======\n", "\n<<<<<<< a\n", "\n>>>>>>> b\n", "\n||||||| c\n",
	"0", "1", "-1", "3", "007", "0x10", "1_000", "2147483647", "99999999999", "1.5", "0.2", "1e9", "20%", "101%", "5z", "2d", "10sec", "0s", "1ms", "1h", "87600h",
	"package", "import", "policy", "supervisor", "service", "worker", "job", "sidecar", "dynamic", "group", "defaults", "strategy", "intensity",
	"limit", "restart", "on", "backoff", "throttle", "concurrency", "provides", "ready", "health", "shutdown", "lame_duck", "timeout", "max", "finish", "optional",
	"tags", "use", "needs", "wants", "after", "of", "linked", "key", "in", "at", "start", "when", "any", "all", "within", "every", "refill", "reset", "none",
	"permanent", "one_for_one", "rest_for_one", "success", "failure", "panic", "stuck", "quarantine", "escalate", "retry", "and", "to", "true",
	"int", "string", "error", "[]int", "*sql.DB", "map[string]int", "func()", "struct{}", "interface{}", "chan", "type", "var", "X", "x", "_", "init", "Run",
}
