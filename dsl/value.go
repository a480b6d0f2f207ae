package dsl

import (
	"cmp"
	"encoding"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/supgen/supgen/runtime"
)

// value checks what one statement says, by itself. Nothing is concluded later from a statement that is reported
// here.
func (c *checker) value(s *stmt) {
	if s.broken {
		c.invalid[s.pos()] = true
		return
	}
	mistakes := len(c.list)
	switch d := s.node.(type) {
	case *strategyDecl:
		var strategy runtime.Strategy
		c.word(d.Strategy, "strategy", &strategy, strategies, "strategy %s")
	case *rateDecl:
		c.tooMany(d.N, maxRate)
		c.zero(d.In, "a window without a length holds nothing")
	case *restartDecl:
		if _, ok := restarts[d.Kind.Value]; !ok {
			c.unknownValue(d.Kind, "restart", restartKinds, "restart %s")
		}
	case *onDecl:
		c.row(d)
	case *backoffDecl:
		c.backoff(d)
	case *throttleDecl:
		c.zero(d.N, "a throttle without a token lets nothing through")
		c.tooMany(d.N, maxRate)
		c.zero(d.Refill, "a throttle that is refilled at once holds nothing back")
	case *concurrencyDecl:
		c.zero(d.N, "nothing would ever start")
	case *readyDecl:
		c.zero(d.Within, "nothing is ready in no time")
		c.zero(d.CheckWithin, "nothing is ready in no time")
		c.check(d.Check)
	case *healthDecl:
		c.health(d)
	case *timeoutDecl:
		c.zero(d.Run, "no job is done in no time")
	case *maxDecl:
		c.zero(d.N, "there would never be one")
	case *tagsDecl:
		c.tags(d)
	}
	if len(c.list) > mistakes {
		c.invalid[s.pos()] = true
	}
}

// The words that may stand in some places.
var (
	restartKinds = []string{"permanent", "transient", "temporary"}
	strategies   = labels(runtime.OneForOne)
	actions      = labels(runtime.ActionRetry)
	outcomes     = append([]string{"failure"}, labels(runtime.OutcomeSuccess)...)
)

// maxRate bounds the restarts and tokens that the runtime keeps the times of.
const maxRate = 1_000_000

func (c *checker) tooMany(t lexer.Token, most int) {
	if said(t) && count(t) > most {
		c.reportf(CodeTooMany, begin(t), end(t), "%s is more than %d", t.Value, most)
	}
}

// zero refuses a count or a duration of nothing.
func (c *checker) zero(t lexer.Token, why string) {
	if said(t) && (t.Type == intToken && count(t) == 0 || t.Type == durationToken && duration(t) == 0) {
		c.reportf(CodeZero, begin(t), end(t), "%q cannot be zero: %s", t.Value, why)
	}
}

// word reads one of the labels of a noun. The form is the statement with a place for it.
func (c *checker) word(t lexer.Token, what string, noun encoding.TextUnmarshaler, labels []string, form string) bool {
	if err := noun.UnmarshalText([]byte(t.Value)); err != nil || t.Value == "none" {
		c.unknownValue(t, what, labels, form)
		return false
	}
	return true
}

// unknownValue reports a word that is none of some. The form is the statement with a place for it.
func (c *checker) unknownValue(t lexer.Token, what string, words []string, form string) {
	r := c.reportf(CodeUnknownValue, begin(t), end(t), "unknown %s %q%s", what, t.Value, didYouMean(t.Value, words))
	if near, ok := nearest(t.Value, words); ok {
		r.hintf("write "+form, near)
	} else {
		r.hintf("%s", cmp.Or(begins[t.Value], "write one of "+enumeration(words)))
	}
}

func enumeration(words []string) string {
	text := ""
	for i, w := range words {
		switch {
		case i == 0:
		case i == len(words)-1:
			text += " or "
		default:
			text += ", "
		}
		text += w
	}
	return text
}

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

// row checks one row of a table.
func (c *checker) row(d *onDecl) {
	var action runtime.Action
	ok := c.word(d.Action, "action", &action, actions, d.form(nearestOr(d.Outcome.Value, outcomes), "%s"))
	c.zero(d.For, "a quarantine of no time keeps nothing out")
	if ok && said(d.For) && action != runtime.ActionQuarantine {
		c.reportf(CodeMisplaced, begin(d.For), end(d.For), "only a quarantine ends after a time").
			hintf("write on %s quarantine %s, or leave the duration out", d.Outcome.Value, d.For.Value)
	}
	if d.Outcome.Value == "failure" {
		return
	}
	var outcome runtime.Outcome
	ok = c.word(d.Outcome, "outcome", &outcome, outcomes, d.form("%s", nearestOr(d.Action.Value, actions))) && ok
	switch {
	case !ok:
	case outcome == runtime.OutcomeLimit && action <= runtime.ActionRestart:
		c.reportf(CodeRowAction, begin(d.Action), end(d.Action), "a limit that restarts is none").
			hintf("write stop, quarantine, escalate or shutdown; to never give up, write on failure retry")
	case outcome == runtime.OutcomeStuck && action == runtime.ActionRetry:
		c.reportf(CodeRowAction, begin(d.Action), end(d.Action), "a run that did not stop cannot be retried: it is still there").
			hintf("write quarantine or escalate, or restart to start another one beside it")
	case outcome == runtime.OutcomeSkip && action == runtime.ActionRetry:
		c.reportf(CodeRowAction, begin(d.Action), end(d.Action), "what is switched off is not tried again").
			hintf("write stop; to be tried again later, return runtime.Again")
	case outcome == runtime.OutcomeIntensity && action <= runtime.ActionStop:
		c.reportf(CodeRowAction, begin(d.Action), end(d.Action), "%q is no answer to children that were restarted too often", action).
			hintf("write escalate or shutdown, or quarantine in a group")
	}
}

// form is the row with other words.
func (d *onDecl) form(outcome, action string) string {
	words := []string{"on", outcome}
	if said(d.Start) {
		words = append(words, "at start")
	}
	words = append(words, action)
	if said(d.For) {
		words = append(words, d.For.Value)
	}
	return strings.Join(words, " ")
}

// nearestOr is the word that was probably meant, or else the one that is there.
func nearestOr(word string, words []string) string {
	if near, ok := nearest(word, words); ok {
		return near
	}
	return word
}

func (c *checker) backoff(d *backoffDecl) {
	c.zero(d.Min, "write none for a backoff without delay")
	c.zero(d.Reset, "every run would count as stable")
	if said(d.Max) && duration(d.Min) > duration(d.Max) {
		c.reportf(CodeRange, begin(d.Min), end(d.Max), "the range is upside down").hintf("write %s..%s", d.Max.Value, d.Min.Value)
	}
	if said(d.Factor) && number(d.Factor) <= 1 {
		c.reportf(CodeFactor, begin(d.Factor), end(d.Factor), "with factor %s the delay does not grow", d.Factor.Value).
			hintf("write a factor above 1, or backoff %s for a constant delay", d.Min.Value)
	}
	switch t := d.Jitter; {
	case t.Type == percentToken && percent(t) > 100:
		c.reportf(CodeJitter, begin(t), end(t), "a delay cannot vary by more than 100%%")
	case t.Type == identToken && t.Value != "full" && t.Value != "decorrelated":
		c.unknownValue(t, "jitter", []string{"full", "decorrelated"}, "jitter %s")
	}
}

// check holds a probe to its period: one is in flight at a time.
func (c *checker) check(d *checkDecl) {
	if d == nil {
		return
	}
	c.zero(d.Every, "a check needs a period")
	c.zero(d.Timeout, "no check passes in no time")
	if every := duration(d.Every); every > 0 && duration(d.Timeout) >= every {
		c.reportf(CodeCheckTimeout, begin(d.Timeout), end(d.Timeout), "a check that may take %s is not done when the next is due, after %s", d.Timeout.Value, d.Every.Value).
			hintf("write a timeout below %s", d.Every.Value)
	}
}

func (c *checker) health(d *healthDecl) {
	c.check(d.Check)
	c.zero(d.Fail, "every check would have failed too often")
	if !said(d.Heartbeat) {
		return
	}
	c.zero(d.Heartbeat, "a heartbeat needs a period")
	if duration(d.Stale) <= duration(d.Heartbeat) {
		c.reportf(CodeHeartbeat, begin(d.Stale), end(d.Stale), "a heartbeat every %s would be stale before the next", d.Heartbeat.Value).
			hintf("write stale with more than %s", d.Heartbeat.Value)
	}
	if said(d.Dead) && duration(d.Dead) <= duration(d.Stale) {
		c.reportf(CodeHeartbeat, begin(d.Dead), end(d.Dead), "a heartbeat is dead after it is stale").
			hintf("write dead with more than %s", d.Stale.Value)
	}
}

func (c *checker) tags(d *tagsDecl) {
	seen := map[string]Pos{}
	for _, tag := range d.Tags {
		t := tag.Text
		if first, ok := seen[text(t)]; ok {
			c.reportf(CodeRepeatedName, begin(t), end(t), "tag %s is listed twice", t.Value).notef(first, "first listed here")
			continue
		}
		seen[text(t)] = begin(t)
	}
}
