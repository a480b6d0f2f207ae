package effective

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/supgen/supgen/cmd/supgen/internal/notation"
	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/runtime"
)

// A Limit is how soon a child's own limit is spent.
type Limit struct {
	Restarts int            `json:"restarts"` // how many there may be within the window
	Window   string         `json:"window"`
	Spent    string         `json:"spentAfter"`      // at the soonest: it fails at once, again and again; without jitter
	Never    bool           `json:"never,omitempty"` // so long that the first restarts are forgotten before: it is not spent
	ForEver  string         `json:"foreverEvery,omitempty"`
	Then     runtime.Action `json:"then"`
	First    *Intensity     `json:"spentFirst,omitempty"` // what is spent before, if it fails at once; nil is nothing
	Retried  []string       `json:"retried,omitempty"`    // the outcomes that count nowhere, as they are written
}

// An Intensity is one that is spent by a single child.
type Intensity struct {
	Of       string         `json:"of"` // the path of the supervisor, the name of the group
	Restarts int            `json:"restarts"`
	Window   string         `json:"window"`
	Spent    string         `json:"spentAfter"`
	Then     runtime.Action `json:"then"`
}

func limitOf(c *dsl.Child) *Limit {
	limit := c.Limit.Value
	spent := delays(c.Backoff.Value, limit.N)
	l := &Limit{
		Restarts: limit.N, Window: dsl.Duration(limit.In), Spent: dsl.Duration(spent), Never: spent > limit.In,
		Then: c.On[runtime.OutcomeLimit].Value.Action, First: spentFirst(c),
	}
	if limit.N > 0 {
		l.ForEver = dsl.Duration((limit.In / time.Duration(limit.N)).Round(time.Millisecond))
	}
	for _, row := range notation.Rows(c) {
		if row.Answer.Action == runtime.ActionRetry && c.NeverAsked(row.Outcome, row.AtStart) == "" {
			l.Retried = append(l.Retried, row.When())
		}
	}
	return l
}

// spentFirst is the intensity that a child which fails at once, again and again, spends before its limit.
func spentFirst(c *dsl.Child) *Intensity {
	var first *Intensity
	least := c.Limit.Value.N
	if delays(c.Backoff.Value, least) > c.Limit.Value.In {
		least = math.MaxInt
	}
	for _, above := range c.CountsIn() {
		intensity := above.Intensity.Value
		spent := delays(c.Backoff.Value, intensity.N)
		if intensity.N >= least || spent > intensity.In {
			continue
		}
		least = intensity.N
		first = &Intensity{above.Path(), intensity.N, dsl.Duration(intensity.In), dsl.Duration(spent), above.On[runtime.OutcomeIntensity].Value.Action}
		if above.Role == runtime.Group {
			first.Of = above.Name
		}
	}
	return first
}

// lines are the limit in words.
func (l Limit) lines() [][]string {
	var lines [][]string
	say := func(format string, args ...any) { lines = append(lines, []string{fmt.Sprintf(format, args...)}) }
	if l.Restarts == 0 {
		say("no restart at all: its first failure is over the limit, then %s", l.Then)
	} else {
		say("%s within %s, then %s", times(l.Restarts), l.Window, l.Then)
	}
	if l.First != nil {
		say("the intensity of %s is spent first, if it fails at once again and again: %s within %s, after %s at the soonest, then %s",
			l.First.Of, times(l.First.Restarts), l.First.Window, l.First.Spent, l.First.Then)
	}
	switch {
	case l.Restarts == 0:
	case l.Never:
		say("never spent: as many delays take %s, without jitter", l.Spent)
	default:
		if l.First == nil {
			say("spent after %s at the soonest, if it fails at once again and again; without jitter", l.Spent)
		}
		say("never spent if it fails less often than once every %s", l.ForEver)
	}
	if len(l.Retried) > 0 {
		say("not counted, as they are retried: %s", strings.Join(l.Retried, ", "))
	}
	return lines
}

func times(restarts int) string {
	if restarts == 1 {
		return "1 restart"
	}
	return fmt.Sprintf("%d restarts", restarts)
}

// delays is the sum of the first n delays of a backoff, without jitter.
func delays(b runtime.Backoff, n int) time.Duration {
	if b.None {
		return 0
	}
	sum, delay := 0.0, float64(b.Min)
	for range n {
		sum += delay
		delay = min(delay*b.Factor, float64(b.Max))
	}
	return time.Duration(min(sum, math.MaxInt64/2)).Round(time.Millisecond)
}
