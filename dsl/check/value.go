package check

import (
	"cmp"
	"encoding"
	"strconv"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/supgen/supgen/dsl/diag"
	"github.com/supgen/supgen/dsl/syntax"
	"github.com/supgen/supgen/runtime/policy"
)

// value checks what one statement says, by itself. Nothing is concluded later from a statement that is reported
// here.
func (c *checker) value(s *syntax.Stmt) {
	if s.Broken {
		c.invalid[s.Pos()] = true
		return
	}
	mistakes := len(c.List)
	switch d := s.Node.(type) {
	case *syntax.StrategyDecl:
		var strategy policy.Strategy
		c.word(d.Strategy, "strategy", &strategy, syntax.Strategies, "strategy %s")
	case *syntax.RateDecl:
		c.tooMany(d.N, "is", maxRate)
		c.zero(d.In, "a window without a length holds nothing")
	case *syntax.RestartDecl:
		if _, ok := syntax.Restarts[d.Kind.Value]; !ok {
			c.unknownValue(d.Kind, "restart", syntax.RestartKinds, "restart %s")
		}
	case *syntax.OnDecl:
		c.row(d)
	case *syntax.BackoffDecl:
		c.backoff(s, d)
	case *syntax.ThrottleDecl:
		c.zero(d.N, "a throttle without a token lets nothing through")
		c.tooMany(d.N, "is", maxRate)
		c.zero(d.Refill, "a throttle that is refilled at once holds nothing back")
	case *syntax.ConcurrencyDecl:
		c.zero(d.N, "nothing would ever start")
	case *syntax.ReadyDecl:
		c.zero(d.Within, "nothing is ready in no time")
		c.zero(d.CheckWithin, "nothing is ready in no time")
		c.check(d.Check)
	case *syntax.HealthDecl:
		c.health(d)
	case *syntax.LameDuckDecl:
		c.zero(d.For, "without a lame_duck, a tree stops at once")
	case *syntax.TimeoutDecl:
		c.zero(d.Run, "no job is done in no time")
	case *syntax.MaxDecl:
		c.zero(d.N, "there would never be one")
	case *syntax.TagsDecl:
		c.tags(d)
	}
	if len(c.List) > mistakes {
		c.invalid[s.Pos()] = true
	}
}

// maxRate bounds the restarts and tokens that the runtime keeps the times of.
const maxRate = 1_000_000

// tooMany refuses a count above a bound, and reports whether it did; of what there are too many is said with the verb.
func (c *checker) tooMany(t lexer.Token, are string, most int) bool {
	if !syntax.Said(t) || syntax.Count(t) <= most {
		return false
	}
	c.write(c.Reportf(diag.CodeTooMany, syntax.Begin(t), syntax.End(t), "%s %s more than %d", t.Value, are, most), t, strconv.Itoa(most))
	return true
}

// zero refuses a count or a duration of nothing; it returns nil if that is none.
func (c *checker) zero(t lexer.Token, why string) *diag.Diagnostic {
	if syntax.Said(t) && (t.Type == syntax.IntToken && syntax.Count(t) == 0 || t.Type == syntax.DurationToken && syntax.Duration(t) == 0) {
		return c.Reportf(diag.CodeZero, syntax.Begin(t), syntax.End(t), "%q cannot be zero: %s", t.Value, why)
	}
	return nil
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
	r := c.Reportf(diag.CodeUnknownValue, syntax.Begin(t), syntax.End(t), "unknown %s %q%s", what, t.Value, diag.DidYouMean(t.Value, words))
	if near, ok := diag.Nearest(t.Value, words); ok {
		c.write(r.Hintf("write "+form, near), t, near)
	} else {
		r.Hintf("%s", cmp.Or(syntax.Begins[t.Value], "write one of "+diag.Enumeration(words)))
		for _, word := range words {
			c.write(r, t, word)
		}
	}
}

// row checks one row of a table.
func (c *checker) row(d *syntax.OnDecl) {
	var action policy.Action
	ok := c.word(d.Action, "action", &action, syntax.Actions, d.Form(nearestOr(d.Outcome.Value, syntax.Outcomes), "%s"))
	c.zero(d.For, "a quarantine of no time keeps nothing out")
	if ok && syntax.Said(d.For) && action != policy.ActionQuarantine {
		r := c.Reportf(diag.CodeMisplaced, syntax.Begin(d.For), syntax.End(d.For), "only a quarantine ends after a time")
		if r.Hint = d.Delayed(); r.Hint != "" {
			f := c.sourceOf(r.Pos)
			r.Fix("add backoff "+d.For.Value, f.Remove(r.Range), f.Below(r.End, "backoff "+d.For.Value))
		} else {
			r.Hintf("write on %s quarantine %s, or leave the duration out", d.Outcome.Value, d.For.Value)
			c.write(r, d.Action, "quarantine")
			c.cut(r, r.Range)
		}
	}
	if d.Outcome.Value == "failure" {
		return
	}
	var outcome policy.Outcome
	ok = c.word(d.Outcome, "outcome", &outcome, syntax.Outcomes, d.Form("%s", nearestOr(d.Action.Value, syntax.Actions))) && ok
	switch {
	case !ok:
	case outcome == policy.OutcomeLimit && action <= policy.ActionRestart:
		c.Reportf(diag.CodeRowAction, syntax.Begin(d.Action), syntax.End(d.Action), "a limit that restarts is none").
			Hintf("write stop, quarantine, escalate or shutdown; to never give up, write on failure retry")
	case outcome == policy.OutcomeStuck && action == policy.ActionRetry:
		c.Reportf(diag.CodeRowAction, syntax.Begin(d.Action), syntax.End(d.Action), "a run that did not stop cannot be retried: it is still there").
			Hintf("write quarantine or escalate, or restart to start another one beside it")
	case outcome == policy.OutcomeSkip && action == policy.ActionRetry:
		c.Reportf(diag.CodeRowAction, syntax.Begin(d.Action), syntax.End(d.Action), "what is switched off is not tried again").
			Hintf("write stop; to be tried again later, return runtime.Again")
	case outcome == policy.OutcomeIntensity && action <= policy.ActionStop:
		c.Reportf(diag.CodeRowAction, syntax.Begin(d.Action), syntax.End(d.Action), "%q is no answer to children that were restarted too often", action).
			Hintf("write escalate or shutdown, or quarantine in a group")
	}
}

// nearestOr is the word that was probably meant, or else the one that is there.
func nearestOr(word string, words []string) string {
	if near, ok := diag.Nearest(word, words); ok {
		return near
	}
	return word
}

func (c *checker) backoff(s *syntax.Stmt, d *syntax.BackoffDecl) {
	if r := c.zero(d.Min, "write none for a backoff without delay"); r != nil && !syntax.Said(d.Max) {
		c.writeStmt(r, s, "backoff none")
	}
	c.zero(d.Reset, "every run would count as stable")
	if syntax.Said(d.Max) && syntax.Duration(d.Min) > syntax.Duration(d.Max) {
		c.Reportf(diag.CodeRange, syntax.Begin(d.Min), syntax.End(d.Max), "the range is upside down").
			Write(syntax.Span(d.Min, d.Max), d.Max.Value+".."+d.Min.Value)
	}
	if syntax.Said(d.Factor) && syntax.Number(d.Factor) <= 1 {
		c.Reportf(diag.CodeFactor, syntax.Begin(d.Factor), syntax.End(d.Factor), "with factor %s the delay does not grow", d.Factor.Value).
			Hintf("write a factor above 1, or backoff %s for a constant delay", d.Min.Value)
	}
	switch t := d.Jitter; {
	case t.Type == syntax.PercentToken && syntax.Percent(t) > 100:
		c.write(c.Reportf(diag.CodeJitter, syntax.Begin(t), syntax.End(t), "a delay cannot vary by more than 100%%"), t, "100%")
	case t.Type == syntax.IdentToken && t.Value != "full" && t.Value != "decorrelated":
		c.unknownValue(t, "jitter", []string{"full", "decorrelated"}, "jitter %s")
	}
}

// check holds a probe to its period: one is in flight at a time.
func (c *checker) check(d *syntax.CheckDecl) {
	if d == nil {
		return
	}
	c.zero(d.Every, "a check needs a period")
	c.zero(d.Timeout, "no check passes in no time")
	if every := syntax.Duration(d.Every); every > 0 && syntax.Duration(d.Timeout) >= every {
		c.Reportf(diag.CodeCheckTimeout, syntax.Begin(d.Timeout), syntax.End(d.Timeout), "a check that may take %s is not done when the next is due, after %s", d.Timeout.Value, d.Every.Value).
			Hintf("write a timeout below %s", d.Every.Value)
	}
}

func (c *checker) health(d *syntax.HealthDecl) {
	c.check(d.Check)
	c.zero(d.Fail, "every check would have failed too often")
	if !syntax.Said(d.Heartbeat) {
		return
	}
	c.zero(d.Heartbeat, "a heartbeat needs a period")
	if syntax.Duration(d.Stale) <= syntax.Duration(d.Heartbeat) {
		c.Reportf(diag.CodeHeartbeat, syntax.Begin(d.Stale), syntax.End(d.Stale), "a heartbeat every %s would be stale before the next", d.Heartbeat.Value).
			Hintf("write stale with more than %s", d.Heartbeat.Value)
	}
	if syntax.Said(d.Dead) && syntax.Duration(d.Dead) <= syntax.Duration(d.Stale) {
		c.Reportf(diag.CodeHeartbeat, syntax.Begin(d.Dead), syntax.End(d.Dead), "a heartbeat is dead after it is stale").
			Hintf("write dead with more than %s", d.Stale.Value)
	}
}

func (c *checker) tags(d *syntax.TagsDecl) {
	seen := map[string]diag.Range{}
	for i, tag := range d.Tags {
		t := tag.Text
		if first, ok := seen[syntax.Text(t)]; ok {
			c.cutItem(c.Reportf(diag.CodeRepeatedName, syntax.Begin(t), syntax.End(t), "tag %s is listed twice", t.Value).Notef(first, "first listed here"), len(d.Tags), i, func(i int) diag.Range { return syntax.RangeOf(d.Tags[i].Text) })
			continue
		}
		seen[syntax.Text(t)] = syntax.RangeOf(t)
	}
}
