package sim

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/supgen/supgen/internal/encoding"
	"github.com/supgen/supgen/runtime"
	"github.com/supgen/supgen/runtime/internal/kernel"
)

// A LineError is something wrong with a script.
type LineError struct {
	Line        int    // of its text, from 1; 0 if it has none
	Column, End int    // of the words in that line, in bytes from 1 behind a byte order mark, the end behind them; 0 is the whole line
	Word        string // without a column, what in the line it is about, if it is not all of it
	Message     string
}

func (e *LineError) Error() string {
	if e.Line == 0 {
		return "script: " + e.Message
	}
	return fmt.Sprintf("script:%d: %s", e.Line, e.Message)
}

// Cut returns the script in a text, and the timeline behind it, which a line "---" separates. Without such a line all of the
// text is the script, and found is false.
func Cut(text string) (script, timeline string, found bool) {
	for line := range strings.Lines(text) {
		if strings.TrimRight(line, " \t\r\n") == "---" {
			return script, text[len(script)+len(line):], true
		}
		script = text[:len(script)+len(line)]
	}
	return text, "", false
}

// Parse reads the script in a text (see the package's documentation, and [Cut]). Its error joins one [LineError] per mistake,
// sorted by line, and then the script is what the other lines say. Whether there are such children is for [Run] to say.
func Parse(text string) (Script, error) {
	var s Script
	var errs []error
	text, _, _ = Cut(text)
	if encoding.IsUTF16(text) {
		return Script{}, errors.Join(&LineError{Line: 1, Message: `the script is UTF-16; save it as UTF-8, in Windows PowerShell with "| Out-File -Encoding utf8" and not ">"`})
	}
	text = strings.TrimPrefix(text, encoding.ByteOrderMark)
	var side byte // the last mark of the merge conflict that a line is in
	for i, line := range strings.Split(text, "\n") {
		mark := mergeMarkOf(line)
		if mark != 0 && side == 0 {
			errs = append(errs, &LineError{Line: i + 1, Column: 1, End: 1 + len(mergeMark), Message: "a merge conflict is not resolved; choose one side, or join them, and remove the marks"})
		}
		switch mark {
		case '<', '|', '=':
			side = mark
		case '>':
			side = 0
		}
		if mark != 0 || side == '|' || side == '=' {
			continue // the first side is read
		}
		if at, why := notText(line); at >= 0 {
			if n := strings.Count(text, "\r") - strings.Count(text, "\r\n"); line[at] == '\r' && n > 1 {
				why += fmt.Sprintf("; it has %d of them", n)
			}
			errs = append(errs, &LineError{Line: i + 1, Column: at + 1, End: at + 2, Message: why})
			break // the lines below are likely to be of the same kind
		}
		p := &parser{script: &s, line: i + 1}
		if err := p.parse(line); err != nil {
			errs = append(errs, &LineError{Line: i + 1, Column: p.taken.at + 1, End: p.taken.end() + 1, Message: err.Error()})
		}
	}
	return s, errors.Join(errs...)
}

// notText is the offset of the first byte of a line that is not part of a text, and why, or -1.
func notText(line string) (at int, why string) {
	line = strings.TrimSuffix(line, "\r")
	if at = encoding.NotUTF8(line); at >= 0 {
		return at, `this byte is not UTF-8; save the script as UTF-8, and not as Latin-1 or Windows-1252, which editors call "ANSI"`
	}
	if at = strings.IndexByte(line, 0); at >= 0 {
		return at, "a NUL byte cannot be part of a script; save it as UTF-8"
	}
	if strings.HasPrefix(line, encoding.ByteOrderMark) {
		return 0, "U+FEFF is a character that cannot be seen, and has no meaning here; remove it"
	}
	return strings.IndexByte(line, '\r'), "a carriage return alone does not end a line; save the script with the line ends of Unix (LF) or Windows (CRLF)"
}

// mergeMark is how a line of git's begins where it could not merge, in one of four characters.
const mergeMark = "<<<<<<<"

// mergeMarkOf is the character of which a line is a mark of git's, or 0.
func mergeMarkOf(line string) byte {
	const marks = "<|=>"
	first, _, _ := strings.Cut(strings.TrimRight(line, "\r"), " ")
	if len(first) != len(mergeMark) || strings.IndexByte(marks, first[0]) < 0 || strings.Trim(first, first[:1]) != "" {
		return 0
	}
	return first[0]
}

// MustParse is Parse of a text in the program. It panics if that is not a script.
func MustParse(text string) Script {
	s, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return s
}

// A parser reads one line.
type parser struct {
	script *Script
	line   int
	words  []word // that were not taken yet
	taken  word   // the last one: where something is wrong, this is it
}

// A word is a word, a quoted string or a comma, and where it begins.
type word struct {
	text string
	at   int
}

func (w word) end() int { return w.at + len(w.text) }

func (p *parser) parse(line string) (err error) {
	if p.words, err = split(line); err != nil {
		p.taken = p.words[len(p.words)-1]
		return err
	}
	if len(p.words) == 0 {
		return nil
	}
	script, words := *p.script, p.words
	switch p.peek() {
	case "seed":
		p.next()
		if p.script.Seed, err = strconv.ParseUint(p.next(), 10, 64); err != nil || p.script.Seed == 0 {
			err = errors.New(`a seed is a whole number above zero: "seed 7"`)
		}
	case "until":
		p.next()
		p.script.Until, err = p.duration("until 1m")
	case "at":
		p.next()
		var at time.Duration
		if at, err = p.duration("at 5s Shop.DB error"); err == nil {
			err = p.act(at)
		}
	default:
		if word := p.peek(); word == "expect" || verbOf(word) != kernel.VerbNone {
			p.next()
			err = fmt.Errorf("%s comes behind a time: %q", word, "at 5s "+word)
			break
		}
		if err = p.misspelt("what a line begins with", "seed", "until", "at"); err == nil {
			err = p.rules()
		}
	}
	if err == nil && len(p.words) > 0 {
		err = fmt.Errorf("%s is too much", p.next())
	}
	if err != nil {
		*p.script = script // nothing of a line that is wrong
		err = cmp.Or(p.miscased(words), err)
	}
	return err
}

// miscased is an error where a word of a wrong line, up to the place of the mistake, is a keyword in another case: an AT was read
// as the name of a child. A child may have such a name, so a line that is right is not asked.
func (p *parser) miscased(words []word) error {
	known := keywords()
	for _, w := range words {
		if lower := strings.ToLower(w.text); w.at <= p.taken.at && lower != w.text && slices.Contains(known, lower) {
			p.taken = w
			return fmt.Errorf("%q is not a word of scripts; did you mean %q?", w.text, lower)
		}
	}
	return nil
}

// split cuts a line into words, quoted strings and commas, without its comment. A key in brackets belongs to its path.
// With an error the last word is the wrong one.
func split(line string) ([]word, error) {
	var words []word
	start := -1
	end := func(i int) {
		if start >= 0 {
			words = append(words, word{line[start:i], start})
			start = -1
		}
	}
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == ' ' || c == '\t' || c == '\r':
			end(i)
		case c == ',':
			end(i)
			words = append(words, word{",", i})
		case strings.HasPrefix(line[i:], "//"):
			end(i)
			return words, nil
		case c == '"':
			quoted, err := strconv.QuotedPrefix(line[i:])
			if err != nil {
				return append(words, word{line[i:], i}), errors.New("a quoted string does not end")
			}
			if start < 0 {
				start = i
			}
			i += len(quoted) - 1
			if line[start] == '"' {
				end(i + 1)
			}
		case start < 0:
			start = i
		}
	}
	end(len(line))
	return words, nil
}

// peek is the next word, or "".
func (p *parser) peek() string {
	if len(p.words) == 0 {
		return ""
	}
	return p.words[0].text
}

// next takes a word. Behind the last one it is "", at the end of that.
func (p *parser) next() string {
	if len(p.words) == 0 {
		p.taken = word{at: p.taken.end()}
		return ""
	}
	p.taken, p.words = p.words[0], p.words[1:]
	return p.taken.text
}

func (p *parser) accept(word string) bool {
	if p.peek() != word {
		return false
	}
	p.next()
	return true
}

func (p *parser) duration(like string) (time.Duration, error) {
	w := p.next()
	d, err := time.ParseDuration(w)
	if err != nil || d < 0 {
		if w == "" {
			return 0, fmt.Errorf("a duration is missing: %q", like)
		}
		return 0, fmt.Errorf("%s is no duration: %q", w, like)
	}
	return d, nil
}

// text is a quoted string, or one word.
func (p *parser) text() (string, bool) {
	w := p.next()
	if strings.HasPrefix(w, `"`) {
		plain, err := strconv.Unquote(w)
		return plain, err == nil
	}
	return w, w != "" && w != ","
}

// misspelt is an error where the next word is nearly one of some, and begins as none of the names of children does.
func (p *parser) misspelt(what string, known ...string) error {
	word := p.peek()
	hint := meant(word, known)
	if hint == "" || word[0] >= 'A' && word[0] <= 'Z' {
		return nil
	}
	p.next()
	return fmt.Errorf("%q is neither a child nor %s%s", word, what, hint)
}

// path is a child, which begins with a capital letter as all names of children do.
func (p *parser) path() (string, error) {
	w := p.next()
	if w == "" || w == "," || strings.HasPrefix(w, `"`) {
		return "", errors.New(`the path of a child is missing: "Shop.DB"`)
	}
	return w, nil
}

// act is what follows "at 5s".
func (p *parser) act(at time.Duration) error {
	verb := verbOf(p.peek())
	if verb != kernel.VerbNone {
		p.next()
		return p.command(Act{At: at, Verb: verb, Line: p.line})
	}
	if p.accept("expect") {
		return p.expect(at)
	}
	known := []string{"expect"}
	for verb = range runtime.VerbShutdown {
		known = append(known, (verb + 1).String())
	}
	if err := p.misspelt("what happens at a time", known...); err != nil {
		return err
	}
	rules, words := p.script.Rules, p.words
	if err := p.rules(); err != nil {
		return err
	}
	for _, r := range p.script.Rules[len(rules):] {
		if r.First != 0 || r.Last != 0 {
			p.taken = words[0]
			return errors.New(`with "at" it is about the run that lives then, not about a generation`)
		}
		p.script.Acts = append(p.script.Acts, Act{At: at, Rule: r, Line: p.line})
	}
	p.script.Rules = rules
	return nil
}

// verbOf is the verb that a word is, or VerbNone.
func verbOf(word string) (verb runtime.Verb) {
	if verb.UnmarshalText([]byte(word)) != nil {
		return kernel.VerbNone
	}
	return verb
}

// command is what follows a verb: a path, and who and why.
func (p *parser) command(a Act) (err error) {
	if a.Verb != runtime.VerbShutdown || p.peek() != "by" {
		if a.Path, err = p.path(); err != nil {
			return err
		}
	}
	if a.Verb == runtime.VerbStart && p.peek() == "" {
		p.script.Acts = append(p.script.Acts, a) // the program's own act
		return nil
	}
	like := fmt.Sprintf(`a command says who gives it and why: at %s %s by ada "why"`, a.At, strings.TrimSpace(a.Verb.String()+" "+a.Path))
	if p.next() != "by" {
		return errors.New(like)
	}
	var who, why bool
	a.Who, who = p.text()
	a.Why, why = p.text()
	if !who || !why || strings.TrimSpace(a.Who) == "" || strings.TrimSpace(a.Why) == "" {
		return errors.New(like)
	}
	if a.Verb == runtime.VerbShutdown {
		a.Path = ""
	}
	p.script.Acts = append(p.script.Acts, a)
	return nil
}

// rules are a path and what its runs do.
func (p *parser) rules() error {
	rule := Rule{Line: p.line}
	path, first, last, err := p.pathOf()
	if err != nil {
		return err
	}
	rule.Path, rule.First, rule.Last = path, first, last
	if p.peek() == "" {
		return fmt.Errorf("say what %s does: one of %s", path, clauses())
	}
	for {
		r := rule
		if err := p.clause(&r); err != nil {
			return err
		}
		p.script.Rules = append(p.script.Rules, r)
		if !p.accept(",") {
			return nil
		}
	}
}

// expect is what follows "at 5s expect": a path, and where it stands.
func (p *parser) expect(at time.Duration) (err error) {
	e := Expect{At: at, Line: p.line}
	if e.Path, e.First, e.Last, err = p.pathOf(); err != nil {
		return err
	}
	if e.Is.UnmarshalText([]byte(p.next())) != nil {
		return errors.New("say where it is expected to stand: one of " + lifecycleWords())
	}
	p.script.Expects = append(p.script.Expects, e)
	return nil
}

// pathOf is a path, and the generations that it is about.
func (p *parser) pathOf() (path string, first, last uint64, err error) {
	if path, err = p.path(); err != nil {
		return "", 0, 0, err
	}
	if at := strings.LastIndex(path, "#"); at >= 0 && !strings.HasSuffix(path, "]") {
		first, last, err = generations(path[at+1:])
		path = path[:at]
	}
	return path, first, last, err
}

// generations reads what follows a "#": 2, 2..4 or 2..
func generations(text string) (first, last uint64, err error) {
	low, high, many := strings.Cut(text, "..")
	first, err = strconv.ParseUint(low, 10, 64)
	last = first
	if many {
		last = 0
		if high != "" && err == nil {
			last, err = strconv.ParseUint(high, 10, 64)
		}
	}
	if err != nil || first == 0 || last != 0 && last < first {
		return 0, 0, fmt.Errorf("#%s are no generations: they count from 1, as in #1, #2.. or #2..4", text)
	}
	return first, last, nil
}

// clause is one thing that a run does.
func (p *parser) clause(r *Rule) (err error) {
	never := p.accept("never")
	word := p.next()
	if word == "checks" {
		word += " " + p.next()
	}
	d, o := Deed(slices.Index(deedWords[:], word)), outcomeOf(word)
	switch {
	case word != "" && d < deeds && (d != Ends || never):
		r.Does = d
	case endings[o] && !never:
		r.Does, r.Outcome = Ends, o
	case endings[o]:
		return errors.New("what never happens is one of " + strings.Join(slices.Delete(slices.Clone(deedWords[:]), 0, 1), ", "))
	case o != runtime.OutcomeNone:
		return fmt.Errorf("a run does not end with %s, it comes to that: say never ready, silent or never stops", word)
	default:
		hint := meant(word, strings.Split(clauses(), ", "))
		if hint == "" {
			hint = ": one of " + clauses()
		}
		return fmt.Errorf("%q is nothing that a child does%s", word, hint)
	}
	if never {
		r.After = Never
		return nil
	}
	if r.Does == Ends {
		p.message(r)
	}
	if p.accept("after") {
		if r.After, err = p.duration("after 200ms"); err != nil {
			return err
		}
	}
	if (r.Does == Stops || r.Does == Aborts) && p.accept("with") {
		if r.Outcome = outcomeOf(p.next()); !endings[r.Outcome] {
			return errors.New("with is followed by how a run ends: " + endingWords())
		}
		p.message(r)
	}
	return nil
}

func (p *parser) message(r *Rule) {
	if strings.HasPrefix(p.peek(), `"`) {
		r.Message, _ = p.text()
	}
}

// outcomeOf is the outcome that is called word, or none.
func outcomeOf(word string) (o runtime.Outcome) {
	if o.UnmarshalText([]byte(word)) != nil {
		return runtime.OutcomeNone
	}
	return o
}
