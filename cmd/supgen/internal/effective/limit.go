package effective

import (
	"fmt"
	"math"
	"time"

	"github.com/supgen/supgen/dsl"
	"github.com/supgen/supgen/runtime"
)

// A Limit is how soon a child's own limit is spent.
type Limit struct {
	Restarts int            `json:"restarts"` // how many there may be within the window
	Window   string         `json:"window"`
	Spent    string         `json:"spentAfter"` // at the soonest: it fails at once, again and again; without jitter
	ForEver  string         `json:"foreverEvery,omitempty"`
	Then     runtime.Action `json:"then"`
}

func limitOf(c *dsl.Child) *Limit {
	limit := c.Limit.Value
	l := &Limit{
		Restarts: limit.N, Window: dsl.Duration(limit.In),
		Spent: dsl.Duration(delays(c.Backoff.Value, limit.N)), Then: c.On[runtime.OutcomeLimit].Value.Action,
	}
	if limit.N > 0 {
		l.ForEver = dsl.Duration((limit.In / time.Duration(limit.N)).Round(time.Millisecond))
	}
	return l
}

// lines are the limit in words.
func (l Limit) lines() [][]string {
	if l.Restarts == 0 {
		return [][]string{{fmt.Sprintf("no restart at all: its first failure is over the limit, then %s", l.Then)}}
	}
	return [][]string{
		{fmt.Sprintf("%s within %s, then %s", times(l.Restarts), l.Window, l.Then)},
		{fmt.Sprintf("spent after %s at the soonest, if it fails at once again and again; without jitter", l.Spent)},
		{fmt.Sprintf("never spent if it fails less often than once every %s", l.ForEver)},
	}
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
