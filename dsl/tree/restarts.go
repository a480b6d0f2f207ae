package tree

import (
	"math"
	"slices"
	"sort"
	"time"

	"github.com/supgen/supgen/runtime/policy"
)

// A Spending is the limit that a child spends first which fails again and again.
type Spending struct {
	Of    *Child // the child, whose limit it is, or a group or a supervisor, whose intensity it is; nil if none is ever spent
	Limit policy.Limit
	After time.Duration // from the first failure on, with delays as jitter makes them on average
	Then  Row           // the answer
}

// Spends is what the child spends first if each of its runs fails like that, nothing else fails, and what restarts with it
// takes so long to stop.
func (c *Child) Spends(f Failing, stop time.Duration) Spending {
	return c.FirstSpent(func(n int) time.Duration {
		return max(c.RestartsTake(n, f.Run, c.BackoffAfter(f).MeanSpan), policy.Sum(policy.Times(n, stop), policy.Times(n, f.Run)))
	})
}

// BackoffAfter is the delays after failures of one kind.
func (c *Child) BackoffAfter(f Failing) policy.Backoff {
	b := c.Backoff.Value
	if f.How == FailsAgain || c.Role != policy.Job && f.How >= FailsDead && f.Run >= b.Reset { // each run was ready, and the delay does not grow
		b.Max = b.First()
	}
	return b
}

// FirstSpent is the limit that is spent first if n restarts, each with the run before it, take so long. Of two that the same
// failure spends, the stricter answer wins, as in the kernel.
func (c *Child) FirstSpent(take func(n int) time.Duration) (first Spending) {
	look := func(of *Child, l policy.Limit, o policy.Outcome) {
		then, after := of.On[o].Value, take(l.N)
		if after > l.In || first.Of != nil && (l.N > first.Limit.N || l.N == first.Limit.N && then.Action < first.Then.Action) {
			return
		}
		first = Spending{of, l, after, then}
	}
	look(c, c.Limit.Value, policy.OutcomeLimit)
	for _, above := range c.CountsIn() {
		look(above, above.Intensity.Value, policy.OutcomeIntensity)
	}
	return first
}

// RestartsTake is how long n restarts take, with a run before each but the first: as long as the backoff and the throttle
// of its supervisor make it.
func (c *Child) RestartsTake(n int, run time.Duration, span func(n int) time.Duration) time.Duration {
	take := policy.Sum(span(n), policy.Times(n, run))
	if throttle := c.Parent.Throttle.Value; throttle.N > 0 && n > throttle.N {
		take = max(take, policy.Times(n-throttle.N, throttle.Refill))
	}
	return take
}

// MostFailures is how often one instance of the child may fail within a window, so that each time it is restarted, up to a
// number that is enough: as often as its backoff and the throttle let it, however it fails.
func (c *Child) MostFailures(within time.Duration, enough int) (most int) {
	for _, way := range c.Failings(policy.ActionRestart) {
		tooLong := func(n int) bool { return c.soonestRestarts(n, way) > within }
		bound := 1 // a sum of many delays costs time
		for bound < enough && !tooLong(bound) {
			bound *= 2
		}
		most = max(most, sort.Search(min(bound, enough), tooLong))
	}
	return most
}

// DailyRestarts is the most restarts of one instance of the child in a day which its limit, the intensities that it
// counts in, the throttle and the backoff allow, however it fails, and those that a supervisor above it brings along
// which fails for it. Retries do not count here either; those of what it shares its life with are theirs. It is
// the figure of a child that fails just so often that nobody above notices more than a restart.
func (c *Child) DailyRestarts() int {
	if c.Parent == nil || c.Role == policy.Group {
		return 0
	}
	above := 0.0 // of its supervisor, each of which clears the windows
	if !c.Dynamic {
		above = float64(c.Parent.DailyRestarts())
	}
	terms := c.terms()
	cleared := above + terms
	if len(c.Failings(policy.ActionRestart)) == 0 {
		return whole(cleared)
	}
	most := perDay(c.Limit.Value, cleared)
	for _, x := range c.CountsIn() {
		also := above
		if x.Role == policy.Group {
			also += x.terms()
		}
		most = min(most, perDay(x.Intensity.Value, also))
	}
	if t := c.Parent.Throttle.Value; t.N > 0 {
		most = min(most, float64(t.N)+day/float64(t.Refill))
	}
	if rate, lead := c.Backoff.Value.Rate(c.On[policy.OutcomeAgain].Value.Action == policy.ActionRestart); !math.IsInf(rate, 1) {
		most = min(most, rate*(time.Duration(day).Seconds()+lead.Seconds()*(1+cleared))+1)
	}
	return whole(most + cleared)
}

const day = float64(24 * time.Hour)

// perDay is how often a window, its edge included, lets something through in a day, if it is cleared so often.
func perDay(l policy.Limit, cleared float64) float64 {
	return float64(l.N) * (math.Floor(day/float64(l.In+1)) + 1 + cleared)
}

func whole(n float64) int { return int(min(n, math.MaxInt32)) }

// terms is how often quarantines end by themselves in a day, at most: each clears the child's window.
func (c *Child) terms() (n float64) {
	shortest := time.Duration(0)
	for _, rows := range []*Rows{&c.On, c.AtStart} {
		for o := range c.On {
			if d := rows.Of(policy.Outcome(o)).Value.For; d > 0 && (shortest == 0 || d < shortest) {
				shortest = d
			}
		}
	}
	if shortest > 0 {
		n = math.Floor(day/float64(shortest)) + 1
	}
	if c.Group != nil {
		n += c.Group.terms()
	}
	return n
}

// A Failing is one way in which a child fails so that it is restarted.
type Failing struct {
	How FailingHow
	Run time.Duration // the shortest from the launch to the failure
	On  []policy.Outcome
}

// Every is how often the child is started again, on average, that goes on to fail like that.
func (c *Child) Every(f Failing) time.Duration {
	b := c.BackoffAfter(f)
	if b.None {
		return f.Run
	}
	return policy.Sum(f.Run, b.Mean(b.Max))
}

// FailingHow is how long a failure takes to be one.
type FailingHow uint8

const (
	FailsAtOnce  FailingHow = iota // it returns, or panics
	FailsAgain                     // it becomes ready and returns an Again, which is not a failure and lets no delay grow
	FailsLate                      // it is not ready in time, or a job runs too long
	FailsDead                      // its heartbeat dies
	FailsUnsound                   // its checks fail
	FailsBelow                     // what is in a supervisor makes it fail
)

// Failings are the ways in which the child fails so that one of its rows answers with an action.
func (c *Child) Failings(action policy.Action) []Failing {
	ways := make([]Failing, 0, 4) // few have more
	for _, o := range c.Outcomes() {
		if c.Parent == nil || o >= policy.OutcomeStuck || !c.Answers(o, action) {
			continue
		}
		how, run := c.failing(o)
		if run == Never {
			continue
		}
		if i := slices.IndexFunc(ways, func(f Failing) bool { return f.How == how }); i >= 0 {
			ways[i].On = append(ways[i].On, o)
		} else {
			ways = append(ways, Failing{how, run, []policy.Outcome{o}})
		}
	}
	return ways
}

// failing is how an outcome comes about, and how long that takes at the least.
func (c *Child) failing(o policy.Outcome) (FailingHow, time.Duration) {
	switch h := c.Health.Value; {
	case o == policy.OutcomeTimeout && c.Role == policy.Job:
		return FailsLate, c.Timeout.Value
	case o == policy.OutcomeTimeout:
		return FailsLate, c.Ready.Value.Within
	case o == policy.OutcomeUnhealthy && h.Heartbeat > 0:
		return FailsDead, h.Dead
	case o == policy.OutcomeUnhealthy:
		return FailsUnsound, policy.Times(h.Fail, h.Check.Every)
	case o == policy.OutcomeError && c.Role == policy.Supervisor && c.FailsAfter > 0:
		return FailsBelow, c.FailsAfter
	case o == policy.OutcomeAgain && c.Role != policy.Job:
		return FailsAgain, 0
	}
	return FailsAtOnce, 0
}
